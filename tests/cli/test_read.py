"""The command `read`, with a reader that counts: three digits wide is 012.

One test reads with the reader that comes with the package.
"""

import csv
import errno
import io
import json

import numpy as np
import pytest
from PIL import Image

import skdigits
from skdigits._strings.reading import Alternative, Box, DigitReading, Reading
from skdigits.datasets import load_digits28


class CountingReader:
    """Reads 0, 01, 012 ... in a picture of so many digits, which ends in a second 8."""

    def set_params(self, *, n_digits, pattern, reject_below):
        self.params = {"n_digits": n_digits, "pattern": pattern}
        self.reject_below = reject_below
        return self

    def predict_readings(self, images):
        return [self._read(image) for image in images]

    def _read(self, image):
        if image.min() == image.max():
            return Reading()
        height, width = image.shape
        n = width // height
        text = "0123456789"[:n]
        digits = tuple(
            DigitReading(label, 0.9, Box(i * height, 2, (i + 1) * height, height))
            for i, label in enumerate(text)
        )
        others = tuple(Alternative(f"{text}{k}", 0.05 / (k + 1)) for k in range(9))
        return Reading(
            text if self.reject_below <= 0.8 else "",
            0.8,
            Box(0, 2, width, height),
            digits,
            (Alternative(text, 0.8), *others),
        )


@pytest.fixture(autouse=True)
def reader(monkeypatch):
    counting = CountingReader()
    monkeypatch.setattr("skdigits._cli.read.load_pretrained", lambda name: counting)
    return counting


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    """Folder with 012.png, 01.png, blank.png and a text with a wrong suffix."""
    folder = tmp_path_factory.mktemp("numbers")
    X, _ = load_digits28(return_X_y=True)
    for n in (2, 3):
        picture = 255 - np.hstack(X[:n].reshape(-1, 28, 28))
        Image.fromarray(picture).save(folder / f"{'012'[:n]}.png")
    Image.new("L", (50, 50), 255).save(folder / "blank.png")
    (folder / "text.png").write_text("This is not a picture.")
    return folder


def test_number_in_every_picture_is_read(numbers, run):
    files = [numbers / "012.png", numbers / "01.png"]
    status, out, err = run("read", *files)
    assert (status, err) == (0, "")
    header, _, *rows = [line.split() for line in out.splitlines()]
    assert header == ["file", "number", "probability"]
    assert rows == [[str(files[0]), "012", "80.0%"], [str(files[1]), "01", "80.0%"]]


def test_shipped_reader_reads_handwriting(numbers, run, monkeypatch, tmp_path):
    monkeypatch.setattr("skdigits._cli.read.load_pretrained", skdigits.load_pretrained)
    figure = tmp_path / "boxes.png"
    argv = ("read", numbers / "012.png", "--format", "json", "--plots", figure)
    status, out, err = run(*argv, "--digits", 3)
    assert (status, err) == (0, "")
    [record] = json.loads(out)
    assert record["number"] == "012"
    assert record["probability"] > 0.5
    lefts = [digit["box"][0] for digit in record["digits"]]
    assert len(lefts) == 3
    assert lefts == sorted(lefts)
    assert figure.stat().st_size > 1000


def test_folder_pattern_and_standard_input_are_read(numbers, run, monkeypatch):
    content = (numbers / "012.png").read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    pattern = str(numbers / "0*.png")
    _, out, _ = run("read", "-", pattern, numbers, "--format", "csv")
    records = list(csv.DictReader(io.StringIO(out)))
    assert [record["file"] for record in records] == [
        "standard input",
        *(str(numbers / f"{name}.png") for name in ("01", "012")),
        *(str(numbers / f"{name}.png") for name in ("01", "012", "blank", "text")),
    ]
    assert [record["number"] for record in records] == [
        "012",
        "01",
        "012",
        "01",
        "012",
        "",
        "",
    ]


def test_bad_file_is_reported_while_others_are_read(numbers, run):
    files = [numbers / name for name in ("text.png", "01.png", "missing.png")]
    status, out, err = run("read", *files, "--format", "json")
    assert status == 1
    text, good, missing = json.loads(out)
    assert (text["number"], good["number"], missing["number"]) == (None, "01", None)
    assert "text.png" in text["error"]
    assert [line.startswith("skdigits: error: ") for line in err.splitlines()] == [
        True,
        True,
    ]


def test_json_has_the_place_of_each_digit(numbers, run):
    _, out, _ = run("read", numbers / "01.png", "--format", "json", "--top", 3)
    [record] = json.loads(out)
    assert record["box"] == [0, 2, 56, 28]
    assert record["digits"][1] == {
        "label": "1",
        "probability": 0.9,
        "box": [28, 2, 56, 28],
    }
    assert record["alternatives"] == [
        {"number": "010", "probability": 0.05},
        {"number": "011", "probability": 0.025},
    ]


