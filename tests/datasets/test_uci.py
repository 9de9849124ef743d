"""`skdigits.datasets._uci`: files found, checked, unpacked, and archives downloaded."""

import gzip
import hashlib
import io
import os
import zipfile

import pytest

from skdigits.datasets._uci import UciArchive, UciFile, read_uci_files
from skdigits.exceptions import CorruptDataError, DownloadError

CONTENTS = {"digits.data": b"1 0\n0 1\n", "writers.Z": b"Anna\nBert\n"}
# As `compress` packs the bytes "abab".
Z_FILE = bytes.fromhex("1f9d9061c40404")


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def zip_of(contents):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return stream.getvalue()


PACKED = zip_of(CONTENTS)
ARCHIVE = UciArchive("Toy", "fetch_toy", "toy", 7, "a+toy.zip", sha256(PACKED))
FILES = [UciFile("digits.data", sha256(CONTENTS["digits.data"])), UciFile("writers.Z")]


def read(home, download_if_missing=False, files=FILES):
    contents, _ = read_uci_files(ARCHIVE, files, home, download_if_missing)
    return contents


def test_archive_is_downloaded_and_kept(uci, tmp_path):
    uci.offer("uci", {"7/a+toy.zip": PACKED})

    assert read(tmp_path / "new", True) == list(CONTENTS.values())
    assert (tmp_path / "new" / "toy" / "a+toy.zip").read_bytes() == PACKED
    assert uci.requests == ["/uci/7/a+toy.zip"]

    assert read(tmp_path / "new") == list(CONTENTS.values())
    assert len(uci.requests) == 1


@pytest.mark.parametrize("folder", ["", "toy"])
def test_archive_on_disk_is_used(tmp_path, folder):
    (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / folder / "a+toy.zip").write_bytes(PACKED)

    assert read(tmp_path) == list(CONTENTS.values())


@pytest.mark.parametrize("folder", ["", "toy"])
@pytest.mark.parametrize(
    ("names", "pack"),
    [
        (("digits.data", "writers"), bytes),
        (("digits.data.gz", "writers.gz"), gzip.compress),
        (("digits.data", "writers.Z"), bytes),
    ],
)
def test_files_on_disk_are_used_in_every_packing(tmp_path, folder, names, pack):
    (tmp_path / folder).mkdir(exist_ok=True)
    for name, content in zip(names, CONTENTS.values(), strict=True):
        (tmp_path / folder / name).write_bytes(pack(content))

    assert read(tmp_path) == list(CONTENTS.values())


def test_z_files_are_unpacked(tmp_path):
    (tmp_path / "writers.Z").write_bytes(Z_FILE)

    assert read(tmp_path, files=FILES[1:]) == [b"abab"]


def test_files_go_before_the_archive(tmp_path):
    (tmp_path / "writers").write_bytes(b"Carl\n")
    (tmp_path / "a+toy.zip").write_bytes(PACKED)

    assert read(tmp_path) == [CONTENTS["digits.data"], b"Carl\n"]


def test_places_are_told_for_errors(tmp_path):
    (tmp_path / "writers").write_bytes(b"Carl\n")
    (tmp_path / "a+toy.zip").write_bytes(PACKED)

    _, places = read_uci_files(ARCHIVE, FILES, tmp_path, False)

    assert places == [
        f"digits.data in {tmp_path / 'a+toy.zip'}",
        str(tmp_path / "writers"),
    ]


def test_missing_data_are_an_error_if_no_download_is_allowed(tmp_path):
    with pytest.raises(
        DownloadError,
        match=r"a\+toy\.zip or digits\.data \(plain or \.gz\) is neither in .*is False",
    ):
        read(tmp_path)


@pytest.mark.parametrize("how", ["absent", "half", "other"])
def test_failed_download_leaves_nothing_and_tells_the_reason(uci, tmp_path, how):
    reason = {"absent": "404", "half": "retrieval incomplete", "other": "SHA256"}[how]
    content = b"<html>Please log in</html>" if how == "other" else PACKED
    uci.offer("uci", {"7/a+toy.zip": content}, "whole" if how == "other" else how)

    with pytest.raises(DownloadError, match="could not be downloaded") as caught:
        read(tmp_path, True)

    message = str(caught.value)
    assert f"{uci.url('uci')}7/a+toy.zip: " in message
    assert reason in message
    assert f"put the file a+toy.zip of Toy into {tmp_path / 'toy'}" in message
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_other_archive_on_disk_is_refused_with_both_checksums(tmp_path):
    other = zip_of({**CONTENTS, "writers.Z": b"Carl\n"})
    (tmp_path / "a+toy.zip").write_bytes(other)

    with pytest.raises(
        CorruptDataError, match="is not the official archive of Toy"
    ) as caught:
        read(tmp_path)

    message = str(caught.value)
    assert f"must be {ARCHIVE.sha256}. Got {sha256(other)}. Delete it" in message
    assert "`fetch_toy` downloads" in message


def test_other_file_on_disk_is_refused_with_both_checksums(tmp_path):
    other = b"1 1\n"
    (tmp_path / "digits.data").write_bytes(other)

    with pytest.raises(
        CorruptDataError, match="is not the official file of Toy"
    ) as caught:
        read(tmp_path)

    message = str(caught.value)
    assert f"must be {FILES[0].sha256}. Got {sha256(other)}. Delete it" in message
    assert "`fetch_toy` downloads" in message


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(CONTENTS["writers.Z"])[:-1],
        gzip.compress(CONTENTS["writers.Z"])[:9] + b"\xff" * 20,
        b"\x1f\x9d\x90\xff\xff",
        b"\x1f\x9d",
    ],
    ids=["truncated gzip", "damaged gzip", "damaged .Z", "truncated .Z"],
)
def test_damaged_file_is_refused(tmp_path, content):
    (tmp_path / "writers.Z").write_bytes(content)

    with pytest.raises(CorruptDataError, match=r"writers.Z is a damaged compressed"):
        read(tmp_path, files=FILES[1:])


def test_environment_variable_names_the_data_home(tmp_path, monkeypatch):
    (tmp_path / "a+toy.zip").write_bytes(PACKED)
    monkeypatch.setenv("SKDIGITS_DATA_HOME", os.fspath(tmp_path))

    assert read(None) == list(CONTENTS.values())
