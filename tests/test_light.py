import numpy as np
import pytest

from skdigits._light import bright_ink, find_polarity, is_evenly_lit, remove_shadows


def draw_seven(height=120, width=90, stroke=9, top=20, left=15):
    """A "7" of ink 1 on paper 0."""
    ink = np.zeros((height, width), dtype=np.float32)
    ink[top : top + stroke, left : left + 50] = 1
    for row in range(top, top + 70):
        start = left + 45 - (row - top) // 3
        ink[row, start : start + stroke] = 1
    return ink


def test_find_polarity_takes_the_smaller_part_for_ink():
    ink = draw_seven()
    assert find_polarity(ink) == "light"
    assert find_polarity(1 - ink) == "dark"

    ink[:, [0, -1]] = ink[[0, -1]] = 1  # a frame along the border
    assert find_polarity(1 - ink) == "dark"


@pytest.mark.parametrize("polarity", ["dark", "light"])
def test_bright_ink_obeys_a_given_polarity(polarity):
    gray = np.array([[0.25, 1.0]])

    ink = bright_ink(gray, polarity)

    assert ink.tolist() == ([[0.75, 0]] if polarity == "dark" else [[0, 0.75]])


@pytest.mark.parametrize("is_dark", [True, False])
def test_bright_ink_sees_ink_of_either_polarity_in_slopes_and_shadows(is_dark):
    ink = draw_seven()
    y, x = np.indices(ink.shape) / 100
    light = (0.5 + 0.3 * x - 0.2 * y * y) * np.where(x > 0.7, 0.7, 1)
    gray = light * (1 - 0.8 * ink) if is_dark else 0.8 * light + 0.4 * ink

    bright = bright_ink(gray.astype(np.float32))

    assert np.median(bright[ink == 1]) > 2 * np.quantile(bright[ink == 0], 0.9)


def test_bright_ink_bears_a_picture_of_two_halves():
    halves = np.zeros((30, 30), dtype=np.float32)
    halves[:, :12] = 1

    assert np.isfinite(bright_ink(halves)).all()


def test_is_evenly_lit_takes_small_pictures_for_even():
    shade = np.linspace(0, 1, 19) * np.ones((19, 1))
    assert is_evenly_lit(shade)
    assert not is_evenly_lit(np.kron(shade, np.ones((2, 2))))


def test_remove_shadows_takes_hard_shadows_and_slopes_away():
    ink = draw_seven()
    shadow = np.linspace(0, 0.3, 120)[:, None] + 0.4 * (np.arange(90) < 45)

    clean = remove_shadows(ink + shadow)

    away_from_edges = np.ones(ink.shape, dtype=bool)
    away_from_edges[:, 40:50] = False
    paper = away_from_edges & (ink == 0)
    assert np.abs(clean[paper]).max() < 0.4 * clean[ink == 1].min()
