import warnings

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skdigits._network.pixels import (
    is_tiny,
    measure_pixels,
    spread_sample,
    warn_of_foreign_range,
)
from skdigits.exceptions import PixelRangeWarning


def test_strips_and_images_of_less_than_16_pixels_a_side_are_tiny():
    assert is_tiny((1, 784))
    assert is_tiny((15, 28))
    assert not is_tiny((16, 16))


@pytest.mark.parametrize("background", [0, 255])
def test_background_is_the_median_whatever_the_polarity(background):
    rows = np.full((10, 100), background, dtype=np.uint8)
    rows[:, :20] = 255 - background
    level, strength = measure_pixels(rows)
    assert level == background
    assert strength == pytest.approx(255 * 0.2**0.5)


def test_spread_sample_takes_all_of_few_rows_and_spreads_over_many():
    assert len(np.arange(2000)[spread_sample(2000)]) == 2000
    chosen = np.arange(60_000)[spread_sample(60_000)]
    assert len(chosen) == 2000
    assert np.ptp(chosen) > 59_000


def is_foreign(rows, level=0.0, scale=85.0):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_of_foreign_range(rows, level, scale)
    assert {w.category for w in caught} <= {PixelRangeWarning}
    return bool(caught)


def test_foreign_ranges_are_told_from_faint_heavy_and_blank_digits():
    digit = np.zeros((1, 784))
    digit[:, :100] = 255
    assert not is_foreign(digit)
    assert not is_foreign(digit / 3)
    assert not is_foreign(digit * 0)
    heavy = np.zeros((1, 784))
    heavy[:, :350] = 255
    assert not is_foreign(heavy)
    assert is_foreign(digit / 255)
    assert is_foreign(digit / 16)
    assert is_foreign(digit * 16)
    assert is_foreign(255 - digit)


def test_warning_names_the_argument():
    with pytest.warns(PixelRangeWarning, match="pixels of X_val lie around 0 .* X_val"):
        warn_of_foreign_range(np.eye(64), 0.0, 85.0, "X_val")


def test_inverted_digits_of_8x8_pixels_are_foreign():
    X = load_digits().data
    level, scale = measure_pixels(X[:1000])
    assert is_foreign(16 - X[1000:], level, scale)
    for image in X[1000:1100]:
        assert not is_foreign(image[np.newaxis], level, scale)
    for digit in range(10):
        assert not is_foreign(X[load_digits().target == digit], level, scale)
