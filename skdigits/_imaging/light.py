"""Polarity and light: make the foreground bright and the background even.

The functions take two-dimensional float arrays with finite values, trust them, and
return new ones.
"""

import numpy as np
from scipy.ndimage import median_filter, uniform_filter
from skimage.morphology import footprint_rectangle, opening
from skimage.transform import resize_local_mean

from skdigits._imaging.close_crop import is_around_digit
from skdigits._imaging.gray import block_mean

# Smaller pictures show too little background to tell shadows from strokes.
_TINY_SIDE = 20
# Pixels along the longer side that are enough to show light.
_COARSE_SIDE = 24
# In even light grey levels differ by at most this, or by a tenth of the contrast.
_EVEN = 0.02
# Points along the border that show its light; each is the mean of its pixels.
_N_BORDER_POINTS = 100
# Weight of the border against the skewness of the grey levels: enough for a tightly
# cropped digit that fills three quarters of its picture, and too little for the edges
# of tables and shadows.
_BORDER_WEIGHT = 0.6
# Least share of the background of a tightly cropped digit in the border.
_LEAST_BORDER = 0.15
# Pixels along the longer side that are enough to show the shape of a background.
_SHAPE_SIDE = 64
# Largest share of pixels between foreground and background. In tiny and in blurred
# pictures there are more, and the shape of the background is uncertain.
_LARGEST_SHARE_BETWEEN = 0.14


def bright_ink(gray, polarity="auto"):
    """Make the foreground bright and remove shadows from the background.

    Parameters
    ----------
    gray : ndarray of shape (h, w)

    polarity : {"auto", "dark", "light"}, default="auto"
        "dark" is dark on a light background, "light" the opposite; "auto" calls
        `find_polarity`.

    Returns
    -------
    ink : ndarray of shape (h, w)
        The least value is 0.

    Examples
    --------
    >>> gray = np.ones((3, 3))
    >>> gray[1, 1] = 0
    >>> bright_ink(gray).tolist()
    [[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    """
    is_even = is_evenly_lit(gray)
    if not is_even:
        level = remove_slope(gray)
        is_even = is_evenly_lit(level)
        gray = level if is_even else gray
    if polarity == "auto":
        polarity = find_polarity(gray if is_even else _without_background(gray))
    ink = 1 - gray if polarity == "dark" else gray
    if not is_even:
        ink = remove_shadows(ink)
    return ink - ink.min()


def is_evenly_lit(gray):
    """Tell whether the background along the border of a picture has one level.

    The border may hold strokes as well, if a digit touches it or was cropped tightly:
    pixels about as dark as the darkest while the others are about as light as the
    lightest. Shadows lie in between. Pictures of less than 20 pixels, whose border may
    be all foreground, count as even.

    Parameters
    ----------
    gray : ndarray of shape (h, w)

    Returns
    -------
    is_even : bool

    Examples
    --------
    >>> is_evenly_lit(np.ones((24, 24)))
    True
    >>> is_evenly_lit(np.linspace(0.25, 0.75, 24) * np.ones((24, 1)))
    False
    """
    if min(gray.shape) < _TINY_SIDE:
        return True
    darkest, lightest = float(gray.min()), float(gray.max())
    contrast = lightest - darkest
    border = _border_points(gray)
    background = quick_median(border)
    is_even = np.abs(border - background) <= max(_EVEN, contrast / 10)
    if is_even.mean() > 0.85:
        return True
    if min(background - darkest, lightest - background) > contrast / 4:
        return False
    ink = darkest if lightest - background < background - darkest else lightest
    return bool((is_even | (np.abs(border - ink) < contrast / 4)).mean() > 0.85)


def find_polarity(gray):
    """Tell a dark foreground from a light one.

    The foreground is the smaller part of a picture and further from the mean: the side
    to which the grey levels are skewed. The background is the larger part of the
    border, inside a frame if there is one; this decides if a digit fills about half of
    its picture. A heavy digit may fill more and touch all sides: its background is told
    by its shape, see `is_around_digit`.

    Parameters
    ----------
    gray : ndarray of shape (h, w)

    Returns
    -------
    polarity : {"dark", "light"}

    Examples
    --------
    >>> find_polarity(np.eye(5)), find_polarity(1 - np.eye(5))
    ('light', 'dark')
    """
    mean = gray.mean()
    deviation = gray - mean
    squares = deviation * deviation
    border = outer = _border_points(gray)
    lead = _lead(border > mean)
    if abs(lead) > 0.9:
        margin = min(gray.shape) // 10
        inside = slice(margin or None, -margin or None)
        inner = _border_points(gray[inside, inside])
        if lead * _lead(inner > mean) < -0.7:  # the border is a frame
            border, lead = inner, _lead(inner > mean)
    weight = min(
        _BORDER_WEIGHT, 2 * abs(lead)
    )  # less if half of the border is foreground
    skew = np.vdot(deviation, squares)
    skew += weight * (mean - quick_median(border)) * squares.sum()
    is_light = skew >= 0
    share = np.count_nonzero((outer > mean) == is_light) / len(outer)
    if share > _LEAST_BORDER:
        levels = _coarse_levels(gray)
        between = np.count_nonzero(np.abs(levels - 0.5) < 0.25) / levels.size
        if between < _LARGEST_SHARE_BETWEEN and is_around_digit(
            (levels > 0.5) == is_light
        ):
            is_light = not is_light
    return "light" if is_light else "dark"


