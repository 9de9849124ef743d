import errno
import os
import time

import pytest

from skdigits._partials import remove_stale, replacing


def test_file_appears_when_it_is_complete(tmp_path):
    path = tmp_path / "model"
    with replacing(path) as file:
        file.write(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["model"]


def test_error_names_the_file_and_leaves_the_old_one(tmp_path):
    path = tmp_path / "model"
    path.write_bytes(b"old")
    sentence = r"No space left on device: '.*model'$"
    with pytest.raises(OSError, match=sentence), replacing(path):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["model"]


def test_folder_that_does_not_exist_is_named_by_the_file(tmp_path):
    path = tmp_path / "folder" / "model"
    with pytest.raises(FileNotFoundError) as caught, replacing(path):
        pass
    assert caught.value.filename == str(path)


def age(path, seconds):
    path.touch()
    os.utime(path, (time.time() - seconds,) * 2)


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path):
    age(tmp_path / ".model.0123456789abcdef", 7200)
    age(tmp_path / ".model.fedcba9876543210", 60)
    age(tmp_path / ".other.0123456789abcdef", 7200)
    with replacing(tmp_path / "model"):
        pass
    names = [".model.fedcba9876543210", ".other.0123456789abcdef", "model"]
    assert sorted(os.listdir(tmp_path)) == names


def test_folders_and_files_that_may_not_be_removed_stay(tmp_path, monkeypatch):
    (tmp_path / "a.part_x").mkdir()
    age(tmp_path / "b.part_x", 7200)
    monkeypatch.setattr("pathlib.Path.unlink", refuse)
    remove_stale(tmp_path, "*.part_*")
    assert sorted(os.listdir(tmp_path)) == ["a.part_x", "b.part_x"]


def refuse(*args, **kwargs):
    raise PermissionError
