"""Files that appear under their name when they are complete."""

import contextlib
import os
import secrets
import time

# A file that is still written to is younger than this.
_STALE_SECONDS = 3600.0


@contextlib.contextmanager
def replacing(path):
    """Write a file beside its final place, and move it there when it is complete.

    What killed processes have left of earlier attempts is removed.

    Parameters
    ----------
    path : pathlib.Path

    Yields
    ------
    file : binary file

    Raises
    ------
    OSError
        With `path` as its file name.
    """
    remove_stale(path.parent, f".{path.name}.*")
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with partial.open("xb") as file:
            yield file
        os.replace(partial, path)
    except OSError as err:  # that of a write names no file
        raise OSError(err.errno, err.strerror, os.fspath(path)) from err
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def remove_stale(folder, pattern):
    """Remove files that nobody has written to for an hour, as far as allowed.

    Parameters
    ----------
    folder : pathlib.Path
    pattern : str
        Of the names of the files, as for `fnmatch`.
    """
    oldest = time.time() - _STALE_SECONDS
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):
            if path.is_file() and path.stat().st_mtime < oldest:
                path.unlink()
