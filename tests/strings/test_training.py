import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skdigits._network.backend import import_tensorflow
from skdigits._strings import training
from skdigits._strings.layout import BLANK, N_CLASSES, STRIDE
from skdigits._strings.strips import STRIP_HEIGHT
from skdigits._strings.training import fit_reader_network

TINY = {"epochs": 1, "learning_rate": 0.002, "batch_size": 8, "seed": 0}


@pytest.fixture(scope="module")
def lines():
    """Strips whose texts are told by bars of different heights."""
    rng = np.random.default_rng(0)
    strips, texts = [], []
    for _ in range(48):
        digits = rng.integers(0, 2, size=rng.integers(1, 4))
        strip = np.zeros((STRIP_HEIGHT, 24 * len(digits) + 8), dtype=np.float32)
        for place, digit in enumerate(digits):
            strip[2 : 30 if digit else 12, 24 * place + 10 : 24 * place + 16] = 1
        strips.append(strip)
        texts.append("".join(map(str, digits)))
    return strips, texts


@pytest.fixture(scope="module")
def fitted(lines):
    return fit_reader_network(None, *lines, **TINY | {"epochs": 30})


def read(network, strips):
    """Read along the most probable path."""
    texts = []
    for steps in network.log_probabilities(strips):
        path = steps.argmax(axis=1)
        starts = np.flatnonzero(np.diff(path, prepend=BLANK))
        texts.append("".join(str(c) for c in path[starts] if c != BLANK))
    return texts


def test_training_learns_the_texts(fitted, lines):
    strips, texts = lines
    assert np.mean(np.array(read(fitted, strips)) == texts) > 0.9


def test_each_step_is_a_distribution(fitted, lines):
    strips, _ = lines
    for strip, steps in zip(strips, fitted.log_probabilities(strips), strict=True):
        assert steps.shape == (-(-strip.shape[1] // STRIDE), N_CLASSES)
        assert_allclose(np.exp(steps).sum(axis=1), 1, rtol=1e-5)


def test_numpy_and_keras_compute_the_same(fitted, lines):
    tf = import_tensorflow()
    model, norms, _ = training._build(0)
    training._set_weights(model, norms, fitted)
    strip = lines[0][0]
    strip = np.pad(strip, [(0, 0), (0, -strip.shape[1] % STRIDE)])
    logits = model(strip[None, :, :, None], training=False)[0]
    [steps] = fitted.log_probabilities([strip])
    assert_allclose(steps, tf.nn.log_softmax(logits), atol=2e-4)


def test_training_goes_on_from_a_network(fitted, lines):
    losses = []
    arguments = TINY | {"learning_rate": 1e-5}
    fit_reader_network(
        fitted, *lines, **arguments, reporter=lambda _, loss: losses.append(loss)
    )
    assert losses[0] < 0.5


def test_same_seed_gives_equal_weights(lines):
    first, second = (fit_reader_network(None, *lines, **TINY) for _ in range(2))
    for weights, others in zip(first.weights, second.weights, strict=True):
        assert_array_equal(weights, others)


def test_whole_and_fractional_grey_levels_train_alike(lines):
    strips, texts = lines
    whole = [np.round(255 * strip).astype(np.uint8) for strip in strips]
    first = fit_reader_network(None, strips, texts, **TINY)
    second = fit_reader_network(None, whole, texts, **TINY)
    assert_array_equal(first.weights[0], second.weights[0])


def test_reporter_gets_each_epoch(lines):
    reports = []
    fit_reader_network(
        None,
        *lines,
        **TINY | {"epochs": 2},
        reporter=lambda *args: reports.append(args),
    )
    assert [epoch for epoch, _ in reports] == [0, 1]
    assert all(np.isfinite(loss) for _, loss in reports)


def test_empty_texts_are_trained_on(lines):
    strips, _ = lines
    network = fit_reader_network(None, strips[:8], [""] * 8, **TINY)
    assert all(np.isfinite(weights).all() for weights in network.weights)
