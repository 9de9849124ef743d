"""Where digits are: from steps of the network to rectangles of the picture."""

from itertools import pairwise

import numpy as np
from scipy.ndimage import find_objects, label

from skdigits._strings.reading import Box

# Strokes of a digit are found within this distance of its middle, as a multiple of the
# strip's height, of which digits take three quarters.
_REACH = 0.6
# And at this distance from its steps at most: what is further, such as a comma, is
# another mark.
_NEAR = 0.1
_INK = 0.4  # level of strokes; from 0 for paper to 1


def find_digit_windows(strip, columns):
    """Find the strokes of each digit of a strip.

    Neighbours are separated in the column of least ink between them.

    Parameters
    ----------
    strip : ndarray of shape (h, width), dtype float32
        From 0 for paper to 1 for ink.
    columns : list of (int, int)
        First column, and first column beyond, where the network sees each digit, from
        left to right.

    Returns
    -------
    list of (slice, slice)
        Rows and columns of each digit.

    Examples
    --------
    >>> strip = np.zeros((32, 40))
    >>> strip[4:28, 5:9] = strip[4:28, 20:22] = 1
    >>> for rows, columns in find_digit_windows(strip, [(4, 8), (20, 24)]):
    ...     print(rows.start, rows.stop, columns.start, columns.stop)
    4 28 5 9
    4 28 20 22
    """
    height, width = strip.shape
    middles = [(first + stop) / 2 for first, stop in columns]
    cuts = [_cut(strip, *pair) for pair in pairwise(middles)]
    limits = zip([0, *cuts], [*cuts, width], strict=True)
    reach = _REACH * height
    return [
        _find_strokes(
            strip,
            max(left, int(middle - reach)),
            min(right, int(middle + reach) + 1),
            near=(first - _NEAR * height, stop + _NEAR * height),
        )
        for (left, right), middle, (first, stop) in zip(
            limits, middles, columns, strict=True
        )
    ]


def _cut(strip, left, right):
    """Find the column of least ink between two, the one nearest to their middle."""
    columns = np.arange(int(left) + 1, max(int(right), int(left) + 1) + 1)
    columns = columns[columns < strip.shape[1]]
    ink = strip[:, columns].sum(axis=0)
    distance = abs(columns - (left + right) / 2)
    return int(columns[np.lexsort((distance, ink.round(2)))[0]])


def _find_strokes(strip, left, right, near):
    """Find the window of the strokes between two columns that are near others."""
    labels, n_parts = label(strip[:, left:right] > _INK, np.ones((3, 3)))
    windows = [
        (rows, slice(columns.start + left, columns.stop + left))
        for rows, columns in find_objects(labels, n_parts)
    ]
    close = [w for w in windows if w[1].start < near[1] and w[1].stop > near[0]]
    if not windows:
        return slice(0, strip.shape[0]), slice(left, right)
    sides = np.array([[(s.start, s.stop) for s in w] for w in close or windows])
    (top, left), (bottom, right) = (
        sides[:, :, 0].min(axis=0),
        sides[:, :, 1].max(axis=0),
    )
    return slice(int(top), int(bottom)), slice(int(left), int(right))


def to_picture_box(window, to_picture, shape):
    """Find the rectangle of the picture that holds a window of a strip.

    Parameters
    ----------
    window : (slice, slice)
        Rows and columns of the strip.
    to_picture : ndarray of shape (2, 3)
        Maps (x, y, 1) of the strip to (x, y) of the picture; the first pixel reaches
        from 0 to 1.
    shape : tuple of (int, int)
        Height and width of the picture.

    Returns
    -------
    Box
        Inside of the picture.

    Examples
    --------
    >>> twice = np.array([[2.0, 0.0, 10.0], [0.0, 2.0, 20.0]])
    >>> to_picture_box((slice(1, 4), slice(0, 2)), twice, (100, 100))
    Box(left=10, top=22, right=14, bottom=28)
    """
    rows, columns = window
    x = np.array([columns.start, columns.stop, columns.start, columns.stop])
    y = np.array([rows.start, rows.start, rows.stop, rows.stop])
    corners = to_picture @ np.stack([x, y, np.ones(4)])
    # Rounding errors of the map do not make a box a pixel larger.
    left, top = np.floor(corners.min(axis=1) + 1e-6).astype(int)
    right, bottom = np.ceil(corners.max(axis=1) - 1e-6).astype(int)
    height, width = shape
    left, top = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
    return Box(
        int(left),
        int(top),
        int(min(max(right, left + 1), width)),
        int(min(max(bottom, top + 1), height)),
    )


def enclose(boxes):
    """Return the smallest box around several.

    Examples
    --------
    >>> enclose([Box(0, 1, 2, 3), Box(1, 0, 5, 2)])
    Box(left=0, top=0, right=5, bottom=3)
    """
    left, top, right, bottom = zip(*boxes, strict=True)
    return Box(min(left), min(top), max(right), max(bottom))
