"""What the estimators take as images: rows, stacks and lists."""

import math
import os
import warnings

import numpy as np

from skdigits.exceptions import ImageShapeWarning


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
