import numpy as np
import pytest

from skdigits._imaging.light import (
    bright_ink,
    find_polarity,
    is_evenly_lit,
    remove_shadows,
    remove_slope,
)


def draw_seven(height=120, width=90, stroke=9, top=20, left=15):
    """A "7" of ink 1 on background 0."""
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


def crop_of_marker():
    """A bright "0" on black, cropped so closely that it is most of the picture."""
    y, x = np.mgrid[-1:1:60j, -1:1:40j]
    radius = np.hypot(y, x)
    return ((radius < 1) & (radius > 0.4)).astype(np.float32)


@pytest.mark.parametrize("is_dark", [True, False])
def test_find_polarity_takes_the_border_for_paper_in_a_close_crop(is_dark):
    ink = crop_of_marker()
    assert ink.mean() > 0.55

    polarity = find_polarity(1 - ink if is_dark else ink)

    assert polarity == ("dark" if is_dark else "light")


@pytest.mark.parametrize("is_dark", [True, False])
def test_find_polarity_sees_past_a_frame_along_the_border(is_dark):
    ink = np.pad(np.pad(crop_of_marker(), 15), 1, constant_values=1)

    polarity = find_polarity(1 - ink if is_dark else ink)

    assert polarity == ("dark" if is_dark else "light")


def test_is_evenly_lit_sees_past_ink_on_the_border():
    ink = crop_of_marker()
    assert is_evenly_lit(0.8 - 0.6 * ink)
    assert is_evenly_lit(0.1 + 0.6 * ink)


def test_is_evenly_lit_tells_a_shadow_from_ink_on_the_border():
    gray = 0.9 - 0.7 * draw_seven()
    gray[:, 40:] *= 0.6
    assert not is_evenly_lit(gray)


def test_is_evenly_lit_sees_past_noise():
    ink = np.pad(draw_seven(), 200)
    noise = np.random.default_rng(0).normal(0, 0.05, ink.shape)
    assert is_evenly_lit(0.8 - 0.5 * ink + noise)


@pytest.mark.parametrize("is_dark", [True, False])
def test_remove_slope_takes_light_from_a_close_crop(is_dark):
    ink = crop_of_marker()
    contrast = -0.5 if is_dark else 0.5
    y, x = np.mgrid[-1:1:60j, -1:1:40j]

    level = remove_slope(0.5 + 0.15 * x - 0.1 * y + contrast * ink)

    np.testing.assert_allclose(level, 0.5 + contrast * ink, atol=0.01)


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
    background = away_from_edges & (ink == 0)
    assert np.abs(clean[background]).max() < 0.4 * clean[ink == 1].min()