def test_picture_without_a_number_has_a_note_and_no_warning(numbers, run):
    status, out, err = run("read", numbers / "blank.png", "--format", "json")
    assert (status, err) == (0, "")
    [record] = json.loads(out)
    assert (record["number"], record["probability"]) == ("", 0)
    assert record["note"] == "no number found"
    assert record["box"] is None
    assert run("read", numbers / "blank.png")[1].split()[-4:] == [
        "0.0%",
        "no",
        "number",
        "found",
    ]


def test_rejected_number_is_in_the_note_only(numbers, run):
    argv = ("read", numbers / "01.png", "--reject-below", 0.9)
    _, out, _ = run(*argv, "--format", "csv")
    [record] = csv.DictReader(io.StringIO(out))
    assert (record["number"], record["probability"]) == ("", "0.8")
    assert record["note"] == "rejected: 01?"
    assert run(*argv)[1].splitlines()[2].split()[1:] == [
        "-",
        "80.0%",
        "rejected:",
        "01?",
    ]


def test_constraints_are_those_of_the_reader(numbers, run, reader):
    run("read", numbers / "01.png", "--digits", 4, "--pattern", "19[0-9]+")
    assert reader.params == {"n_digits": 4, "pattern": "19[0-9]+"}
    run("read", numbers / "01.png")
    assert reader.params == {"n_digits": None, "pattern": None}
    assert reader.reject_below == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--pattern", "[a-z]"), "`pattern` must be made of digits"),
        (("--pattern", "12", "--digits", "3"), "must allow at least one number"),
    ],
)
def test_impossible_constraints_are_errors_before_the_reading(
    options, sentence, numbers, fails_with
):
    assert fails_with(sentence, "read", numbers / "01.png", *options)


@pytest.mark.parametrize("name", ["boxes.png", "boxes.pdf"])
def test_figure_of_all_pictures_is_written(name, tmp_path, numbers, run):
    Image.new("L", (4000, 1000)).save(tmp_path / "photo.png")
    figure = tmp_path / "new" / name
    status, _, err = run("read", numbers, tmp_path / "photo.png", "--plots", figure)
    assert (status, err.count("\n")) == (1, 1)  # of the file that is no picture
    assert figure.stat().st_size > 1000


def test_figure_without_any_readable_picture_is_written(tmp_path, numbers, run):
    status, _, _ = run("read", numbers / "text.png", "--plots", tmp_path / "boxes.png")
    assert status == 1
    assert (tmp_path / "boxes.png").exists()


def test_boxes_fit_the_reduced_pictures(monkeypatch, tmp_path, run):
    drawn = []
    monkeypatch.setattr(
        "skdigits._cli.read._write_figure",
        lambda drawings, path: drawn.extend(drawings),
    )
    picture = np.zeros((700, 2100), dtype=np.uint8)
    picture[100:600, 300:350] = 255
    Image.fromarray(picture).save(tmp_path / "photo.png")
    run("read", tmp_path / "photo.png", "--plots", tmp_path / "boxes.png")
    [drawing] = drawn
    assert max(drawing.picture.shape) < 1000
    last = drawing.reading.digits[-1].box
    assert last.right == drawing.picture.shape[1] == 525
    assert last.bottom == drawing.picture.shape[0] == 175


def test_figure_that_cannot_be_written_is_an_error_before_the_reading(
    tmp_path, numbers, fails_with
):
    argv = ("read", numbers / "01.png", "--plots")
    assert fails_with(
        "must name a file that ends with .", *argv, tmp_path / "boxes.doc"
    )


def test_full_disk_is_reported_with_the_file(tmp_path, numbers, run, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", fail)
    figure = tmp_path / "figure.png"
    _, _, err = run("read", numbers / "01.png", "--plots", figure)
    assert err == f"skdigits: error: {figure}: No space left on device\n"


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--digits", "0", "--digits: must be a whole number 1 to 100; got '0'"),
        ("--top", "11", "--top: must be a whole number 1 to 10; got '11'"),
        (
            "--reject-below",
            "90",
            "--reject-below: must be a number from 0 to 1; got '90'",
        ),
        ("--reject-below", "nan", "must be a number from 0 to 1; got 'nan'"),
        ("--reject-below", "much", "must be a number from 0 to 1; got 'much'"),
    ],
)
def test_wrong_options_are_errors(option, value, sentence, run):
    status, out, err = run("read", "1.png", option, value)
    assert (status, out) == (2, "")
    assert sentence in err
