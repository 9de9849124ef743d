"""Put pictures of digits side by side, as handwriting of one number."""

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

_SMALLEST, _LARGEST = 14, 48  # height of digits, in pixels
# Without those that look like digits: I, O, S, Z and others.
_LETTERS = "ACDEFHKLMNPRTUVWXYacdefhkmnprtuvwxy."
# Other marks in place of a number; words are the most frequent.
_OTHERS = [*["word", "scribble"] * 3, "nothing", "cross", "dashes", "bar", "blot"]


class Writing(NamedTuple):
    """Ink of a number.

    Attributes
    ----------
    ink : ndarray of shape (height, width), float32
        From 0 to 1, with margins.
    box : tuple of float
        Left, top, right and bottom edge of the digits; NaN if there are none.
    height : float
        Height of a digit, in pixels.
    pen : float
        Width of a stroke, in pixels.
    """

    ink: np.ndarray
    box: tuple
    height: float
    pen: float


def write_number(digits, rng):
    """Put digits side by side, as one writer would.

    Parameters
    ----------
    digits : list of ndarray of shape (h, w), uint8
        255 is foreground.
    rng : numpy.random.Generator

    Returns
    -------
    writing : Writing
    """
    height = float(np.exp(rng.uniform(np.log(_SMALLEST), np.log(_LARGEST))))
    pen = height * rng.uniform(0.07, 0.16)
    crops = [_crop(digit) for digit in _change_thickness(digits, rng)]
    patches = _shape(crops, height, rng)
    places, width = _place(patches, height, rng)
    margins = _draw_margins(height, rng)
    top = min((y for _, y in places), default=0)
    bottom = max(
        (y + patch.height for (_, y), patch in zip(places, patches, strict=True)),
        default=round(height),
    )
    left, above, right, below = margins
    size = (max(width, 1) + left + right, bottom - top + above + below)
    canvas = Image.new("L", size)
    for (x, y), patch in zip(places, patches, strict=True):
        _paste_lighter(canvas, patch, (x + left, y - top + above))
    box = (left, above, left + width, above + bottom - top)
    if digits:
        corners = [(x + left, y - top + above) for x, y in places]
        _join(canvas, corners, patches, height, pen, rng)
        _add_signs(canvas, corners, patches, box, height, pen, rng)
    else:
        _write_other(canvas, box, height, pen, rng)
        box = (np.nan,) * 4
    ink = np.asarray(canvas, dtype=np.float32) / 255
    return Writing(ink, tuple(map(float, box)), height, pen)


def _crop(digit):
    """Cut out the ink."""
    mask = digit > 40
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return Image.fromarray(digit)
    window = digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Image.fromarray(window)


def _change_thickness(digits, rng):
    """Make the strokes of all digits thicker or thinner."""
    draw = rng.random()
    if draw > 0.45:
        return digits
    change = ImageFilter.MaxFilter(3) if draw < 0.25 else ImageFilter.MinFilter(3)
    share = rng.uniform(0.2, 1) if draw < 0.25 else rng.uniform(0.1, 0.6)
    changed = []
    for digit in digits:
        image = Image.fromarray(np.pad(digit, 1))
        changed.append(np.asarray(Image.blend(image, image.filter(change), share)))
    return changed


def _shape(crops, height, rng):
    """Scale, slant and turn each digit; return its picture with its ink at the edge."""
    slant = float(np.clip(rng.normal(0.08, 0.22), -0.5, 0.75))
    stretch = float(np.exp(rng.normal(0, 0.18)))
    spread = rng.uniform(0.02, 0.13)
    small = rng.integers(len(crops)) if crops and rng.random() < 0.06 else None
    patches = []
    for number, crop in enumerate(crops):
        scale = height / max(crop.height, 0.55 * crop.width)
        scale *= float(np.exp(rng.normal(0, spread)))
        if number == small:
            scale *= rng.uniform(0.55, 0.8)
        angle = rng.normal(0, 0.06)
        own_slant = slant + rng.normal(0, 0.05)
        matrix = (
            np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            @ np.array([[1, -own_slant], [0, 1]])
            @ np.diag([scale * stretch, scale])
        )
        patches.append(_transform(crop, matrix))
    return patches


def _transform(image, matrix):
    """Apply a linear map to a picture, and crop the result."""
    half = np.array(image.size) / 2
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half @ matrix.T
    size = np.ceil(np.ptp(corners, axis=0)).astype(int) + 2
    inverse = np.linalg.inv(matrix)
    offset = half - inverse @ (size / 2)
    coefficients = (*inverse[0], offset[0], *inverse[1], offset[1])
    turned = image.transform(
        tuple(size.tolist()),
        Image.Transform.AFFINE,
        coefficients,
        Image.Resampling.BICUBIC,
    )
    mask = np.asarray(turned) > 30
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return turned
    return turned.crop((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))


