"""Connected components of ink that may be digits, or pieces of them."""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import find_objects, label, uniform_filter
from skimage.filters import apply_hysteresis_threshold

from skdigits._imaging.ink import background_level, ink_threshold
from skdigits._imaging.light import bright_ink
from skdigits._imaging.rulings import without_rules

# Contrast below this share of the range from black to white is noise.
_LEAST_CONTRAST = 0.04
# Faint strokes have this share of the contrast of what separates ink from paper.
_FAINT = 0.6
# And rulings this share, which may fade in the shadow.
_VISIBLE = 0.25
# Smaller parts are specks, in pixels.
_LEAST_HEIGHT = 6
# More parts than this are texture; the largest are kept.
_MAX_PARTS = 300
# A part at the border of the picture that is longer than this times its width is a
# piece of an edge or of a line.
_EDGE_ASPECT = 3.5


class Parts(NamedTuple):
    """Bounding boxes of connected components.

    Attributes
    ----------
    left, top, right, bottom : ndarray of shape (n,), int
        In pixels; `right` and `bottom` are the first ones beyond.
    area : ndarray of shape (n,), int
        Number of pixels.
    touches : ndarray of shape (n,), bool
        Whether the component reaches the border of the picture.
    """

    left: np.ndarray
    top: np.ndarray
    right: np.ndarray
    bottom: np.ndarray
    area: np.ndarray
    touches: np.ndarray

    @property
    def height(self):
        return self.bottom - self.top

    @property
    def width(self):
        return self.right - self.left

    @property
    def x(self):
        """Middles along the rows."""
        return (self.left + self.right) / 2

    @property
    def y(self):
        """Middles along the columns."""
        return (self.top + self.bottom) / 2

    def take(self, chosen):
        """Return some of the parts, chosen by a mask or by numbers."""
        return Parts(*(values[chosen] for values in self))


def find_parts(gray):
    """Find dark parts on light paper, without specks and straight lines.

    Parameters
    ----------
    gray : ndarray of shape (h, w), dtype float32
        From 0 (black) to 1 (white).

    Returns
    -------
    parts : Parts
    """
    labels, n_parts = label(_find_strokes(gray), np.ones((3, 3)))
    if not n_parts:
        return Parts(*np.zeros((5, 0), dtype=int), np.zeros(0, dtype=bool))
    rows, columns = zip(*find_objects(labels), strict=True)
    top, bottom = np.array([(side.start, side.stop) for side in rows]).T
    left, right = np.array([(side.start, side.stop) for side in columns]).T
    touches = (top == 0) | (left == 0)
    touches |= (bottom == gray.shape[0]) | (right == gray.shape[1])
    area = np.bincount(labels.ravel())[1:]
    parts = Parts(left, top, right, bottom, area, touches)
    longer = np.maximum(parts.height, parts.width)
    shorter = np.minimum(parts.height, parts.width)
    is_edge = touches & (longer > _EDGE_ASPECT * shorter)
    parts = parts.take((parts.height >= _LEAST_HEIGHT) & ~is_edge)
    return parts.take(np.argsort(-parts.area, kind="stable")[:_MAX_PARTS])


def _find_strokes(gray):
    """Separate ink from paper, and leave out straight lines."""
    ink = bright_ink(gray, "dark")
    # What is left of shadows is wider than a digit.
    ink -= uniform_filter(ink, max(gray.shape) // 3 | 1, mode="nearest")
    ink = np.maximum(ink, 0)
    level = ink_threshold(ink)
    background, noise = background_level(ink, level)
    level = max(level, background + 4 * noise)
    low = background + max(3 * noise, _FAINT * (level - background))
    strokes = apply_hysteresis_threshold(ink, min(low, level), level)
    if not strokes.any() or ink[strokes].mean() - background < _LEAST_CONTRAST:
        return np.zeros(gray.shape, dtype=bool)
    # A ruling may be as dark as ink in bright light, and fainter in the shadow: it is
    # found as a whole in all that is visible.
    visible = background + max(3 * noise, _VISIBLE * (level - background))
    return strokes & without_rules(ink > visible)
