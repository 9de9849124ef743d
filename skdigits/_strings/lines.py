"""Find the lines of digits in a picture."""

import math
from typing import NamedTuple

import numpy as np
from scipy.sparse.csgraph import connected_components

from skdigits._imaging.gray import to_gray
from skdigits._imaging.light import find_polarity
from skdigits._imaging.page import page_window
from skdigits._strings.parts import Parts, find_parts
from skdigits._strings.strips import cut_strip

# Pixels along the longer side that are enough to find lines.
_SEARCH_SIDE = 900
# Digits are at least so high, as a share of the highest of their line.
_LEAST_SHARE = 0.4
# Neighbours in a line, as shares of the height of the higher: the largest gap, and the
# largest step up or down of a line that slopes (no more than their distance) and of a
# level one.
_GAP, _STEP, _LEVEL_STEP = 1.5, 1.1, 0.35
# A line of two parts is turned only if it is steeper than this.
_SLOPE_OF_TWO = 0.06
# Lines shorter than this are not turned, as a share of the height of their digits.
_LEAST_LENGTH = 1.5
# Ink that reaches the border of the picture counts less.
_WEIGHT_AT_BORDER = 0.05
# A level line of such a share of the height of the page is all there is on it. Its
# strip goes from side to side, as its first and last digits may not have been found.
_ROW_SHARE, _LEVEL = 0.4, 0.2
# Pieces of a broken digit are so far apart, as a share of the height of the lower, and
# overlap by such a share of the width of the narrower.
_BREAK, _BREAK_OVERLAP = 0.1, 0.5
# The least prominent lines are left out.
_MAX_LINES = 8


class TextLine(NamedTuple):
    """A line of digits, cut out of its picture.

    Attributes
    ----------
    strip : ndarray of shape (32, width), float32
        From 0 (paper) to 1 (ink), turned level; the line is 24 pixels high.
    to_picture : ndarray of shape (2, 3), float64
        Maps (x, y, 1) of the strip to (x, y) of the picture, in pixels; the first pixel
        reaches from 0 to 1.
    box : tuple of float
        Left, top, right and bottom edge in the picture.
    prominence : float
        Area of the ink times its height, in pixels.
    """

    strip: np.ndarray
    to_picture: np.ndarray
    box: tuple
    prominence: float


def find_text_lines(picture):
    """Find lines that may be numbers, from top to bottom.

    Parameters
    ----------
    picture : ndarray of shape (h, w) or (h, w, channels)
        As `to_gray` takes it.

    Returns
    -------
    lines : list of TextLine
        At most eight, the most prominent ones; empty if nothing stands out.

    Examples
    --------
    >>> gray = np.ones((60, 90), dtype=np.float32)
    >>> gray[20:44, 30:34] = gray[20:44, 50:54] = 0
    >>> [line] = find_text_lines(gray)
    >>> line.box, line.strip.shape
    ((30.0, 20.0, 54.0, 44.0), (32, 40))
    """
    factor = max(round(max(picture.shape[:2]) / _SEARCH_SIDE), 1)
    coarse = to_gray(picture, factor)
    background = None
    if picture.ndim == 3 and picture.shape[2] in (2, 4):
        # What is behind transparent pixels is decided once, for the whole picture.
        on_white = to_gray(picture, factor, background=1)
        background = int(np.array_equal(coarse, on_white))
    window = page_window(coarse)
    page = coarse[window]
    polarity = find_polarity(page)
    parts = find_parts(1 - page if polarity == "light" else page)
    groups = sorted(_group(_join_pieces(parts)), key=_prominence, reverse=True)
    origin = np.array([window[1].start, window[0].start])
    lines = [
        _cut(picture, polarity, background, group, factor, origin, page.shape)
        for group in groups[:_MAX_LINES]
    ]
    return sorted(lines, key=lambda line: line.box[1])