def _place(patches, height, rng):
    """Return the upper left corner of each digit, and the width of the number."""
    draw = rng.random()
    if draw < 0.6:
        gap = rng.normal(0.1, 0.08)
    elif draw < 0.8:
        gap = rng.normal(-0.06, 0.06)
    else:
        gap = rng.uniform(0.2, 1.1)
    spread = rng.uniform(0.02, 0.1)
    slope, bend = rng.normal(0, 0.05), rng.normal(0, 0.02)
    jitter = rng.uniform(0.01, 0.08) * height
    thousands = len(patches) > 3 and rng.random() < 0.25  # a wider gap
    x, places = 0.0, []
    for number, patch in enumerate(patches):
        if number:
            x += height * max(gap + rng.normal(0, spread), -0.22)
            if thousands and (len(patches) - number) % 3 == 0:
                x += height * rng.uniform(0.15, 0.5)
            x = max(x, places[-1][0] + 0.25 * patches[number - 1].width)
        y = slope * x + bend * x * x / (8 * height) + rng.normal(0, jitter)
        places.append((round(x), round(y - patch.height)))
        x += patch.width
    width = max(
        (x + patch.width for (x, _), patch in zip(places, patches, strict=True)),
        default=round(height * rng.uniform(0.5, 4)),
    )
    return places, width


def _draw_margins(height, rng):
    """Return the widths of the left, upper, right and lower margin."""
    shares = rng.uniform((0.1, 0.05, 0.1, 0.05), (1.3, 0.9, 1.3, 0.9))
    return [max(round(share * height), 2) for share in shares]


def _paste_lighter(canvas, patch, corner):
    """Add ink where there is more of it than before."""
    x, y = corner
    window = (x, y, x + patch.width, y + patch.height)
    present = np.asarray(canvas.crop(window))
    canvas.paste(Image.fromarray(np.maximum(present, np.asarray(patch))), window)


def _join(canvas, corners, patches, height, pen, rng):
    """Join some digits by strokes, as in quick writing."""
    share = rng.choice([0.0, 0.15, 0.6], p=[0.8, 0.12, 0.08])
    draw = ImageDraw.Draw(canvas)
    for number in range(1, len(patches)):
        if rng.random() < share:
            (x, y), (end, end_y) = corners[number - 1], corners[number]
            start = x + patches[number - 1].width * rng.uniform(0.5, 0.9)
            stop = end + patches[number].width * rng.uniform(0.1, 0.5)
            if stop - start < 1.2 * height:
                rise = rng.uniform(0.0, 0.2, 2) * height
                line = (start, y + rise[0], stop, end_y + rise[1])
                draw.line(line, int(rng.integers(120, 230)), max(round(pen * 0.7), 1))


def _write_other(canvas, box, height, pen, rng):
    """Write or print something that is no digit, or nothing."""
    draw = ImageDraw.Draw(canvas)
    left, top, right, bottom = box
    middle = np.array([left + right, top + bottom]) / 2
    ink, width = int(rng.integers(120, 256)), max(round(pen), 1)
    kind = rng.choice(_OTHERS)
    if kind == "word":
        size = height * rng.uniform(0.7, 1.1)
        print_word(draw, (left, top - 0.2 * height), size, ink, rng)
    elif kind == "scribble":
        scribble(draw, (left, bottom), right - left, height, ink, width, rng)
    elif kind == "cross":
        _cross(draw, middle, height, ink, width, rng)
    elif kind == "dashes":
        for place in range(rng.integers(1, 4)):
            x = left + place * 0.7 * height
            tilt = rng.normal(0, 0.1) * height
            draw.line((x, middle[1], x + 0.4 * height, middle[1] + tilt), ink, width)
    elif kind == "bar":  # an edge of a form, longer than a digit
        x = rng.uniform(left, right)
        lean = rng.normal(0, 0.05) * canvas.height
        draw.line((x - lean, 0, x + lean, canvas.height), ink, width)
    elif kind == "blot":
        radius = rng.uniform(0.05, 0.45, 2) * height
        draw.ellipse((*(middle - radius), *(middle + radius)), ink)


def _cross(draw, middle, size, ink, width, rng):
    """Draw a plus or a cross."""
    tilt = rng.uniform(0, np.pi / 4)
    for angle in (tilt, tilt + np.pi / 2 + rng.normal(0, 0.2)):
        reach = size * rng.uniform(0.25, 0.6) * np.array([np.cos(angle), np.sin(angle)])
        draw.line((*(middle - reach), *(middle + reach)), ink, width)


