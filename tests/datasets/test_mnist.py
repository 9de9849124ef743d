"""`skdigits.datasets._mnist`: files found, checked, and downloaded from a real server.

The server listens on the loopback interface and holds a MNIST of a few images; only
the last tests read the real one.
"""

import gzip
import hashlib
import os
import socket
import struct
from pathlib import Path

import numpy as np
import pytest

from skdigits.datasets import _download, _mnist, fetch_mnist
from skdigits.exceptions import CorruptDataError, DownloadError, SkdigitsError

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
N_TRAIN, N_TEST = 5, 3


def idx_bytes(array):
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.tobytes()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="module")
def arrays():
    random = np.random.default_rng(0)
    return {
        TRAIN_IMAGES: random.integers(0, 256, (N_TRAIN, 28, 28), dtype=np.uint8),
        TRAIN_LABELS: random.integers(0, 10, N_TRAIN, dtype=np.uint8),
        TEST_IMAGES: random.integers(0, 256, (N_TEST, 28, 28), dtype=np.uint8),
        TEST_LABELS: random.integers(0, 10, N_TEST, dtype=np.uint8),
    }


@pytest.fixture
def unpacked(arrays, monkeypatch):
    """The files of the small MNIST, which counts as the official one in the test."""
    unpacked = {name: idx_bytes(array) for name, array in arrays.items()}
    files = {
        name: _mnist._MnistFile(
            name, sha256(content), sha256(gzip.compress(content, mtime=0))
        )
        for name, content in unpacked.items()
    }
    monkeypatch.setattr(
        _mnist,
        "_FILES",
        {
            "train": (files[TRAIN_IMAGES], files[TRAIN_LABELS]),
            "test": (files[TEST_IMAGES], files[TEST_LABELS]),
        },
    )
    monkeypatch.setattr(_mnist, "_MIRRORS", ())
    monkeypatch.delenv("SKDIGITS_DATA_HOME", raising=False)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", os.devnull)  # must never be written to
    return unpacked


@pytest.fixture
def official(unpacked):
    """The files as a mirror offers them."""
    return {
        f"{name}.gz": gzip.compress(content, mtime=0)
        for name, content in unpacked.items()
    }


