"""Pictures of digits as pens, mice and scanners make them."""

import numpy as np
from PIL import Image, ImageFilter

from skdigits.datasets import render_strokes

_WORKING_SIDE = 96


def draw_picture(strokes, rng):
    """Draw strokes with a pen of any width, in any resolution.

    Parameters
    ----------
    strokes : list of ndarray of shape (n_points, 2)
    rng : numpy.random.Generator

    Returns
    -------
    picture : ndarray of shape (side, side), uint8
        0 is background and 255 is foreground.
    """
    side = int(rng.integers(18, 36) if rng.random() < 0.3 else rng.integers(36, 97))
    pen = side * np.exp(rng.uniform(np.log(0.025), np.log(0.2)))
    picture = render_strokes(strokes, pen_width=max(pen, 0.9), size=side, margin=1.5)
    return _capture(Image.fromarray(picture), rng)


def scan_again(picture, rng):
    """Turn a picture of a digit into another one: other slant, thickness, resolution.

    Parameters
    ----------
    picture : ndarray of shape (h, w), uint8
        0 is background and 255 is foreground.
    rng : numpy.random.Generator

    Returns
    -------
    picture : ndarray of shape (side, side), uint8
    """
    # A margin leaves room for the changes.
    image = Image.fromarray(np.pad(picture, max(picture.shape) // 5))
    image = image.resize((_WORKING_SIDE, _WORKING_SIDE), Image.Resampling.BICUBIC)
    middle = _WORKING_SIDE / 2
    matrix = np.eye(2) + rng.normal(0, [[0.08, 0.12], [0.05, 0.08]])
    offset = middle - matrix @ [middle, middle]
    coefficients = (*matrix[0], offset[0], *matrix[1], offset[1])
    image = image.transform(
        image.size, Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR
    )
    image = image.filter(ImageFilter.GaussianBlur(rng.uniform(1.0, 2.5)))
    level = np.clip(rng.normal(0.45, 0.12), 0.2, 0.7)  # a low one thickens strokes
    image = image.point(lambda p: 255 * min(max((p / 255 - level) * 8 + 0.5, 0), 1))
    side = int(rng.integers(16, 36) if rng.random() < 0.5 else rng.integers(36, 81))
    image = image.resize((side, side), Image.Resampling.BOX)
    return _capture(image, rng)


def _capture(image, rng):
    """Blur, binarise or add noise, as scanners and cameras do."""
    draw = rng.random()
    if draw < 0.25:
        level = int(rng.integers(80, 176))
        image = image.point(lambda p: 255 * (p > level))
    elif draw < 0.5:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.2)))
    picture = np.asarray(image)
    if rng.random() < 0.25:
        noise = rng.normal(0, rng.uniform(3, 15), picture.shape)
        strength = rng.uniform(0.5, 1)
        picture = np.clip(picture * strength + noise, 0, 255).astype(np.uint8)
    return picture
