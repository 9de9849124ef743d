"""`skdigits.datasets._optdigits`, with a few digits in the format of the real ones."""

import gzip
import hashlib
import io
import zipfile

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skdigits.datasets import _optdigits, fetch_optdigits
from skdigits.exceptions import CorruptDataError, DownloadError

HEADER = """\
BU handwritten digit database: E Alpaydin C Kaynak 1995
Writer-independent test file

entwidth = 32
entheight = 32
depth = 1
density = 300
whitepix = 0
ntot = {n}
ndigit = {n}
firstdigit = 0
lastdigit = 0
"""
LABELS = {"tra": [0, 9, 3], "cv": [7], "wdep": [3, 3], "windep": [0, 1, 2, 9]}


def as_text(images, labels):
    lines = [HEADER.format(n=len(labels))]
    for image, label in zip(images, labels, strict=True):
        lines += ["".join(map(str, row)) + "\n" for row in image]
        lines.append(f" {label}\n")
    return "".join(lines).encode()


def as_z(content):
    """Pack as a .Z file that clears its table often, so that no code is learned."""
    packed = b"\x1f\x9d\x90"
    for start in range(0, len(content), 7):
        codes = [*content[start : start + 7], *[256] * 8][:8]
        packed += sum(code << 9 * i for i, code in enumerate(codes)).to_bytes(
            9, "little"
        )
    return packed


@pytest.fixture
def images():
    random = np.random.default_rng(0)
    return {
        part: random.integers(0, 2, (len(labels), 32, 32))
        for part, labels in LABELS.items()
    }


@pytest.fixture
def contents(images, monkeypatch):
    """The files, unpacked, whose counts are the published ones in the test."""
    counts = {
        part: tuple(np.bincount(labels, minlength=10).tolist())
        for part, labels in LABELS.items()
    }
    parts = {
        name: {part: counts[part] for part in parts}
        for name, parts in _optdigits._PARTS.items()
    }
    monkeypatch.setattr(_optdigits, "_PARTS", parts)
    return {part: as_text(images[part], LABELS[part]) for part in LABELS}


@pytest.fixture
def home(tmp_path, contents):
    for part, content in contents.items():
        (tmp_path / f"optdigits-orig.{part}").write_bytes(content)
    return tmp_path


@pytest.mark.parametrize(
    ("subset", "parts"),
    [
        ("train", ["tra", "cv", "wdep"]),
        ("test", ["windep"]),
        ("all", ["tra", "cv", "wdep", "windep"]),
    ],
)
def test_subset_holds_the_digits_of_its_parts_in_order(home, images, subset, parts):
    digits = fetch_optdigits(subset, data_home=home)

    expected = np.concatenate([images[part] for part in parts]) * 255
    np.testing.assert_array_equal(digits.images, expected)
    np.testing.assert_array_equal(digits.data, expected.reshape(len(expected), 1024))
    target = np.concatenate([LABELS[part] for part in parts])
    np.testing.assert_array_equal(digits.target, target)
    assert digits.data.dtype == np.uint8
    assert digits.target.dtype == np.int64
    assert np.shares_memory(digits.data, digits.images)
    assert digits.data.flags.writeable


def test_return_X_y_and_as_images_change_the_form_only(home):
    digits = fetch_optdigits(data_home=home)

    X, y = fetch_optdigits(data_home=home, return_X_y=True, as_images=True)

    np.testing.assert_array_equal(X, digits.images)
    np.testing.assert_array_equal(y, digits.target)


@pytest.mark.parametrize(
    ("suffix", "pack"), [("", bytes), (".gz", gzip.compress), (".Z", as_z)]
)
def test_file_is_found_in_every_packing(tmp_path, contents, images, suffix, pack):
    path = tmp_path / f"optdigits-orig.windep{suffix}"
    path.write_bytes(pack(contents["windep"]))

    X, _ = fetch_optdigits("test", data_home=tmp_path, return_X_y=True, as_images=True)

    np.testing.assert_array_equal(X, images["windep"] * 255)


