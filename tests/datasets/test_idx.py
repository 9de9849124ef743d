"""`skdigits.datasets._idx`: IDX files, whole and damaged."""

import gzip
import hashlib
import struct

import numpy as np
import pytest

from skdigits.datasets import load_idx
from skdigits.datasets._idx import read_idx
from skdigits.exceptions import CorruptDataError, SkdigitsError

TYPE_CODES = {"u1": 8, "i1": 9, ">i2": 11, ">i4": 12, ">f4": 13, ">f8": 14}
PIXELS = np.arange(24, dtype="u1").reshape(2, 3, 4)


def idx_bytes(array, dtype="u1", shape=None):
    """The IDX file of an array, with a wrong shape in its header if one is given."""
    shape = array.shape if shape is None else shape
    header = bytes([0, 0, TYPE_CODES[dtype], len(shape)])
    return (
        header + struct.pack(f">{len(shape)}I", *shape) + array.astype(dtype).tobytes()
    )


@pytest.fixture
def save(tmp_path):
    def write(content, name="file.idx"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("dtype", TYPE_CODES)
def test_load_idx_reads_every_type_into_native_byte_order(save, dtype, packed):
    array = np.array([[0, 1, 2], [3, 100, 127]])
    content = idx_bytes(array, dtype)

    loaded = load_idx(save(gzip.compress(content) if packed else content))

    assert loaded.dtype == np.dtype(dtype).newbyteorder("=")
    assert loaded.dtype.isnative
    np.testing.assert_array_equal(loaded, array)


@pytest.mark.parametrize(
    ("dtype", "value"), [("i1", -5), (">i2", -3000), (">i4", -70000), (">f8", -0.1)]
)
def test_load_idx_keeps_signs_and_fractions(save, dtype, value):
    assert load_idx(save(idx_bytes(np.array([value]), dtype)))[0] == value


@pytest.mark.parametrize("shape", [(), (0,), (24,), (0, 28, 28), (2, 3, 4), (1,) * 9])
def test_load_idx_reads_any_number_of_dimensions(save, shape):
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape)

    loaded = load_idx(save(idx_bytes(array)))

    assert loaded.shape == shape
    np.testing.assert_array_equal(loaded, array)


@pytest.mark.parametrize("name", ["labels.gz", "labels", "labels.png"])
def test_load_idx_goes_by_the_first_bytes_and_not_by_the_name(save, name):
    content = idx_bytes(PIXELS)

    np.testing.assert_array_equal(load_idx(save(content, name)), PIXELS)
    np.testing.assert_array_equal(load_idx(save(gzip.compress(content), name)), PIXELS)


def test_load_idx_reads_a_gzip_file_of_several_members(save):
    content = idx_bytes(PIXELS)

    path = save(gzip.compress(content[:20]) + gzip.compress(content[20:]))

    np.testing.assert_array_equal(load_idx(path), PIXELS)


def test_load_idx_reads_zeros_packed_as_tightly_as_gzip_can(save):
    zeros = np.zeros((3000, 28, 28), "u1")

    np.testing.assert_array_equal(
        load_idx(save(gzip.compress(idx_bytes(zeros)))), zeros
    )


def test_load_idx_takes_a_path_as_text(save):
    np.testing.assert_array_equal(load_idx(str(save(idx_bytes(PIXELS)))), PIXELS)


def test_load_idx_expands_the_home_folder(save, monkeypatch):
    path = save(idx_bytes(PIXELS))
    monkeypatch.setenv("HOME", str(path.parent))
    monkeypatch.setenv("USERPROFILE", str(path.parent))

    np.testing.assert_array_equal(load_idx("~/file.idx"), PIXELS)


