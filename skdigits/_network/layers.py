"""The networks, from the perceptron to the deep CNN, as Keras models."""

import functools

import numpy as np

from skdigits._network.backend import import_keras, import_tensorflow
from skdigits._network.own_network import build_own_network

# What batch normalisation adds to the variance.
EPSILON = 1e-3


def build_network(spec, seed=0, *, for_training=False, precision="float32"):
    """Build the network of `spec`: images in, logits out.

    Each convolution is followed by max-pooling (where asked), batch normalisation
    and ReLU. Pooling comes first because it leaves the other two a quarter of the
    work, and because ReLU and max-pooling commute.

    Parameters
    ----------
    spec : NetworkSpec
    seed : int, default=0
        Seed of the layers of a callable `network`. All other networks take their
        weights from `draw_weights`.
    for_training : bool, default=False
        Use `FusedBatchNormalization` instead of Keras' own layer. Weights and
        outputs are the same; the fused layer trains faster, the stock layer can be
        saved and loaded without skdigits. Several networks give their logits
        separately, not their mean, so that each has a loss of its own.
    precision : {"float32", "bfloat16"}, default="float32"
        Number format of the hidden layers' activations and products. Weights, batch
        statistics, dropout and logits are float32 in any case. A callable `network`
        has its own.

    Returns
    -------
    keras.Model
        From ``(n, height, width, 1)`` float32 to ``(n, n_classes)`` logits; to
        ``(n, n_networks, n_classes)`` if several networks are to be trained.

    Raises
    ------
    ValueError
        If the callable `spec.network` returns something else.
    """
    keras = import_keras()
    if spec.network is not None:
        return build_own_network(spec, seed)
    if spec.n_networks == 1:
        return _build_one(spec, seed, for_training, precision, "digits")
    images = keras.layers.Input((*spec.image_shape, 1), dtype="float32")
    logits = [
        _build_one(spec, seed, for_training, precision, f"digits_{number}")(images)
        for number in range(spec.n_networks)
    ]
    if for_training:
        logits = keras.ops.stack(logits, axis=1)
    else:
        logits = keras.layers.Average(dtype="float32")(logits)
    return keras.Model(images, logits, name="digits")


def _build_one(spec, seed, for_training, precision, name):
    keras = import_keras()
    layers = keras.layers
    # With any seed, Keras does not use its global generator.
    he_uniform = keras.initializers.HeUniform(seed=seed)
    glorot_uniform = keras.initializers.GlorotUniform(seed=seed)
    normalization = (
        fused_batch_normalization() if for_training else layers.BatchNormalization
    )
    hidden = "mixed_bfloat16" if precision == "bfloat16" else "float32"
    # Whatever a user sets as Keras' global float type or data format, weights are
    # float32 and channels come last.
    images = layers.Input((*spec.image_shape, 1), dtype="float32")
    x = images
    for number, n_filters in enumerate(spec.filters, start=1):
        height, width = x.shape[1:3]
        side = last_repeats(spec.kernel_size, number)
        x = layers.Conv2D(
            n_filters,
            (min(side, height), min(side, width)),
            padding=last_repeats(spec.padding, number),
            use_bias=not spec.batch_norm,
            kernel_initializer=he_uniform,
            data_format="channels_last",
            dtype=hidden,
        )(x)
        height, width = x.shape[1:3]
        if number in spec.pool_after and max(height, width) > 1:
            x = layers.MaxPooling2D(
                (min(2, height), min(2, width)),
                data_format="channels_last",
                dtype=hidden,
            )(x)
        if spec.batch_norm:
            x = normalization(momentum=0.9, epsilon=EPSILON, dtype="float32")(x)
        x = layers.ReLU(dtype=hidden)(x)
    x = layers.Flatten(data_format="channels_last", dtype=hidden)(x)
    for units in spec.dense_units:
        x = layers.Dense(
            units,
            activation="relu",
            kernel_initializer=he_uniform,
            dtype=hidden,
        )(x)
    if spec.dropout:
        x = layers.Dropout(spec.dropout, seed=seed, dtype="float32")(x)
    logits = layers.Dense(
        spec.n_classes,
        kernel_initializer=glorot_uniform,
        dtype="float32",
    )(x)
    return keras.Model(images, logits, name=name)


def leaf_layers(network):
    """List the layers of a network and of the networks in it."""
    is_network = import_keras().Model
    leaves = []
    for layer in network.layers:
        leaves += leaf_layers(layer) if isinstance(layer, is_network) else [layer]
    return leaves


def draw_weights(network, seeds):
    """Draw other initial weights for a network that has not been trained.

    Parameters
    ----------
    network : keras.Model
        As `build_network` returns it, without a callable `spec.network`.
    seeds : iterator of int
        One seed for each layer that draws weights or dropout masks.

    Returns
    -------
    list of ndarray
        In the order of ``network.weights``.
    """
    weights = []
    for layer in leaf_layers(network):
        values = layer.get_weights()
        if hasattr(layer, "kernel_initializer"):
            initializer = type(layer.kernel_initializer)(seed=next(seeds))
            values[0] = np.asarray(initializer(values[0].shape, dtype="float32"))
        elif hasattr(layer, "seed"):  # a seed for dropout too, as in earlier versions
            next(seeds)
        weights += values
    return weights


@functools.cache
def fused_batch_normalization():
    """Make the class `FusedBatchNormalization`, when Keras is first needed.

    Keras' layer on TensorFlow runs several element-wise passes over the
    activations; TensorFlow's fused operation reads them once. The moving averages
    start as plain means, ``momentum = min(momentum, n / (n + 1))`` after `n`
    updates, so that a fit of few steps does not predict with the initial zeros.
    """
    keras = import_keras()
    tf = import_tensorflow()

    class FusedBatchNormalization(keras.layers.BatchNormalization):
        count_updates = None  # a callable that the training sets

        def __init__(self, **kwargs):
            # Activations may be bfloat16; the statistics of them stay float32.
            super().__init__(autocast=False, **kwargs)

        def call(self, inputs, training=None, mask=None):
            if not training:
                return super().call(inputs, training=False)
            outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(
                inputs, self.gamma, self.beta, epsilon=self.epsilon, is_training=True
            )
            n_updates = tf.cast(self.count_updates(), tf.float32)
            momentum = tf.minimum(self.momentum, n_updates / (n_updates + 1))
            for average, value in [
                (self.moving_mean, mean),
                (self.moving_variance, variance),
            ]:
                average.assign(momentum * average + (1 - momentum) * value)
            return outputs

    return FusedBatchNormalization


def last_repeats(values, number):
    """Return the value of layer `number`, counted from 1; the last one repeats."""
    return values[min(number, len(values)) - 1]
