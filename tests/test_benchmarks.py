import importlib
import runpy
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from skdigits import read_image
from skdigits.datasets import load_digits28

FOLDER = Path(__file__).parent.parent / "benchmarks"
SCRIPTS = sorted(path for path in FOLDER.glob("*.py") if path.name[0] != "_")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_every_benchmark_shows_its_first_sentence_as_help(script, monkeypatch, capsys):
    monkeypatch.syspath_prepend(FOLDER)
    monkeypatch.setattr(sys, "argv", [script.name, "--help"])
    with pytest.raises(SystemExit, match="0"):
        runpy.run_path(script, run_name="__main__")
    sentence = script.read_text().split('"""')[1].split(".")[0]
    shown = capsys.readouterr().out.partition("\n\n")[2]
    assert sentence.split()[:4] == shown.split()[:4]


@pytest.fixture
def corruptions(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("corruptions")


@pytest.fixture
def fuzz(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("fuzz_reading")


@pytest.fixture(scope="module")
def rows():
    return load_digits28().data[:40]


def test_each_corruption_gives_other_grey_levels_of_the_same_digits(corruptions, rows):
    for kind in corruptions.CORRUPTIONS:
        corrupted = corruptions.corrupt(rows, kind)

        assert corrupted.shape == rows.shape
        assert corrupted.dtype == np.float32
        assert corrupted.min() >= 0, kind
        assert corrupted.max() <= 255, kind
        assert (corrupted == corrupted.round()).all()
        assert (corrupted != rows).any(axis=1).all(), kind


def test_corruptions_follow_from_their_random_state(corruptions, rows):
    deterministic = {"scale", "brightness", "stripe", "canny_edges"}
    for kind in corruptions.CORRUPTIONS:
        first = corruptions.corrupt(rows, kind)

        assert (corruptions.corrupt(rows, kind) == first).all()
        other = corruptions.corrupt(rows, kind, random_state=1)
        assert (other == first).all() == (kind in deterministic), kind


def test_corruptions_keep_the_sum_of_pixels_or_the_middle(corruptions, rows):
    def share_kept(kind):
        return corruptions.corrupt(rows, kind).sum(axis=1) / rows.sum(axis=1)

    np.testing.assert_allclose(share_kept("scale"), 0.49, atol=0.04)
    np.testing.assert_allclose(share_kept("rotate"), 1, atol=0.03)
    np.testing.assert_allclose(share_kept("shear"), 1, atol=0.03)
    np.testing.assert_allclose(share_kept("motion_blur"), 1, atol=0.1)
    inverted = 255 - corruptions.corrupt(rows, "stripe").reshape(-1, 28, 28)
    np.testing.assert_allclose(
        inverted[:, :, :7], rows.reshape(-1, 28, 28)[:, :, :7], atol=0.5
    )


def test_measure_corruptions_gives_the_error_of_each(corruptions, rows):
    class KnowsCleanDigits:
        def predict(self, X):
            return [int((row == X[i]).all()) for i, row in enumerate(rows)]

    shares = corruptions.measure_corruptions(
        KnowsCleanDigits(), rows, np.ones(len(rows), int)
    )

    assert shares == dict.fromkeys(corruptions.CORRUPTIONS, 1.0)


def test_mean_errors_gives_the_held_out_corruptions_apart(corruptions):
    shares = dict.fromkeys(corruptions.CORRUPTIONS, 0.25)
    shares |= dict.fromkeys(corruptions.HELD_OUT, 1.0)

    assert corruptions.mean_errors(shares) == {"all": 0.5, "held_out": 1.0}


def test_sheet_of_corruptions_has_a_row_for_each(corruptions, rows, tmp_path):
    corruptions.save_sheet(rows[:2], tmp_path / "sheet.png")

    height, width, _ = read_image(tmp_path / "sheet.png").shape
    assert height > 3 * width


def test_damaged_files_are_framed_or_refused(fuzz):
    outcomes, slowest = set(), 0
    for number in range(300):
        _, data = fuzz.make_case(number)
        start = time.process_time()
        outcomes.add(fuzz.run_case(data))
        slowest = max(slowest, time.process_time() - start)

    assert outcomes == {"framed", "refused"}
    assert slowest < fuzz.MAX_SECONDS


def test_whole_files_of_every_format_are_framed(fuzz):
    for name, data in fuzz.make_files().items():
        assert fuzz.run_case(data) == "framed", name
