"""Rows of pixels as images, and images as matplotlib draws them."""

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


def as_drawable(image):
    """Bring the channels of an image into a form that matplotlib draws.

    Parameters
    ----------
    image : array-like of shape (h, w) or (h, w, channels)
        Grey, grey with alpha, or in colour with alpha or without.

    Returns
    -------
    ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
    """
    image = np.asarray(image)
    if image.ndim == 2 or image.shape[2] > 2:
        return image
    if image.shape[2] == 1:
        return image[:, :, 0]
    return image[:, :, [0, 0, 0, 1]]  # grey with alpha
