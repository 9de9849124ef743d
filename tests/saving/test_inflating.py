"""What crafted archives cannot make `load` do: fill the memory."""

import io
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest

from skdigits import CNNDigitClassifier, load, save
from skdigits._saving.inflating import inflate
from skdigits.exceptions import ModelFileError

ZEROS = bytes(200 * 2**20)


def craft(parts, compression=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def npy(array):
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


def load_fails(content, sentence, tmp_path):
    path = tmp_path / "model.skops"
    path.write_bytes(content)
    tracemalloc.start()
    with pytest.raises(ModelFileError, match=sentence):
        load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak < 80 * 2**20


def test_archive_of_zeros_is_refused_before_it_is_inflated(tmp_path):
    sentence = r"'schema.json' inflates to 209,715,200 bytes, far more than such a file"
    assert load_fails(craft({"schema.json": ZEROS}), sentence, tmp_path)


def test_archive_in_an_archive_is_refused_before_it_is_inflated(tmp_path):
    inner = craft({"data.npy": ZEROS})
    sentence = r"'data.npy' inflates to 209,715,200 bytes"
    assert load_fails(craft({"1.npz": inner}), sentence, tmp_path)


def test_part_that_is_larger_than_its_entry_says_is_cut_off(tmp_path):
    content = craft({"schema.json": ZEROS})
    lie = content.replace(struct.pack("<L", len(ZEROS)), struct.pack("<L", 100))
    assert load_fails(lie, "Bad CRC-32 for file 'schema.json'", tmp_path)


@pytest.mark.parametrize("shape", [(10**12,), (0,), (10**9, 10**9, 10**9)])
def test_header_of_an_array_asks_for_the_bytes_that_follow(shape):
    part = io.BytesIO()
    header = {"descr": "<f8", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(part, header)
    part.write(bytes(80))
    sentence = r"'1\.npy' must hold [0-9,]+ bytes for an array of shape .*; got 80"
    with pytest.raises(ValueError, match=sentence):
        inflate(craft({"1.npy": part.getvalue()}))


def test_arrays_and_archives_of_arrays_are_unchanged():
    array = np.arange(12.0).reshape(3, 4)
    inner = craft({"data.npy": npy(array)})
    content = inflate(craft({"1.npy": npy(array), "2.npz": inner, "3.json": "{}"}))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {info.compress_type for info in archive.infolist()} == {0}
        assert archive.read("1.npy") == npy(array)
        assert archive.read("3.json") == b"{}"
        with np.load(io.BytesIO(archive.read("2.npz"))) as arrays:
            assert (arrays["data"] == array).all()


def test_model_of_zeros_that_is_saved_is_loaded(tmp_path):
    clf = CNNDigitClassifier()
    clf.notes_ = np.zeros(7 * 2**20)
    save(clf, tmp_path / "model.skops")
    assert load(tmp_path / "model.skops").notes_.shape == (7 * 2**20,)
