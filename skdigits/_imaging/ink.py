"""The digit of a picture: what is ink, and which ink is the digit.

The functions take two-dimensional float arrays without NaN, in which ink is bright,
and return new ones.
"""

import numpy as np
from scipy.ndimage import find_objects, label
from skimage.filters import threshold_otsu

from skdigits._imaging.light import bright_ink, quick_median
from skdigits._imaging.lines import is_empty_box, is_grid

# Pixels that touch at their corners belong together.
_NEIGHBORS = np.ones((3, 3), dtype=bool)
# Least difference of grey between ink and paper, on the scale from 0 to 1.
_MIN_CONTRAST = 0.05
# Parts as heavy and as high, as shares of the largest part, can be digits themselves.
_DIGIT_WEIGHT = 0.2
_DIGIT_HEIGHT = 0.45
# Of ink of fewer pixels in height nobody can tell how many digits it is.
LEAST_HEIGHT = 8
# Beside the lines of a form, smaller parts than this share of the picture are specks.
_SPECK = 1 / 16
# Empty space around a digit that parts of it may cross, as a share of its longer side.
_REACH = 0.4
# Slanted neighbours overlap sideways, but by no more than this share of that side.
_OVERLAP = 0.16


def find_ink(gray, polarity="auto", threshold="otsu", box_size=20):
    """Part the digit of a grey picture from paper, shade, specks and frame lines.

    Parameters
    ----------
    gray : ndarray of shape (h, w)

    polarity : {"auto", "dark", "light"}, default="auto"
        See `bright_ink`.

    threshold : "otsu" or float, default="otsu"
        See `ink_threshold`.

    box_size : int, default=20
        Longest side that the digit is going to have. Greys between ink and paper are
        soft edges where the digit is about that small; in larger pictures they are
        blur and noise.

    Returns
    -------
    ink : ndarray of shape (h, w), dtype float32
        Ink is bright, the median of the paper is 0.

    mask : ndarray of shape (h, w), dtype bool
        The digit with its soft edges, where `ink` is positive; nowhere if there is no
        ink.

    level : float
        The level of `ink` that parts strokes from paper; 0 where there is no ink.

    n_digits : int
        How many digits the picture seems to hold. `mask` is the largest.

    Examples
    --------
    >>> gray = np.full((5, 5), 0.75, dtype=np.float32)
    >>> gray[1:4, 2] = 0.25
    >>> ink, mask, level, n_digits = find_ink(gray)
    >>> ink.sum(axis=0).tolist(), mask.sum(axis=0).tolist(), level, n_digits
    ([0.0, 0.0, 1.5, 0.0, 0.0], [0, 0, 3, 0, 0], 0.25, 1)
    """
    ink = bright_ink(gray, polarity)
    level = ink_threshold(ink, threshold)
    paper, noise = paper_level(ink, level)
    if threshold == "otsu" and not _stands_out(ink, level, paper, noise):
        # Little ink in much paper: the level parted the noise of the paper in two.
        paper, noise = paper_level(ink, np.inf)
        tail = ink[ink > paper + max(5 * noise, _MIN_CONTRAST)]
        level = _level_of_tail(tail, paper) if tail.size else np.inf
    ink -= np.float32(paper)
    level -= paper
    strokes = ink > level
    if not strokes.any() or ink[strokes].mean() < _MIN_CONTRAST:
        return ink, np.zeros(ink.shape, dtype=bool), 0.0, 0
    scale = max(sides_of(ink_window(strokes))) / box_size
    low = min(max(3 * noise, level * (1 - 1 / max(scale, 1))), level)
    mask, n_digits = digit_mask(ink, ink > low, strokes)
    return ink, mask, level, n_digits


def _stands_out(ink, level, paper, noise):
    """Tell whether what is above a level is more than noise of the paper."""
    strokes = ink[ink > level]
    return strokes.size > 0 and strokes.mean() - paper > max(6 * noise, _MIN_CONTRAST)


def _level_of_tail(tail, paper):
    """Return a level for pixels that all stand out, some of them perhaps no ink."""
    least = float(tail.min())
    level = least + ink_threshold(tail - least)
    return min(level, (paper + float(tail[tail >= level].mean())) / 2)


