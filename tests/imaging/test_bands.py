import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits

from skdigits import DigitPreprocessor
from skdigits._imaging.bands import without_bands
from skdigits.datasets import load_digits28


@pytest.fixture(scope="module")
def digits():
    return load_digits28().images[:100] / 255


@pytest.mark.parametrize("turns", range(4))
def test_stripes_of_opposite_tones_are_undone(digits, turns):
    for digit in digits:
        plain = np.rot90(digit, turns)
        striped = digit.copy()
        striped[:, :7] = 1 - striped[:, :7]
        striped[:, -7:] = 1 - striped[:, -7:]
        striped = np.rot90(striped, turns)
        kept = without_bands(striped)
        assert kept is striped or np.abs(kept - plain).max() < 1e-12


def test_digit_on_paper_beside_a_dark_table_is_framed_as_without_it(digits):
    paper = 0.85 - 0.6 * np.kron(digits[3], np.ones((6, 6)))
    with_table = paper.copy()
    with_table[:, -20:] = 0.1
    framed = DigitPreprocessor().transform(list(255 * np.array([paper, with_table])))
    assert_allclose(framed[1], framed[0], atol=30)


def test_pictures_without_bands_are_left_alone(digits):
    for digit in digits:
        rows, columns = (np.flatnonzero(digit.max(axis=axis) > 0.3) for axis in (1, 0))
        cropped = digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        assert without_bands(digit) is digit
        assert without_bands(cropped) is cropped


@pytest.mark.parametrize("width", [1, 3])
def test_rulings_are_no_bands(digits, width):
    ruled = 1 - np.kron(digits[0], np.ones((4, 4)))
    ruled[:, 6 : 6 + width] = ruled[:, 100 : 100 + width] = 0
    assert_array_equal(without_bands(ruled), ruled)


@pytest.mark.parametrize("scale", [1, 2, 5])
def test_digits_of_8x8_pixels_are_left_alone(scale):
    for digit in load_digits().images / 16:
        picture = np.kron(digit, np.ones((scale, scale)))
        for either in (picture, 1 - picture):
            assert without_bands(either) is either


def test_two_halves_are_no_panel():
    halves = np.zeros((300, 300))
    halves[:, 150:] = 1
    assert without_bands(halves) is halves


def test_one_that_fills_its_picture_is_no_panel():
    picture = np.ones((40, 20))
    picture[:, 6:15] = 0
    picture[3:5, 8:10] = 0.2
    assert without_bands(picture) is picture