def test_archive_is_downloaded_once_for_all_subsets(
    tmp_path, contents, uci, monkeypatch
):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for part, content in contents.items():
            archive.writestr(f"optdigits-orig.{part}.Z", as_z(content))
        archive.writestr("optdigits.tra", "0,1,6\n")
    packed = stream.getvalue()
    archive = _optdigits._ARCHIVE._replace(sha256=hashlib.sha256(packed).hexdigest())
    monkeypatch.setattr(_optdigits, "_ARCHIVE", archive)
    name = "optical+recognition+of+handwritten+digits.zip"
    uci.offer("uci", {f"80/{name}": packed})

    assert fetch_optdigits("test", data_home=tmp_path).data.shape == (4, 1024)
    digits = fetch_optdigits("train", data_home=tmp_path, download_if_missing=False)

    assert digits.data.shape == (6, 1024)
    assert uci.requests == [f"/uci/80/{name}"]
    assert (tmp_path / "optdigits" / name).is_file()


def test_other_subset_is_not_asked_for(home):
    (home / "optdigits-orig.tra").unlink()

    assert fetch_optdigits("test", data_home=home).data.shape == (4, 1024)
    with pytest.raises(DownloadError, match=r"optdigits-orig.tra \(plain or \.gz\)"):
        fetch_optdigits("train", data_home=home, download_if_missing=False)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"0\n 1\n", b"2\n 1\n"),  # a pixel
        (b"\n 1\n", b"\n x\n"),
        (b"\n 1\n", b"\n 10\n"),
        (b"\n 1\n", b"\n"),
        (b"0\n 1\n", b"00\n 1\n"),
        (b"0\n 1\n", b" 1\n"),
    ],
)
def test_damaged_bitmap_is_refused(home, contents, old, new):
    content = contents["windep"]
    path = home / "optdigits-orig.windep"
    content = content.replace(b"1\n 1\n", b"0\n 1\n")
    assert content.count(old) == 1
    path.write_bytes(content.replace(old, new))

    with pytest.raises(
        CorruptDataError, match=r"windep must hold bitmaps of 32 lines.*got something"
    ):
        fetch_optdigits("test", data_home=home)


@pytest.mark.parametrize("content", [b"", b"entwidth = 32\n", b"<html></html>"])
def test_file_without_bitmaps_is_refused(home, content):
    (home / "optdigits-orig.windep").write_bytes(content)

    with pytest.raises(CorruptDataError, match=r"windep must hold bitmaps of 32 lines"):
        fetch_optdigits("test", data_home=home)


@pytest.mark.parametrize("new", [b"\n 8\n", b"\n 0\n"])
def test_other_number_of_a_digit_is_refused(home, contents, new):
    content = contents["windep"].replace(b"\n 1\n", new)
    (home / "optdigits-orig.windep").write_bytes(content)

    with pytest.raises(
        CorruptDataError, match=r"must hold \[1, 1, 1, .*of the digits 0 to 9; got \["
    ):
        fetch_optdigits("test", data_home=home)


def test_truncated_file_is_refused(home, contents):
    content = contents["windep"]
    cut = content.rindex(b" 2\n") + 3
    (home / "optdigits-orig.windep").write_bytes(content[:cut])

    with pytest.raises(CorruptDataError, match=r"got \[1, 1, 1, 0, .*it is truncated"):
        fetch_optdigits("test", data_home=home)


def test_published_counts_add_up_to_the_published_sizes():
    sizes = {
        part: sum(counts)
        for parts in _optdigits._PARTS.values()
        for part, counts in parts.items()
    }

    assert sizes == {"tra": 1934, "cv": 946, "wdep": 943, "windep": 1797}
    counts = np.bincount(load_digits().target).tolist()
    assert list(_optdigits._PARTS["test"]["windep"]) == counts


def test_description_has_source_and_licence():
    for part in ("CC BY 4.0", "archive.ics.uci.edu/dataset/80/", "Alpaydin"):
        assert part in _optdigits._DESCR


@pytest.mark.parametrize(
    "parameter",
    ["subset", "data_home", "return_X_y", "as_images", "download_if_missing"],
)
def test_parameters_are_validated(parameter):
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of fetch_optdigi"):
        fetch_optdigits(**{parameter: 3})


def test_real_test_digits_are_those_of_load_digits():
    try:
        X, y = fetch_optdigits(
            "test", return_X_y=True, as_images=True, download_if_missing=False
        )
    except DownloadError:
        pytest.skip("the data home does not hold optdigits")

    small = load_digits()
    blocks = (X // 255).reshape(-1, 8, 4, 8, 4).sum(axis=(2, 4))
    np.testing.assert_array_equal(blocks, small.images)
    np.testing.assert_array_equal(y, small.target)
