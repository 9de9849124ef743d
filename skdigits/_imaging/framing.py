"""MNIST framing: from a picture of any kind to a digit framed as in MNIST.

    grey levels -> bright foreground on a uniform black background -> one digit -> box
    -> centre of mass

Unless a docstring says otherwise the functions take two-dimensional float arrays with
finite values and a bright foreground, trust them, and return new ones.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt
from skimage.exposure import rescale_intensity
from skimage.measure import moments_central
from skimage.morphology import isotropic_dilation
from skimage.transform import AffineTransform, warp

from skdigits._imaging.gray import to_gray
from skdigits._imaging.ink import LEAST_HEIGHT, find_ink, ink_window, sides_of

# Larger pictures are averaged down to this side first.
_WORKING_SIDE = 512
# A digit smaller than this in an averaged picture is segmented again, from the
# original pixels.
_SMALL_DIGIT = 64
# Thinnest stroke in the framed digit, in pixels; MNIST's own are 2 to 3 wide. A
# network trained on MNIST reads pens and pencils alike from 1.8 to 2.6.
_MIN_STROKE = 2.2
# No digit is this much wider than high: touching digits can be.
_WIDEST = 2.2
# Full foreground, as in MNIST.
_WHITE = 255


@dataclass(frozen=True, eq=False)
class FramingSteps:
    """The steps of framing a picture.

    For a small digit in a large picture, `gray`, `ink` and `mask` show only the
    surroundings of the digit, in the pixels of the picture; other large pictures are
    averaged down to sides of at most 512 pixels.

    Attributes
    ----------
    gray : ndarray of shape (h, w), dtype float32
        Grey levels from 0 (black) to 1 (white).

    ink : ndarray of shape (h, w), dtype float32
        Foreground is bright, up to 1, and the background about 0, with noise below.
        Shadows are removed.

    mask : ndarray of shape (h, w), dtype bool
        Which pixels are the digit; none if the picture holds no digit.

    crop : ndarray of shape (h_crop, w_crop), dtype float32
        The digit before it is averaged down, from 0 to 1, with edges as sharp and
        strokes as wide as that needs. Without a digit it is the whole picture, 0.

    framed : ndarray of shape `image_shape`, dtype float32
        The result, from 0 to 255.

    n_digits : int
        How many digits the picture seems to hold. The largest is framed; digits that
        touch count as 2 and are framed together.
    """

    gray: np.ndarray
    ink: np.ndarray
    mask: np.ndarray
    crop: np.ndarray
    framed: np.ndarray
    n_digits: int


def framing_steps(
    image,
    *,
    image_shape=(28, 28),
    box_size=20,
    polarity="auto",
    threshold="otsu",
    center="mass",
    deskew=False,
):
    """Bring a picture of one digit into MNIST framing, step by step.

    Parameters
    ----------
    image : ndarray of shape (h, w) or (h, w, channels)
        A picture as `to_gray` takes it.

    image_shape : tuple of (int, int), default=(28, 28)
        Height and width of the frame.

    box_size : int, default=20
        Longest side of the digit inside the frame, in pixels.

    polarity : {"auto", "dark", "light"}, default="auto"
        See `bright_ink`.

    threshold : "otsu" or float, default="otsu"
        See `ink_threshold`.

    center : {"mass", "box"} or None, default="mass"
        See `place_in_frame`; None keeps the digit at its place and fits the whole
        picture into the frame.

    deskew : bool, default=False
        Whether to set a slanted digit upright.

    Returns
    -------
    steps : FramingSteps

    Examples
    --------
    >>> picture = np.full((90, 60), 255, dtype=np.uint8)
    >>> picture[10:50, 25:29] = 0
    >>> steps = framing_steps(picture)
    >>> steps.gray.shape, steps.crop.shape, steps.framed.shape
    ((90, 60), (40, 4), (28, 28))
    """
    options = {"polarity": polarity, "threshold": threshold, "box_size": box_size}
    factor = -(-max(image.shape[:2]) // _WORKING_SIDE)
    gray = to_gray(image, factor)
    ink, mask, level, n_digits = find_ink(gray, **options)
    if center is not None and factor > 1 and mask.any():
        strokes = ink_window(mask & (ink > level))  # without soft shadows around it
        if max(sides_of(strokes)) < _SMALL_DIGIT:
            close_up = to_gray(image[_zoom_in(strokes, factor)])
            found = find_ink(close_up, **options)
            if found[1].any():
                gray, (ink, mask, level, _) = close_up, found
    digit = np.where(mask, ink, np.float32(0))
    window = ink_window(digit)
    if window is None:
        empty = np.zeros(image_shape, dtype=np.float32)
        return FramingSteps(gray, ink, mask, digit, empty, 0)
    height, width = sides_of(window)
    if width > _WIDEST * height and height >= LEAST_HEIGHT:
        n_digits = max(n_digits, 2)
    if center is not None:
        digit = digit[window]
    scale = _scale_into(digit.shape, image_shape, box_size, center)
    if scale > 1:
        if center is not None:
            digit = np.pad(digit, int(np.ceil(_MIN_STROKE * scale / 2)))  # to thicken
        digit = thicken(harden(digit, level, scale), scale)
    if deskew:
        digit = shear_upright(digit)
    if center is not None:
        digit = digit[ink_window(digit)]
    small = shrink(digit, _scale_into(digit.shape, image_shape, box_size, center))
    framed = place_in_frame(
        small / small.max() * np.float32(_WHITE), image_shape, center
    )
    return FramingSteps(gray, ink, mask, digit, framed, n_digits)


def _zoom_in(window, factor):
    """Return the window in the original picture, with a margin of half its side."""
    margin = max(sides_of(window)) // 2 + 1
    return tuple(
        slice(max(s.start - margin, 0) * factor, (s.stop + margin) * factor)
        for s in window
    )


def _scale_into(shape, image_shape, box_size, center):
    """Return how many pixels of a picture become one of the frame, along a side."""
    if center is None:
        return max(shape[0] / image_shape[0], shape[1] / image_shape[1])
    return max(shape) / box_size


def harden(ink, level, scale):
    """Sharpen edges as far as averaging will soften them.

    MNIST was black and white before it was averaged down. Grey levels within
    ``1 / scale`` of `level` remain; all others become background or full foreground.
    At a scale of 1 nothing changes, at a large scale the result is black and white.

    Parameters
    ----------
    ink : ndarray of shape (h, w)

    level : float
        The level that separates foreground from background.

    scale : float
        How many pixels will be averaged to one, along a side; at least 1.

    Returns
    -------
    hard : ndarray of shape (h, w)
        The background is 0 and full foreground 1.

    Examples
    --------
    >>> harden(np.array([[0.0, 3.0, 8.0]]), 4.0, 1).tolist()
    [[0.0, 0.375, 1.0]]
    >>> harden(np.array([[0.0, 3.0, 8.0]]), 4.0, 2).tolist()
    [[0.0, 0.25, 1.0]]
    """
    low = level * (1 - 1 / scale)
    high = max(level + (ink.max() - level) / scale, low + 1e-6)
    return rescale_intensity(ink, in_range=(low, high), out_range=(0, 1))


def thicken(ink, scale):
    """Widen strokes that would fade when `scale` pixels are averaged to one.

    Parameters
    ----------
    ink : ndarray of shape (h, w)
        The background is 0 and full foreground 1.

    scale : float

    Returns
    -------
    ink : ndarray of shape (h, w)
        Strokes are at least about 2.2 pixels wide after averaging.

    Examples
    --------
    >>> line = np.zeros((9, 9))
    >>> line[:, 4] = 1
    >>> thicken(line, 3)[0].tolist()
    [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]
    """
    if _MIN_STROKE * scale < 4:  # no stroke lacks a whole pixel
        return ink
    strokes = ink > 0.5
    depth = distance_transform_edt(np.pad(strokes, 1))
    # Across a stroke that is w wide the depth is w / 4 on average, plus half a pixel.
    width = 4 * (depth[depth > 0].mean() - 0.5)
    missing = (_MIN_STROKE * scale - width) / 2
    if missing < 1:
        return ink
    return np.maximum(ink, isotropic_dilation(strokes, missing))


def shear_upright(ink):
    """Shear a slanted digit until its rows and columns are uncorrelated.

    Parameters
    ----------
    ink : ndarray of shape (h, w)

    Returns
    -------
    upright : ndarray of shape (h, w + 2 * margin)
        The margins hold the sheared digit.

    Examples
    --------
    >>> shear_upright(np.eye(3)).round(6).tolist()
    [[0.0, 0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0, 0.0]]
    """
    middle = _center_of_mass(ink)
    moments = moments_central(ink, center=middle, order=2)
    if moments[2, 0] == 0:
        return ink
    slope = np.clip(moments[1, 1] / moments[2, 0], -1, 1)
    height, width = ink.shape
    margin = int(np.ceil(abs(slope) * max(middle[0], height - 1 - middle[0])))
    shear = [[1, slope, -slope * middle[0] - margin], [0, 1, 0], [0, 0, 1]]
    return warp(ink, AffineTransform(shear), output_shape=(height, width + 2 * margin))


def shrink(image, scale):
    """Average an image down by the exact area of its pixels.

    Parameters
    ----------
    image : ndarray of shape (h, w)

    scale : float
        Pixels per pixel of the result; below 1 the image is enlarged.

    Returns
    -------
    image : ndarray of shape (ceil(h / scale), ceil(w / scale))
        Empty margins fill up the last pixels.

    Examples
    --------
    >>> shrink(np.array([[1.0, 3.0, 5.0, 7.0]] * 2), 2).tolist()
    [[2.0, 6.0]]
    """
    if scale == 1:
        return image
    rows, columns = (_area_weights(n, scale) for n in image.shape)
    return rows @ image @ columns.T


def _area_weights(n, scale):
    """Return the share that each of n pixels has in each pixel of the result.

    `skimage.transform.resize_local_mean` does the same in ten times the time for a
    digit of 28 pixels.
    """
    n_out = int(np.ceil(n / scale - 1e-6))
    edges = (np.arange(n_out + 1) - n_out / 2) * scale + n / 2
    pixels = np.arange(n)
    overlap = np.minimum(edges[1:, None], pixels + 1)
    overlap -= np.maximum(edges[:-1, None], pixels)
    return (np.maximum(overlap, 0) / scale).astype(np.float32)


def place_in_frame(image, image_shape, center="mass"):
    """Put a digit into an empty frame, moved by whole pixels.

    Parameters
    ----------
    image : ndarray of shape (h, w)
        No larger than the frame.

    image_shape : tuple of (int, int)
        Height and width of the frame.

    center : {"mass", "box"} or None, default="mass"
        "mass" brings the centre of mass to pixel ``side // 2`` (counted from 0, at most
        half a pixel off: for 28 pixels it lies in (13.5, 14.5], as in MNIST) as far as
        the digit stays inside the frame. "box" and None bring the middle of the image
        to the middle of the frame.

    Returns
    -------
    frame : ndarray of shape `image_shape`, dtype float32

    Examples
    --------
    >>> place_in_frame(np.array([[1.0, 0.5]]), (3, 4)).tolist()
    [[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.5], [0.0, 0.0, 0.0, 0.0]]
    """
    room = np.subtract(image_shape, image.shape)
    if center == "mass":
        middle = np.floor_divide(image_shape, 2)
        # Symmetric digits of even size lie between two pixels: avoid rounding errors.
        start = np.floor(middle + 0.5 - _center_of_mass(image) + 1e-4)
    else:
        start = (room + 1) // 2
    top, left = np.clip(start, 0, room).astype(int)
    frame = np.zeros(image_shape, dtype=np.float32)
    frame[top : top + image.shape[0], left : left + image.shape[1]] = image
    return frame


def _center_of_mass(image):
    """Return the centre of mass; SciPy takes four times as long."""
    profiles = image.sum(axis=1), image.sum(axis=0)
    total = profiles[0].sum()
    return np.array([np.arange(len(p)) @ p / total for p in profiles])
