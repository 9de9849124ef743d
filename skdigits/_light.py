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
    if polarity == "auto":
        polarity = find_polarity(gray if is_even else _without_background(gray))
    ink = 1 - gray if polarity == "dark" else gray
    if not is_even:
        ink = remove_shadows(ink)
    return ink - ink.min()


def is_evenly_lit(gray):
    """Tell whether the paper along the border of a picture has one level.

    Pictures of less than 20 pixels, whose border may be all ink, count as even.

    Examples
    --------
    >>> is_evenly_lit(np.ones((24, 24)))
    True
    >>> is_evenly_lit(np.linspace(0.25, 0.75, 24) * np.ones((24, 1)))
    False
    """
    if min(gray.shape) < _TINY_SIDE:
        return True
    border = np.concatenate((gray[0], gray[-1], gray[1:-1, 0], gray[1:-1, -1]))
    border.sort()
    quarter = len(border) // 4
    return bool(border[-quarter] - border[quarter] < 0.02)


def find_polarity(gray):
    """Tell dark ink on light paper from bright ink on a dark ground.

    Ink is the smaller part of a picture and further from the mean: the side to which
    the greys are skewed.

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
    deviation = gray - gray.mean()
    return "dark" if np.vdot(deviation, deviation * deviation) < 0 else "light"


def _without_background(gray):
    """Return a coarse picture without its light, whatever the polarity of the ink."""
    scale = max(max(gray.shape) / _COARSE_SIDE, 1)
    coarse = resize_local_mean(gray, [max(round(n / scale), 1) for n in gray.shape])
    # Of so wide a window most is paper, so its median is the paper.
    return coarse - median_filter(coarse, _COARSE_SIDE // 2)


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
