"""Find the lines of digits in a picture."""

import math
from typing import NamedTuple

import numpy as np
from scipy.ndimage import find_objects, label, maximum_filter1d, minimum_filter1d

from skdigits._imaging.gray import block_mean
from skdigits._imaging.ink import background_level, ink_threshold
from skdigits._imaging.light import bright_ink, find_polarity
from skdigits._strings.strips import cut_strip

# Pixels along the longer side that are enough to find lines.
_SEARCH_SIDE = 900
# A black edge of the page: share of dark pixels in a column or row, and the share of
# the picture that must be left.
_DARK_SHARE, _LEAST_PAPER = 0.7, 0.25
# A straight line is longer than these shares of the picture.
_RULE_LENGTH = 0.4
# and not thicker than this, in pixels, where it crosses a stroke.
_RULE_THICKNESS = 4
# Contrast below this share of the range from black to white is noise.
_LEAST_CONTRAST = 0.04
# Smaller parts are specks, in pixels.
_LEAST_HEIGHT = 6
# Digits are at least so high, as a share of the highest of their line.
_LEAST_SHARE = 0.4
# Digits of a line are at most so far apart, as a share of the height of the higher.
_GAP, _STEP = 1.5, 0.9
# A part as high as this share of the picture, and as wide, may be a touching row.
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
    dark = gray < (np.percentile(gray, 2) + np.percentile(gray, 98)) / 2
    window = []
    for axis in (0, 1):
        share = dark.mean(axis=1 - axis)
        paper = np.flatnonzero(share < _DARK_SHARE)
        if not len(paper) or len(paper) < _LEAST_PAPER * len(share):
            return (slice(0, gray.shape[0]), slice(0, gray.shape[1]))
        start, stop = int(paper[0]), int(paper[-1]) + 1
        margin = max(2, len(share) // 100)  # the edge of the page is blurred
        start += margin if start else 0
        stop -= margin if stop < len(share) else 0
        window.append(slice(start, max(stop, start + 1)))
    return tuple(window)


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
    level = ink_threshold(ink)
    background, noise = background_level(ink, level)
    strokes = ink > max(level, background + 4 * noise)
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
        parts.append(Part(*box, int(areas[number]), touches))
    return parts


def without_rules(strokes):
    """Remove long straight lines, and restore the strokes that cross them."""
    for axis in (0, 1):
        length = max(int(_RULE_LENGTH * strokes.shape[axis]), 15)
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
    parts = [part for part in parts if part.height >= _LEAST_HEIGHT or part.width >= 12]
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
