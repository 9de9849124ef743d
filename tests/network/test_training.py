import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import log_softmax

from skdigits._network.feed import Feed
from skdigits._network.rows import LabelledRows
from skdigits._network.spec import NetworkSpec, TrainingSpec
from skdigits._network.training import TrainingGraph

SPEC = NetworkSpec((6, 6), 3, filters=(4,), batch_norm=True, dense_units=(8,))


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    return rng.integers(0, 255, (40, 36)), rng.integers(0, 3, 40), rng.random(40) + 0.5


def types_of_operations(graph):
    """List the pairs of an operation in the training loop and the type it works on."""
    functions = graph._train_block.graph.as_graph_def().library.function
    nodes = [node for function in functions for node in function.node_def]
    return {(node.op, node.attr["T"].type) for node in nodes if "T" in node.attr}


def make_graph(optimizer="sgd", decays_weights=False, augmentation=None, n_networks=1):
    network = dataclasses.replace(SPEC, n_networks=n_networks)
    graph = TrainingGraph(
        TrainingSpec(network, optimizer, augmentation, decays_weights)
    )
    graph.pixel_scale.assign(255.0)
    return graph


def run_epoch(graph, data, batch_size=10, rate=0.1):
    pixels, codes, weights = data
    (block,) = Feed(
        LabelledRows(pixels, np.arange(len(codes)), codes, weights),
        batch_size=batch_size,
        n_epochs=1,
        rates=lambda n: np.full(n, rate, np.float32),
        average=False,
        rng=np.random.default_rng(0),
    )
    return graph.train(*block)


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_step_is_the_one_keras_would_take(data, smoothing):
    import keras
    import tensorflow as tf

    rows, codes, weights = data
    graph = make_graph()
    graph.smoothing_per_rate.assign(smoothing / 0.1)
    before = graph.network.get_weights()
    run_epoch(graph, data, batch_size=40)
    after = [variable.numpy() for variable in graph.network.trainable_variables]

    graph.network.set_weights(before)
    images = (rows / 255).reshape(-1, 6, 6, 1).astype(np.float32)
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=smoothing
    )
    with tf.GradientTape() as tape:
        value = loss(np.eye(3)[codes], graph.network(images, training=True), weights)
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True)
    variables = graph.network.trainable_variables
    optimizer.apply(tape.gradient(value, variables), variables)
    for ours, kerases in zip(after, variables, strict=True):
        assert_allclose(ours, kerases.numpy(), atol=2e-5)


def test_bfloat16_is_what_hidden_layers_compute_in_and_nothing_else():
    from tensorflow import bfloat16, float32

    network = dataclasses.replace(SPEC, image_shape=(16, 16), pool_after=(1,))
    spec = TrainingSpec(network, "adam", "robust", True, "bfloat16")
    seen = types_of_operations(TrainingGraph(spec))
    coarse, fine = bfloat16.as_datatype_enum, float32.as_datatype_enum

    operations = {operation for operation, kind in seen if kind == coarse}
    assert operations >= {
        *("Conv2D", "Conv2DBackpropFilter", "Relu", "ReluGrad"),
        *("FusedBatchNormV3", "FusedBatchNormGradV3", "MaxPoolGrad", "MatMul"),
    }
    only_fine = {operation for operation, kind in seen if kind == fine} - operations
    assert only_fine >= {
        *("SparseSoftmaxCrossEntropyWithLogits", "LogSoftmax", "ArgMax"),
        *("Sqrt", "AvgPool", "Sin"),  # the optimizer's and the distortion's
    }
    assert ("MatMul", fine) in seen  # the logits
    assert ("MaxPool", fine) in seen  # the distortion


def test_float32_computes_nothing_in_bfloat16():
    from tensorflow import bfloat16

    seen = types_of_operations(make_graph())
    assert bfloat16.as_datatype_enum not in {kind for _, kind in seen}


def test_networks_side_by_side_learn_as_each_would_alone(data):
    together = make_graph(n_networks=2)
    rng = np.random.default_rng(0)
    weights = [
        rng.uniform(0.1, 0.5, variable.shape) for variable in together.network.weights
    ]
    together.network.set_weights(weights)
    run_epoch(together, data)
    after = []
    for half in np.split(np.arange(len(weights)), 2):
        alone = make_graph()
        alone.network.set_weights([weights[number] for number in half])
        run_epoch(alone, data)
        after += alone.network.get_weights()
    for ours, expected in zip(together.network.get_weights(), after, strict=True):
        assert_allclose(ours, expected, atol=1e-5)


def test_loss_and_hits_are_those_of_the_mean_logits(data):
    rows, codes, weights = data
    graph = make_graph(n_networks=2)
    images = (rows / 255).reshape(-1, 6, 6, 1).astype(np.float32)
    logits = graph.network(images, training=True).numpy().mean(axis=1)
    losses = -log_softmax(logits, axis=1)[np.arange(len(codes)), codes]
    sums = run_epoch(graph, data, batch_size=40)
    assert sums[0] == pytest.approx((weights * losses).sum(), rel=1e-4)
    assert sums[1] == pytest.approx(weights[logits.argmax(1) == codes].sum())


