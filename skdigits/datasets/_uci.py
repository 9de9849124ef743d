"""Find, check, download and unpack data sets of the UCI repository."""

import gzip
import hashlib
import zipfile
import zlib
from typing import NamedTuple

from skdigits.datasets._download import (
    download,
    find,
    not_on_disk,
    resolve_data_home,
)
from skdigits.datasets._lzw import LZW_MAGIC, unpack_lzw
from skdigits.exceptions import CorruptDataError

__all__ = ["UciArchive", "UciFile", "read_uci_files"]

_REPOSITORY = "https://archive.ics.uci.edu/static/public/"
_GZIP_MAGIC = b"\x1f\x8b"


class UciArchive(NamedTuple):
    """A zip file of the repository."""

    title: str  # of the data set, for errors
    fetcher: str  # name of the function that loads it, for errors
    folder: str  # sub-folder of the data home
    number: int  # of the data set in the repository
    name: str
    sha256: str


class UciFile(NamedTuple):
    """A file in such an archive."""

    name: str
    sha256: str | None = None  # of the unpacked bytes, if it is known


def read_uci_files(archive, files, data_home, download_if_missing):
    """Read files of a data set from disk, or download its archive first.

    A file in the data home is used as it is, unpacked or compressed by itself; what
    is missing is read from the archive.

    Parameters
    ----------
    archive : UciArchive
    files : sequence of UciFile
    data_home : str, path-like or None
    download_if_missing : bool

    Returns
    -------
    contents : list of bytes
        Unpacked content of each file.
    places : list of str
        Where each was found, for errors.

    Raises
    ------
    DownloadError
        If a file is not on disk and the repository does not provide the archive.
    CorruptDataError
        If a file or the archive is not the official one, or is damaged.
    """
    home = resolve_data_home(data_home)
    paths = [find(_spellings(file), home, archive.folder) for file in files]
    contents = [
        None if path is None else _read_file(archive, file, path)
        for file, path in zip(files, paths, strict=True)
    ]
    places = [str(path) for path in paths]
    missing = [number for number, path in enumerate(paths) if path is None]
    if missing:
        path = _obtain(archive, files[missing[0]], home, download_if_missing)
        members = _read_archive(archive, path, [files[number] for number in missing])
        for number, content in zip(missing, members, strict=True):
            contents[number] = content
            places[number] = f"{files[number].name} in {path}"
    return contents, places


def _spellings(file):
    """Names of a file that is not in the archive, but unpacked or packed by itself."""
    plain = file.name.removesuffix(".Z")
    return tuple(dict.fromkeys((plain, f"{plain}.gz", file.name)))


def _obtain(archive, file, home, download_if_missing):
    """Return the path of the archive, and download it if needed and allowed."""
    path = find((archive.name,), home, archive.folder)
    if path is not None:
        return path
    either = f"{archive.name} or {_spellings(file)[0]} (plain or .gz)"
    if not download_if_missing:
        raise not_on_disk(either, home, archive.folder)
    return download(
        archive.name,
        (f"{_REPOSITORY}{archive.number}/",),
        home / archive.folder,
        sha256=archive.sha256,
        title=archive.title,
        files=f"the file {archive.name} of {archive.title}",
    )


def _read_file(archive, file, path):
    content = _unpack(path.read_bytes(), path)
    digest = hashlib.sha256(content).hexdigest()
    if file.sha256 not in (None, digest):
        raise CorruptDataError(
            f"{path} is not the official file of {archive.title}: the SHA-256 of its "
            f"unpacked bytes must be {file.sha256}. Got {digest}. Delete it, and "
            f"`{archive.fetcher}` downloads the official one."
        )
    return content


def _read_archive(archive, path, files):
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != archive.sha256:
        raise CorruptDataError(
            f"{path} is not the official archive of {archive.title}: its SHA-256 must "
            f"be {archive.sha256}. Got {digest}. Delete it, and `{archive.fetcher}` "
            "downloads the official one."
        )
    with zipfile.ZipFile(path) as members:
        return [_unpack(members.read(file.name), path) for file in files]


def _unpack(content, path):
    try:
        if content.startswith(_GZIP_MAGIC):
            return gzip.decompress(content)
        if content.startswith(LZW_MAGIC):
            return unpack_lzw(content)
    except (EOFError, gzip.BadGzipFile, ValueError, zlib.error) as err:
        raise CorruptDataError(
            f"{path} is a damaged compressed file ({err}). Download it again."
        ) from err
    return content
