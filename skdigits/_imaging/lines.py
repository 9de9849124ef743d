"""Printed lines that are no digit: empty boxes and the grid of a form or a notebook.

The functions take the pixels of one connected component, cropped to its bounding box.
"""

import numpy as np
from scipy.ndimage import label, maximum_filter1d, minimum_filter1d

# Smaller components show too little of their shape.
_LEAST_SIDE = 20
# The lines of an empty box lie in this outer share of its bounding box. The thinnest
# round zero passes further inside, at its corners.
_RIM = 0.14
# A side is straight if its pixels are so near to one line, as a share of its length.
# Corners drawn by hand are round, so this test excludes them, too.
_STRAIGHT = 0.02
# Photographed forms are not quite upright: steepest slope of a side of a box, and of a
# line of a grid.
_SLOPE, _GRID_SLOPE = 0.12, 0.06
# A line of a grid is at least this long and at most this thick, as a share of the side.
_LONG, _THIN = 0.6, 0.1
# A grid consists of lines but for this share of its pixels.
_REST = 0.05


def is_empty_box(part):
    """Tell the outline of a rectangle with sharp corners and nothing inside.

    Parameters
    ----------
    part : ndarray of shape (h, w), dtype bool

    Returns
    -------
    is_empty_box : bool

    Examples
    --------
    >>> box = np.ones((20, 20), dtype=bool)
    >>> box[1:-1, 1:-1] = False
    >>> is_empty_box(box)
    True
    >>> y, x = np.mgrid[-1:1:20j, -1:1:20j]
    >>> is_empty_box((np.hypot(y, x) > 0.8) & (np.hypot(y, x) < 1))
    False
    """
    height, width = part.shape
    if min(height, width) < _LEAST_SIDE:
        return False
    top, left = int(height * _RIM), int(width * _RIM)
    if part[top : height - top, left : width - left].any():
        return False
    tolerance = max(1, _STRAIGHT * max(height, width))
    turned = (part, part[::-1], part.T, part.T[::-1])
    return all(_is_straight(side[: len(side) // 2], tolerance) for side in turned)


def _is_straight(half, tolerance):
    """Tell whether the upper edge of the foreground is a nearly level line."""
    margin = max(1, int(_SLOPE * half.shape[1]))
    half = half[:, margin:-margin]
    if not half.any(axis=0).all():
        return False
    edge = half.argmax(axis=0)
    third = len(edge) // 3
    rise = np.median(edge[-third:]) - np.median(edge[:third])
    slope = rise / (len(edge) - third)
    residual = edge - slope * np.arange(len(edge))
    off = np.abs(residual - np.median(residual)) > tolerance
    return abs(slope) <= _SLOPE and off.mean() <= _STRAIGHT


def is_grid(part, touches):
    """Tell straight lines that cross the picture from border to border.

    A vertical stroke alone may be a "1", and two lines that meet at their ends a "7":
    those are not taken for a grid.

    Parameters
    ----------
    part : ndarray of shape (h, w), dtype bool

    touches : tuple of (bool, bool, bool, bool)
        Whether the component reaches the top, bottom, left and right border of the
        picture.

    Returns
    -------
    is_grid : bool

    Examples
    --------
    >>> cross = np.zeros((20, 20), dtype=bool)
    >>> cross[6] = cross[:, 12] = True
    >>> is_grid(cross, (True, True, True, True))
    True
    """
    top, bottom, left, right = touches
    if not (top and bottom) and not (left and right):
        return False
    horizontal, rows = _find_lines(part)
    vertical, columns = _find_lines(part.T)
    covered = np.count_nonzero(horizontal | vertical.T)
    if covered < (1 - _REST) * np.count_nonzero(part):
        return False
    if len(rows) == len(columns) == 1:  # a cross, not an L, T or 7
        return _is_inside(rows[0]) and _is_inside(columns[0])
    return len(rows) + len(columns) >= 3 or (len(rows) == 1 and left and right)


def _find_lines(part):
    """Find long, thin and nearly level lines.

    Returns
    -------
    pixels : ndarray of the shape of `part`, dtype bool

    places : list of float
        The middle of each line, as a share of the height.
    """
    height, width = part.shape
    if width < _LEAST_SIDE:
        return np.zeros_like(part), []
    # A line that is not quite level stays in one row for long enough if it is widened.
    reach = 2 * max(1, int(_GRID_SLOPE * _LONG * width / 2)) + 1
    wide = maximum_filter1d(part.astype(np.uint8), reach, axis=0)
    length = int(_LONG * width) | 1
    runs = minimum_filter1d(wide, length, axis=1, mode="constant")
    lines, n_lines = label(maximum_filter1d(runs, length, axis=1, mode="constant"))
    lines *= part
    places = []
    for i in range(1, n_lines + 1):
        rows = np.count_nonzero(lines == i, axis=1)
        if 0 < rows.sum() <= max(2, _THIN * width) * width:
            places.append(float(np.arange(height) @ rows / rows.sum() / height))
        else:
            lines[lines == i] = 0
    return lines > 0, places


def _is_inside(place):
    return _THIN <= place <= 1 - _THIN
