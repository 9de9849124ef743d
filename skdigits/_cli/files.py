"""Checks, before a long computation, that its results can be written."""

import tempfile

from skdigits._cli.console import CommandError


def check_file(path, option):
    """Check that a file can be written, and make its folder.

    Parameters
    ----------
    path : pathlib.Path
    option : str
        The option that names it.

    Raises
    ------
    CommandError
    """
    if path.is_dir():
        raise CommandError(f"{option} must name a file; got the folder {path}.")
    check_folder(path.parent)


def check_folder(folder):
    """Check that files can be written into a folder, which is made if it is missing.

    Parameters
    ----------
    folder : pathlib.Path

    Raises
    ------
    CommandError
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as err:
        raise CommandError(
            f"The folder {folder} must be writable; got {err.strerror!r}."
        ) from err
