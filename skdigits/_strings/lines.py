"""Find the lines of digits in a picture."""

import math
from typing import NamedTuple

import numpy as np
from scipy.ndimage import (
    find_objects,
    label,
    maximum_filter1d,
    minimum_filter1d,
    uniform_filter,
)
from skimage.filters import apply_hysteresis_threshold

from skdigits._imaging.gray import block_mean
from skdigits._imaging.ink import background_level, ink_threshold
from skdigits._imaging.light import bright_ink, find_polarity
from skdigits._strings.strips import cut_strip

# Pixels along the longer side that are enough to find lines.
_SEARCH_SIDE = 900
# The edge of a page: how much lighter the page is, from black to white, and the least
# share of the picture that is page.
_LEAST_RISE, _LEAST_PAPER = 0.1, 0.25
# A straight line is longer than these shares of its side and of the longer side,
_RULE_LENGTH, _RULE_LENGTH_OF_LONGER = 0.4, 0.3
# and not thicker than this, in pixels, where it crosses a stroke.
_RULE_THICKNESS = 4
# Contrast below this share of the range from black to white is noise.
_LEAST_CONTRAST = 0.04
# Faint strokes have this share of the contrast of what separates ink from paper.
_FAINT = 0.6
# Smaller parts are specks, in pixels.
_LEAST_HEIGHT = 6
# Digits are at least so high, as a share of the highest of their line.
_LEAST_SHARE = 0.4
# Digits of a line are at most so far apart, as a share of the height of the higher.
_GAP, _STEP = 1.5, 0.9
# More lines than this are not read.
_MAX_LINES = 8


class TextLine(NamedTuple):
    """A line of digits, cut out of its picture.

    Attributes
    ----------
    strip : ndarray of shape (32, width), float32
        From 0 (paper) to 1 (ink), turned level; the digits are up to 28 pixels high.
    to_picture : ndarray of shape (2, 3), float64
        Maps (x, y, 1) of the strip to (x, y) of the picture, in pixels; the first pixel
        reaches from 0 to 1.
    box : tuple of float
        Left, top, right and bottom edge in the picture.
    prominence : float
        The largest for the line that catches the eye: ink times height.
    """

    strip: np.ndarray
    to_picture: np.ndarray
    box: tuple
    prominence: float


def find_text_lines(gray):
    """Find lines that may be numbers, from top to bottom.

    Parameters
    ----------
    gray : ndarray of shape (h, w), dtype float32
        From 0 (black) to 1 (white).

    Returns
    -------
    lines : list of TextLine
        Empty if nothing stands out.
    """
    gray = as_dark_ink(gray)
    window = page_window(gray)
    page = gray[window]
    factor = max(round(max(page.shape) / _SEARCH_SIDE), 1)
    coarse = block_mean(page, factor)
    groups = group_parts(find_parts(coarse))
    origin = np.array([window[1].start, window[0].start])
    lines = [_cut(gray, group, factor, origin) for group in groups]
    return sorted(lines, key=lambda line: line.box[1])


def as_dark_ink(gray):
    """Invert pictures of light ink on dark paper."""
    window = page_window(gray)
    if find_polarity(gray[window]) == "light":
        return 1 - gray
    return gray


def page_window(gray):
    """Return the window of a picture without the black edges of its page."""
    window = []
    for axis in (0, 1):
        profile = np.median(gray, axis=1 - axis)
        start, stop = _edge(profile), len(profile) - _edge(profile[::-1])
        if stop - start < _LEAST_PAPER * len(profile):
            start, stop = 0, len(profile)
        window.append(slice(start, stop))
    return tuple(window)


