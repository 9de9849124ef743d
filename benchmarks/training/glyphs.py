"""Forms of digits and letters as pen strokes, drawn from parametric templates.

A stroke is a sequence of control points (x, y) in a box of about 1 x 1, y downwards.
"Curves" pass through their points smoothly, "lines" have corners at them. The templates
cover forms that are rare in MNIST: hooked and plain 1, crossed and plain 7, open and
closed 4, slashed 0, flat-topped 3, 5 with a separate bar, 9 with a straight or curved
tail.
"""

import numpy as np

_JITTER = 0.035  # standard deviation of control points, as a share of the height


def draw_glyph(label, rng):
    """Draw the strokes of a digit in a random form.

    Parameters
    ----------
    label : int
        The digit, from 0 to 9.
    rng : numpy.random.Generator

    Returns
    -------
    strokes : list of ndarray of shape (n_points, 2)
    """
    return _DIGITS[label](rng)


def draw_letter(rng):
    """Draw the strokes of a printed capital that does not look like a digit."""
    strokes = _LETTERS[rng.choice(list(_LETTERS))]
    width = rng.uniform(0.5, 0.9)
    return [_line([(x * width, y) for x, y in stroke], rng) for stroke in strokes]


def _line(points, rng, jitter=_JITTER):
    """Connect points by straight segments."""
    points = np.array(points, dtype=float)
    points += rng.normal(0, jitter, points.shape)
    return _interpolate(points, order=1)


def _curve(points, rng, jitter=_JITTER):
    """Connect points by a Catmull-Rom spline."""
    points = np.array(points, dtype=float)
    points += rng.normal(0, jitter, points.shape)
    return _interpolate(points, order=3)


def _interpolate(points, order, n_per_segment=8):
    t = np.arange(n_per_segment)[:, None] / n_per_segment
    padded = np.concatenate([[2 * points[0] - points[1]], points])
    padded = np.concatenate([padded, [2 * points[-1] - points[-2]]])
    pieces = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        if order == 1:
            pieces.append(p1 + (p2 - p1) * t)
        else:
            cubic = 3 * p1 - p0 - 3 * p2 + p3
            square = 2 * p0 - 5 * p1 + 4 * p2 - p3
            pieces.append(p1 + 0.5 * ((p2 - p0) * t + square * t**2 + cubic * t**3))
    return np.concatenate([*pieces, points[-1:]])


def _arc(center, radii, start, sweep, rng, n_points=9):
    """Return control points on an ellipse, from `start` over `sweep` degrees."""
    angles = np.radians(start + sweep * np.linspace(0, 1, n_points))
    radii = np.array(radii) * rng.uniform(0.92, 1.08, 2)
    return np.array(center) + radii * np.stack([np.cos(angles), np.sin(angles)], 1)


def _zero(rng):
    width = rng.uniform(0.22, 0.5)
    start = rng.uniform(-140, -30)
    sweep = rng.uniform(335, 410) * rng.choice([-1, 1], p=[0.85, 0.15])
    oval = _arc((0.5, 0.5), (width, 0.5), start, sweep, rng, 12)
    strokes = [_curve(oval, rng, 0.015)]
    if rng.random() < 0.35:
        reach = rng.uniform(0.55, 1.25)
        x, y = width * reach, 0.42 * reach
        if rng.random() < 0.15:
            x = -x
        slash = [(0.5 - x, 0.5 + y), (0.5 + x, 0.5 - y)]
        strokes.append(_line(slash, rng, 0.03))
    return strokes


def _one(rng):
    """Draw a stem, often with an upstroke of any length, sometimes with a foot."""
    if rng.random() < 0.05:  # upstroke and stem form a narrow loop
        rise = [
            (rng.uniform(-0.1, 0.2), rng.uniform(0.7, 1.0)),
            (0.45, 0.6),
            (0.62, 0.1),
        ]
        fall = [(0.5, 0.0), (0.42, 0.25), (0.45, 0.8), (rng.uniform(0.5, 0.8), 1.0)]
        return [_curve([*rise, *fall], rng, 0.02)]
    lean = rng.normal(0, 0.06)
    top, bottom = (0.5 + lean, 0.0), (0.5 - lean, 1.0)
    hooked = rng.random() < 0.75
    strokes = []
    if hooked:
        drop = rng.uniform(0.12, 0.95) * rng.uniform(0.5, 1)  # how far down it begins
        reach = drop * np.tan(np.radians(rng.uniform(18, 55)))
        hook = (top[0] - reach, drop)
        if rng.random() < 0.3:
            middle = (top[0] - 0.45 * reach, drop * rng.uniform(0.45, 0.75))
            strokes.append(
                np.concatenate(
                    [
                        _curve([hook, middle, top], rng, 0.01),
                        _line([top, bottom], rng, 0.01),
                    ]
                )
            )
        else:
            strokes.append(_line([hook, top, bottom], rng, 0.015))
    elif rng.random() < 0.3:
        middle = (0.5 + rng.normal(0, 0.05), 0.5)
        strokes.append(_curve([top, middle, bottom], rng, 0.01))
    else:
        strokes.append(_line([top, bottom], rng, 0.015))
    if rng.random() < (0.35 if hooked else 0.15):
        left, right = rng.uniform(0.12, 0.4, 2)
        foot = [(bottom[0] - left, 1.0), (bottom[0] + right, 1.0)]
        strokes.append(_line(foot, rng, 0.02))
    return strokes


