"""Find the files of data sets on disk, or download them."""

import os
import socket
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError

from sklearn.datasets import fetch_file, get_data_home

from skdigits._partials import remove_stale
from skdigits.exceptions import DownloadError

__all__ = [
    "HOME_VARIABLE",
    "TIMEOUT_SECONDS",
    "default_timeout",
    "download",
    "find",
    "not_on_disk",
    "resolve_data_home",
]

HOME_VARIABLE = "SKDIGITS_DATA_HOME"
TIMEOUT_SECONDS = 30.0  # for each read from the socket, not for a whole download


def resolve_data_home(data_home):
    """Return the folder that a caller, the environment or scikit-learn names.

    Parameters
    ----------
    data_home : str, path-like or None

    Returns
    -------
    pathlib.Path
    """
    data_home = data_home or os.environ.get(HOME_VARIABLE)
    if data_home:
        return Path(data_home).expanduser()
    return Path(get_data_home(), "skdigits")


def find(names, home, folder):
    """Find a file in the data home or in a sub-folder of it.

    Parameters
    ----------
    names : sequence of str
        Spellings of its name, the preferred one first.
    home : pathlib.Path
    folder : str
        Name of the sub-folder.

    Returns
    -------
    pathlib.Path or None

    Raises
    ------
    PermissionError
        If this user may not read it.
    """
    candidates = [place / name for place in (home, home / folder) for name in names]
    path = next((path for path in candidates if path.is_file()), None)
    if path is not None and not os.access(path, os.R_OK):
        raise PermissionError(
            f"{path} must be readable; got a file that belongs to another user. Ask "
            "its owner for `chmod a+r`, or let `data_home` or the environment variable "
            f"{HOME_VARIABLE} name another folder."
        )
    return path


def not_on_disk(file, home, folder):
    """Make the error about a file that is not on disk and must not be downloaded.

    Parameters
    ----------
    file : str
        The file, in words.
    home : pathlib.Path
    folder : str
        Name of the sub-folder.

    Returns
    -------
    DownloadError
    """
    return DownloadError(
        f"{file} is neither in {home} nor in {home / folder}, and "
        f"`download_if_missing` is False. Put it there, let `data_home` or the "
        f"environment variable {HOME_VARIABLE} name the folder that holds it, or "
        "allow the download."
    )


def download(name, mirrors, folder, *, sha256, title, files):
    """Download a file from the first mirror that answers.

    Parameters
    ----------
    name : str
        Name of the file at the mirrors and on disk.
    mirrors : sequence of str
        Their URLs, each of which ends with a slash.
    folder : pathlib.Path
        Where the file is kept; made if needed.
    sha256 : str
        Of the file.
    title : str
        Name of the data set, for errors.
    files : str
        The files of the data set in words, for errors.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    DownloadError
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise DownloadError(
            f"{title} cannot be kept in {folder}: {err}. Let `data_home` or the "
            f"environment variable {HOME_VARIABLE} name a folder you may write to."
        ) from err
    remove_stale(folder, f"{name}.part_*")
    failures = []
    for mirror in mirrors:
        try:
            with default_timeout(TIMEOUT_SECONDS):
                path = fetch_file(
                    mirror + name, folder, name, sha256=sha256, n_retries=0
                )
            _share(path)
            return path
        except (OSError, HTTPException) as err:
            if isinstance(err, HTTPError):
                err.close()  # closes the connection
            failures.append(err)
    reasons = "; ".join(
        f"{mirror}{name}: {_in_one_line(err)}"
        for mirror, err in zip(mirrors, failures, strict=True)
    )
    raise DownloadError(
        f"{name} could not be downloaded from any mirror ({reasons}). "
        f"Check the network, or put {files} into {folder}; a folder that "
        f"already holds them can be named by `data_home` or by the environment "
        f"variable {HOME_VARIABLE}."
    ) from failures[-1]


@contextmanager
def default_timeout(seconds):
    """Set a timeout for new sockets, since scikit-learn sets none.

    Parameters
    ----------
    seconds : float
        Not used if a default timeout is set already.
    """
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds if before is None else before)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _share(path):
    """Let those read a file who may read its folder; downloads are private at first."""
    with suppress(OSError):
        path.chmod(path.parent.stat().st_mode & 0o666)


def _in_one_line(err):
    return " ".join(str(err).split()) or type(err).__name__
