"""The range of the pixels: measured in `fit`, compared in `predict`."""

import math

import numpy as np

from skdigits._messages import warn_caller
from skdigits.exceptions import PixelRangeWarning

# Rows that the range of the pixels is read from; more would not change it.
_N_SAMPLED = 2000

# With fewer pixels a side, a small shift or a thicker stroke can make another digit.
_SMALLEST_SIDE = 16

# Bounds for images of digits in the range of the training data. The deviation of a
# heavy digit is twice the average, that of a faint one a few times less. Another range
# (0..255 against 0..1 or 0..16) changes it 16 times or more, another polarity shifts
# the background by three times the scale.
_FAINTEST, _STRONGEST, _FURTHEST = 1 / 8, 2.5, 2.5
# The background of many images together varies less than that of a heavy digit.
_MANY, _FURTHEST_OF_MANY = 50, 1.5


def is_tiny(image_shape):
    """Tell whether images, strips among them, are too small to distort.

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
    """Measure the background level and the contrast of images.

    Parameters
    ----------
    rows : ndarray of shape (n, n_pixels)

    Returns
    -------
    level : float
        Median of the pixels. Most pixels of a digit's image are background, dark or
        light, and neither outliers nor strokes move the median.
    contrast : float
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


def warn_of_foreign_range(rows, level, scale, name="X"):
    """Warn if pixels lie plainly outside the range seen in `fit`.

    Parameters
    ----------
    rows : ndarray of shape (n, n_pixels)
    level, scale : float
        Background level and contrast, as `measure_pixels` found them in `fit`.
    name : str, default="X"
        The argument that holds the images.
    """
    found_level, contrast = measure_pixels(rows[spread_sample(len(rows))])
    is_blank = contrast == 0
    is_familiar = is_blank or _FAINTEST < contrast / scale < _STRONGEST
    furthest = _FURTHEST if len(rows) < _MANY else _FURTHEST_OF_MANY
    if not is_familiar or abs(found_level - level) > furthest * scale:
        warn_caller(
            f"The pixels of {name} lie around {found_level:.3g} and deviate by "
            f"{contrast:.3g} (median, root mean square), but those that the classifier "
            f"was fitted on lie around {level:.3g} and deviate by {scale:.3g}. Results "
            f"will be poor: bring {name} to the range and polarity of `fit`, or put a "
            "DigitPreprocessor in front of the classifier.",
            PixelRangeWarning,
        )
