import numpy as np
import pytest

from skdigits.datasets import load_digits28
from skdigits.datasets._writing import write_number


@pytest.fixture(scope="module")
def digits():
    return load_digits28().images


def test_ink_fills_the_box(digits):
    for seed in range(20):
        rng = np.random.default_rng(seed)
        writing = write_number(list(digits[:4]), rng)
        left, top, right, bottom = map(int, writing.box)
        inside = writing.ink[top:bottom, left:right] > 0.1
        assert inside.any(axis=0)[[0, 1, 2]].any()
        assert inside.any(axis=1)[[0, 1, 2]].any()
        assert inside.any(axis=0)[[-1, -2, -3]].any()
        assert 0 <= writing.ink.min() <= writing.ink.max() <= 1


def test_more_digits_are_longer(digits):
    widths = []
    for n_digits in (1, 4, 9):
        boxes = [
            write_number(list(digits[:n_digits]), np.random.default_rng(seed))
            for seed in range(20)
        ]
        shares = [(w.box[2] - w.box[0]) / w.height for w in boxes]
        widths.append(np.median(shares))
    assert widths == sorted(widths)


def test_digits_are_about_as_high_as_said(digits):
    for seed in range(20):
        writing = write_number([digits[0]], np.random.default_rng(seed))
        assert 0.5 < (writing.box[3] - writing.box[1]) / writing.height < 1.8


def test_number_without_digits_has_no_box():
    for seed in range(40):
        writing = write_number([], np.random.default_rng(seed))
        assert np.isnan(writing.box).all()
        assert np.isfinite(writing.ink).all()
        assert min(writing.ink.shape) > 0
