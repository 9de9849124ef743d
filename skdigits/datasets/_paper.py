"""Put ink on paper: rulings, prints, edges, light, and the camera or scanner."""

import io

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter, uniform_filter

from skdigits.datasets._writing import print_word


def put_on_paper(writing, rng):
    """Make a grey picture of ink on paper.

    Parameters
    ----------
    writing : Writing
    rng : numpy.random.Generator

    Returns
    -------
    image : ndarray of shape (height, width), uint8
        Dark on light.
    box : tuple of float
        Left, top, right and bottom edge of the digits.
    """
    shape = writing.ink.shape
    contrast = rng.uniform(0.2, 1.0)
    marks = _draw_marks(writing, rng)
    print_ = _print_pattern(shape, writing, rng) * rng.uniform(0.1, 0.6)
    uneven = _uneven_ink(shape, rng)
    ink = np.maximum(writing.ink * uneven, marks)
    cover = 1 - (1 - contrast * ink) * (1 - contrast * print_)
    levels = _light(shape, contrast, rng) * (1 - cover * rng.uniform(0.8, 1.0))
    levels = _add_edges(levels, writing, rng)
    levels = _capture(levels, writing, contrast, rng)
    return levels, writing.box


def _uneven_ink(shape, rng):
    """Return how dark the ink is at each pixel: pencils and dry pens skip."""
    if rng.random() < 0.7:
        return np.float32(1)
    coarse = rng.uniform(0.35, 1.25, (shape[0] // 6 + 2, shape[1] // 6 + 2))
    return np.minimum(_enlarge(coarse, shape), 1)


def _enlarge(coarse, shape):
    image = Image.fromarray(coarse.astype(np.float32))
    return np.asarray(image.resize(shape[::-1], Image.Resampling.BILINEAR))


def _draw_marks(writing, rng):
    """Draw lines, boxes, crosses, words and parts of other lines around the number."""
    height, width = writing.ink.shape
    canvas = Image.new("L", (width, height))
    draw = ImageDraw.Draw(canvas)
    left, top, right, bottom = writing.box
    if np.isnan(left):
        left, top, right, bottom = 0, height * 0.3, width, height * 0.7
    size = writing.height
    thin = max(round(size * rng.uniform(0.03, 0.09)), 1)
    ink = int(rng.integers(60, 256))
    if rng.random() < 0.3:  # a ruling, under or through the digits
        _rule(draw, bottom + size * rng.uniform(-0.2, 0.35), width, ink, thin, rng)
        if rng.random() < 0.3:
            _rule(draw, top - size * rng.uniform(0, 0.4), width, ink, thin, rng)
    if rng.random() < 0.08:  # squared paper
        step = size * rng.uniform(0.35, 1.3)
        shade = int(ink * rng.uniform(0.3, 0.8))
        for y in np.arange(rng.uniform(0, step), height, step):
            draw.line((0, y, width, y), shade, thin)
        for x in np.arange(rng.uniform(0, step), width, step):
            draw.line((x, 0, x, height), shade, thin)
    if rng.random() < 0.1:  # a box around the number
        distance = rng.uniform(0.05, 0.5, 4) * size
        window = np.array((left, top, right, bottom)) + distance * (-1, -1, 1, 1)
        draw.rectangle(tuple(window.tolist()), outline=ink, width=thin)
    if rng.random() < 0.1:  # edges of cells
        for x in (
            left - size * rng.uniform(0.1, 1),
            right + size * rng.uniform(0.1, 1),
        ):
            lean = rng.normal(0, 0.02) * height
            draw.line((x - lean, 0, x + lean, height), ink, thin)
    if rng.random() < 0.12:  # an underline by hand, with its cross or its repetition
        y = bottom + size * rng.uniform(0.02, 0.3)
        for _ in range(rng.integers(1, 3)):
            start, stop = (
                left + size * rng.normal(0, 0.2),
                right + size * rng.normal(0, 0.2),
            )
            ends = (start, y, stop, y + size * rng.normal(0, 0.08))
            draw.line(ends, ink, thin)
            y += size * rng.uniform(0.12, 0.3)
    if rng.random() < 0.08:
        _cross(
            draw, rng.uniform(left, right), bottom + size * 0.6, size, ink, thin, rng
        )
    if rng.random() < 0.1:
        _print_words(draw, (width, height), (top, bottom), size, ink, rng)
    if rng.random() < 0.12:
        _draw_parts_of_lines(draw, (width, height), (top, bottom), size, ink, rng)
    marks = np.asarray(canvas, dtype=np.float32) / 255
    return marks


def _rule(draw, y, width, ink, thin, rng):
    """Draw a nearly level line, sometimes dotted."""
    rise = rng.normal(0, 0.01) * width
    if rng.random() < 0.2:
        for x in range(0, width, 3 * thin + 1):
            draw.line((x, y, x + thin, y), ink, thin)
    else:
        draw.line((0, y - rise, width, y + rise), ink, thin)


def _cross(draw, x, y, size, ink, thin, rng):
    half = size * rng.uniform(0.12, 0.3)
    draw.line((x - half, y, x + half, y + rng.normal(0, 1)), ink, thin)
    draw.line((x, y - half, x + rng.normal(0, 1), y + half), ink, thin)


def _print_words(draw, shape, rows, size, ink, rng):
    """Print letters above or below the number."""
    above = rng.random() < 0.5
    y = rows[0] - size * rng.uniform(0.5, 0.8) if above else rows[1] + size * 0.15
    corner = (rng.uniform(-0.2, 0.6) * shape[0], y)
    print_word(draw, corner, size * rng.uniform(0.25, 0.5), ink, rng)


def _draw_parts_of_lines(draw, shape, rows, size, ink, rng):
    """Draw strokes of other lines that reach in from above and below."""
    width, height = shape
    pen = max(round(size * 0.1), 1)
    for edge, inwards in ((0, 1), (height, -1)):
        room = rows[0] if edge == 0 else height - rows[1]
        for _ in range(rng.integers(0, 5)):
            x = rng.uniform(0, width)
            reach = min(room * 0.8, size * rng.uniform(0.1, 0.5)) * inwards
            if rng.random() < 0.5:
                draw.line(
                    (x, edge, x + rng.normal(0, 0.2) * size, edge + reach), ink, pen
                )
            else:
                half = abs(reach)
                window = (x - half, edge - half, x + half, edge + half)
                draw.ellipse(window, outline=ink, width=pen)


def _print_pattern(shape, writing, rng):
    """Return printed waves, as on cheques and certificates, or nothing."""
    if rng.random() < 0.6:
        return np.zeros(shape, dtype=np.float32)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    pattern = np.zeros(shape, dtype=np.float32)
    for _ in range(rng.integers(1, 4)):
        spacing = max(writing.height * rng.uniform(0.08, 0.3), 2.2)
        slope = rng.normal(0, 0.3) if rng.random() < 0.7 else rng.normal(0, 2)
        amplitude = spacing * rng.uniform(0, 1.5)
        length = writing.height * rng.uniform(0.5, 3)
        wave = amplitude * np.sin(x * (2 * np.pi / length) + rng.uniform(0, 6.3))
        phase = (y + wave + slope * x) * (2 * np.pi / spacing) + rng.uniform(0, 6.3)
        lines = (0.5 + 0.5 * np.cos(phase)) ** rng.integers(1, 5)
        pattern = np.maximum(pattern, lines * rng.uniform(0.5, 1))
    return pattern


def _light(shape, contrast, rng):
    """Return the brightness of empty paper: a level, shadows and texture."""
    level = rng.uniform(0.45, 1.0)
    levels = np.full(shape, level, dtype=np.float32)
    if rng.random() < 0.4:
        levels *= _enlarge(1 + rng.normal(0, 0.1, (3, 3)), shape)
    if rng.random() < 0.12:  # the edge of a shadow
        y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
        angle = rng.uniform(0, 6.3)
        side = np.cos(angle) * x + np.sin(angle) * y > rng.uniform(-0.8, 0.8)
        levels = levels * np.where(side, 1, rng.uniform(0.6, 0.95)).astype(np.float32)
    if rng.random() < 0.35:  # grains of paper and toner
        grain = rng.normal(0, 1, shape).astype(np.float32)
        grain = uniform_filter(grain, int(rng.integers(1, 4)))
        levels = levels * (1 - np.abs(grain) * rng.uniform(0.02, 0.4) * contrast)
    return levels


def _add_edges(levels, writing, rng):
    """Blacken what lies beyond the edges of the page, away from the digits."""
    left, top, right, bottom = writing.box
    if rng.random() > 0.1 or np.isnan(left):
        return levels
    distance = writing.height * 0.2
    dark = rng.uniform(0, 0.3)
    side = rng.integers(4)
    height, width = levels.shape
    if side == 0 and left > distance + 2:
        levels[:, : int(rng.uniform(1, left - distance))] = dark
    elif side == 1 and width - right > distance + 2:
        levels[:, int(rng.uniform(right + distance, width - 1)) :] = dark
    elif side == 2 and top > distance + 2:
        levels[: int(rng.uniform(1, top - distance))] = dark
    elif side == 3 and height - bottom > distance + 2:
        levels[int(rng.uniform(bottom + distance, height - 1)) :] = dark
    return levels


def _capture(levels, writing, contrast, rng):
    """Blur, add noise, and compress."""
    if rng.random() < 0.6:
        levels = gaussian_filter(levels, rng.uniform(0.2, 0.045 * writing.height + 0.3))
    if rng.random() < 0.6:
        levels = levels + rng.normal(
            0, contrast * rng.uniform(0.003, 0.07), levels.shape
        )
    pixels = np.clip(levels * 255, 0, 255).astype(np.uint8)
    if rng.random() < 0.35:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "JPEG", quality=int(rng.integers(25, 95)))
        pixels = np.asarray(Image.open(file))
    return pixels
