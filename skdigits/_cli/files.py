"""Files that a command reads, and checks that those it is to write can be written."""

import glob
import io
import os
import sys
import tempfile
from pathlib import Path

from skdigits._cli.console import CommandError
from skdigits.datasets._folder import list_pictures


def find_pictures(name):
    """Find the pictures that an argument stands for.

    Parameters
    ----------
    name : str
        A file, a folder, a pattern such as ``"scans/*.png"``, or ``"-"`` for standard
        input.

    Returns
    -------
    list of (str, source)
        Name of each picture, and what `read_image` takes.

    Raises
    ------
    CommandError
        If a folder holds no pictures, or no file matches a pattern.
    """
    if name == "-":
        source = io.BytesIO(sys.stdin.buffer.read())
        source.name = "standard input"
        return [(source.name, source)]
    if os.path.isdir(name):
        files = [str(file) for file in list_pictures(Path(name))]
        if not files:
            raise CommandError(f"The folder {name} must hold pictures; got none.")
    elif os.path.exists(name) or not glob.has_magic(name):
        files = [name]
    else:
        files = [file for file in sorted(glob.glob(name)) if os.path.isfile(file)]
        if not files:
            raise CommandError(f"The pattern {name} must match files; got none.")
    return [(file, file) for file in files]


def check_figure(path):
    """Check that a figure can be written to the file that --plots names.

    Parameters
    ----------
    path : pathlib.Path

    Raises
    ------
    CommandError
    """
    from matplotlib.backend_bases import FigureCanvasBase

    kinds = sorted(FigureCanvasBase.get_supported_filetypes())
    if path.suffix[1:].lower() not in kinds and not path.is_dir():
        raise CommandError(
            f"--plots must name a file that ends with .{', .'.join(kinds)}; got "
            f"{path.name!r}."
        )
    check_file(path, "--plots")


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
