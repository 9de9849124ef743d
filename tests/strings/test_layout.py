import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skdigits._strings.layout import BLOCKS, N_CLASSES, STRIDE, ReaderNetwork
from skdigits._strings.strips import STRIP_HEIGHT


@pytest.fixture(scope="module")
def network():
    """A network of random weights."""
    rng = np.random.default_rng(0)
    weights, n_in = [], 1
    for block in BLOCKS:
        shape = (*block.kernel, n_in, block.filters)
        weights.append(rng.normal(0, (2 / np.prod(shape[:3])) ** 0.5, shape))
        weights += [np.ones(block.filters), np.zeros(block.filters)]
        n_in = block.filters
    weights += [rng.normal(0, 0.1, (n_in, N_CLASSES)), np.zeros(N_CLASSES)]
    return ReaderNetwork(tuple(each.astype(np.float32) for each in weights))


@pytest.mark.parametrize("width", [1, 4, 5, 63, 200])
def test_there_is_a_step_for_every_four_columns(network, width):
    strip = np.ones((STRIP_HEIGHT, width), dtype=np.float32)
    [steps] = network.log_probabilities([strip])
    assert steps.shape == (-(-width // STRIDE), N_CLASSES)
    assert_allclose(np.exp(steps).sum(axis=1), 1, rtol=1e-5)


def test_strips_are_read_one_by_one(network):
    rng = np.random.default_rng(1)
    strips = [
        rng.random((STRIP_HEIGHT, width), dtype=np.float32) for width in (40, 72, 40)
    ]
    together = network.log_probabilities(strips)
    for strip, steps in zip(strips, together, strict=True):
        assert_array_equal(network.log_probabilities([strip])[0], steps)


def test_output_moves_with_the_strip(network):
    strip = np.zeros((STRIP_HEIGHT, 240), dtype=np.float32)
    strip[4:28, 100:110] = 1
    moved = np.roll(strip, 2 * STRIDE, axis=1)
    steps, others = network.log_probabilities([strip, moved])
    assert_allclose(steps[18:40], others[20:42], atol=1e-4)