def _two(rng):
    right = rng.uniform(0.75, 1.0)
    start = (rng.uniform(0, 0.2), rng.uniform(0.12, 0.35))
    head = [start, (0.45, 0.0), (right, rng.uniform(0.2, 0.35)), (0.5, 0.68)]
    if rng.random() < 0.35:  # a loop at the lower left
        loop = [(0.15, 0.95), (0.02, 0.88), (0.12, 0.78), (0.35, 0.9)]
        return [_curve([*head, *loop, (0.7, 1.0), (1.0, rng.uniform(0.85, 1))], rng)]
    corner = (0.02, 1.0)
    bow = _curve([*head, corner], rng)
    base = _line([bow[-1], (rng.uniform(0.75, 1.05), rng.uniform(0.93, 1.03))], rng, 0)
    return [np.concatenate([bow, base])]


def _three(rng):
    waist = (rng.uniform(0.3, 0.55), rng.uniform(0.4, 0.5))
    belly = [(0.95, 0.7), (0.5, 1.0), (rng.uniform(0, 0.15), rng.uniform(0.78, 0.92))]
    if rng.random() < 0.4:  # flat top
        top = [(0.05, 0.0), (rng.uniform(0.75, 0.95), 0.0), waist]
        top = _line(top, rng)
        return [np.concatenate([top, _curve([top[-1], *belly], rng, 0.02)])]
    head = [(0.05, 0.13), (0.5, 0.0), (rng.uniform(0.75, 0.9), 0.22), waist]
    head = _curve(head, rng)
    return [np.concatenate([head, _curve([head[-1], *belly], rng, 0.02)])]


def _four(rng):
    bar = rng.uniform(0.5, 0.75)
    stem = rng.uniform(0.55, 0.85)
    end = (rng.uniform(0.85, 1.1), bar + rng.normal(0, 0.04))
    kind = rng.choice(["open", "closed", "single"], p=[0.5, 0.35, 0.15])
    if kind == "closed":
        arm = _line([(stem, 0.0), (0.0, bar), end], rng)
        return [arm, _line([(stem, rng.uniform(-0.03, 0.05)), (stem, 1.0)], rng, 0.02)]
    start = (rng.uniform(0.05, 0.4), 0.0)
    corner = (rng.uniform(-0.05, 0.12), bar)
    top = (stem + rng.uniform(-0.02, 0.12), rng.uniform(0.0, 0.4))
    bottom = (stem + rng.uniform(-0.1, 0.05), 1.0)
    if kind == "single":  # without lifting the pen
        return [_line([start, corner, (stem, bar), top, bottom], rng)]
    return [_line([start, corner, end], rng), _line([top, bottom], rng, 0.02)]


def _five(rng):
    neck = (rng.uniform(0.1, 0.25), rng.uniform(0.35, 0.48))
    belly = [neck, (0.6, 0.35), (1.0, 0.65), (0.55, 1.0), (0.0, rng.uniform(0.8, 0.97))]
    belly = _curve(belly, rng)
    down = _line([(neck[0] + rng.uniform(-0.02, 0.12), 0.0), belly[0]], rng, 0.01)
    body = np.concatenate([down, belly])
    bar_end = (rng.uniform(0.65, 1.1), rng.normal(0, 0.05))
    if rng.random() < 0.5:
        gap = rng.uniform(-0.03, 0.1, 2) * [1, -0.6]
        return [body, _line([down[0] + gap, bar_end], rng, 0.015)]
    return [np.concatenate([_line([bar_end, down[0]], rng, 0), body])]


def _six(rng):
    top = (rng.uniform(0.5, 0.95), rng.uniform(0.0, 0.08))
    loop = _arc((0.5, 0.72), (0.42, 0.28), 185, -rng.uniform(300, 390), rng)
    back = [top, (rng.uniform(0.2, 0.4), 0.3), (0.08, rng.uniform(0.55, 0.7))]
    return [_curve([*back, *loop[1:]], rng, 0.02)]


