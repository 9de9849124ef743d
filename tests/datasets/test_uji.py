"""`skdigits.datasets._uji`, with a few characters in the format of the real ones."""

import gzip
import hashlib
import io
import zipfile

import numpy as np
import pytest

from skdigits.datasets import _uji, fetch_uji_strokes, render_strokes
from skdigits.exceptions import CorruptDataError, DownloadError

CONTENT = """\
// UJI: 100 units per millimetre

// ASCII char: 7
WORD 7 trn_UJI_W03-01
  NUMSTROKES 2
  POINTS 4 # 100 200 400 200 400 200 200 700
  POINTS 2 # 150 450 450 450
// ASCII char: a
WORD a trn_UJI_W03-01
  NUMSTROKES 1
  POINTS 2 # 1 2 3 4
// ASCII char: 0
WORD 0 tst_UJI_W12-02
  NUMSTROKES 1
  POINTS 3 # -5 6 7 -8 9 10

// UPV: 152 units per millimetre

// Non-ASCII char: oacute
WORD ó tst_UPV_W60-01
  NUMSTROKES 2
  POINTS 1 # 5 6
  POINTS 2 # 7 8 9 10
// ASCII char: 7
WORD 7 trn_UPV_W17-02
  NUMSTROKES 1
  POINTS 1 # 11 12
""".replace("\n", "\r\n").encode()


@pytest.fixture
def official(monkeypatch):
    """The content counts as the official one in the test."""
    file = _uji._FILE._replace(sha256=hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(_uji, "_FILE", file)


@pytest.fixture
def home(tmp_path, official):
    (tmp_path / "ujipenchars2.txt").write_bytes(CONTENT)
    return tmp_path


def as_lists(strokes):
    return [[stroke.tolist() for stroke in digit] for digit in strokes]


def test_strokes_are_lists_of_arrays_of_points(home):
    uji = fetch_uji_strokes(data_home=home)

    assert as_lists(uji.strokes) == [
        [
            [[100, 200], [400, 200], [400, 200], [200, 700]],
            [[150, 450], [450, 450]],
        ],
        [[[11, 12]]],
    ]
    assert all(
        stroke.dtype == np.int64 and stroke.flags.writeable
        for digit in uji.strokes
        for stroke in digit
    )


@pytest.mark.parametrize(
    ("subset", "target", "writer"),
    [
        ("train", [7, 7], [3, 17]),
        ("test", [0], [12]),
        ("all", [7, 0, 7], [3, 12, 17]),
    ],
)
def test_subset_holds_the_digits_of_its_writers_in_order(home, subset, target, writer):
    uji = fetch_uji_strokes(subset, data_home=home)

    np.testing.assert_array_equal(uji.target, target)
    np.testing.assert_array_equal(uji.writer, writer)
    np.testing.assert_array_equal(uji.target_names, np.unique(target))
    assert uji.target.dtype == uji.writer.dtype == np.int64
    assert len(uji.strokes) == len(target)
    assert uji.DESCR.startswith("UJI Pen Characters")


def test_other_characters_are_loaded_on_request(home):
    uji = fetch_uji_strokes("all", data_home=home, digits_only=False)

    assert uji.target.tolist() == ["7", "a", "0", "ó", "7"]
    assert uji.writer.tolist() == [3, 3, 12, 60, 17]
    assert as_lists(uji.strokes)[3] == [[[5, 6]], [[7, 8], [9, 10]]]


def test_return_X_y_changes_the_form_only(home):
    uji = fetch_uji_strokes(data_home=home)

    strokes, target = fetch_uji_strokes(data_home=home, return_X_y=True)

    assert as_lists(strokes) == as_lists(uji.strokes)
    np.testing.assert_array_equal(target, uji.target)


def test_strokes_can_be_rendered(home):
    seven, dot = fetch_uji_strokes(data_home=home).strokes

    image = render_strokes(seven, size=32, pen_width=3)
    assert image[4:8, 10:20].max() == 255  # the upper stroke, of a crossed 7
    assert image[24:, 20:].max() == 0
    assert render_strokes(dot).max() == 255


def test_compressed_file_is_found(tmp_path, official):
    (tmp_path / "uji").mkdir()
    (tmp_path / "uji" / "ujipenchars2.txt.gz").write_bytes(gzip.compress(CONTENT))

    assert len(fetch_uji_strokes(data_home=tmp_path).strokes) == 2


def test_archive_is_downloaded_once(tmp_path, official, uci, monkeypatch):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("uji2.names", "UJIpenchars2")
        archive.writestr("ujipenchars2.txt", CONTENT)
    packed = stream.getvalue()
    archive = _uji._ARCHIVE._replace(sha256=hashlib.sha256(packed).hexdigest())
    monkeypatch.setattr(_uji, "_ARCHIVE", archive)
    name = "uji+pen+characters+version+2.zip"
    uci.offer("uci", {f"177/{name}": packed})

    first = fetch_uji_strokes("all", data_home=tmp_path)
    second = fetch_uji_strokes("all", data_home=tmp_path, download_if_missing=False)

    assert as_lists(first.strokes) == as_lists(second.strokes)
    assert uci.requests == [f"/uci/177/{name}"]
    assert (tmp_path / "uji" / name).is_file()


def test_other_strokes_are_refused(home):
    (home / "ujipenchars2.txt").write_bytes(CONTENT.replace(b"100 200", b"100 201"))

    with pytest.raises(CorruptDataError, match="not the official file of UJI Pen Ch"):
        fetch_uji_strokes(data_home=home)


def test_missing_file_is_an_error_if_no_download_is_allowed(tmp_path):
    with pytest.raises(
        DownloadError, match=r"ujipenchars2\.txt \(plain or \.gz\) is neither in"
    ):
        fetch_uji_strokes(data_home=tmp_path, download_if_missing=False)


def test_description_has_source_and_licence():
    for part in ("CC BY 4.0", "archive.ics.uci.edu/dataset/177/", "Prat"):
        assert part in _uji._DESCR


@pytest.mark.parametrize(
    "parameter",
    ["subset", "digits_only", "data_home", "return_X_y", "download_if_missing"],
)
def test_parameters_are_validated(parameter):
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of fetch_uji_stro"):
        fetch_uji_strokes(**{parameter: 3})


def test_real_strokes_have_their_published_numbers():
    try:
        uji = fetch_uji_strokes(
            "all", digits_only=False, data_home=None, download_if_missing=False
        )
    except DownloadError:
        pytest.skip("the data home does not hold UJI Pen Characters")

    assert len(uji.strokes) == 11640
    assert np.bincount(uji.writer).tolist() == [0, *[194] * 60]
    assert len(uji.target_names) == 97
    assert {len(strokes) for strokes in uji.strokes} == {1, 2, 3, 4, 5}
