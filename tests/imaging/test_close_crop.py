import numpy as np
import pytest
from skimage.morphology import isotropic_dilation
from sklearn.datasets import load_digits

from skdigits._imaging.close_crop import is_around_digit
from skdigits._imaging.light import find_polarity
from skdigits.datasets import load_digits28


def crop(mask, margin=0):
    inside = mask[np.ix_(mask.any(axis=1), mask.any(axis=0))]
    return np.pad(inside, margin)


@pytest.fixture(scope="module")
def heavy_digits():
    """Digits with strokes about 5 pixels wide, cropped tightly."""
    digits = np.kron(load_digits28().data[:60].reshape(-1, 28, 28), np.ones((2, 2)))
    return [crop(isotropic_dilation(np.pad(digit, 8) > 127, 3)) for digit in digits]


def test_the_background_of_a_heavy_digit_is_split_and_the_digit_is_not(heavy_digits):
    found = [is_around_digit(~digit) for digit in heavy_digits]

    assert np.mean(found) > 0.5  # of a 1 or a 7 it may be a single piece
    assert not any(is_around_digit(digit) for digit in heavy_digits)


def test_a_margin_makes_the_background_one_piece(heavy_digits):
    padded = [np.pad(digit, 1) for digit in heavy_digits]

    assert not any(is_around_digit(~digit) for digit in padded)
    assert not any(is_around_digit(digit) for digit in padded)


def test_a_digit_between_dark_corners_is_no_hole():
    y, x = np.mgrid[-1:1:60j, -1:1:60j]
    corners = np.abs(y) + np.abs(x) > 1.4
    ring = (np.hypot(y / 1.3, x) < 0.45) & (np.hypot(y / 1.3, x) > 0.25)
    hole = np.hypot(y / 1.3, x) < 0.25

    assert is_around_digit(corners | hole)
    assert not is_around_digit(corners | ring)


def test_thin_strokes_at_the_border_are_not_the_background_of_a_digit():
    strokes = np.zeros((40, 40), dtype=bool)
    strokes[:4, 10:] = strokes[20:24, 30:] = strokes[-4:, :25] = True

    assert not is_around_digit(strokes)


@pytest.mark.parametrize("value", [True, False])
def test_an_empty_part_is_around_no_digit(value):
    assert not is_around_digit(np.full((5, 1), value))


@pytest.mark.parametrize("margin", [0, 1])
@pytest.mark.parametrize("is_dark", [True, False])
def test_heavy_digits_that_fill_their_picture_are_rarely_taken_for_background(
    heavy_digits, margin, is_dark
):
    pictures = [np.pad(digit, margin).astype(np.float32) for digit in heavy_digits]

    found = [find_polarity(1 - p if is_dark else p) for p in pictures]

    assert np.mean(np.equal(found, "dark" if is_dark else "light")) >= 0.95


def test_no_enlarged_8x8_digit_is_taken_for_its_background():
    digits = load_digits().images / 16
    enlarged = digits.repeat(2, axis=1).repeat(2, axis=2)
    assert [find_polarity(image) for image in enlarged].count("dark") <= 3