def scribble(draw, corner, length, height, ink, width, rng):
    """Draw a line that looks like a word in joined writing.

    The pen goes up and down along the line, in arches, loops and a few long letters.
    """
    left, bottom = corner
    low = height * rng.uniform(0.3, 0.5)  # letters such as n and e
    pitch = low * rng.uniform(0.4, 0.9)  # between their strokes
    n_strokes = max(int(length / pitch), 3)
    tops = np.where(rng.random(n_strokes) < 0.2, height, low)
    tops = tops * rng.uniform(0.8, 1.1, n_strokes)
    t = np.arange(8 * n_strokes) / 8
    stroke = t.astype(int)
    loops = np.repeat(rng.uniform(-0.1, 0.6, n_strokes), 8)
    slant = rng.uniform(0, 0.6)
    phase = 2 * np.pi * (t - stroke)
    y = tops[stroke] * (1 - np.cos(phase)) / 2
    x = left + pitch * (t - loops * np.sin(phase)) + slant * y
    points = np.column_stack([x, bottom - y])
    draw.line([tuple(point) for point in points.tolist()], ink, width)


def print_word(draw, corner, size, ink, rng):
    """Print some letters."""
    font = ImageFont.load_default(max(size, 6))
    word = "".join(rng.choice(list(_LETTERS), size=rng.integers(2, 14)))
    heavy = int(rng.integers(0, max(round(size / 12), 1) + 1))
    draw.text(corner, word, ink, font, stroke_width=heavy)


def _add_signs(canvas, corners, patches, box, height, pen, rng):
    """Add commas, points, dashes and fillers to a number."""
    draw = ImageDraw.Draw(canvas)
    width = max(round(pen), 1)
    ink = int(rng.integers(140, 256))
    left, top, right, bottom = box
    if len(patches) > 1 and rng.random() < 0.35:
        after = [n for n in range(1, len(patches)) if (len(patches) - n) % 3 == 0]
        if not after or rng.random() < 0.2:
            after = [int(rng.integers(1, len(patches)))]
        for number in after:
            x = corners[number][0] - rng.uniform(0, 0.12) * height
            y = corners[number - 1][1] + patches[number - 1].height
            _mark(draw, x, y - rng.uniform(-0.05, 0.15) * height, height, pen, ink, rng)
    if rng.random() < 0.3:
        x = right + rng.uniform(0.08, 0.35) * height
        kind = rng.choice(["mark", "dash", "equals", "cents", "cross"])
        middle = (top + bottom) / 2 + rng.normal(0, 0.1) * height
        length = rng.uniform(0.25, 0.9) * height
        if kind in ("mark", "cents"):
            low = bottom - rng.uniform(-0.05, 0.15) * height
            _mark(draw, x, low, height, pen, ink, rng)
            x += 0.15 * height
        if kind in ("dash", "cents", "equals"):
            tilt = rng.normal(0, 0.08) * height
            draw.line((x, middle, x + length, middle + tilt), ink, width)
        if kind == "equals":
            middle += rng.uniform(0.15, 0.3) * height
            draw.line((x, middle, x + length, middle), ink, width)
        if kind == "cross":
            low = bottom + rng.uniform(-0.4, 0.3) * height
            _cross(draw, (x + 0.3 * height, low), 0.5 * height, ink, width, rng)
    if rng.random() < 0.08:  # a unit or a name
        size = height * rng.uniform(0.4, 0.9)
        if rng.random() < 0.5:
            side = right + 0.3 * height if rng.random() < 0.5 else left - 1.2 * height
            print_word(draw, (side, bottom - size), size, ink, rng)
        else:
            corner = (right + 0.4 * height, bottom)
            scribble(draw, corner, 2 * height, height, ink, width, rng)
    if rng.random() < 0.15:
        x = left - rng.uniform(0.15, 0.4) * height
        middle = (top + bottom) / 2 + rng.normal(0, 0.08) * height
        length = rng.uniform(0.25, 0.6) * height
        kind = rng.choice(["minus", "equals", "number", "dollar"])
        if kind in ("minus", "equals"):
            draw.line((x - length, middle, x, middle), ink, width)
        if kind == "equals":
            middle += rng.uniform(0.15, 0.3) * height
            draw.line((x - length, middle, x, middle), ink, width)
        if kind == "number":
            for share in (0.3, 0.7):
                across, down = x - length * share, middle + (share - 0.5) * height / 2
                half = height / 2
                draw.line(
                    (across - 2, middle + half, across + 2, middle - half), ink, width
                )
                draw.line((x - length, down, x, down - 1), ink, width)
        if kind == "dollar":
            half = 0.35 * height
            window = (x - length, middle - half, x, middle)
            draw.arc(window, 60, 330, ink, width)
            window = (x - length, middle, x, middle + half)
            draw.arc(window, 240, 150, ink, width)
            across = x - length / 2
            draw.line((across, middle - half - 3, across, middle + half + 3), ink, 1)


def _mark(draw, x, y, height, pen, ink, rng):
    """Draw a point or a comma, large ones as well."""
    radius = max(pen * rng.uniform(0.4, 0.9), 0.7)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), ink)
    if rng.random() < 0.5:
        length = rng.uniform(0.08, 0.5) * height
        end = (x - length * rng.uniform(0, 0.8), y + length)
        draw.line((x, y, *end), ink, max(round(pen * 0.8), 1))
