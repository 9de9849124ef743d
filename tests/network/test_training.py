import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import log_softmax

from skdigits._network.feed import Feed
from skdigits._network.layers import NetworkSpec
from skdigits._network.rows import LabelledRows
from skdigits._network.training import TrainingSpec, training_model_class

SPEC = NetworkSpec((6, 6), 3, filters=(4,), batch_norm=True, dense_units=(8,))


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    return rng.integers(0, 255, (40, 36)), rng.integers(0, 3, 40), rng.random(40) + 0.5


def make_model(optimizer="sgd", decays_weights=False, augmentation=None, n_networks=1):
    network = dataclasses.replace(SPEC, n_networks=n_networks)
    spec = TrainingSpec(network, optimizer, augmentation, decays_weights)
    model = training_model_class()(spec)
    model.make_train_function()
    model.pixel_scale.assign(255.0)
    return model


def run_epoch(model, data, batch_size=10, rate=0.1):
    pixels, codes, weights = data
    model.check_interrupt = lambda: None
    feed = Feed(
        LabelledRows(pixels, np.arange(len(codes)), codes, weights),
        batch_size=batch_size,
        n_epochs=1,
        rates=lambda n: np.full(n, rate, np.float32),
        average=False,
        rng=np.random.default_rng(0),
    )
    model.blocks = iter(feed)
    return model.train_function(None)


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_step_is_the_one_keras_would_take(data, smoothing):
    import keras
    import tensorflow as tf

    rows, codes, weights = data
    model = make_model()
    model.smoothing_per_rate.assign(smoothing / 0.1)
    before = model.network.get_weights()
    run_epoch(model, data, batch_size=40)
    after = [variable.numpy() for variable in model.network.trainable_variables]

    model.network.set_weights(before)
    images = (rows / 255).reshape(-1, 6, 6, 1).astype(np.float32)
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=smoothing
    )
    with tf.GradientTape() as tape:
        value = loss(np.eye(3)[codes], model.network(images, training=True), weights)
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True)
    variables = model.network.trainable_variables
    optimizer.apply(tape.gradient(value, variables), variables)
    for ours, kerases in zip(after, variables, strict=True):
        assert_allclose(ours, kerases.numpy(), atol=2e-5)


def test_networks_side_by_side_learn_as_each_would_alone(data):
    together = make_model(n_networks=2)
    rng = np.random.default_rng(0)
    weights = [
        rng.uniform(0.1, 0.5, variable.shape) for variable in together.network.weights
    ]
    together.network.set_weights(weights)
    run_epoch(together, data)
    after = []
    for half in np.split(np.arange(len(weights)), 2):
        alone = make_model()
        alone.network.set_weights([weights[number] for number in half])
        run_epoch(alone, data)
        after += alone.network.get_weights()
    for ours, expected in zip(together.network.get_weights(), after, strict=True):
        assert_allclose(ours, expected, atol=1e-5)


def test_loss_and_hits_are_those_of_the_mean_logits(data):
    rows, codes, weights = data
    model = make_model(n_networks=2)
    images = (rows / 255).reshape(-1, 6, 6, 1).astype(np.float32)
    logits = model.network(images, training=True).numpy().mean(axis=1)
    losses = -log_softmax(logits, axis=1)[np.arange(len(codes)), codes]
    sums = run_epoch(model, data, batch_size=40)
    assert sums["loss"] == pytest.approx((weights * losses).sum(), rel=1e-4)
    assert sums["hits"] == pytest.approx(weights[logits.argmax(1) == codes].sum())


def test_fitted_weights_are_the_mean_over_the_steps_with_a_share(data):
    rows, codes, weights = data
    model = make_model()
    model.check_interrupt = lambda: None
    edges, rates = np.int32([0, len(codes)]), np.float32([0.1])
    after = []
    for share in np.float32([0, 0, 1, 1 / 2, 1 / 3]):
        block = (rows.astype(np.float32), codes.astype(np.int32))
        block += (weights.astype(np.float32), edges, rates, np.array([share]))
        model.blocks = iter([block])
        model.train_function(None)
        after.append(model.network.get_weights())
        expected = after[2:] or after[-1:]
        for mean, *steps in zip(model.get_fitted_weights(), *expected, strict=True):
            assert_allclose(mean, np.mean(steps, axis=0), atol=1e-6)
    assert not np.allclose(after[2][0], after[-1][0], atol=1e-4)


def test_sums_are_those_of_the_batches(data):
    weights = data[2]
    model = make_model()
    sums = run_epoch(model, data, rate=0.0)
    assert sums["weight"] == pytest.approx(weights.sum(), rel=1e-5)
    assert 0 <= sums["hits"] <= sums["weight"]
    assert sums["loss"] > 0


def test_weight_decay_spares_biases_and_normalisation(data):
    rows, codes, weights = data
    # No row counts, so that all that moves is moved by the decay.
    model = make_model(decays_weights=True)
    model.weight_decay.assign(0.5)
    before = [v.numpy() for v in model.network.trainable_variables]
    run_epoch(model, (rows, codes, weights * 0), batch_size=40, rate=0.1)
    for variable, old in zip(model.network.trainable_variables, before, strict=True):
        shrink = 1 - 0.1 * 0.5 if variable.name == "kernel" else 1
        assert_allclose(variable.numpy(), old * shrink, rtol=1e-5)


def test_train_function_is_made_once(data):
    model = make_model()
    made = model.train_function
    model.make_train_function()
    assert model.train_function is made


def test_augmented_step_depends_on_its_seed(data):
    model = make_model(augmentation="affine")
    before = model.network.get_weights()

    def train(seed):
        model.network.set_weights(before)
        for variable in model.optimizer.variables:
            variable.assign(np.zeros(variable.shape))
        model.distortion_seed.assign(seed)
        run_epoch(model, data)
        return model.network.get_weights()[0]

    first = train(1)
    np.testing.assert_array_equal(train(1), first)
    assert not np.array_equal(train(2), first)


def test_averages_of_a_trained_network_survive_the_first_batch(data):
    def first_average(past_updates):
        model = make_model()
        model.past_updates.assign(past_updates)
        moving = model.network.non_trainable_variables[0]
        moving.assign(np.full(moving.shape, 100.0))
        run_epoch(model, data, batch_size=40, rate=0.0)
        return moving.numpy()

    assert (np.abs(first_average(0)) < 5).all()  # replaced
    assert (np.abs(first_average(1000) - 90) < 5).all()  # 0.9 of it kept