@pytest.fixture
def home(tmp_path, unpacked):
    """A data home that holds the files, unpacked."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name, content in unpacked.items():
        (folder / name).write_bytes(content)
    return folder


# ---------------------------------------------------------------- files on disk


@pytest.mark.parametrize(
    ("subset", "images", "labels"),
    [
        ("train", [TRAIN_IMAGES], [TRAIN_LABELS]),
        ("test", [TEST_IMAGES], [TEST_LABELS]),
        ("all", [TRAIN_IMAGES, TEST_IMAGES], [TRAIN_LABELS, TEST_LABELS]),
    ],
)
def test_subset_holds_the_digits_of_its_files_in_order(
    home, arrays, subset, images, labels
):
    mnist = fetch_mnist(subset, data_home=home)

    expected = np.concatenate([arrays[name] for name in images])
    np.testing.assert_array_equal(mnist.images, expected)
    np.testing.assert_array_equal(mnist.data, expected.reshape(len(expected), 784))
    np.testing.assert_array_equal(
        mnist.target, np.concatenate([arrays[name] for name in labels])
    )
    assert mnist.data.dtype == np.uint8
    assert mnist.target.dtype == np.int64
    assert mnist.DESCR.startswith("MNIST")


@pytest.mark.parametrize("subset", ["train", "all"])
def test_arrays_are_contiguous_and_writable(home, subset):
    X, y = fetch_mnist(subset, data_home=home, return_X_y=True)

    for array in (X, y):
        assert array.flags.c_contiguous
        assert array.flags.writeable


def test_return_X_y_and_as_images_change_the_form_only(home):
    mnist = fetch_mnist(data_home=home)

    X, y = fetch_mnist(data_home=home, return_X_y=True, as_images=True)

    assert X.shape == (N_TRAIN, 28, 28)
    np.testing.assert_array_equal(X, mnist.images)
    np.testing.assert_array_equal(y, mnist.target)


@pytest.mark.parametrize("folder", ["", "mnist"])
@pytest.mark.parametrize(
    ("spelling", "pack"),
    [
        ("train-{}-idx{}-ubyte", bytes),
        ("train-{}-idx{}-ubyte.gz", gzip.compress),
        ("train-{}.idx{}-ubyte", bytes),
        ("train-{}.idx{}-ubyte.gz", gzip.compress),
        ("train-{}-idx{}-ubyte.gz", lambda content: gzip.compress(content, 1)),
    ],
)
def test_files_are_found_in_every_usual_spelling_and_packing(
    tmp_path, unpacked, arrays, folder, spelling, pack
):
    (tmp_path / folder).mkdir(exist_ok=True)
    for name, kind in [(TRAIN_IMAGES, ("images", 3)), (TRAIN_LABELS, ("labels", 1))]:
        (tmp_path / folder / spelling.format(*kind)).write_bytes(pack(unpacked[name]))

    X, y = fetch_mnist(data_home=str(tmp_path), as_images=True, return_X_y=True)

    np.testing.assert_array_equal(X, arrays[TRAIN_IMAGES])
    np.testing.assert_array_equal(y, arrays[TRAIN_LABELS])


def test_folder_that_bears_the_name_of_a_file_is_passed_over(home):
    (home / TRAIN_IMAGES).rename(home / "train-images.idx3-ubyte")
    (home / TRAIN_IMAGES).mkdir()

    assert fetch_mnist(data_home=home).data.shape == (N_TRAIN, 784)


def test_environment_variable_names_the_data_home(home, monkeypatch):
    monkeypatch.setenv("SKDIGITS_DATA_HOME", str(home))

    assert fetch_mnist().data.shape == (N_TRAIN, 784)


def test_data_home_goes_before_the_environment_variable(home, monkeypatch, tmp_path):
    monkeypatch.setenv("SKDIGITS_DATA_HOME", str(tmp_path / "absent"))

    assert fetch_mnist(data_home=home).data.shape == (N_TRAIN, 784)


def test_data_home_of_scikit_learn_is_the_last_resort(home, monkeypatch, tmp_path):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    home.rename(tmp_path / "skdigits")

    assert fetch_mnist().data.shape == (N_TRAIN, 784)


def test_tilde_in_data_home_is_the_home_of_the_user(home, monkeypatch):
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(home.parent))

    assert fetch_mnist(data_home="~/home").data.shape == (N_TRAIN, 784)


def test_other_bytes_are_refused_with_both_checksums_and_the_way_out(home, unpacked):
    other = bytearray(unpacked[TRAIN_IMAGES])
    other[-1] ^= 1
    (home / TRAIN_IMAGES).write_bytes(other)

    with pytest.raises(CorruptDataError, match="is not the official MNIST") as caught:
        fetch_mnist(data_home=home)

    message = str(caught.value)
    assert str(home / TRAIN_IMAGES) in message
    assert f"must be {sha256(unpacked[TRAIN_IMAGES])}" in message
    assert f"Got {sha256(other)}" in message
    assert "Delete it" in message
    assert "`load_idx`" in message


def test_truncated_file_is_refused_with_the_way_out(home, unpacked):
    (home / TRAIN_LABELS).write_bytes(unpacked[TRAIN_LABELS][:-1])

    with pytest.raises(
        CorruptDataError,
        match=rf"{TRAIN_LABELS} declares .*truncated.*Once it is deleted",
    ):
        fetch_mnist(data_home=home)


def test_other_subset_is_not_asked_for(home):
    (home / TRAIN_IMAGES).unlink()

    assert fetch_mnist("test", data_home=home).data.shape == (N_TEST, 784)


def test_missing_file_is_an_error_if_no_download_is_allowed(home):
    (home / TRAIN_LABELS).unlink()

    with pytest.raises(
        OSError, match=rf"{TRAIN_LABELS} .*neither in .*`download_if_missing` is False"
    ) as caught:
        fetch_mnist(data_home=home, download_if_missing=False)

    assert isinstance(caught.value, SkdigitsError)
    assert "SKDIGITS_DATA_HOME" in str(caught.value)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("subset", "validation"),
        ("data_home", 3),
        ("return_X_y", "yes"),
        ("as_images", None),
        ("download_if_missing", "no"),
    ],
)
def test_parameters_are_validated(parameter, value):
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of fetch_mnist"):
        fetch_mnist(**{parameter: value})


# -------------------------------------------------------------------- downloads


@pytest.fixture
def use_mirrors(mirrors, unpacked, monkeypatch):
    def use(*names):
        urls = tuple(mirrors.url(name) for name in names)
        monkeypatch.setattr(_mnist, "_MIRRORS", urls)

    return use


def files_in(folder):
    return sorted(path.name for path in Path(folder).rglob("*") if path.is_file())


def test_missing_files_are_downloaded_and_kept(
    tmp_path, mirrors, use_mirrors, official, arrays
):
    mirrors.offer("good", official)
    use_mirrors("good")

    X, y = fetch_mnist("all", data_home=tmp_path / "new", return_X_y=True)

    assert X.shape == (N_TRAIN + N_TEST, 784)
    np.testing.assert_array_equal(y[:N_TRAIN], arrays[TRAIN_LABELS])
    for name, content in official.items():
        assert (tmp_path / "new" / "mnist" / name).read_bytes() == content
    assert files_in(tmp_path) == sorted(official)


@pytest.mark.skipif(os.name != "posix", reason="needs modes of files")
@pytest.mark.parametrize(("of_folder", "of_files"), [(0o775, 0o664), (0o700, 0o600)])
def test_whoever_may_read_the_folder_may_read_downloads(
    tmp_path, mirrors, use_mirrors, official, of_folder, of_files
):
    mirrors.offer("good", official)
    use_mirrors("good")
    folder = tmp_path / "mnist"
    folder.mkdir()
    folder.chmod(of_folder)

    fetch_mnist(data_home=tmp_path)

    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {of_files}


def test_file_of_another_user_is_an_error_with_the_way_out(home, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)

    with pytest.raises(PermissionError, match=f"{TRAIN_IMAGES} must be readable; got"):
        fetch_mnist(data_home=home)


def test_what_killed_downloads_left_is_removed(
    tmp_path, mirrors, use_mirrors, official
):
    mirrors.offer("good", official)
    use_mirrors("good")
    stale = tmp_path / "mnist" / f"{TRAIN_IMAGES}.gz.part_x1y2z3"
    stale.parent.mkdir()
    stale.touch()
    os.utime(stale, (0, 0))

    fetch_mnist(data_home=tmp_path)

    assert not stale.exists()


def test_second_call_asks_no_mirror(tmp_path, mirrors, use_mirrors, official):
    mirrors.offer("good", official)
    use_mirrors("good")
    first = fetch_mnist(data_home=tmp_path)
    mirrors.requests.clear()

    second = fetch_mnist(data_home=tmp_path, download_if_missing=False)

    assert mirrors.requests == []
    np.testing.assert_array_equal(first.data, second.data)


def test_only_the_files_of_the_subset_are_downloaded(
    tmp_path, mirrors, use_mirrors, official
):
    mirrors.offer("good", official)
    use_mirrors("good")

    fetch_mnist("test", data_home=tmp_path)

    assert files_in(tmp_path) == [f"{TEST_IMAGES}.gz", f"{TEST_LABELS}.gz"]


def test_only_the_missing_file_is_downloaded(home, mirrors, use_mirrors, official):
    mirrors.offer("good", official)
    use_mirrors("good")
    (home / TRAIN_LABELS).unlink()

    fetch_mnist(data_home=home)

    assert mirrors.requests == [f"/good/{TRAIN_LABELS}.gz"]


@pytest.mark.parametrize("how", ["absent", "half", "babbling", "silent"])
def test_next_mirror_is_asked_if_the_first_fails(
    tmp_path, mirrors, use_mirrors, official, monkeypatch, how
):
    monkeypatch.setattr(_download, "TIMEOUT_SECONDS", 0.2)
    mirrors.offer("bad", official, how)
    mirrors.offer("good", official)
    use_mirrors("bad", "good")

    assert fetch_mnist(data_home=tmp_path).data.shape == (N_TRAIN, 784)
    assert files_in(tmp_path) == [f"{TRAIN_IMAGES}.gz", f"{TRAIN_LABELS}.gz"]


def test_next_mirror_is_asked_if_the_first_sends_other_bytes(
    tmp_path, mirrors, use_mirrors, official
):
    mirrors.offer("bad", dict.fromkeys(official, b"<html>Please log in</html>"))
    mirrors.offer("good", official)
    use_mirrors("bad", "good")

    assert fetch_mnist(data_home=tmp_path).data.shape == (N_TRAIN, 784)
    assert files_in(tmp_path) == [f"{TRAIN_IMAGES}.gz", f"{TRAIN_LABELS}.gz"]


def test_next_mirror_is_asked_if_the_first_is_down(
    tmp_path, mirrors, down, official, monkeypatch
):
    mirrors.offer("good", official)
    monkeypatch.setattr(_mnist, "_MIRRORS", (down, mirrors.url("good")))

    assert fetch_mnist(data_home=tmp_path).data.shape == (N_TRAIN, 784)


def test_failure_of_all_mirrors_lists_each_with_its_reason(
    tmp_path, mirrors, down, official, monkeypatch
):
    monkeypatch.setattr(_download, "TIMEOUT_SECONDS", 0.2)
    for how in ("half", "babbling", "silent"):
        mirrors.offer(how, official, how)
    mirrors.offer("wrong", dict.fromkeys(official, b"<html>Please log in</html>"))
    names = ["absent", "half", "babbling", "silent", "wrong"]
    urls = (down, *(mirrors.url(name) for name in names))
    monkeypatch.setattr(_mnist, "_MIRRORS", urls)

    with pytest.raises(DownloadError, match="not be downloaded from any mir") as caught:
        fetch_mnist(data_home=tmp_path)

    message = str(caught.value)
    lines = message.partition("(")[2].partition("). Check")[0].split("; ")
    reasons = [
        "refused",
        "404",
        "retrieval incomplete",
        "220 this",
        "timed out",
        "SHA256",
    ]
    for line, url, reason in zip(lines, urls, reasons, strict=True):
        assert line.startswith(f"{url}{TRAIN_IMAGES}.gz: ")
        assert reason in line
    assert f"put the four MNIST files into {tmp_path / 'mnist'}" in message
    assert "SKDIGITS_DATA_HOME" in message
    assert files_in(tmp_path) == []


def test_data_home_that_cannot_be_made_is_told(tmp_path, unpacked):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(DownloadError, match=r"cannot be kept in .*file.*may write to"):
        fetch_mnist(data_home=tmp_path / "file")


@pytest.mark.parametrize("how", ["whole", "absent"])
def test_download_leaves_the_socket_timeout_as_it_was(
    tmp_path, mirrors, use_mirrors, official, how
):
    mirrors.offer("only", official, how)
    use_mirrors("only")
    before = socket.getdefaulttimeout()

    if how == "whole":
        fetch_mnist(data_home=tmp_path)
    else:
        with pytest.raises(DownloadError, match="any mirror"):
            fetch_mnist(data_home=tmp_path)

    assert socket.getdefaulttimeout() == before


def test_mirrors_are_several_and_encrypted():
    assert len(_mnist._MIRRORS) > 1
    assert all(url.startswith("https://") and url[-1] == "/" for url in _mnist._MIRRORS)


# --------------------------------------------------------------- the real MNIST

needs_mnist = pytest.mark.skipif(
    not os.environ.get("SKDIGITS_DATA_HOME"),
    reason="SKDIGITS_DATA_HOME does not name a folder with the MNIST files",
)


@needs_mnist
@pytest.mark.parametrize(
    ("subset", "n", "counts"),
    [
        ("train", 60000, [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]),
        ("test", 10000, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]),
    ],
)
def test_real_mnist_has_its_published_size_and_label_counts(subset, n, counts):
    X, y = fetch_mnist(subset, return_X_y=True, download_if_missing=False)

    assert X.shape == (n, 784)
    assert X.dtype == np.uint8
    assert np.bincount(y).tolist() == counts


@needs_mnist
def test_real_mnist_as_a_whole_is_train_followed_by_test():
    mnist = fetch_mnist("all", download_if_missing=False)

    assert mnist.images.shape == (70000, 28, 28)
    assert mnist.target[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.target[60000:60005].tolist() == [7, 2, 1, 0, 4]
