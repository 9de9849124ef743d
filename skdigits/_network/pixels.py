"""The range of the pixels: measured in `fit`, compared in `predict`."""

import math

import numpy as np

from skdigits._messages import warn_caller
from skdigits.exceptions import PixelRangeWarning

# Rows that the range of the pixels is read from; more would not change it.
_N_SAMPLED = 2000

# Below this side a digit is a handful of pixels.
_SMALLEST_SIDE = 16

# How far single pictures of digits may stand from the average one: a heavy digit
# deviates from paper twice as much, a faint one a few times less. Another range
# (0..255 against 0..1 or 0..16) is a factor of 16 or more, another polarity shifts
# the paper by three times the scale.
_FAINTEST, _STRONGEST, _FURTHEST = 1 / 8, 2.5, 2.5


def is_tiny(image_shape):
    """Tell images that have no pixel to spare, strips among them, by their shape.

    Parameters
    ----------
    image_shape : tuple of (int, int)

    Returns
    -------
    bool

    Examples
    --------
    >>> is_tiny((8, 8)), is_tiny((1, 784)), is_tiny((28, 28))
    (True, True, False)
    """
    return min(image_shape) < _SMALLEST_SIDE


def measure_pixels(rows):
    """Find the level of the paper and the strength of the ink.

    Parameters
    ----------
    rows : ndarray of shape (n, n_pixels)

    Returns
    -------
    level : float
        Median of the pixels. Most of a picture of a digit is paper, whether dark
        or light, and neither outliers nor the ink move the median.
    strength : float
        Root mean square of the pixels' deviation from `level`.

    Examples
    --------
    >>> measure_pixels(np.array([[0, 0, 0, 0, 8, 6]]))
    (0.0, 4.08...)
    """
    rows = rows.astype(np.float64)
    level = float(np.median(rows))
    return level, float(np.sqrt(np.mean((rows - level) ** 2)))


def spread_sample(n_rows):
    """Choose rows to measure: at most 2,000, evenly spaced.

    Parameters
    ----------
    n_rows : int

    Returns
    -------
    slice
    """
    return slice(None, None, math.ceil(n_rows / _N_SAMPLED))


def warn_of_foreign_range(rows, level, scale):
    """Warn if pixels lie plainly outside the range seen in `fit`.

    Parameters
    ----------
    rows : ndarray of shape (n, n_pixels)
    level, scale : float
        Paper and strength of the ink, as `measure_pixels` found them in `fit`.
    """
    found_level, found_strength = measure_pixels(rows[spread_sample(len(rows))])
    is_blank = found_strength == 0
    is_familiar = is_blank or _FAINTEST < found_strength / scale < _STRONGEST
    if not is_familiar or abs(found_level - level) > _FURTHEST * scale:
        warn_caller(
            f"The pixels lie around {found_level:.3g} and deviate by "
            f"{found_strength:.3g} (median, root mean square), but around {level:.3g} "
            f"and by {scale:.3g} in the data that the classifier was fitted on. "
            "Predictions will be poor: bring the pixels to the range and polarity of "
            "`fit`, or put a DigitPreprocessor in front of both.",
            PixelRangeWarning,
        )
