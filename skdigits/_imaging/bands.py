"""Bands beside a digit that are lighter or darker than its own background."""

import numpy as np

# A sharp edge is a change by at least such a share of the range of grey levels, within
# such a share of the width.
_STEP, _SOFT = 0.4, 1 / 100
# The edge of a band is sharp in the first and the last row and in such a share of all.
_STRAIGHT = 0.65
# The background of the panel is about as dark or as light as anything in the picture:
# within such a share of the range. So the strokes of a closely cropped digit are none.
_EXTREME = 0.15
# The panel between the bands is at least such a share of the width. At least such a
# share of it is foreground, none of it at the border of the picture: the bar of a 7
# that fills its picture is no band.
_LEAST_PANEL, _LEAST_INK = 0.4, 0.02


def without_bands(gray):
    """Invert bands of the opposite tone along the sides of a picture.

    Stripes of opposite tones, the table beside a sheet of paper and the black edge of a
    scanned page are such bands. The digit is in the panel in the middle, and may reach
    into a band.

    Parameters
    ----------
    gray : ndarray of shape (h, w)

    Returns
    -------
    gray : ndarray of shape (h, w)
        Each band has the median of the panel. The same array if there are no bands.

    Examples
    --------
    >>> gray = np.zeros((20, 40))
    >>> gray[:, :8] = 1
    >>> gray[5:15, 18:20] = 1
    >>> without_bands(gray).sum(axis=0).astype(int).nonzero()
    (array([18, 19]),)
    """
    for axis in (1, 0):  # left and right, above and below
        lines = np.moveaxis(gray, axis, 1)
        start, stop = _find_panel(lines)
        if stop - start < lines.shape[1]:
            gray = np.moveaxis(_invert_bands(lines, start, stop), 1, axis)
    return gray


def _find_panel(gray):
    """Return the columns of the panel with the digit; all if there are no bands."""
    width = gray.shape[1]
    least = _STEP * np.ptp(gray)
    edges, reach = _find_edges(gray, least)
    if not len(edges):  # as in most pictures
        return 0, width
    middle = width // 2
    start = (edges[edges < middle] + reach).max(initial=0)
    stop = (edges[edges >= middle] + 1).min(initial=width)
    if stop - start < _LEAST_PANEL * width:
        return 0, width
    background = np.median(gray[:, start:stop])
    if min(background - gray.min(), gray.max() - background) > _EXTREME * np.ptp(gray):
        return 0, width
    # Beyond a ruling there is the same paper.
    if start and abs(np.median(gray[:, :start]) - background) < least:
        start = 0
    if stop < width and abs(np.median(gray[:, stop:]) - background) < least:
        stop = width
    ink = np.abs(gray[:, start:stop] - background) > least
    at_border = ink[[0, -1]].any()
    at_border |= (start == 0 and ink[:, 0].any()) | (stop == width and ink[:, -1].any())
    is_digit = ink.mean() >= _LEAST_INK and not at_border
    return (start, stop) if is_digit else (0, width)


def _find_edges(gray, least):
    """Return the columns in which edges of bands begin, and how many they take."""
    reach = max(round(_SOFT * gray.shape[1]), 1)

    def is_step(rows):
        return np.abs(rows[:, reach:] - rows[:, :-reach]) > least

    is_edge = is_step(gray[[0, -1]]).all(axis=0)
    if is_edge.any():
        is_edge &= is_step(gray).mean(axis=0) > _STRAIGHT
    return np.flatnonzero(is_edge), reach


def _invert_bands(gray, start, stop):
    """Invert what is beside the panel, about its median."""
    background = np.median(gray[:, start:stop])
    gray = gray.copy()
    for columns in (slice(start), slice(stop, None)):
        band = gray[:, columns]
        if band.size:
            gray[:, columns] = background + np.median(band) - band
    return gray
