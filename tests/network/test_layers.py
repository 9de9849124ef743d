import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skdigits._network.layers import (
    build_network,
    draw_weights,
    fused_batch_normalization,
)
from skdigits._network.spec import NetworkSpec

TEXTBOOK = NetworkSpec(
    image_shape=(28, 28),
    n_classes=10,
    filters=(32, 64),
    padding=("valid",),
    pool_after=(1, 2),
    dense_units=(128,),
    dropout=0.5,
)


def test_textbook_network_has_the_textbook_size():
    assert build_network(TEXTBOOK).count_params() == 225_034


def test_last_kernel_size_is_used_for_all_further_layers():
    spec = NetworkSpec((28, 28), 10, filters=(4, 4, 4), kernel_size=(5, 3))
    kernels = [w.shape[0] for w in build_network(spec).weights if len(w.shape) == 4]
    assert kernels == [5, 3, 3]


def test_last_padding_is_used_for_all_further_layers():
    spec = NetworkSpec((28, 28), 10, filters=(4, 4, 4), padding=("valid", "same"))
    sizes = [
        layer.output.shape[1]
        for layer in build_network(spec).layers
        if layer.name.startswith("conv")
    ]
    assert sizes == [26, 26, 26]


def test_pooling_and_valid_padding_stop_at_one_pixel():
    spec = NetworkSpec(
        (5, 3), 2, filters=(4,) * 5, padding=("valid",), pool_after=(1, 2, 3, 4, 5)
    )
    assert build_network(spec).output_shape == (None, 2)


def test_seeds_give_the_initial_weights():
    network = build_network(TEXTBOOK)

    def weights(seed):
        return draw_weights(network, iter(range(seed, seed + 100)))

    for one, same, other in zip(weights(0), weights(0), weights(50), strict=True):
        np.testing.assert_array_equal(one, same)
        assert one.ndim == 1 or not np.array_equal(one, other)


def test_drawn_weights_are_those_of_layers_built_with_the_seeds():
    import keras

    drawn = draw_weights(build_network(TEXTBOOK), iter(range(10)))
    kernel = drawn[2]
    expected = keras.initializers.HeUniform(seed=1)(kernel.shape)
    np.testing.assert_array_equal(kernel, expected)
    *_, last, bias = drawn
    expected = keras.initializers.GlorotUniform(seed=4)(last.shape)  # 3 is dropout's
    np.testing.assert_array_equal(last, expected)
    assert not bias.any()


def test_several_networks_differ_and_answer_with_the_mean_of_their_logits():
    spec = NetworkSpec((8, 8), 3, filters=(4,), batch_norm=True, n_networks=2)
    both, alone = (
        build_network(dataclasses.replace(spec, n_networks=n)) for n in (2, 1)
    )
    weights = draw_weights(both, iter(range(10)))
    assert not np.array_equal(weights[0], weights[len(weights) // 2])
    both.set_weights(weights)
    images = np.random.default_rng(0).normal(size=(5, 8, 8, 1))
    logits = []
    for half in (weights[: len(weights) // 2], weights[len(weights) // 2 :]):
        alone.set_weights(half)
        logits.append(alone(images, training=False).numpy())
    assert_allclose(both(images, training=False).numpy(), np.mean(logits, 0), atol=1e-6)

    training = build_network(spec, for_training=True)
    training.set_weights(weights)
    separate = training(images, training=False).numpy()
    assert_allclose(separate, np.stack(logits, axis=1), atol=1e-6)


def test_training_and_stock_network_have_the_same_weights_and_outputs():
    spec = NetworkSpec((8, 8), 3, filters=(4, 4), pool_after=(1,), batch_norm=True)
    stock, trained = build_network(spec), build_network(spec, for_training=True)
    assert [w.shape for w in stock.weights] == [w.shape for w in trained.weights]
    trained.set_weights(stock.get_weights())
    images = np.random.default_rng(0).random((5, 8, 8, 1), dtype=np.float32)
    assert_allclose(stock(images), trained(images), atol=1e-6)


def test_fused_batch_normalization_normalises_as_keras_does():
    import keras

    images = np.random.default_rng(0).normal(3, 2, (50, 4, 4, 8)).astype(np.float32)
    fused = fused_batch_normalization()(momentum=0.9, epsilon=1e-3)
    fused.count_updates = lambda: 0
    stock = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-3)
    assert_allclose(
        fused(images, training=True), stock(images, training=True), atol=1e-5
    )


def test_fused_batch_normalization_of_bfloat16_keeps_its_statistics_in_float32():
    import tensorflow as tf

    layer = fused_batch_normalization()(momentum=0.9, epsilon=1e-3, dtype="float32")
    layer.count_updates = lambda: 0
    images = np.random.default_rng(0).normal(3, 2, (50, 4, 4, 8)).astype(np.float32)
    coarse = tf.cast(images, "bfloat16")
    layer.build(images.shape)
    gamma = np.float32(1 + 2**-12)  # bfloat16 would round it to 1
    layer.gamma.assign(np.full(8, gamma))
    assert layer(coarse, training=True).dtype == "bfloat16"
    rounded = tf.cast(coarse, "float32").numpy()
    mean = layer.moving_mean.numpy()
    assert_allclose(mean, rounded.mean(axis=(0, 1, 2)), rtol=1e-5)
    assert (layer.gamma.numpy() == gamma).all()


@pytest.mark.parametrize("n_networks", [1, 2])
def test_bfloat16_network_has_float32_weights_and_logits(n_networks):
    spec = dataclasses.replace(TEXTBOOK, batch_norm=True, n_networks=n_networks)
    network = build_network(spec, for_training=True, precision="bfloat16")
    fine = build_network(spec, for_training=True)
    assert {weight.dtype for weight in network.weights} == {"float32"}
    assert [w.shape for w in network.weights] == [w.shape for w in fine.weights]
    network.set_weights(fine.get_weights())
    images = np.random.default_rng(0).random((4, 28, 28, 1), dtype=np.float32)
    logits, expected = network(images), fine(images)
    assert logits.dtype == "float32"
    assert_allclose(logits, expected, atol=0.05)
    assert not np.array_equal(logits, expected)


def test_moving_averages_start_as_plain_means():
    layer = fused_batch_normalization()(momentum=0.9, epsilon=1e-3)
    rng = np.random.default_rng(0)
    means = []
    for n_done in range(3):
        layer.count_updates = lambda n=n_done: n
        images = rng.normal(n_done, 1, (50, 4, 4, 2)).astype(np.float32)
        layer(images, training=True)
        means.append(images.mean(axis=(0, 1, 2)))
    assert_allclose(layer.moving_mean.numpy(), np.mean(means, axis=0), rtol=1e-4)


@pytest.mark.parametrize("setting", ["float64", "channels_first"])
def test_global_settings_of_keras_do_not_reach_the_network(setting):
    import keras

    before = keras.config.floatx(), keras.config.image_data_format()
    try:
        if setting == "float64":
            keras.config.set_floatx(setting)
        else:
            keras.config.set_image_data_format(setting)
        model = build_network(TEXTBOOK)
        drawn = draw_weights(model, iter(range(10)))
        logits = model(np.zeros((2, 28, 28, 1), dtype=np.float32))
    finally:
        keras.config.set_floatx(before[0])
        keras.config.set_image_data_format(before[1])
    assert logits.shape == (2, 10)
    assert {weight.dtype for weight in model.weights} == {"float32"}
    assert {weight.dtype for weight in drawn} == {np.dtype("float32")}
