"""Tightly cropped digits: tell their background from a foreground by its shape."""

import numpy as np
from scipy.ndimage import distance_transform_edt, label

# Pixels that touch at their corners are connected.
_NEIGHBORS = np.ones((3, 3), dtype=bool)
# The largest component is at least this share of a digit, and at most this share of
# the background around it.
_WHOLE, _SPLIT = 0.9, 0.8
# Strokes are thinner than twice this share of the shorter side.
_STROKE_DEPTH = 0.13
# Least depth of the hole of a digit, as a share of the root of its area. It is 0.56 in
# a circle and less than 0.3 in most digits.
_HOLE_DEPTH = 0.35


def is_around_digit(part):
    """Tell what lies around a tightly cropped digit from a digit.

    The background of a tightly cropped digit is split into corners, notches and holes,
    some of them wider than strokes. Holes are compact; anything else that does not
    touch the border may be a digit itself. The rest of the picture is one component
    that touches all four sides.

    Parameters
    ----------
    part : ndarray of shape (h, w), dtype bool

    Returns
    -------
    is_around_digit : bool

    Examples
    --------
    >>> y, x = np.mgrid[-1:1:20j, -1:1:20j]
    >>> zero = (np.hypot(y, x) < 1.03) & (np.hypot(y, x) > 0.4)
    >>> is_around_digit(~zero), is_around_digit(zero)
    (True, False)
    """
    if part.all() or not part.any():
        return False
    sizes, labels = _components(~part)
    if sizes.max() < _WHOLE * sizes.sum():
        return False
    if not all(side.any() for side in _sides(labels == sizes.argmax())):
        return False
    sizes, labels = _components(part)
    if sizes.max() > _SPLIT * sizes.sum():
        return False
    # Beyond the border the corners continue.
    depths = distance_transform_edt(np.pad(part, 1, mode="edge"))[1:-1, 1:-1]
    if depths.max() <= _STROKE_DEPTH * min(part.shape):
        return False
    outer = np.concatenate(_sides(labels))
    inner = np.setdiff1d(labels[part], outer)
    return all(
        depths[labels == i].max() >= _HOLE_DEPTH * np.sqrt(sizes[i]) for i in inner
    )


def _components(part):
    """Return the sizes of connected components, 0 at first, and their labels."""
    labels, _ = label(part, _NEIGHBORS)
    return np.bincount(labels[part]), labels


def _sides(pixels):
    return pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]
