"""MNIST framing, the whole way from a picture to a digit framed as MNIST frames it.

    gray -> ink bright on even black -> one digit -> box -> centre of mass

Unless a docstring says otherwise the functions take two-dimensional float arrays
without NaN, in which ink is bright, and return new ones.
"""

import numpy as np
from scipy.ndimage import center_of_mass, distance_transform_edt
from skimage.exposure import rescale_intensity
from skimage.measure import moments_central
from skimage.morphology import isotropic_dilation
from skimage.transform import AffineTransform, resize_local_mean, warp

from skdigits._gray import to_gray
from skdigits._ink import find_ink, ink_window, sides_of

# Largest side that a picture is worked on at; larger ones are averaged down first.
_WORKING_SIDE = 512
# A digit that came out smaller than this in an averaged picture is read once more
# from the original pixels.
_SMALL_DIGIT = 64
# Thinnest stroke in the framed digit, in pixels; MNIST's own are 2 to 3 wide.
_MIN_STROKE = 2.2
# Full ink, as in MNIST.
_WHITE = 255


def frame_digit(
    image,
    *,
    image_shape=(28, 28),
    box_size=20,
    polarity="auto",
    threshold="otsu",
    center="mass",
    deskew=False,
):
    """Bring a picture of one digit into MNIST framing.

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
        See `place_in_frame`; None keeps the digit where the picture has it and fits
        the whole picture into the frame.

    deskew : bool, default=False
        Whether to set a slanted digit upright.

    Returns
    -------
    frame : ndarray of shape `image_shape`, dtype float32
        Ink is bright, up to 255, and paper is 0. A picture without ink gives zeros.

    Examples
    --------
    >>> paper = np.full((90, 60), 255, dtype=np.uint8)
    >>> paper[10:50, 25:29] = 0  # a "1" written with a dark pen
    >>> frame = frame_digit(paper)
    >>> rows, columns = np.nonzero(frame)
    >>> print(rows.min(), rows.max(), columns.min(), columns.max())
    5 24 14 15
    """
    image = np.asarray(image)
    options = {"polarity": polarity, "threshold": threshold, "box_size": box_size}
    ink, level, factor = _read(image, options)
    window = ink_window(ink)
    if window is None:
        return np.zeros(image_shape, dtype=np.float32)
    if center is not None and factor > 1:
        strokes = ink_window(ink > level)  # without shades at the foot of the digit
        if max(sides_of(strokes)) < _SMALL_DIGIT:
            close_up, its_level, _ = _read(image[_zoom_in(strokes, factor)], options)
            if close_up.any():
                ink, level, window = close_up, its_level, ink_window(close_up)
    if center is not None:
        ink = ink[window]
    scale = _scale_into(ink.shape, image_shape, box_size, center)
    if scale > 1:
        if center is not None:
            ink = np.pad(ink, int(np.ceil(_MIN_STROKE * scale / 2)))  # to thicken
        ink = thicken(harden(ink, level, scale), scale)
    if deskew:
        ink = shear_upright(ink)
    if center is not None:
        ink = ink[ink_window(ink)]
    ink = shrink(ink, _scale_into(ink.shape, image_shape, box_size, center))
    return place_in_frame(ink / ink.max() * np.float32(_WHITE), image_shape, center)


def _read(image, options):
    """Return ink and level of a picture, and by what factor it was averaged down."""
    factor = -(-max(image.shape[:2]) // _WORKING_SIDE)
    return *find_ink(to_gray(image, factor), **options), factor


def _zoom_in(window, factor):
    """Return the window of the original picture with half the digit around it."""
    margin = max(sides_of(window)) // 2 + 1
    return tuple(
        slice(max(s.start - margin, 0) * factor, (s.stop + margin) * factor)
        for s in window
    )


def _scale_into(shape, image_shape, box_size, center):
    """Return how many pixels of a picture make one of the frame, along a side."""
    if center is None:
        return max(shape[0] / image_shape[0], shape[1] / image_shape[1])
    return max(shape) / box_size


def harden(ink, level, scale):
    """Make edges as sharp as they can be, so that averaging alone softens them.

    MNIST was black and white before it was averaged down. Here the greys within
    ``1 / scale`` of `level` remain and all others become paper or full ink: at a
    scale of 1 nothing changes, at a large scale the result is black and white.

    Parameters
    ----------
    ink : ndarray of shape (h, w)

    level : float
        The level that parts ink from paper.

    scale : float
        How many pixels are going to be averaged to one, along a side; at least 1.

    Returns
    -------
    hard : ndarray of shape (h, w)
        Paper is 0 and full ink is 1.

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
        Paper is 0 and full ink is 1.

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
    strokes = ink > 0.5
    depth = distance_transform_edt(np.pad(strokes, 1))
    # Across a stroke that is w wide the depth is w / 4 on average, plus half a pixel.
    width = 4 * (depth[depth > 0].mean() - 0.5)
    missing = (_MIN_STROKE * scale - width) / 2
    if missing < 1:
        return ink
    return np.maximum(ink, isotropic_dilation(strokes, missing))


def shear_upright(ink):
    """Set a slanted digit upright: a shear until rows and columns are uncorrelated.

    Parameters
    ----------
    ink : ndarray of shape (h, w)

    Returns
    -------
    upright : ndarray of shape (h, w + 2 * margin)
        As much wider as the sheared digit needs.

    Examples
    --------
    >>> shear_upright(np.eye(3)).round(6).tolist()
    [[0.0, 0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0, 0.0]]
    """
    middle = center_of_mass(ink)
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
        What is missing to whole pixels is added as empty margins.

    Examples
    --------
    >>> shrink(np.array([[1.0, 3.0, 5.0, 7.0]] * 2), 2).tolist()
    [[2.0, 6.0]]
    """
    if scale == 1:
        return image
    shape = [int(np.ceil(n / scale - 1e-6)) for n in image.shape]
    missing = [
        round(n_out * scale) - n for n, n_out in zip(image.shape, shape, strict=True)
    ]
    image = np.pad(image, [(n // 2, n - n // 2) for n in missing])
    return resize_local_mean(image, shape)


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
        # `skimage.measure.centroid` takes twice as long.
        start = np.floor(np.floor_divide(image_shape, 2) + 0.5 - center_of_mass(image))
    else:
        start = (room + 1) // 2
    top, left = np.clip(start, 0, room).astype(int)
    frame = np.zeros(image_shape, dtype=np.float32)
    frame[top : top + image.shape[0], left : left + image.shape[1]] = image
    return frame
