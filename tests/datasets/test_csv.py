"""`skdigits.datasets._csv`: tables with one digit per row."""

import gzip

import numpy as np
import pytest

from skdigits.datasets import load_csv
from skdigits.exceptions import CorruptDataError

PIXELS = np.arange(12).reshape(3, 4) * 20
LABELS = [7, 0, 3]
KAGGLE = "label,pixel0,pixel1,pixel2,pixel3"


def lines(*columns, header=None):
    rows = np.column_stack(columns)
    text = "\n".join(",".join(map(str, row)) for row in rows.tolist()) + "\n"
    return text if header is None else f"{header}\n{text}"


@pytest.fixture
def write(tmp_path):
    def write(text, name="digits.csv"):
        path = tmp_path / name
        content = text if isinstance(text, bytes) else text.encode()
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write


@pytest.mark.parametrize("name", ["train.csv", "train.csv.gz"])
@pytest.mark.parametrize("header", [KAGGLE, None], ids=["header", "no-header"])
def test_labelled_tables_of_kaggle_are_read(write, header, name):
    digits = load_csv(write(lines(LABELS, PIXELS, header=header), name))

    assert digits.data.dtype == np.uint8
    assert digits.data.flags.c_contiguous
    assert digits.target.dtype == np.int64
    np.testing.assert_array_equal(digits.data, PIXELS)
    np.testing.assert_array_equal(digits.images, PIXELS.reshape(3, 2, 2))
    np.testing.assert_array_equal(digits.target, LABELS)
    np.testing.assert_array_equal(digits.target_names, [0, 3, 7])


@pytest.mark.parametrize(
    "header", ["pixel0,pixel1,pixel2,pixel3", None], ids=["header", "no-header"]
)
def test_tables_without_labels_have_no_target(write, header):
    path = write(lines(PIXELS, header=header))

    digits = load_csv(path)
    X, y = load_csv(path, return_X_y=True, as_images=True)

    np.testing.assert_array_equal(digits.data, PIXELS)
    assert digits.target is None
    assert digits.target_names is None
    assert X.shape == (3, 2, 2)
    assert y is None


@pytest.mark.parametrize(
    ("header", "label"),
    [
        ("p1,p2,p3,p4,class", "auto"),
        ("p1,p2,p3,p4,Label", "auto"),
        ("p1,p2,p3,p4,digit", "digit"),
        ("p1,p2,p3,p4,digit", -1),
        (None, -1),
        (None, 4),
    ],
)
def test_label_column_is_found_by_name_or_position(write, header, label):
    X, y = load_csv(
        write(lines(PIXELS, LABELS, header=header)), label=label, return_X_y=True
    )

    np.testing.assert_array_equal(X, PIXELS)
    np.testing.assert_array_equal(y, LABELS)


def test_label_none_reads_a_first_column_as_pixels(write):
    digits = load_csv(write(lines(PIXELS)), label=None)

    assert digits.data.shape == (3, 4)


def test_quotes_byte_order_mark_blank_lines_and_windows_line_ends_are_read(write):
    text = '\ufeff\r\n"label","a","b","c","d"\r\n"1","2","3","4","5"\r\n\r\n'

    digits = load_csv(write(text))

    assert digits.data.tolist() == [[2, 3, 4, 5]]
    assert digits.target.tolist() == [1]


@pytest.mark.parametrize(
    ("pixels", "dtype"),
    [
        ([[0.0, 1.0, 254.0, 255.0]], np.uint8),
        ([[0, 0.5, 1, 1]], np.float64),
        ([[0, 256, 1, 1]], np.float64),
        ([[-1, 1, 1, 1]], np.float64),
    ],
)
def test_pixels_are_uint8_where_that_loses_nothing(write, pixels, dtype):
    digits = load_csv(write(lines([300], pixels)))

    assert digits.data.dtype == dtype
    np.testing.assert_array_equal(digits.data, pixels)
    assert digits.target.tolist() == [300]


def test_home_folder_is_expanded(write, monkeypatch):
    path = write(lines(PIXELS))
    monkeypatch.setenv("HOME", str(path.parent))
    monkeypatch.setenv("USERPROFILE", str(path.parent))

    assert load_csv("~/digits.csv").data.shape == (3, 4)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*absent\.csv\. Give the"):
        load_csv(tmp_path / "absent.csv")


def test_folder_is_refused(tmp_path):
    with pytest.raises(CorruptDataError, match=r"must be a CSV file; got a folder"):
        load_csv(tmp_path)


def test_long_cells_and_names_are_shortened_in_errors(write):
    path = write("1," + "x" * 10_000 + "\n1,2\n3," + "y" * 10_000)
    with pytest.raises(
        CorruptDataError, match=r"with one digit per row; got"
    ) as caught:
        load_csv(path)
    assert len(str(caught.value)) < 500 + len(str(path))
    with pytest.raises(ValueError, match=r"name of a column; got 'z+\.\.\.") as caught:
        load_csv(write(lines(LABELS, PIXELS, header=KAGGLE)), label="z" * 10_000)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must have one digit per row; got no rows"),
        (KAGGLE + "\n", "must have one digit per row; got no rows"),
        ("1,2,3,4,5\n1,2\n", "table of numbers .*columns changed from 5 to 2"),
        (KAGGLE + "\n1,2,x,4,5\n", "table of numbers .*could not convert string 'x'"),
        (KAGGLE + "\n1,2,,4,5\n", "table of numbers .*could not convert string ''"),
        (KAGGLE + "\n1,2,nan,4,5\n", "must hold finite numbers; got NaN"),
        (KAGGLE + "\n1.5,2,3,4,5\n", "label column .* must hold integers; got 1.5"),
        (KAGGLE + "\n1,2,3,4\n", "header of 5 names over 4 columns"),
        ("1;2;3;4;5\n1;2;3;4;5\n", "table of numbers separated by commas"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "table of numbers .*can't decode byte"),
        ("," + KAGGLE + "\n0,1,2,3,4,5\n", "got 5 columns of pixels, .*an index"),
        ("1,2,3,4,5,6,7\n", "square number of pixel columns.*got 7 columns"),
        ("label\n1\n", "square number of pixel columns.*got 0 columns"),
    ],
)
def test_files_that_are_not_tables_of_digits_are_an_error(write, text, message):
    with pytest.raises(CorruptDataError, match=message):
        load_csv(write(text))


def test_damaged_gzip_is_an_error(write):
    path = write(lines(LABELS, PIXELS), "digits.csv.gz")
    path.write_bytes(path.read_bytes()[:-9])

    with pytest.raises(CorruptDataError, match="is a damaged gzip file"):
        load_csv(path)


@pytest.mark.parametrize(
    ("header", "label", "message"),
    [
        (
            KAGGLE,
            "digit",
            "name of a column; got 'digit', and the columns are .'label'",
        ),
        (None, "digit", "got 'digit', and the columns are without names"),
        (None, 5, "position of one of 5 columns; got 5"),
    ],
)
def test_unknown_label_column_is_an_error(write, header, label, message):
    with pytest.raises(ValueError, match=message):
        load_csv(write(lines(LABELS, PIXELS, header=header)), label=label)
