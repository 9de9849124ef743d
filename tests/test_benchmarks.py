import importlib
import runpy
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skdigits import load_pretrained, read_image
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


@pytest.fixture
def train_digits(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("train_digits")


@pytest.fixture
def training(train_digits):
    """The generators of training data."""
    names = ("glyphs", "strokes", "pictures", "no_digits", "distortions", "hands")
    names += ("lines",)
    return SimpleNamespace(
        **{name: importlib.import_module(f"training.{name}") for name in names}
    )


@pytest.mark.filterwarnings("ignore::skdigits.exceptions.SeveralDigitsWarning")
def test_drawn_digits_are_read_as_what_they_are(training):
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(10), 20)
    pictures = [
        training.pictures.draw_picture(
            training.strokes.vary_strokes(training.glyphs.draw_glyph(label, rng), rng),
            rng,
        )
        for label in labels
    ]
    reader = load_pretrained()
    assert np.mean(reader.predict(pictures) == labels) > 0.95


@pytest.mark.filterwarnings("ignore::skdigits.exceptions.SeveralDigitsWarning")
def test_scans_are_read_as_the_digit_that_was_scanned(training):
    rng = np.random.default_rng(0)
    X, y = load_digits28(return_X_y=True, as_images=True)
    pictures = [training.pictures.scan_again(image, rng) for image in X[:200]]
    assert np.mean(load_pretrained().predict(pictures) == y[:200]) > 0.9


def test_distortions_keep_grey_levels_and_the_shares_asked_for(training, rows):
    many = np.tile(rows, (5, 1))
    rng = np.random.default_rng(0)
    distorted = training.distortions.distort_rows(many, 0.4, rng)
    assert distorted.dtype == np.uint8
    assert 0.25 < np.mean((distorted != many).any(axis=1)) < 0.5
    assert_array_equal(training.distortions.distort_rows(many, 0, rng), many)


def test_each_distortion_changes_digits(training, rows):
    images = rows.reshape(-1, 28, 28) / 255
    for distortion in set(training.distortions.DISTORTIONS):
        changed = distortion(images, np.random.default_rng(0))
        assert changed.shape == images.shape
        assert np.isfinite(changed).all(), distortion.__name__
        assert np.mean((changed != images).any(axis=(1, 2))) > 0.5, distortion.__name__


def test_pictures_without_a_digit_have_labels_of_all_kinds(train_digits):
    rng = np.random.default_rng(0)
    labels = [train_digits.no_digit(rng)[1] for _ in range(100)]
    assert set(labels) == set(range(10))


def test_training_data_follow_from_the_seed(train_digits, rows, monkeypatch):
    monkeypatch.setattr(train_digits, "Parallel", lambda n_jobs: list)
    monkeypatch.setattr(train_digits, "delayed", lambda function: function)
    mixture = train_digits.Mixture(2, 0.1, 30, 10)
    y = np.arange(len(rows)) % 10
    images = rows.reshape(-1, 28, 28)
    strokes = [[np.array([(0, 0), (5, 9)])], [np.array([(0, 9), (5, 0), (5, 9)])]]
    others = {
        "optdigits": (images, y),
        "semeion": (images, y),
        "uji": (strokes, np.array([1, 1]), np.array([0, 1])),
    }
    sources = train_digits.make_sources(rows, y, others)
    assert set(sources) == set(train_digits.N_PICTURES)
    first, again, other = (
        train_digits.compose(
            rows,
            y,
            *train_digits.generate(sources, seed, scale=2e-4),
            mixture,
            np.random.default_rng(seed),
        )
        for seed in (0, 0, 1)
    )
    for ours, theirs in zip(first, again, strict=True):
        assert_array_equal(ours, theirs)
    assert (first[0] != other[0]).any()
    assert first[0].shape == (2 * len(rows) + 30 + 10, 784)
    assert len(first[1]) == len(first[0])


def test_validation_leaves_writers_out(train_digits, rows):
    images, y = rows.reshape(-1, 28, 28), np.arange(len(rows)) % 10
    strokes = [[np.array([(0, 0), (number, 9)])] for number in range(8)]
    writers = np.arange(8)
    others = {
        "optdigits": (images, y),
        "semeion": (images, y),
        "uji": (strokes, np.arange(8), writers),
    }
    sources = train_digits.make_sources(rows, y, others, validation=True)
    assert "semeion" not in sources
    assert sources["uji"][2].tolist() == [1, 2, 3, 5, 6, 7]


@pytest.fixture
def hands(training, rows, monkeypatch):
    """Digits of few writers of each source."""
    monkeypatch.setattr(training.hands, "N_HANDS", 2)
    images, y = rows.reshape(-1, 28, 28), np.arange(len(rows)) % 10
    strokes = [[np.array([(0, 0), (5, 9)])], [np.array([(0, 9), (5, 0), (5, 9)])]]
    others = {
        "optdigits": (images, y),
        "semeion": (images, y),
        "uji": (strokes, np.array([1, 1]), np.array([0, 1])),
    }
    return training.hands.collect_hands((rows, y), np.zeros(len(y)), others, seed=0)


def test_hands_have_all_digits_and_their_writers(hands):
    X, y, groups = hands
    assert X.shape == (len(y), 28, 28)
    assert groups.shape == (len(y), 2)
    assert set(groups[:, 0]) == set(range(5))
    assert set(y) == set(range(10))


def test_lines_follow_from_the_seed(training, hands, monkeypatch):
    monkeypatch.setattr(training.lines, "Parallel", lambda n_jobs: list)
    monkeypatch.setattr(training.lines, "delayed", lambda function: function)
    (strips, texts), (again, _), (others, _) = (
        training.lines.make_lines(*hands, 30, seed) for seed in (0, 0, 1)
    )
    assert len(strips) == len(texts) == 30
    for strip, same in zip(strips, again, strict=True):
        assert_array_equal(strip, same)
    assert any(a.shape != b.shape for a, b in zip(strips, others, strict=True))


@pytest.fixture
def read_numbers(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("read_numbers")


@pytest.mark.parametrize(
    ("text", "other", "distance"),
    [("", "", 0), ("123", "", 3), ("1234", "135", 2), ("12", "21", 2), ("7", "77", 1)],
)
def test_edit_distance_counts_the_least_changes(read_numbers, text, other, distance):
    assert read_numbers.edit_distance(text, other) == distance
    assert read_numbers.edit_distance(other, text) == distance


def test_errors_fall_with_coverage_if_the_unsure_are_wrong(read_numbers):
    texts = np.array(["1", "2", "3", "4"])
    answers = np.array(["1", "2", "3", "9"])
    measures = read_numbers.describe(answers, np.array([0.99, 0.9, 0.8, 0.1]), texts)
    assert measures == ["75.0%", "25.0%", "0.0%", "0.0%", "25.0%", "100.0% of 1"]


def test_truth_holds_the_digits_of_each_set(read_numbers, tmp_path):
    (tmp_path / "truth.csv").write_text("file,text,set\na.png,-1.5,x\nb.png,20,y\n")
    assert read_numbers.read_truth([tmp_path]) == {
        "x": ([tmp_path / "a.png"], ["15"]),
        "y": ([tmp_path / "b.png"], ["20"]),
    }
