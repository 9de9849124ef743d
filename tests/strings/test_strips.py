import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from skimage.transform import rotate

from skdigits._strings.strips import MARGIN, STRIP_HEIGHT, cut_strip, normalize_strip


def bars(height=24, width=60):
    """A picture of two bars of `height` pixels, 20 pixels apart."""
    gray = np.full((height + 16, width), 0.9, dtype=np.float32)
    gray[8:-8, 18:21] = gray[8:-8, 38:41] = 0.2
    return gray


def test_line_fills_the_strip_but_for_its_margins():
    strip, _ = cut_strip(bars(), (29.5, 20), (23, 24))
    rows = np.flatnonzero(strip.max(axis=1) > 0.5)
    assert (rows[0], rows[-1]) == (MARGIN, STRIP_HEIGHT - MARGIN - 1)


def test_small_and_large_digits_give_the_same_strip():
    small = bars()
    large = np.kron(small, np.ones((8, 8), dtype=np.float32))
    strip, _ = cut_strip(small, (29.5, 20), (23, 24))
    other, _ = cut_strip(large, (8 * 29.5, 8 * 20), (8 * 23, 8 * 24))
    assert strip.shape == other.shape
    assert np.abs(strip - other).mean() < 0.03


def test_pixels_of_the_strip_are_found_in_the_picture():
    strip, to_picture = cut_strip(bars(), (29.5, 20), (23, 24))
    columns = np.flatnonzero(strip[16] > 0.5) + 0.5
    x, y = to_picture @ [columns, np.full(len(columns), 16.0), np.ones(len(columns))]
    assert_array_equal(np.unique(x.astype(int)), [18, 19, 20, 38, 39, 40])
    assert_allclose(y, 20)


def test_slope_is_straightened():
    level = np.full((120, 120), 0.9, dtype=np.float32)
    level[54:66, 20:100:10] = 0.1
    sloping = rotate(level, -20, mode="edge").astype(np.float32)
    strip, _ = cut_strip(sloping, (60, 60), (80, 12), np.tan(np.radians(20)))
    expected, _ = cut_strip(level, (60, 60), (80, 12))
    assert strip.shape == expected.shape
    assert np.corrcoef(strip.ravel(), expected.ravel())[0, 1] > 0.9


def test_paper_continues_beyond_the_picture():
    strip, _ = cut_strip(bars(), (29.5, 20), (200, 24))
    assert strip[:, 0].max() < 0.1
    assert strip[:, -1].max() < 0.1


def test_light_is_removed():
    shadow = np.linspace(1, 0.5, 60, dtype=np.float32)
    strip, _ = cut_strip(bars() * shadow, (29.5, 20), (23, 24))
    expected, _ = cut_strip(bars(), (29.5, 20), (23, 24))
    assert np.abs(strip - expected).mean() < 0.05


def test_blank_strip_is_zero():
    assert not normalize_strip(np.full((32, 40), 0.7, dtype=np.float32)).any()


def test_strips_are_between_paper_and_ink():
    noise = np.random.default_rng(0).random((32, 80), dtype=np.float32)
    strip = normalize_strip(noise)
    assert strip.dtype == np.float32
    assert strip.min() == 0
    assert strip.max() == 1
