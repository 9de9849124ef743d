import numpy as np
import pytest
from numpy.testing import assert_allclose

from skdigits._network.schedule import averaging_shares, learning_rates


@pytest.mark.parametrize("schedule", ["one_cycle", "cosine", "constant"])
def test_every_step_has_a_rate_between_zero_and_the_peak(schedule):
    for n_steps in (1, 2, 3, 100):
        rates = learning_rates(schedule, 0.1, n_steps)
        assert rates.shape == (n_steps,)
        assert (rates > 0).all()
        assert (rates <= np.float32(0.1)).all()


def test_one_cycle_peaks_after_a_quarter_and_ends_near_zero():
    rates = learning_rates("one_cycle", 1.0, 1000)
    assert 240 <= rates.argmax() <= 260
    assert rates[-1] < 0.001
    assert_allclose(rates.mean(), 0.5, atol=1e-3)


def test_cosine_falls_all_the_way():
    rates = learning_rates("cosine", 1.0, 100)
    assert (np.diff(rates) < 0).all()
    assert_allclose(rates + rates[::-1], 1, atol=1e-6)


@pytest.mark.parametrize(("n_steps", "n_averaged"), [(1, 1), (3, 1), (4, 1), (41, 11)])
def test_shares_make_the_mean_of_the_last_quarter(n_steps, n_averaged):
    values, mean = np.random.default_rng(0).random(n_steps), 0.0
    for value, share in zip(values, averaging_shares(n_steps), strict=True):
        mean += share * (value - mean)
    assert mean == pytest.approx(values[-n_averaged:].mean())