def test_fitted_weights_are_the_mean_over_the_steps_with_a_share(data):
    rows, codes, weights = data
    graph = make_graph()
    edges, rates = np.int32([0, len(codes)]), np.float32([0.1])
    after = []
    for share in np.float32([0, 0, 1, 1 / 2, 1 / 3]):
        block = (rows.astype(np.float32), codes.astype(np.int32))
        block += (weights.astype(np.float32), edges, rates, np.array([share]))
        graph.train(*block)
        after.append(graph.network.get_weights())
        expected = after[2:] or after[-1:]
        for mean, *steps in zip(graph.get_fitted_weights(), *expected, strict=True):
            assert_allclose(mean, np.mean(steps, axis=0), atol=1e-6)
    assert not np.allclose(after[2][0], after[-1][0], atol=1e-4)


def test_sums_are_those_of_the_batches(data):
    weights = data[2]
    graph = make_graph()
    sums = run_epoch(graph, data, rate=0.0)
    assert sums[2] == pytest.approx(weights.sum(), rel=1e-5)
    assert 0 <= sums[1] <= sums[2]
    assert sums[0] > 0


def test_weight_decay_spares_biases_and_normalisation(data):
    rows, codes, weights = data
    # No row counts, so that all that moves is moved by the decay.
    graph = make_graph(decays_weights=True)
    graph.weight_decay.assign(0.5)
    before = [v.numpy() for v in graph.network.trainable_variables]
    run_epoch(graph, (rows, codes, weights * 0), batch_size=40, rate=0.1)
    for variable, old in zip(graph.network.trainable_variables, before, strict=True):
        shrink = 1 - 0.1 * 0.5 if variable.name == "kernel" else 1
        assert_allclose(variable.numpy(), old * shrink, rtol=1e-5)


def test_augmented_step_depends_on_its_seed(data):
    graph = make_graph(augmentation="affine")
    before = graph.network.get_weights()

    def train(seed):
        graph.network.set_weights(before)
        for variable in graph.optimizer.variables:
            variable.assign(np.zeros(variable.shape))
        graph.distortion_seed.assign(seed)
        run_epoch(graph, data)
        return graph.network.get_weights()[0]

    first = train(1)
    np.testing.assert_array_equal(train(1), first)
    assert not np.array_equal(train(2), first)


def test_averages_of_a_trained_network_survive_the_first_batch(data):
    def first_average(past_updates):
        graph = make_graph()
        graph.past_updates.assign(past_updates)
        moving = graph.network.non_trainable_variables[0]
        moving.assign(np.full(moving.shape, 100.0))
        run_epoch(graph, data, batch_size=40, rate=0.0)
        return moving.numpy()

    assert (np.abs(first_average(0)) < 5).all()  # replaced
    assert (np.abs(first_average(1000) - 90) < 5).all()  # 0.9 of it kept


def loss_in_float64(weights, images, codes, sample_weights, smoothing):
    """Compute the loss of one convolution with ReLU and one dense layer."""
    kernel, bias, dense, dense_bias = weights
    seen = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    x = np.einsum("nhwab,abf->nhwf", seen, kernel[:, :, 0]) + bias
    logits = np.maximum(x, 0).reshape(len(images), -1) @ dense + dense_bias
    targets = (1 - smoothing) * np.eye(3)[codes] + smoothing / 3
    losses = -(targets * log_softmax(logits, axis=1)).sum(axis=1)
    return (sample_weights * losses).mean()


def test_step_of_sgd_is_a_finite_difference_step_in_float64(data):
    rows, codes, sample_weights = data
    network = NetworkSpec((6, 6), 3, filters=(2,), padding=("valid",))
    graph = TrainingGraph(TrainingSpec(network, "sgd", None, False))
    graph.pixel_mean.assign(100.0)
    graph.pixel_scale.assign(50.0)
    graph.smoothing_per_rate.assign(0.2 / 0.1)
    rng = np.random.default_rng(1)
    shapes = [weight.shape for weight in graph.network.weights]
    before = [rng.normal(0, 0.3, shape).astype(np.float32) for shape in shapes]
    graph.network.set_weights(before)
    run_epoch(graph, data, batch_size=40, rate=0.1)

    weights = [weight.astype(np.float64) for weight in before]
    images = (rows.reshape(-1, 6, 6) - 100.0) / 50.0
    for weight, after in zip(weights, graph.network.get_weights(), strict=True):
        gradient = np.zeros(weight.shape)
        for place in np.ndindex(weight.shape):
            kept, sides = weight[place], []
            for weight[place] in (kept - 1e-6, kept + 1e-6):
                sides.append(
                    loss_in_float64(weights, images, codes, sample_weights, 0.2)
                )
            weight[place] = kept
            gradient[place] = (sides[1] - sides[0]) / 2e-6
        # Nesterov's first step is as long as one with momentum and one without.
        assert_allclose(after - weight, -0.1 * 1.9 * gradient, atol=2e-6)
