"""Read tables with one digit per row, such as those of Kaggle."""

import csv
import gzip
import math
import os
import warnings
import zlib
from numbers import Integral
from pathlib import Path

import numpy as np
from sklearn.utils._param_validation import validate_params

from skdigits._messages import shorten
from skdigits.datasets._bunch import digit_bunch
from skdigits.exceptions import CorruptDataError

__all__ = ["load_csv"]

_GZIP_MAGIC = b"\x1f\x8b"
_LABEL_NAMES = ("label", "class")  # Kaggle's and OpenML's


@validate_params(
    {
        "path": [str, os.PathLike],
        "label": [str, Integral, None],
        "return_X_y": ["boolean"],
        "as_images": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def load_csv(path, *, label="auto", return_X_y=False, as_images=False):
    r"""Load a CSV file with one digit per row, such as Kaggle's ``train.csv``.

    Parameters
    ----------
    path : str or path-like
        The file, plain or compressed with gzip, with or without a header; ``~`` is the
        home folder. The cells of a row are the pixels of a square image, row by row,
        and at most one label.

    label : str, int or None, default="auto"
        The label column: its name in the header, its position (-1 is the last), or
        None if there is none. "auto" takes the column named "label" or "class"; in a
        file without header, it takes the first column if the others make square images.

    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a `Bunch`.

    as_images : bool, default=False
        Return `data` as images, shape (n, height, height), instead of rows, shape
        (n, n_pixels).

    Returns
    -------
    digits : :class:`~sklearn.utils.Bunch`
        Dictionary-like object with the attributes `data` (uint8 if all pixels are
        integers from 0 to 255, else float64), `target` (int64, or None without a label
        column), `images` (`data` as images, a view), `feature_names`, `target_names`
        (the labels found, or None) and `DESCR`. With `return_X_y`, the tuple
        ``(data, target)``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    CorruptDataError
        If `path` is a folder, the file is not a table of numbers, or its pixels make no
        square images. It is a `ValueError`, too.
    ValueError
        If the table has no column `label`.

    See Also
    --------
    load_idx : Load a file in the format of MNIST.
    load_image_folder : Load image files.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from skdigits.datasets import load_csv
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "train.csv")
    ...     _ = path.write_text("label,pixel0,pixel1,pixel2,pixel3\n7,0,255,9,0\n")
    ...     digits = load_csv(path)
    >>> digits.data, digits.target
    (array([[  0, 255,   9,   0]], dtype=uint8), array([7]))
    """
    path = Path(path).expanduser()
    header, table = _read(path)
    column = _find_label(label, header, table.shape[1])
    target = None
    if column is not None:
        target = _as_labels(table[:, column], path)
        table = np.delete(table, column, axis=1)
    side = math.isqrt(table.shape[1])
    if side == 0 or side * side != table.shape[1]:
        names = "" if header is None else f", of those named {shorten(header)}"
        raise CorruptDataError(
            f"{path} must have a square number of pixel columns, such as 784 for 28x28 "
            f"images, and at most a label column; got {table.shape[1]} columns of "
            f'pixels{names}. Name the label column, as in label="digit" or label=0, '
            "and remove other columns, such as an index."
        )
    return digit_bunch(
        _as_pixels(table).reshape(-1, side, side),
        target,
        return_X_y=return_X_y,
        as_images=as_images,
        descr=f"Digits of the file {path.name}",
    )


def _read(path):
    """Return the names of the columns, None without a header, and the numbers."""
    try:
        with _open(path) as file:
            first = next((line for line in file if line.strip()), "")
            cells = [cell.strip() for cell in next(csv.reader([first]), [])]
            header = None if all(map(_is_number, cells)) else cells
            table = _parse(file, header)
    except (EOFError, gzip.BadGzipFile, zlib.error) as err:
        raise CorruptDataError(
            f"{path} is a damaged gzip file ({err}). Download it again."
        ) from err
    except ValueError as err:  # UnicodeDecodeError is one, too
        raise CorruptDataError(
            f"{path} must be a table of numbers separated by commas, with one digit "
            f"per row; got: {shorten(str(err))}"
        ) from err
    if not np.isfinite(table).all():
        raise CorruptDataError(f"{path} must hold finite numbers; got NaN or infinity.")
    if not len(table):
        raise CorruptDataError(f"{path} must have one digit per row; got no rows.")
    if header is not None and len(header) != table.shape[1]:
        raise CorruptDataError(
            f"{path} has a header of {len(header)} names over {table.shape[1]} columns."
        )
    return header, table


def _open(path):
    if path.is_dir():
        raise CorruptDataError(
            f"{path} must be a CSV file; got a folder. Name the file in it."
        )
    try:
        with path.open("rb") as file:
            is_gzip = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
    except FileNotFoundError as err:
        raise FileNotFoundError(
            f"There is no file {path}. Give the path of a CSV file with one digit per "
            "row, such as train.csv."
        ) from err
    open_text = gzip.open if is_gzip else open
    return open_text(path, "rt", encoding="utf-8-sig")


def _parse(file, header):
    """Read the numbers as uint8 if they fit, which is quick, else as float64."""
    for dtype in (np.uint8, np.float64):
        file.seek(0)
        lines = (line for line in file if line.strip())
        if header is not None:
            next(lines)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # no rows
                warnings.simplefilter("error", DeprecationWarning)  # 1.5 as uint8
                return np.loadtxt(
                    lines, dtype, comments=None, delimiter=",", quotechar='"', ndmin=2
                )
        except (DeprecationWarning, ValueError):
            if dtype is np.float64:
                raise


def _is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _find_label(label, header, n_columns):
    """Return the position of the label column, or None if there is none."""
    if label is None:
        return None
    if label == "auto" and header is None:
        return 0 if math.isqrt(n_columns - 1) ** 2 == n_columns - 1 > 0 else None
    if label == "auto":
        names = [name.lower() for name in header]
        found = [names.index(name) for name in _LABEL_NAMES if name in names]
        return found[0] if found else None
    if isinstance(label, str):
        if header is None or label not in header:
            raise ValueError(
                f"`label` must be the name of a column; got {shorten(label)}, and the "
                "columns are "
                f"{'without names' if header is None else shorten(header)}."
            )
        return header.index(label)
    if not -n_columns <= label < n_columns:
        raise ValueError(
            f"`label` must be the position of one of {n_columns} columns; got {label}."
        )
    return int(label)


def _as_labels(column, path):
    labels = column.astype(np.int64)
    wrong = column[labels != column]
    if len(wrong):
        raise CorruptDataError(
            f"The label column of {path} must hold integers; got {wrong[0]}."
        )
    return labels


def _as_pixels(table):
    """Convert to uint8 where that loses nothing."""
    fits = table.min() >= 0 and table.max() <= 255 and np.all(table == np.floor(table))
    return table.astype(np.uint8, copy=False) if fits else table
