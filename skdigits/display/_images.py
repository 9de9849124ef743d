"""Images in unit cells, each with a frame and a caption."""

import math
from typing import NamedTuple

import numpy as np

from skdigits.display._style import VERMILION, text_style

# Frames of images, and of those that need attention, which differ in width as well.
FRAME = {"edgecolor": "0.7", "linewidth": 0.6}
MARKED_FRAME = {"edgecolor": VERMILION, "linewidth": 2.5}

_CAPTION_GAP = 0.06  # of a cell
_FONT_SIZE = 10  # in cells of one inch or more


class DrawnImage(NamedTuple):
    """What `draw_image` added to the axes; None for what it was not given."""

    image: object
    frame: object
    text: object


def as_images(X):
    """Reshape rows of pixels to square images; return images unchanged.

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
        If the rows are not square images.

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
            "`X` must hold rows of square images, or images of shape (height, width); "
            f"got shape {images.shape}. Reshape rows of other images to (n, height, "
            "width)."
        )
    return images.reshape(-1, side, side)


def as_drawable(image):
    """Convert the channels of an image to those that matplotlib draws.

    Parameters
    ----------
    image : array-like of shape (h, w) or (h, w, channels)
        Grey or colour, with or without alpha.

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


def caption_lines(labels, confidence=None):
    r"""Write the caption of each image: its label and, below, the confidence.

    Parameters
    ----------
    labels : sequence of length n_images
    confidence : array-like of shape (n_images,), default=None
        Probabilities. If None, the captions are the labels alone.

    Returns
    -------
    list of str

    Examples
    --------
    >>> caption_lines([7, 1], [0.5, 1.0])
    ['7\n50.0%', '1\n100.0%']
    """
    if confidence is None:
        return [str(label) for label in labels]
    return [
        f"{label}\n{probability:.1%}"
        for label, probability in zip(labels, confidence, strict=True)
    ]


def caption_size(ax, width, height):
    """Compute the font size of captions, smaller in cells of less than an inch.

    Parameters
    ----------
    ax : matplotlib Axes
    width, height : float
        Lengths of its axes in cells.

    Returns
    -------
    float
        In points.
    """
    box = ax.get_window_extent()
    inches = min(box.width / width, box.height / height) / ax.figure.dpi
    return _FONT_SIZE * min(1, inches)


def draw_image(
    ax,
    image,
    left,
    top,
    *,
    frame=FRAME,
    caption=None,
    is_caption_above=False,
    text_kw=None,
    **image_kw,
):
    """Draw an image in the middle of a unit cell, with a frame and a caption.

    The longer side of the image has length 1. The y axis points down.

    Parameters
    ----------
    ax : matplotlib Axes
    image : array-like of shape (h, w) or (h, w, channels), or None
        If None, the frame of an empty cell is drawn.
    left, top : float
        Upper left corner of the cell.
    frame : dict, default=FRAME
        Arguments for `matplotlib.patches.Rectangle`.
    caption : str, default=None
        Text below the cell.
    is_caption_above : bool, default=False
        Whether the caption stands above the cell instead.
    text_kw : dict, default=None
        Arguments for `matplotlib.axes.Axes.text`.
    **image_kw : dict
        Arguments for `matplotlib.axes.Axes.imshow`.

    Returns
    -------
    DrawnImage
    """
    from matplotlib.patches import Rectangle

    width = height = 1
    image_artist = text_artist = None
    if image is not None:
        image = as_drawable(image)
        height, width = np.array(image.shape[:2]) / max(image.shape[:2])
    x, y = left + (1 - width) / 2, top + (1 - height) / 2
    if image is not None:
        extent = (x, x + width, y + height, y)
        image_artist = ax.imshow(image, extent=extent, **image_kw)
    frame_artist = ax.add_patch(Rectangle((x, y), width, height, fill=False, **frame))
    if caption is not None:
        style = text_style(
            text_kw,
            ha="center",
            va="baseline" if is_caption_above else "top",
            linespacing=1.1,
        )
        y = top - _CAPTION_GAP if is_caption_above else top + 1 + _CAPTION_GAP
        text_artist = ax.text(left + 0.5, y, caption, **style)
    return DrawnImage(image_artist, frame_artist, text_artist)
