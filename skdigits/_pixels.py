"""How pixels come in: rows or images, of any range."""

import math
import warnings

import numpy as np

from skdigits.exceptions import ImageShapeWarning, PixelRangeWarning

# Rows that the range of the pixels is read from; more would not change it.
_N_SAMPLED = 2000

# A heavy digit deviates from paper twice as much as the average one and a faint one
# a few times less; 0..255 against 0..1 or 0..16 is a matter of 16 or more.
_BRIGHTEST, _FAINTEST = 2.5, 1 / 8


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


def find_image_shape(n_pixels):
    """Guess the shape of the images from the width of the rows.

    Parameters
    ----------
    n_pixels : int

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
        f"1 x {n_pixels}. Pass `image_shape` if they are images of another shape; "
        "one pixel too many is often a label column left in the table.",
        ImageShapeWarning,
        stacklevel=2,
    )
    return 1, n_pixels


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
    scale : float
        Root mean square of the pixels' deviation from `level`; 1 if all are equal.

    Notes
    -----
    Both are taken from at most 2,000 rows, evenly spaced.

    Examples
    --------
    >>> measure_pixels(np.array([[0, 0, 0, 0, 8, 6]]))
    (0.0, 4.08...)
    """
    sample = _spread_sample(rows)
    level = float(np.median(sample))
    return level, _deviation(sample, level) or 1.0


def warn_of_foreign_range(rows, level, scale):
    """Warn if pixels lie plainly outside the range seen in `fit`.

    Parameters
    ----------
    rows : ndarray of shape (n, n_pixels)
    level, scale : float
        As `measure_pixels` found them in `fit`.
    """
    found = _deviation(_spread_sample(rows), level)
    is_blank = found == 0
    if not is_blank and not _FAINTEST < found / scale < _BRIGHTEST:
        warnings.warn(
            f"The pixels deviate from paper ({level:.3g}) by {found:.3g} on average "
            f"(root mean square), but by {scale:.3g} in the data that the classifier "
            "was fitted on. Predictions will be poor: scale the pixels as in `fit`.",
            PixelRangeWarning,
            stacklevel=2,
        )


def _spread_sample(rows):
    step = math.ceil(len(rows) / _N_SAMPLED)
    return rows[::step].astype(np.float64)


def _deviation(rows, level):
    return float(np.sqrt(np.mean((rows - level) ** 2)))
