import numpy as np
import pytest
from numpy.testing import assert_allclose

from skdigits._strings.calibration import calibrate, fit_temperature


def test_temperature_of_one_changes_nothing():
    p = np.array([0.5, 0.3, 0.1])
    assert_allclose(calibrate(np.log(p), 1.0), p)


@pytest.mark.parametrize("temperature", [0.5, 3.0])
def test_calibrated_probabilities_keep_their_order_and_sum_to_at_most_one(temperature):
    p = calibrate(np.log([0.5, 0.3, 0.1, 0.05]), temperature)
    assert (np.diff(p) < 0).all()
    assert p.sum() < 1


def test_higher_temperature_makes_less_confident():
    best = [calibrate(np.log([0.99, 0.005]), t)[0] for t in (0.5, 1, 2, 4)]
    assert best == sorted(best, reverse=True)


def test_certainty_stays_finite():
    assert 0.99 < calibrate([0.0], 1.0)[0] <= 1
    assert 0 < fit_temperature([[0.0], [0.0]], [True, False]) < np.inf


def test_fitted_temperature_is_the_one_that_distorted_the_probabilities():
    rng = np.random.default_rng(0)
    true = rng.uniform(0.5, 1, size=4000)
    is_right = rng.random(4000) < true
    odds = 3 * np.log(true / (1 - true))
    lines = [[-np.log1p(np.exp(-each))] for each in odds]
    assert fit_temperature(lines, is_right) == pytest.approx(3, rel=0.1)


def test_few_texts_that_are_all_right_do_not_make_sure():
    lines = [np.log([0.99])] * 8
    temperature = fit_temperature(lines, [True] * 8)
    assert calibrate(lines[0], temperature)[0] == pytest.approx(0.9, abs=0.01)