def ink_threshold(ink, threshold="otsu"):
    """Return the level that parts ink from paper.

    Parameters
    ----------
    ink : ndarray of shape (h, w)
        Ink is bright, the least value is 0.

    threshold : "otsu" or float, default="otsu"
        "otsu" chooses the level that parts the greys best into two groups (Otsu's
        method, 256 steps). A number in (0, 1) is the share of the brightest ink.

    Returns
    -------
    level : float

    Examples
    --------
    >>> ink_threshold(np.array([[0.0, 0.0, 8.0]]), 0.25)
    2.0
    """
    peak = float(ink.max())
    if threshold != "otsu":
        return threshold * peak
    if peak == 0:
        return 0.0
    # Counting bytes is several times faster than the histogram of floats.
    steps = (ink * np.float32(255 / peak) + np.float32(0.5)).astype(np.uint8)
    counts = np.bincount(steps.ravel(), minlength=256)
    below = int(threshold_otsu(hist=counts))
    # Where no grey lies between the groups, take the middle of the gap.
    gap = 1 + int((counts[below + 1 :] > 0).argmax())
    return (below + gap / 2) * peak / 255


def paper_level(ink, level):
    """Return the level of the paper and the spread of its noise.

    Parameters
    ----------
    ink : ndarray of shape (h, w)

    level : float
        Everything up to this level is paper.

    Returns
    -------
    paper : float
        Median of the paper.

    noise : float
        Standard deviation of the paper, from the pixels below the median: so soft
        edges of the ink do not count as noise.

    Examples
    --------
    >>> paper_level(np.array([[0.0, 2.0, 2.0, 3.0, 9.0]]), 4)
    (2.0, 1.1...)
    """
    paper = ink[ink <= level]
    median = quick_median(paper)
    below = paper[paper <= median] - median
    return median, float(np.sqrt(np.dot(below, below) / len(below)))


def digit_mask(ink, mask, strokes):
    """Keep the parts of a mask that make up the digit.

    A part is a set of pixels that touch, diagonally too, and holds a stroke. The
    heaviest part is the digit. Parts that touch the border (table edges, neighbours in
    a form) come into question only where no other is at least a fifth as heavy, and
    parts that run along three quarters of a side only where no other is a hundredth
    as heavy. Boxes around other parts never do. Lighter parts are kept where they may
    belong to a broken stroke (the bar of a 5): in the rectangle around the digit, or
    not far from it and no specks. Parts as high as digits beside the heaviest, or far
    from it, are other digits; they are counted and not kept.

    Parameters
    ----------
    ink : ndarray of shape (h, w)
        How heavy each pixel is.

    mask : ndarray of shape (h, w), dtype bool

    strokes : ndarray of shape (h, w), dtype bool

    Returns
    -------
    digit : ndarray of shape (h, w), dtype bool

    n_digits : int
        How many digits there seem to be.

    Examples
    --------
    >>> mask = np.zeros((9, 9), dtype=bool)
    >>> mask[2:5, 2:7] = mask[6:8, 2:7] = True  # a digit in two parts
    >>> speck = mask.copy()
    >>> speck[0, 8] = True
    >>> digit, n_digits = digit_mask(speck * 1.0, speck, speck)
    >>> bool((digit == mask).all()), n_digits
    (True, 1)
    """
    # scikit-image's `label` calls this one, after a tenth of the time of a small frame.
    labels, _ = label(mask, _NEIGHBORS)
    # `regionprops` takes a hundred times as long where noise makes many parts.
    weights = np.bincount(labels.ravel(), (ink * strokes).ravel())
    weights[0] = 0
    windows = find_objects(labels)
    weights = _without_lines(weights, labels, windows, strokes)
    if not weights.any():
        return np.zeros_like(mask), 0
    if len(weights) == 2:
        return mask, 1
    weights = _without_frame(weights, labels)
    weights = _without_boxes(weights, labels, windows)
    heaviest = int(weights.argmax())
    largest = extent = windows[heaviest - 1]
    weights /= weights[heaviest]
    kept = np.zeros(len(weights), dtype=bool)
    n_digits = 0
    for part in np.argsort(-weights, kind="stable"):
        if weights[part] < 1 / 500:
            break
        window = windows[part - 1]
        if part == heaviest or (
            weights[part] >= _DIGIT_WEIGHT and _is_another_digit(window, largest)
        ):
            n_digits += 1
            kept[part] = part == heaviest
            continue
        reach = _REACH if weights[part] >= 1 / 25 else 0.02
        if _gap(extent, window) <= reach * max(sides_of(extent)):
            extent = _union(extent, window)
            kept[part] = True
    return kept[labels], n_digits


