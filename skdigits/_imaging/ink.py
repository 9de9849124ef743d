"""Segmentation: the foreground ("ink") of a picture, and the digit in it.

The functions take two-dimensional float arrays with finite values and a bright
foreground, trust them, and return new ones.
"""

import numpy as np
from scipy.ndimage import find_objects, label
from skimage.filters import threshold_otsu

from skdigits._imaging.bands import without_bands
from skdigits._imaging.light import bright_ink, quick_median
from skdigits._imaging.lines import is_empty_box, is_grid

# Pixels that touch at their corners are connected.
_NEIGHBORS = np.ones((3, 3), dtype=bool)
# Least difference of foreground and background, on the scale from 0 to 1.
_MIN_CONTRAST = 0.05
# Parts at least as heavy and high, as shares of the largest part, may be digits.
_DIGIT_WEIGHT = 0.2
_DIGIT_HEIGHT = 0.45
# Components lower than this are too small to count digits in.
LEAST_HEIGHT = 8
# Beside the lines of a form, smaller parts than this share of the picture are specks.
_SPECK = 1 / 16
# Largest gap between the parts of a digit, as a share of its longer side.
_REACH = 0.4
# Slanted neighbours overlap sideways by at most this share of that side.
_OVERLAP = 0.16


def find_ink(gray, polarity="auto", threshold="otsu", box_size=20):
    """Segment the digit: remove background, shadows, specks and frame lines.

    Parameters
    ----------
    gray : ndarray of shape (h, w)

    polarity : {"auto", "dark", "light"}, default="auto"
        See `bright_ink`.

    threshold : "otsu" or float, default="otsu"
        See `ink_threshold`.

    box_size : int, default=20
        Longest side that the digit will have. Levels between foreground and background
        are soft edges if the digit is about that small; in larger pictures they are
        blur and noise.

    Returns
    -------
    ink : ndarray of shape (h, w), dtype float32
        Foreground is bright, the median of the background is 0.

    mask : ndarray of shape (h, w), dtype bool
        The digit with its soft edges, where `ink` is positive; nowhere if there is no
        digit.

    level : float
        The level of `ink` that separates strokes from background; 0 without a digit.

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
    ink = bright_ink(without_bands(gray), polarity)
    level = ink_threshold(ink, threshold)
    background, noise = background_level(ink, level)
    if threshold == "otsu" and not _stands_out(ink, level, background, noise):
        # Little foreground: the level has split the noise of the background in two.
        background, noise = background_level(ink, np.inf)
        tail = ink[ink > background + max(5 * noise, _MIN_CONTRAST)]
        level = _level_of_tail(tail, background) if tail.size else np.inf
    ink -= np.float32(background)
    level -= background
    strokes = ink > level
    if not strokes.any() or ink[strokes].mean() < _MIN_CONTRAST:
        return ink, np.zeros(ink.shape, dtype=bool), 0.0, 0
    scale = max(sides_of(ink_window(strokes))) / box_size
    low = min(max(3 * noise, level * (1 - 1 / max(scale, 1))), level)
    mask, n_digits = digit_mask(ink, ink > low, strokes)
    return ink, mask, level, n_digits


def _stands_out(ink, level, background, noise):
    """Tell whether what is above a level is more than background noise."""
    strokes = ink[ink > level]
    return strokes.size > 0 and strokes.mean() - background > max(
        6 * noise, _MIN_CONTRAST
    )


def _level_of_tail(tail, background):
    """Return a level for pixels that all stand out but may not all be foreground."""
    least = float(tail.min())
    level = least + ink_threshold(tail - least)
    return min(level, (background + float(tail[tail >= level].mean())) / 2)


def ink_threshold(ink, threshold="otsu"):
    """Return the level that separates foreground from background.

    Parameters
    ----------
    ink : ndarray of shape (h, w)
        Foreground is bright, the least value is 0.

    threshold : "otsu" or float, default="otsu"
        "otsu" chooses the level that splits the values best into two groups (Otsu's
        method, 256 steps). A number in (0, 1) is a share of the greatest value.

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
    # If no value lies between the groups, take the middle of the gap.
    gap = 1 + int((counts[below + 1 :] > 0).argmax())
    return (below + gap / 2) * peak / 255


def background_level(ink, level):
    """Return the level of the background and the spread of its noise.

    Parameters
    ----------
    ink : ndarray of shape (h, w)

    level : float
        Everything up to this level is background.

    Returns
    -------
    background : float
        Median of the background.

    noise : float
        Standard deviation of the background, from the pixels below the median, so that
        soft edges of strokes do not count as noise.

    Examples
    --------
    >>> background_level(np.array([[0.0, 2.0, 2.0, 3.0, 9.0]]), 4)
    (2.0, 1.1...)
    """
    background = ink[ink <= level]
    median = quick_median(background)
    below = background[background <= median] - median
    return median, float(np.sqrt(np.dot(below, below) / len(below)))


def digit_mask(ink, mask, strokes):
    """Keep the parts of a mask that make up the digit.

    A part is a connected component that holds a stroke. The heaviest part is the digit,
    with these exceptions. Parts that touch the border (table edges, neighbours in a
    form) are candidates only if no other is at least a fifth as heavy, and parts that
    run along three quarters of a side only if no other is a hundredth as heavy. Boxes,
    empty or around other parts, and the lines of a grid are never the digit. Lighter
    parts are kept if they may belong to a broken stroke (the bar of a 5): in the
    bounding box of the digit, or near it and larger than specks. Parts as high as
    digits, beside the heaviest or far from it, are other digits: they are counted and
    not kept.

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
        How many digits there seem to be, 0 if all parts are lines.

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
    # scikit-image's `label` calls this one and adds a tenth of the time of framing.
    labels, _ = label(mask, _NEIGHBORS)
    # `regionprops` takes a hundred times as long if noise makes many parts.
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
    """Set the weight of parts at the border to 0, if others can be the digit."""
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
        # A zero, even a dotted one, does not leave three quarters of both sides empty.
        window = labels[windows[part - 1]]
        top, left = (side // 8 for side in window.shape)
        middle = window[top : window.shape[0] - top, left : window.shape[1] - left]
        inside = weights[middle].max()
        if inside >= weights[part] / 100 and not (middle == part).any():
            weights[part] = 0
    return weights


def _gap(a, b):
    """Return the larger of the horizontal and vertical gaps of two windows."""
    return max(_distance(p, q) for p, q in zip(a, b, strict=True))


def _distance(p, q):
    """Return how many pixels lie between two slices, negative if they overlap."""
    return max(p.start, q.start) - min(p.stop, q.stop)


def _union(a, b):
    """Return the bounding box of two windows."""
    return tuple(
        slice(min(p.start, q.start), max(p.stop, q.stop))
        for p, q in zip(a, b, strict=True)
    )


def ink_window(ink):
    """Return the bounding box of all pixels that are not 0, as a pair of slices.

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