@pytest.mark.parametrize("dtype", ["u1", ">f4"])
def test_loaded_array_is_contiguous_and_writable(save, dtype):
    loaded = load_idx(save(idx_bytes(PIXELS, dtype)))

    assert loaded.flags.c_contiguous
    assert loaded.flags.writeable


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_digest_is_fed_exactly_the_unpacked_bytes(save, packed):
    content = idx_bytes(np.zeros((3, 1 << 20)))  # longer than one piece of reading
    digest = hashlib.sha256()

    read_idx(save(gzip.compress(content) if packed else content), digest)

    assert digest.hexdigest() == hashlib.sha256(content).hexdigest()


def test_missing_file_is_named_along_with_the_way_out(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"no file .*absent\.idx.*`fetch_mnist`"
    ):
        load_idx(tmp_path / "absent.idx")


@pytest.mark.parametrize("path", [None, 3, b"file.idx"])
def test_something_that_is_no_path_is_refused(path):
    with pytest.raises(ValueError, match="'path' parameter of load_idx must be"):
        load_idx(path)


@pytest.mark.parametrize(
    ("content", "got"),
    [
        (b"", "an empty file"),
        (b"\0\0\x08", "00 00 08"),
        (b"\x89PNG\r\n", "89 50 4e 47"),
        (b"\0\0\x0a\x01", "00 00 0a 01"),
        (gzip.compress(b"text"), "74 65 78 74"),
    ],
    ids=["empty", "three-bytes", "png", "unknown-type", "gzip-of-text"],
)
def test_a_file_that_is_not_an_idx_file_is_shown_by_its_first_bytes(save, content, got):
    with pytest.raises(
        CorruptDataError, match=rf"file\.idx is not an IDX file.*Got {got};"
    ):
        load_idx(save(content))


def test_truncated_header_is_an_error(save):
    with pytest.raises(CorruptDataError, match="declares 3 dimensions and ends before"):
        load_idx(save(idx_bytes(PIXELS)[:10]))


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_truncated_values_are_an_error(save, packed):
    content = idx_bytes(PIXELS)[:-4]

    with pytest.raises(
        CorruptDataError,
        match=r"declares shape \(2, 3, 4\) of uint8, 24 bytes, but ends after 20: ",
    ):
        load_idx(save(gzip.compress(content) if packed else content))


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_trailing_bytes_are_an_error(save, packed):
    content = idx_bytes(PIXELS) + b"\0"

    with pytest.raises(CorruptDataError, match="24 bytes, but continues after them"):
        load_idx(save(gzip.compress(content) if packed else content))


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("shape", [(2**32 - 1,) * 3, (2**31, 28, 28), (60000, 784)])
def test_absurd_dimensions_are_refused_before_any_allocation(save, shape, packed):
    content = idx_bytes(PIXELS, shape=shape)

    with pytest.raises(
        CorruptDataError, match=r"but holds at most .* truncated or not an IDX"
    ):
        load_idx(save(gzip.compress(content) if packed else content))


@pytest.mark.parametrize("shape", [(1,) * 65, (0, 2**32 - 1, 2**32 - 1)])
def test_shapes_beyond_numpy_are_refused(save, shape):
    content = idx_bytes(np.zeros(np.prod(shape, dtype=object)), shape=shape)

    with pytest.raises(CorruptDataError, match="which NumPy cannot hold"):
        load_idx(save(content))


@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: packed[:-12],
        lambda packed: packed[:5],
        lambda packed: packed[:12] + b"\xff\xff\xff" + packed[15:],
        lambda packed: packed[:-8] + bytes(8),
        lambda packed: packed + b"trailing",
    ],
    ids=["cut", "only-magic", "broken-stream", "wrong-checksum", "trailing-garbage"],
)
def test_damaged_gzip_is_an_error(save, damage):
    packed = gzip.compress(idx_bytes(PIXELS), mtime=0)

    with pytest.raises(
        CorruptDataError, match=r"file\.idx is a damaged gzip file \(.*\)"
    ):
        load_idx(save(damage(packed)))


def test_errors_are_value_errors_of_skdigits(save):
    path = save(b"text")

    with pytest.raises(ValueError, match="is not an IDX file") as caught:
        load_idx(path)

    assert isinstance(caught.value, SkdigitsError)