def _join_pieces(parts):
    """Join parts one above the other that are pieces of a broken digit."""
    if not len(parts.area):
        return parts
    lower = np.minimum(parts.height[:, None], parts.height)
    narrower = np.minimum(parts.width[:, None], parts.width)
    is_near = abs(_gaps(parts.top, parts.bottom)) <= np.maximum(_BREAK * lower, 1)
    is_above = _gaps(parts.left, parts.right) < -_BREAK_OVERLAP * narrower
    digits = _divide(parts, is_near & is_above)
    return Parts(
        left=np.array([digit.left.min() for digit in digits]),
        top=np.array([digit.top.min() for digit in digits]),
        right=np.array([digit.right.max() for digit in digits]),
        bottom=np.array([digit.bottom.max() for digit in digits]),
        area=np.array([digit.area.sum() for digit in digits]),
        touches=np.array([digit.touches.any() for digit in digits]),
    )


def _group(parts):
    """Divide parts into lines, and leave out what is too low for a digit."""
    high, low = (
        choose(parts.height[:, None], parts.height)
        for choose in (np.maximum, np.minimum)
    )
    step = np.abs(parts.y[:, None] - parts.y)
    distance = np.abs(parts.x[:, None] - parts.x)
    largest_step = np.maximum(_STEP * np.minimum(distance, high), _LEVEL_STEP * high)
    joined = (
        (low >= _LEAST_SHARE * high)
        & (_gaps(parts.left, parts.right) <= _GAP * high)
        & (step <= largest_step)
    )
    return [_without_pieces(group) for group in _divide(parts, joined)]


def _gaps(starts, stops):
    """Return how far each two intervals are apart; negative where they overlap."""
    return np.maximum(starts[:, None], starts) - np.minimum(stops[:, None], stops)


def _divide(parts, joined):
    """Divide parts into groups, of which each part is joined to another."""
    n_groups, numbers = connected_components(joined, directed=False)
    return [parts.take(numbers == number) for number in range(n_groups)]


def _without_pieces(group):
    """Leave out parts that are low in comparison with the higher third of the line."""
    heights = np.sort(group.height)
    typical = heights[-max(len(heights) // 3, 1)]
    return group.take(group.height >= _LEAST_SHARE * typical)


def _prominence(group):
    area = group.area * np.where(group.touches, _WEIGHT_AT_BORDER, 1)
    return float(area.sum() * group.height.max())


def _slope(group):
    """Fit a straight line through the middles of the parts."""
    if np.ptp(group.x) < _LEAST_LENGTH * np.median(group.height):
        return 0.0
    slope = float(np.polyfit(group.x, group.y, 1)[0])
    if len(group.x) == 2 and abs(slope) < _SLOPE_OF_TWO:
        return 0.0
    return slope


def _cut(picture, polarity, background, group, factor, origin, shape):
    """Cut the strip of a group of parts of a page of this shape."""
    slope = _slope(group)
    cos = 1 / math.hypot(1, slope)
    sin = slope * cos
    along, across = group.x * cos + group.y * sin, group.y * cos - group.x * sin
    # A digit is upright in a line that rises, so its box is not turned with it.
    start = (along - group.width / 2).min()
    stop = (along + group.width / 2).max()
    low = (across - group.height / 2).min()
    high = (across + group.height / 2).max()
    if abs(slope) < _LEVEL and high - low > _ROW_SHARE * shape[0]:
        start, stop = min(start, 0), max(stop, shape[1])
    middle = np.array([start + stop, low + high]) / 2
    center = np.array([middle[0] * cos - middle[1] * sin, middle @ (sin, cos)])
    strip, to_picture = cut_strip(
        picture,
        tuple((center + origin) * factor),
        ((stop - start) * factor, (high - low) * factor),
        slope,
        polarity,
        background,
    )
    corners = [group.left.min(), group.top.min(), group.right.max(), group.bottom.max()]
    box = (np.array(corners) + np.tile(origin, 2)) * factor
    return TextLine(
        strip, to_picture, tuple(box.astype(float).tolist()), _prominence(group)
    )
