"""`skdigits.datasets._semeion`, with a few digits in the format of the real ones."""

import hashlib
import io
import zipfile

import numpy as np
import pytest

from skdigits.datasets import _semeion, fetch_semeion
from skdigits.exceptions import CorruptDataError, DownloadError

N = 6


@pytest.fixture
def digits():
    random = np.random.default_rng(0)
    return random.integers(0, 2, (N, 16, 16)), np.array([0, 9, 3, 3, 1, 0])


@pytest.fixture
def content(digits, monkeypatch):
    """The file, which counts as the official one in the test."""
    lines = []
    for image, label in zip(*digits, strict=True):
        pixels = "".join(f"{pixel:.4f} " for pixel in image.ravel())
        lines.append(pixels + "".join(f"{int(label == i)} " for i in range(10)))
    content = "".join(f"{line}\r\n" for line in lines).encode()
    file = _semeion._FILE._replace(sha256=hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(_semeion, "_FILE", file)
    return content


def test_file_on_disk_is_read(tmp_path, content, digits):
    (tmp_path / "semeion.data").write_bytes(content)

    semeion = fetch_semeion(data_home=tmp_path, download_if_missing=False)

    images, target = digits
    np.testing.assert_array_equal(semeion.images, images * 255)
    np.testing.assert_array_equal(semeion.data, semeion.images.reshape(N, 256))
    np.testing.assert_array_equal(semeion.target, target)
    assert semeion.data.dtype == np.uint8
    assert semeion.target.dtype == np.int64
    assert np.shares_memory(semeion.data, semeion.images)
    assert semeion.data.flags.writeable
    assert semeion.DESCR.startswith("Semeion")


def test_return_X_y_and_as_images_change_the_form_only(tmp_path, content):
    (tmp_path / "semeion.data").write_bytes(content)
    semeion = fetch_semeion(data_home=tmp_path)

    X, y = fetch_semeion(data_home=tmp_path, return_X_y=True, as_images=True)

    np.testing.assert_array_equal(X, semeion.images)
    np.testing.assert_array_equal(y, semeion.target)


def test_archive_is_downloaded_once(tmp_path, content, uci, monkeypatch):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("semeion.data", content)
        archive.writestr("semeion.names", "Semeion")
    packed = stream.getvalue()
    archive = _semeion._ARCHIVE._replace(sha256=hashlib.sha256(packed).hexdigest())
    monkeypatch.setattr(_semeion, "_ARCHIVE", archive)
    uci.offer("uci", {"178/semeion+handwritten+digit.zip": packed})

    first = fetch_semeion(data_home=tmp_path)
    second = fetch_semeion(data_home=tmp_path, download_if_missing=False)

    assert first.data.shape == (N, 256)
    np.testing.assert_array_equal(first.data, second.data)
    assert uci.requests == ["/uci/178/semeion+handwritten+digit.zip"]
    assert (tmp_path / "semeion" / "semeion+handwritten+digit.zip").is_file()


def test_other_digits_are_refused(tmp_path, content):
    (tmp_path / "semeion.data").write_bytes(content.replace(b"1.0000", b"0.0000", 1))

    with pytest.raises(CorruptDataError, match="not the official file of Semeion"):
        fetch_semeion(data_home=tmp_path)


def test_missing_file_is_an_error_if_no_download_is_allowed(tmp_path):
    with pytest.raises(DownloadError, match="`download_if_missing` is False"):
        fetch_semeion(data_home=tmp_path, download_if_missing=False)


def test_description_has_source_and_licence():
    for part in ("CC BY 4.0", "archive.ics.uci.edu/dataset/178/", "Buscema"):
        assert part in _semeion._DESCR


@pytest.mark.parametrize(
    "parameter", ["data_home", "return_X_y", "as_images", "download_if_missing"]
)
def test_parameters_are_validated(parameter):
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of fetch_semeion"):
        fetch_semeion(**{parameter: 3})


def test_real_semeion_has_its_published_size():
    try:
        X, y = fetch_semeion(return_X_y=True, download_if_missing=False)
    except DownloadError:
        pytest.skip("the data home does not hold Semeion")

    assert X.shape == (1593, 256)
    assert np.bincount(y).tolist() == [161, 162, 159, 159, 161, 159, 161, 158, 155, 158]