def _seven(rng):
    right = (rng.uniform(0.75, 1.0), rng.normal(0, 0.03))
    foot = (rng.uniform(0.1, 0.55), 1.0)
    top = [(0.0, rng.uniform(-0.03, 0.08)), right]
    if rng.random() < 0.3:  # a serif at the left end
        top.insert(0, (rng.uniform(-0.03, 0.05), rng.uniform(0.12, 0.3)))
    top = _line(top, rng, 0.02)
    if rng.random() < 0.5:
        middle = (rng.uniform(0.35, 0.6), rng.uniform(0.4, 0.55))
        stem = _curve([top[-1], middle, foot], rng, 0.015)
    else:
        stem = _line([top[-1], foot], rng, 0.015)
    strokes = [np.concatenate([top, stem])]
    if rng.random() < 0.6:
        left, end = rng.uniform(0.1, 0.35), rng.uniform(0.65, 1.0)
        height = rng.uniform(0.4, 0.6)
        tilt = rng.normal(0, 0.05)
        strokes.append(_line([(left, height + tilt), (end, height - tilt)], rng, 0.02))
    return strokes


def _eight(rng):
    kind = rng.choice(["single", "circles"], p=[0.7, 0.3])
    upper, lower = rng.uniform(0.25, 0.4), rng.uniform(0.32, 0.5)
    waist = rng.uniform(0.42, 0.52)
    if kind == "circles":
        sweep = rng.uniform(350, 390, 2)
        top = _arc((0.5, waist / 2), (upper, waist / 2), 90, -sweep[0], rng)
        below = (1 - waist) / 2
        bottom = _arc((0.5, waist + below), (lower, below), -90, sweep[1], rng)
        return [_curve(top, rng, 0.015), _curve(bottom, rng, 0.015)]
    closing = (0.5 + rng.uniform(0, 0.4), rng.uniform(0.0, 0.12))
    path = [
        (0.5 + upper, rng.uniform(0.08, 0.2)),
        (0.5, 0.0),
        (0.5 - upper, waist / 2),
        (0.5, waist),
        (0.5 + lower, (1 + waist) / 2),
        (0.5, 1.0),
        (0.5 - lower, (1 + waist) / 2),
        (0.5, waist),
        (0.5 + 0.8 * upper, waist / 2),
        closing,
    ]
    return [_curve(path, rng, 0.025)]


def _nine(rng):
    kind = rng.choice(["straight", "curved", "hooked"], p=[0.4, 0.25, 0.35])
    radii = (rng.uniform(0.28, 0.44), rng.uniform(0.18, 0.28))
    center = (0.5, radii[1])
    loop = _arc(center, radii, rng.uniform(-40, 0), -rng.uniform(300, 375), rng)
    right = 0.5 + radii[0]
    if kind == "straight":
        tail = [(right, radii[1]), (rng.uniform(0.5, 0.95), 1.0)]
        return [_curve(loop, rng, 0.02), _line(tail, rng, 0.02)]
    if kind == "curved":
        tail = [(right, 0.4), (0.75, 0.75), (rng.uniform(0.2, 0.5), 1.0)]
    else:  # as in a printed g
        end = (rng.uniform(-0.25, 0.1), rng.uniform(0.8, 1.0))
        tail = [(right, 0.5), (0.85, 0.85), (0.45, 1.0), end]
    return [_curve([*loop, *tail], rng, 0.02)]


_DIGITS = (*(_zero, _one, _two, _three, _four, _five, _six, _seven, _eight, _nine),)

_LETTERS = {
    "A": [[(0, 1), (0.5, 0), (1, 1)], [(0.2, 0.6), (0.8, 0.6)]],
    "E": [[(1, 0), (0, 0), (0, 1), (1, 1)], [(0, 0.5), (0.8, 0.5)]],
    "F": [[(1, 0), (0, 0), (0, 1)], [(0, 0.5), (0.8, 0.5)]],
    "H": [[(0, 0), (0, 1)], [(1, 0), (1, 1)], [(0, 0.5), (1, 0.5)]],
    "K": [[(0, 0), (0, 1)], [(1, 0), (0, 0.55)], [(0.3, 0.4), (1, 1)]],
    "M": [[(0, 1), (0, 0), (0.5, 0.6), (1, 0), (1, 1)]],
    "N": [[(0, 1), (0, 0), (1, 1), (1, 0)]],
    "P": [[(0, 1), (0, 0), (0.8, 0), (1, 0.25), (0.8, 0.5), (0, 0.5)]],
    "R": [[(0, 1), (0, 0), (0.8, 0), (1, 0.25), (0.8, 0.5), (0, 0.5), (1, 1)]],
    "T": [[(0, 0), (1, 0)], [(0.5, 0), (0.5, 1)]],
    "V": [[(0, 0), (0.5, 1), (1, 0)]],
    "W": [[(0, 0), (0.25, 1), (0.5, 0.3), (0.75, 1), (1, 0)]],
    "X": [[(0, 0), (1, 1)], [(1, 0), (0, 1)]],
}
