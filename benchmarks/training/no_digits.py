"""Pictures that show no digit: letters, scribbles, parts and pairs of digits."""

import numpy as np

from training.glyphs import draw_glyph, draw_letter
from training.pictures import draw_picture
from training.strokes import vary_strokes

# Digits that are none when mirrored (a mirrored 2 is a 5) or lying on their side.
_MIRRORED = (3, 4, 7, 9)
_LYING = (2, 3, 4, 5, 7)


def draw_no_digit(rng):
    """Draw a picture of something else than a digit.

    Parameters
    ----------
    rng : numpy.random.Generator

    Returns
    -------
    picture : ndarray of shape (side, side), uint8
        0 is background and 255 is foreground.
    """
    kinds = [draw_letter, draw_letter, _scribble, _pair, _half, _mirrored, _lying]
    kinds += [_box, _cross]
    kind = kinds[rng.integers(len(kinds))]
    strokes = kind(rng)
    if kind in (draw_letter, _scribble, _mirrored, _lying):
        strokes = vary_strokes(strokes, rng)
    return draw_picture(strokes, rng)


def make_noise_rows(n_rows, n_pixels, rng):
    """Make rows of pixels that show nothing: constant grey, noise, blurred noise."""
    rows = rng.integers(0, 256, (n_rows, 1)) * np.ones(n_pixels)
    strength = rng.uniform(0, 128, (n_rows, 1)) * (rng.random((n_rows, 1)) < 0.7)
    noise = rng.normal(0, 1, (n_rows, n_pixels))
    side = round(n_pixels**0.5)
    smooth = noise.reshape(-1, side, side)
    for axis in (1, 2):
        smooth = smooth + np.roll(smooth, 1, axis) + np.roll(smooth, 2, axis)
    smooth = smooth.reshape(n_rows, n_pixels) / 3
    noise = np.where(rng.random((n_rows, 1)) < 0.4, smooth, noise)
    return np.clip(rows + strength * noise, 0, 255).astype(np.uint8)


def _scribble(rng):
    turns = np.cumsum(rng.normal(0, rng.uniform(0.2, 0.8), rng.integers(30, 90)))
    return [np.cumsum(np.stack([np.cos(turns), np.sin(turns)], 1), axis=0)]


def _digit(rng):
    return vary_strokes(draw_glyph(int(rng.integers(10)), rng), rng)


def _pair(rng):
    """Draw two digits, apart or touching."""
    gap = rng.uniform(0.45, 1.2)
    return _digit(rng) + [stroke + np.array([gap, 0]) for stroke in _digit(rng)]


def _half(rng):
    """Draw half of a digit with a piece of another one beside it."""
    strokes = vary_strokes(draw_glyph(int(rng.choice([0, 2, 4, 6, 8, 9])), rng), rng)
    side = rng.choice([-1, 1])
    parts = [stroke[side * stroke[:, 0] > 0] for stroke in strokes]
    parts = [part for part in parts if len(part) > 1]
    far = [np.add(s, (side * 0.55, rng.normal(0, 0.1))) for s in _digit(rng)]
    parts += [piece for s in far if len(piece := s[side * s[:, 0] < 0.45]) > 1]
    return parts or _scribble(rng)


def _mirrored(rng):
    label = int(rng.choice(_MIRRORED))
    return [stroke * (-1, 1) for stroke in draw_glyph(label, rng)]


def _lying(rng):
    label = int(rng.choice(_LYING))
    turn = rng.choice([-1, 1])
    return [stroke[:, ::-1] * (turn, -turn) for stroke in draw_glyph(label, rng)]


def _box(rng):
    """Draw an empty box of a form, or three sides of it."""
    width = rng.uniform(0.6, 1.6)
    corners = np.array([(0, 0), (width, 0), (width, 1), (0, 1), (0, 0)])
    corners = corners + rng.normal(0, 0.02, corners.shape)
    return [corners[: rng.choice([4, 5], p=[0.2, 0.8])]]


def _cross(rng):
    """Draw a cross, a plus sign, a tick or two parallel lines."""
    ends = rng.normal(0, 0.05, (4, 2))
    kind = rng.integers(4)
    if kind == 0:
        ends += [(0, 0), (1, 1), (1, 0), (0, 1)]
    elif kind == 1:
        ends += [(0, 0.5), (1, 0.5), (0.5, 0), (0.5, 1)]
    elif kind == 2:
        return [np.array([(0, 0.6), (0.3, 1), (1, 0)]) + ends[:3]]
    else:
        gap = rng.uniform(0.2, 0.7)
        ends += [(0, 0), (1, 0), (0, gap), (1, gap)]
    return [ends[:2], ends[2:]]