def _without_lines(weights, labels, windows, strokes):
    """Set the weight of empty boxes and grids to 0, and of specks if they are left."""
    left = weights.copy()
    while left.any():
        part = int(left.argmax())
        window = windows[part - 1]
        pixels = strokes[window] & (labels[window] == part)
        if not (is_empty_box(pixels) or is_grid(pixels, _touches(window, labels))):
            break
        left[part] = 0
    if left.any() and left.max() < weights.max():
        side = max(sides_of(windows[int(left.argmax()) - 1]))
        if side < max(LEAST_HEIGHT, _SPECK * max(labels.shape)):
            return np.zeros_like(weights)
    return left


def _touches(window, picture):
    """Tell whether a window reaches the top, bottom, left and right of a picture."""
    reached = []
    for s, side in zip(window, picture.shape, strict=True):
        margin = side // 50
        reached += [s.start <= margin, s.stop >= side - margin]
    return tuple(reached)


def _is_another_digit(window, largest):
    """Tell a digit beside or far from the largest from a part of a broken one."""
    height, side = sides_of(largest)[0], max(sides_of(largest))
    is_high = sides_of(window)[0] >= max(_DIGIT_HEIGHT * height, LEAST_HEIGHT)
    is_beside = _distance(window[1], largest[1]) >= -_OVERLAP * side
    return is_high and (is_beside or _gap(window, largest) > _REACH * side)


def _without_frame(weights, labels):
    """Set the weight of parts that frame the picture to 0, if others can be it."""
    sides = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    inside = weights.copy()
    inside[np.concatenate(sides)] = 0
    if inside.max() >= weights.max() / 5:
        return inside
    if inside.max() >= weights.max() / 100:
        weights = weights.copy()
        for side in sides:
            contact = np.bincount(side, minlength=len(weights))
            weights[contact >= 0.75 * len(side)] = 0
    return weights


def _without_boxes(weights, labels, windows):
    """Set the weight of boxes that are drawn around other parts to 0."""
    weights = weights.copy()
    for part in np.flatnonzero(weights >= weights.max() / 25):
        # Not even a dotted zero leaves three quarters of its height and width empty.
        window = labels[windows[part - 1]]
        top, left = (side // 8 for side in window.shape)
        middle = window[top : window.shape[0] - top, left : window.shape[1] - left]
        inside = weights[middle].max()
        if inside >= weights[part] / 100 and not (middle == part).any():
            weights[part] = 0
    return weights


def _gap(a, b):
    """Return how many empty pixels lie between two windows, the greater way."""
    return max(_distance(p, q) for p, q in zip(a, b, strict=True))


def _distance(p, q):
    """Return how many pixels lie between two slices; fewer than 0, if they overlap."""
    return max(p.start, q.start) - min(p.stop, q.stop)


def _union(a, b):
    """Return the least window that holds two windows."""
    return tuple(
        slice(min(p.start, q.start), max(p.stop, q.stop))
        for p, q in zip(a, b, strict=True)
    )


def ink_window(ink):
    """Return the least window, as a pair of slices, that holds all ink.

    Examples
    --------
    >>> ink_window(np.array([[0, 0, 0], [0, 1, 1]]))
    (slice(1, 2, None), slice(1, 3, None))
    >>> ink_window(np.zeros((2, 2))) is None
    True
    """
    windows = find_objects((ink != 0).astype(np.uint8))
    return windows[0] if windows else None


def sides_of(window):
    """Return height and width of a window.

    Examples
    --------
    >>> sides_of((slice(1, 2), slice(1, 3)))
    (1, 2)
    """
    return tuple(s.stop - s.start for s in window)
