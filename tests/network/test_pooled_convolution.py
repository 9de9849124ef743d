import numpy as np
import pytest
from numpy.testing import assert_allclose

from skdigits._network.backend import import_tensorflow
from skdigits._network.layers import build_network
from skdigits._network.pooled_convolution import convolve_and_pool
from skdigits._network.spec import NetworkSpec


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("sides", [(5, 5), (3, 3), (1, 1), (2, 4), (4, 3)])
@pytest.mark.parametrize("shape", [(28, 28), (17, 22), (16, 19)])
def test_outputs_and_gradients_are_those_of_the_two_operations(padding, sides, shape):
    tf = import_tensorflow()
    rng = np.random.default_rng(0)
    images = rng.normal(size=(3, *shape, 1)).astype(np.float32)
    kernel = tf.Variable(rng.normal(size=(*sides, 1, 4)).astype(np.float32))

    def two_operations():
        outputs = tf.nn.conv2d(images, kernel, 1, padding.upper())
        return tf.nn.max_pool2d(outputs, 2, 2, "VALID")

    results = []
    for compute in (two_operations, lambda: convolve_and_pool(images, kernel, padding)):
        with tf.GradientTape() as tape:
            outputs = compute()
            loss = tf.reduce_sum(tf.sin(outputs))
        results.append((outputs, tape.gradient(loss, kernel)))
    (expected, gradient), (ours, our_gradient) = results
    assert_allclose(ours, expected, atol=1e-5)
    assert_allclose(our_gradient, gradient, atol=1e-3)


@pytest.mark.parametrize("batch_norm", [True, False])
def test_training_network_convolves_and_pools_at_once(batch_norm):
    spec = NetworkSpec(
        (28, 28), 3, filters=(4, 4), pool_after=(1, 2), batch_norm=batch_norm
    )
    stock, trained = build_network(spec), build_network(spec, for_training=True)
    names = [type(layer).__name__ for layer in trained.layers]
    assert names.count("PooledConvolution") == names.count("MaxPooling2D") == 1
    weights = [w + 0.1 for w in stock.get_weights()]
    trained.set_weights(weights)
    stock.set_weights(weights)
    images = np.random.default_rng(0).random((5, 28, 28, 1), dtype=np.float32)
    assert_allclose(trained(images), stock(images), atol=1e-4)


@pytest.mark.parametrize(
    ("image_shape", "kernel_size", "pool_after"),
    [((8, 8), (5,), (1,)), ((16, 16), (16,), (1,)), ((28, 28), (5,), (2,))],
)
def test_other_networks_do_so_in_two_steps(image_shape, kernel_size, pool_after):
    spec = NetworkSpec(
        image_shape, 3, filters=(2, 2), kernel_size=kernel_size, pool_after=pool_after
    )
    layers = build_network(spec, for_training=True).layers
    assert "PooledConvolution" not in {type(layer).__name__ for layer in layers}
