"""Printed rulings: long straight lines on which digits are written."""

import numpy as np
from scipy.ndimage import maximum_filter1d, minimum_filter1d

# A ruling is longer than such a share of the height or width of the picture, because
# a 1 may be high, than such a share of the longer side, and than so many pixels.
_RULING, _RULING_OF_LONGER, _LEAST_RULING = (0.75, 0.4), 0.3, 40
# It is thinner than a digit that is as long: at most so many pixels or such a share.
_RULING_WIDTH, _RULING_THIN = 2, 0.06
# A stroke that it crosses goes on so many pixels above and below.
_RULING_REACH = 4


def without_rules(strokes):
    """Remove long straight lines, and restore the strokes that cross them.

    Parameters
    ----------
    strokes : ndarray of shape (h, w), dtype bool

    Returns
    -------
    strokes : ndarray of shape (h, w), dtype bool

    Examples
    --------
    >>> strokes = np.zeros((40, 80), dtype=bool)
    >>> strokes[20] = True
    >>> strokes[10:25, 30] = True
    >>> kept = without_rules(strokes)
    >>> int(kept.sum()), bool(kept[10:25, 30].all())
    (15, True)
    """
    for axis in (0, 1):
        sides = (
            _RULING[axis] * strokes.shape[axis],
            _RULING_OF_LONGER * max(strokes.shape),
        )
        length = int(max(*sides, _LEAST_RULING)) | 1
        if length >= strokes.shape[axis]:
            continue
        # Within this length a line may rise by a pixel.
        thick = _spread(strokes, 1, 1 - axis) | _spread(strokes, -1, 1 - axis)
        eroded = minimum_filter1d(thick, length, axis=axis, mode="constant")
        rules = maximum_filter1d(eroded, length, axis=axis, mode="constant")
        rules &= strokes & ~_thicker(
            strokes, max(_RULING_WIDTH, _RULING_THIN * length), 1 - axis
        )
        kept = strokes & ~rules
        above = _spread(kept, _RULING_REACH, 1 - axis)
        below = _spread(kept, -_RULING_REACH, 1 - axis)
        strokes = kept | (rules & above & below)
    return strokes


def _thicker(mask, width, axis):
    """Tell which pixels are in a run of more than `width` pixels along an axis."""
    size = int(width) + 1
    eroded = minimum_filter1d(mask, size, axis=axis, mode="constant")
    # The origin makes up for the shift of an even size.
    return maximum_filter1d(
        eroded, size, axis=axis, mode="constant", origin=-1 if size % 2 == 0 else 0
    )


def _spread(mask, reach, axis):
    """Tell which pixels have one of the mask at most so far before them, or behind."""
    spread = mask.copy()
    source, target = np.moveaxis(mask, axis, 0), np.moveaxis(spread, axis, 0)
    for step in range(1, abs(reach) + 1):
        if reach > 0:
            target[step:] |= source[:-step]
        else:
            target[:-step] |= source[step:]
    return spread