def _coarse_levels(gray):
    """Return the grey levels of a coarse picture, from 0 to 1."""
    coarse = block_mean(gray, max(max(gray.shape) // _SHAPE_SIDE, 1))
    lowest = coarse.min()
    return (coarse - lowest) / max(coarse.max() - lowest, np.finfo(np.float32).tiny)


def _lead(is_light):
    """Return the share of light points minus that of dark ones, from -1 to 1."""
    return 2 * np.count_nonzero(is_light) / len(is_light) - 1


def _border_points(pixels):
    """Return the border of a picture, averaged to some points."""
    border = np.concatenate(
        (pixels[0], pixels[1:-1, -1], pixels[-1, ::-1], pixels[-2:0:-1, 0])
    )
    n = max(len(border) // _N_BORDER_POINTS, 1)
    return (
        border[: len(border) // n * n].reshape(-1, n).mean(axis=1) if n > 1 else border
    )


def quick_median(values):
    """Return the upper median of numbers that are not NaN.

    `numpy.median` takes several times as long for a small picture, because it looks
    for NaN.

    Parameters
    ----------
    values : ndarray of shape (n,)

    Returns
    -------
    median : float

    Examples
    --------
    >>> quick_median(np.array([4.0, 1.0, 3.0, 2.0]))
    3.0
    """
    middle = len(values) // 2
    return float(np.partition(values, middle)[middle])


def _without_background(gray):
    """Return a coarse picture without its light, for either polarity."""
    scale = max(max(gray.shape) / _COARSE_SIDE, 1)
    coarse = resize_local_mean(gray, [max(round(n / scale), 1) for n in gray.shape])
    # The window is much wider than a stroke, so its median is the background.
    return coarse - median_filter(coarse, _COARSE_SIDE // 2)


def remove_slope(gray):
    """Remove light that falls off evenly towards one side.

    The light is the plane through most of the border, so strokes at the border or in
    much of the picture have little influence.

    Parameters
    ----------
    gray : ndarray of shape (h, w)

    Returns
    -------
    level : ndarray of shape (h, w)

    Examples
    --------
    >>> slope = np.linspace(0, 4, 5) * np.ones((4, 1))
    >>> slope[:, 2] = 9  # a stroke
    >>> np.abs(remove_slope(slope)).round(1)[1].tolist()
    [2.0, 2.0, 9.0, 2.0, 2.0]
    """
    height, width = gray.shape
    y = np.linspace(-1, 1, height, dtype=gray.dtype)[:, None]
    x = np.linspace(-1, 1, width, dtype=gray.dtype)[None]
    border = _border_points(gray)
    points = np.stack(
        [np.ones_like(border)]
        + [_border_points(np.broadcast_to(axis, gray.shape)) for axis in (y, x)]
    )
    # Least absolute deviations, by weighted least squares: unlike a mean, a median
    # ignores strokes.
    weights = np.ones_like(border)
    for _ in range(20):
        weighted = points * weights
        plane = np.linalg.solve(weighted @ points.T, weighted @ border)
        weights = 1 / np.maximum(np.abs(border - plane @ points), 1e-3)
    return gray - plane[1] * y - plane[2] * x


def remove_shadows(ink):
    """Remove whatever is wider than a stroke can be.

    Parameters
    ----------
    ink : ndarray of shape (h, w)
        Foreground is bright.

    Returns
    -------
    ink : ndarray of shape (h, w)
        Shadows are removed, hard edges too; strokes narrower than a third of the
        picture remain.

    Examples
    --------
    >>> line = np.tile([0, 0, 0, 9, 0, 0, 5, 5, 5, 5, 5, 5.0], (12, 1))
    >>> remove_shadows(line)[6].round(1).tolist()
    [0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    size = min(ink.shape) // 3 | 1
    margin = size // 2
    smooth = uniform_filter(ink, 1 + 2 * (min(ink.shape) // 100))
    # Beyond its edges the picture continues with the slope it has there.
    wide = np.pad(smooth, margin, mode="reflect", reflect_type="odd")
    square = footprint_rectangle((size, size), decomposition="separable")
    background = opening(wide, square)
    return ink - background[margin:-margin, margin:-margin]