def _edge(profile):
    """Return where the page begins: after a sharp rise from dark to light."""
    n = len(profile)
    blur = max(3, n // 40)  # pixels that the rise takes
    rises = profile[blur:] - profile[:-blur]
    if not len(rises):
        return 0
    place = int(np.argmax(rises[: int(0.75 * n)]))
    paper = profile[place + blur]
    if (
        rises[place] < _LEAST_RISE
        or profile[:place].max(initial=0) > paper - _LEAST_RISE
    ):
        return 0
    return place + blur


class Part(NamedTuple):
    """A connected component: its bounding box and its number of pixels."""

    left: int
    top: int
    right: int
    bottom: int
    area: int
    touches: bool

    @property
    def height(self):
        return self.bottom - self.top

    @property
    def width(self):
        return self.right - self.left


def find_parts(gray):
    """Return the connected components of dark ink, without straight lines."""
    ink = bright_ink(gray, "dark")
    # What is left of shadows is wider than a digit.
    ink -= uniform_filter(ink, max(gray.shape) // 3 | 1, mode="nearest")
    ink = np.maximum(ink, 0)
    level = ink_threshold(ink)
    background, noise = background_level(ink, level)
    level = max(level, background + 4 * noise)
    low = max(background + 3 * noise, background + _FAINT * (level - background))
    strokes = apply_hysteresis_threshold(ink, min(low, level), level)
    if not strokes.any() or ink[strokes].mean() - background < _LEAST_CONTRAST:
        return []
    strokes = without_rules(strokes)
    labels, _ = label(strokes, np.ones((3, 3)))
    areas = np.bincount(labels.ravel())
    height, width = gray.shape
    parts = []
    for number, (rows, columns) in enumerate(find_objects(labels), start=1):
        touches = (
            rows.start == 0
            or columns.start == 0
            or rows.stop == height
            or columns.stop == width
        )
        box = (columns.start, rows.start, columns.stop, rows.stop)
        if touches and _is_edge(rows.stop - rows.start, columns.stop - columns.start):
            continue
        parts.append(Part(*box, int(areas[number]), touches))
    return parts


def _is_edge(height, width):
    """Tell a piece of an edge or a line from a digit that is cut off."""
    return max(height, width) > 3.5 * min(height, width)


def without_rules(strokes):
    """Remove long straight lines, and restore the strokes that cross them."""
    for axis in (0, 1):
        length = _RULE_LENGTH * strokes.shape[axis]
        length = int(max(length, _RULE_LENGTH_OF_LONGER * max(strokes.shape), 15))
        if length >= strokes.shape[axis]:
            continue
        # Lines may rise by a pixel within this length.
        thick = maximum_filter1d(strokes, 3, axis=1 - axis)
        eroded = minimum_filter1d(thick, length, axis=axis, mode="constant")
        rules = maximum_filter1d(eroded, length, axis=axis, mode="constant") & strokes
        kept = strokes & ~rules
        crossed = rules
        for side in (-1, 1):
            crossed = crossed & _reach(kept, side, 1 - axis)
        strokes = kept | crossed
    return strokes


def _reach(mask, side, axis):
    """Tell which pixels have a pixel of the mask near on one side."""
    reached = mask
    for _ in range(_RULE_THICKNESS):
        reached = reached | np.roll(reached, side, axis)
    return reached


def group_parts(parts):
    """Group parts that may be digits of one line; the most prominent come first."""
    tall = [part for part in parts if part.height >= _LEAST_HEIGHT]
    groups = [[part] for part in tall]
    owner = list(range(len(tall)))
    order = sorted(range(len(tall)), key=lambda i: tall[i].left)
    for place, i in enumerate(order):
        for j in order[place + 1 :]:
            if owner[i] != owner[j] and _are_neighbours(tall[i], tall[j]):
                old, new = owner[j], owner[i]
                groups[new] += groups[old]
                groups[old] = []
                owner = [new if o == old else o for o in owner]
    groups = [_trim(group) for group in groups if group]
    groups = [group for group in groups if group]
    groups.sort(key=_prominence, reverse=True)
    return groups[:_MAX_LINES]


def _are_neighbours(a, b):
    high, low = max(a.height, b.height), min(a.height, b.height)
    if low < _LEAST_SHARE * high:
        return False
    gap = max(a.left, b.left) - min(a.right, b.right)
    step = abs((a.top + a.bottom) - (b.top + b.bottom)) / 2
    distance = abs((a.left + a.right) - (b.left + b.right)) / 2
    return gap <= _GAP * high and step <= max(
        _STEP * high * min(distance / high, 1), 0.35 * high
    )


def _trim(group):
    """Drop parts that are much smaller than the rest."""
    highest = sorted(part.height for part in group)[-max(len(group) // 3, 1)]
    return [part for part in group if part.height >= _LEAST_SHARE * highest]


def _prominence(group):
    area = sum(part.area * (0.05 if part.touches else 1) for part in group)
    return area * max(part.height for part in group)


def _slope(group):
    """Fit a straight line through the middles of the parts."""
    height = np.median([part.height for part in group])
    x = np.array([(part.left + part.right) / 2 for part in group])
    y = np.array([(part.top + part.bottom) / 2 for part in group])
    if len(group) < 2 or np.ptp(x) < 1.5 * height:
        return 0.0
    slope = float(np.polyfit(x, y, 1)[0])
    return slope if abs(slope) > 0.06 or len(group) > 2 else 0.0


def _cut(gray, group, factor, origin):
    """Cut the strip of a group of parts."""
    slope = _slope(group)
    corners = np.array(
        [
            corner
            for part in group
            for corner in [
                (part.left, part.top),
                (part.right, part.top),
                (part.left, part.bottom),
                (part.right, part.bottom),
            ]
        ],
        dtype=float,
    )
    cos = 1 / math.hypot(1, slope)
    along, across = np.array([cos, cos * slope]), np.array([-cos * slope, cos])
    middles = np.array(
        [((p.left + p.right) / 2, (p.top + p.bottom) / 2) for p in group]
    )
    half = np.array([p.height / 2 for p in group])
    low = (middles @ across - half).min()
    high = (middles @ across + half).max()
    start, stop = (corners @ along).min(), (corners @ along).max()
    if slope:
        start, stop = (middles @ along).min(), (middles @ along).max()
        start -= max(p.width for p in group) / 2
        stop += max(p.width for p in group) / 2
    center = along * (start + stop) / 2 + across * (low + high) / 2
    center = center * factor + origin
    size = (stop - start) * factor, (high - low) * factor
    strip, to_picture = cut_strip(gray, tuple(center), size, slope)
    box = np.concatenate([corners.min(axis=0), corners.max(axis=0)]) * factor
    box += np.concatenate([origin, origin])
    return TextLine(strip, to_picture, tuple(box.tolist()), float(_prominence(group)))
