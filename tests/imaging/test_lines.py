import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, rotate
from sklearn.datasets import load_digits

from skdigits._imaging.framing import framing_steps
from skdigits._imaging.lines import is_empty_box, is_grid

ALL_BORDERS = (True, True, True, True)


def draw_box(height, width, stroke=2, margin=0):
    box = np.zeros((height, width))
    box[margin : height - margin, margin : width - margin] = 1
    inner = margin + stroke
    box[inner : height - inner, inner : width - inner] = 0
    return box


def draw_lines(height, width, rows=(), columns=(), stroke=2):
    lines = np.zeros((height, width))
    for row in rows:
        lines[int(row * height) :][:stroke] = 1
    for column in columns:
        lines[:, int(column * width) :][:, :stroke] = 1
    return lines


def draw_zero(height, width, stroke=0.2, power=2):
    """A round zero; the higher the power, the more it is like a rectangle."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    radius = (np.abs(y) ** power + np.abs(x) ** power) ** (1 / power)
    return (radius < 1) & (radius > 1 - stroke)


def photograph(ink, angle=0.0, seed=0):
    rng = np.random.default_rng(seed)
    ink = gaussian_filter(rotate(ink, angle, reshape=False, order=1), 0.5)
    light = 200 + 30 * np.linspace(-1, 1, ink.shape[1])
    photo = light * (1 - 0.7 * ink) + rng.normal(0, 3, ink.shape)
    return photo.clip(0, 255).astype(np.uint8)


def count_digits(ink, **options):
    return framing_steps(photograph(ink, **options)).n_digits


@pytest.mark.parametrize("margin", [3, 10])
@pytest.mark.parametrize("shape", [(60, 50), (120, 90), (150, 300)])
@pytest.mark.parametrize("angle", [0, -1.5])
def test_empty_box_holds_no_digit(shape, margin, angle):
    assert count_digits(draw_box(*shape, margin=margin), angle=angle) == 0


@pytest.mark.parametrize("shape", [(60, 50), (120, 90)])
def test_tilted_empty_box_holds_no_digit(shape):
    assert count_digits(draw_box(*shape, margin=10), angle=3) == 0


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ([0.1, 0.85], [0.12, 0.9]),  # a cell of a grid
        ([0.2, 0.8], [0.4]),
        ([0.5], [0.4]),  # where two lines cross
        ([0.05, 0.9], [0.9]),  # a cell, cropped at its left
        ([0.3, 0.6, 0.9], []),  # ruled background
        ([0.8], []),
    ],
)
@pytest.mark.parametrize("angle", [0, 1])
def test_grid_lines_hold_no_digit(rows, columns, angle):
    lines = draw_lines(120, 100, rows, columns)
    if angle:  # the lines go on beyond the picture
        lines = rotate(np.pad(lines, 20, mode="edge"), angle, reshape=False, order=1)
        lines = lines[20:-20, 20:-20]

    assert count_digits(lines) == 0


@pytest.mark.parametrize("surroundings", ["box", "grid"])
@pytest.mark.parametrize("size", [4, 7])
def test_digit_within_lines_is_read_as_it_is_alone(surroundings, size):
    digits = np.kron(load_digits().images[:10] > 7, np.ones((size, size)))
    shape = 120, 100
    lines = {
        "box": draw_box(*shape, margin=4),
        "grid": draw_lines(*shape, [0.05, 0.9], [0.05, 0.9]),
    }[surroundings]
    for digit in digits:
        alone = np.pad(digit, [(30, 90 - 8 * size), (22, 78 - 8 * size)])
        steps = framing_steps(alone + lines, polarity="light")
        expected = framing_steps(alone, polarity="light")
        assert steps.n_digits == 1
        assert np.abs(steps.framed - expected.framed).mean() < 5


def test_dust_in_an_empty_box_is_no_digit():
    box = draw_box(120, 100, margin=5)
    box[50:55, 40:46] = 1

    assert count_digits(box) == 0


@pytest.mark.parametrize("shape", [(100, 70), (100, 100), (60, 30), (20, 20)])
@pytest.mark.parametrize("stroke", [0.06, 0.1, 0.3])
@pytest.mark.parametrize("power", [2, 4])
@pytest.mark.parametrize("margin", [0, 20])
def test_zero_stays_a_zero(shape, stroke, power, margin):
    zero = np.pad(draw_zero(*shape, stroke, power), margin)

    assert not is_empty_box(draw_zero(*shape, stroke, power))
    assert framing_steps(zero, polarity="light").n_digits > 0


@pytest.mark.parametrize("stroke", [1, 3, 8])
@pytest.mark.parametrize("place", [0.05, 0.5, 0.9])
def test_one_that_spans_the_picture_stays_a_one(stroke, place):
    one = draw_lines(100, 60, columns=[place], stroke=stroke)

    assert framing_steps(one, polarity="light").n_digits == 1


@pytest.mark.parametrize(
    ("rows", "columns"), [([0], [0.97]), ([0.97], [0.5]), ([0], [0.5]), ([], [0.3])]
)
def test_two_lines_that_meet_at_an_end_may_be_a_digit(rows, columns):
    assert not is_grid(draw_lines(100, 100, rows, columns) > 0, ALL_BORDERS)


def test_four_that_touches_all_borders_is_no_grid():
    four = draw_lines(100, 80, rows=[0.6], columns=[0.7], stroke=5)
    for row in range(60):
        four[row, max(0, 56 - row) :][:6] = 1

    assert not is_grid(four > 0, ALL_BORDERS)
    assert framing_steps(four, polarity="light").n_digits == 1


def test_component_inside_the_picture_is_no_grid():
    cross = draw_lines(60, 60, [0.5], [0.5]) > 0

    assert is_grid(cross, ALL_BORDERS)
    assert not is_grid(cross, (True, False, False, True))
