"""How pixels come in: rows or images, of any range."""

import math
import os
import warnings

import numpy as np

from skdigits.exceptions import ImageShapeWarning, PixelRangeWarning

# Rows that the range of the pixels is read from; more would not change it.
_N_SAMPLED = 2000

# Below this side a digit is a handful of pixels.
_SMALLEST_SIDE = 16

# How far single pictures of digits may stand from the average one: a heavy digit
# deviates from paper twice as much, a faint one a few times less. Another range
# (0..255 against 0..1 or 0..16) is a factor of 16 or more, another polarity shifts
# the paper by three times the scale.
_FAINTEST, _STRONGEST, _FURTHEST = 1 / 8, 2.5, 2.5


def as_rows(X):
    """Flatten stacked images to rows.

    Parameters
    ----------
    X : array-like of shape (n, n_pixels), (n, h, w) or (n, h, w, 1)

    Returns
    -------
    rows : array-like
        A view of shape (n, h * w) of stacked images, `X` itself otherwise.
    image_shape : tuple of (int, int) or None
        The shape of stacked images.

    Raises
    ------
    ValueError
        If `X` holds images of different sizes or colour images.

    Examples
    --------
    >>> rows, shape = as_rows(np.zeros((5, 28, 28, 1)))
    >>> rows.shape, shape
    ((5, 784), (28, 28))
    """
    first = X[0] if isinstance(X, (list, tuple)) and len(X) else X
    if isinstance(first, (str, bytes, os.PathLike)):
        raise ValueError(
            "X must hold pixels, as an array of shape (n, n_pixels) or (n, height, "
            f"width). Got {first!r}; read files with skdigits.read_images, and let "
            "make_digit_pipeline() bring them to one size."
        )
    if isinstance(X, (list, tuple)):
        try:
            X = np.asarray(X)
        except ValueError as err:
            raise ValueError(
                "X must hold images of one size, as an array of shape (n, n_pixels) "
                "or (n, height, width). Got rows of different lengths; "
                "DigitPreprocessor brings images of any size to one."
            ) from err
    shape = getattr(X, "shape", ())
    n_channels = shape[3] if len(shape) == 4 else 1
    if len(shape) == 3 and shape[2] in (3, 4) and shape[1] > 4:
        n_channels = shape[2]  # one colour picture, not many grey images
    if n_channels != 1 or len(shape) > 4:
        raise ValueError(
            "X must hold grey images, as an array of shape (n, n_pixels), "
            f"(n, height, width) or (n, height, width, 1). Got shape {shape}; "
            "DigitPreprocessor turns colour pictures into such rows, and "
            "make_digit_pipeline() puts it in front of the classifier."
        )
    if len(shape) < 3:
        return X, None
    n_images, height, width = shape[:3]
    return np.reshape(X, (n_images, height * width)), (height, width)


def find_image_shape(n_pixels, stacklevel=2):
    """Guess the shape of the images from the width of the rows.

    Parameters
    ----------
    n_pixels : int

    stacklevel : int, default=2
        Whom the warning points to, as in `warnings.warn`; 2 is the caller.

    Returns
    -------
    tuple of (int, int)
        A square if `n_pixels` is a square number, else, with an
        `ImageShapeWarning`, a strip of height 1.

    Examples
    --------
    >>> find_image_shape(784)
    (28, 28)
    """
    side = math.isqrt(n_pixels)
    if side * side == n_pixels:
        return side, side
    warnings.warn(
        f"Rows of {n_pixels} pixels make no square image and are read as strips of "
        f"1 x {n_pixels}. Pass images of another shape as a stack (n, height, width), "
        "a single one in a list; one pixel too many is often a label column left in "
        "the table.",
        ImageShapeWarning,
        stacklevel=stacklevel,
    )
    return 1, n_pixels


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
        warnings.warn(
            f"The pixels lie around {found_level:.3g} and deviate by "
            f"{found_strength:.3g} (median, root mean square), but around {level:.3g} "
            f"and by {scale:.3g} in the data that the classifier was fitted on. "
            "Predictions will be poor: bring the pixels to the range and polarity of "
            "`fit`, or put a DigitPreprocessor in front of both.",
            PixelRangeWarning,
            stacklevel=2,
        )
