"""Rows of pixels as images."""

import math

import numpy as np


def as_images(X):
    """Turn rows of square images into images; leave images as they are.

    Parameters
    ----------
    X : array-like of shape (n_images, n_pixels) or (n_images, h, w), or list
        Rows of square images, a stack of images, or a list of them.

    Returns
    -------
    ndarray of shape (n_images, h, w) or sequence of images

    Raises
    ------
    ValueError
        If there are rows that make no square images.

    Examples
    --------
    >>> as_images([[1, 2, 3, 4]]).tolist()
    [[[1, 2], [3, 4]]]
    """
    if isinstance(X, (list, tuple)) and len(X) and np.ndim(X[0]) > 1:
        return X
    images = np.asarray(X)
    if images.ndim > 2 or images.dtype == object:
        return images
    side = math.isqrt(images.shape[-1])
    if images.ndim != 2 or side * side != images.shape[1]:
        raise ValueError(
            "`X` must hold rows of square images, or images of shape (height, width) "
            f"each. Got shape {images.shape}; reshape rows of another shape to (n, "
            "height, width)."
        )
    return images.reshape(-1, side, side)
