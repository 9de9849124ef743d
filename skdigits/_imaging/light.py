"""Light and dark: which part of a picture is ink, and the shadows on its paper.

The functions take two-dimensional float arrays without NaN and return new ones.
"""

import numpy as np
from scipy.ndimage import median_filter, uniform_filter
from skimage.morphology import footprint_rectangle, opening
from skimage.transform import resize_local_mean

# Smaller pictures show too little paper to tell light from ink by.
_TINY_SIDE = 20
# Pixels along the longer side that show anything as smooth as light.
_COARSE_SIDE = 24
# Grey levels may differ by this much, or by a tenth of the contrast, in even light.
_EVEN = 0.02
# Points along the border that show its light; each is the mean of its pixels.
_N_BORDER_POINTS = 100
# How much the place of the border weighs against the skewness of the greys: enough
# for a digit cropped closely that fills three quarters of its picture, and not enough
# for edges of tables and shadows.
_BORDER_WEIGHT = 0.6


def bright_ink(gray, polarity="auto"):
    """Make ink the bright part of a picture and take shadows off its paper.

    Parameters
    ----------
    gray : ndarray of shape (h, w)

    polarity : {"auto", "dark", "light"}, default="auto"
        "dark" is dark ink on light paper, "light" bright ink on a dark ground; "auto"
        asks `find_polarity`.

    Returns
    -------
    ink : ndarray of shape (h, w)
        The least value is 0.

    Examples
    --------
    >>> paper = np.ones((3, 3))
    >>> paper[1, 1] = 0
    >>> bright_ink(paper).tolist()
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
    """Tell whether the paper along the border of a picture has one level.

    The border may hold ink as well, where a digit touches it or was cropped closely:
    greys that are about as dark as the darkest while the others are about as light as
    the lightest. Shadows lie in between. Pictures of less than 20 pixels, whose border
    may be all ink, count as even.

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
    paper = quick_median(border)
    is_even = np.abs(border - paper) <= max(_EVEN, contrast / 10)
    if is_even.mean() > 0.85:
        return True
    if min(paper - darkest, lightest - paper) > contrast / 4:
        return False
    ink = darkest if lightest - paper < paper - darkest else lightest
    return bool((is_even | (np.abs(border - ink) < contrast / 4)).mean() > 0.85)


def find_polarity(gray):
    """Tell dark ink on light paper from bright ink on a dark ground.

    Ink is the smaller part of a picture and further from the mean: the side to which
    the greys are skewed. Paper is the greater part of the border, within a frame if
    there is one; that decides where a digit fills about half of its picture.

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
    border = _border_points(gray)
    lead = _lead(border > mean)
    if abs(lead) > 0.9:
        margin = min(gray.shape) // 10
        inside = slice(margin or None, -margin or None)
        inner = _border_points(gray[inside, inside])
        if lead * _lead(inner > mean) < -0.7:  # the border is a frame around the paper
            border, lead = inner, _lead(inner > mean)
    weight = min(_BORDER_WEIGHT, 2 * abs(lead))  # less where half of the border is ink
    skew = np.vdot(deviation, squares)
    skew += weight * (mean - quick_median(border)) * squares.sum()
    return "dark" if skew < 0 else "light"


def _lead(is_light):
    """Return by what share the light points outnumber the dark ones, from -1 to 1."""
    return 2 * np.count_nonzero(is_light) / len(is_light) - 1


def _border_points(pixels):
    """Return the border of a picture, all the way round, averaged to some points."""
    border = np.concatenate(
        (pixels[0], pixels[1:-1, -1], pixels[-1, ::-1], pixels[-2:0:-1, 0])
    )
    n = max(len(border) // _N_BORDER_POINTS, 1)
    return (
        border[: len(border) // n * n].reshape(-1, n).mean(axis=1) if n > 1 else border
    )


def quick_median(values):
    """Return the upper median of numbers that are not NaN.

    `numpy.median` takes several times as long for a small picture, most of it to look
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
    """Return a coarse picture without its light, whatever the polarity of the ink."""
    scale = max(max(gray.shape) / _COARSE_SIDE, 1)
    coarse = resize_local_mean(gray, [max(round(n / scale), 1) for n in gray.shape])
    # Of so wide a window most is paper, so its median is the paper.
    return coarse - median_filter(coarse, _COARSE_SIDE // 2)


def remove_slope(gray):
    """Take light away that falls off evenly towards one side.

    The light is the plane through most of the border, so it matters little whether
    ink reaches the border or how much of the picture it fills.

    Parameters
    ----------
    gray : ndarray of shape (h, w)

    Returns
    -------
    level : ndarray of shape (h, w)

    Examples
    --------
    >>> slope = np.linspace(0, 4, 5) * np.ones((4, 1))
    >>> slope[:, 2] = 9  # ink
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
    # Least absolute deviations, by weighted least squares: unlike a mean a median
    # does not follow the ink.
    weights = np.ones_like(border)
    for _ in range(20):
        weighted = points * weights
        plane = np.linalg.solve(weighted @ points.T, weighted @ border)
        weights = 1 / np.maximum(np.abs(border - plane @ points), 1e-3)
    return gray - plane[1] * y - plane[2] * x


def remove_shadows(ink):
    """Take away whatever is wider than a stroke can be.

    Parameters
    ----------
    ink : ndarray of shape (h, w)
        Ink is bright.

    Returns
    -------
    ink : ndarray of shape (h, w)
        Shadows with hard edges have become paper; strokes narrower than a third of
        the picture remain.

    Examples
    --------
    >>> line = np.tile([0, 0, 0, 9, 0, 0, 5, 5, 5, 5, 5, 5.0], (12, 1))
    >>> remove_shadows(line)[6].round(1).tolist()
    [0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    size = min(ink.shape) // 3 | 1
    margin = size // 2
    smooth = uniform_filter(ink, 1 + 2 * (min(ink.shape) // 100))
    # Beyond its edges the picture goes on with the slope it has there.
    wide = np.pad(smooth, margin, mode="reflect", reflect_type="odd")
    square = footprint_rectangle((size, size), decomposition="separable")
    background = opening(wide, square)
    return ink - background[margin:-margin, margin:-margin]
