"""Train the network of the reader with CTC."""

import numpy as np

from skdigits._network.backend import import_keras, import_tensorflow
from skdigits._network.layers import fused_batch_normalization
from skdigits._network.schedule import learning_rates
from skdigits._strings.layout import (
    BLANK,
    BLOCKS,
    EPSILON,
    N_CLASSES,
    STRIDE,
    ReaderNetwork,
)
from skdigits._strings.strips import STRIP_HEIGHT

# Strips of about the same width make a batch, so that little of it is padding.
_BATCHES_SORTED = 50
_CLIP = 1.0  # largest norm of a gradient


def fit_reader_network(
    network, strips, strings, *, epochs, learning_rate, batch_size, seed, reporter=None
):
    """Train on strips and the digits on them.

    The loss is connectionist temporal classification [1]_: the negative log
    probability of the text, summed over all its alignments. The learning rate rises
    and falls in one cycle.

    Parameters
    ----------
    network : ReaderNetwork or None
        Where to start from, with the statistics of its batch normalisation; None draws
        random weights.
    strips : sequence of ndarray of shape (STRIP_HEIGHT, width), uint8 or float32
        uint8 from 0 to 255 or float32 from 0 to 1; ink is bright.
    strings : sequence of str
        Digits only; may be empty.
    epochs : int
    learning_rate : float
        Highest rate.
    batch_size : int
    seed : int
    reporter : callable, default=None
        Called after each epoch with its number, from 0, and its mean loss.

    Returns
    -------
    ReaderNetwork

    References
    ----------
    .. [1] A. Graves et al., "Connectionist temporal classification: labelling
       unsegmented sequence data with recurrent neural networks", ICML 2006.
    """
    rng = np.random.default_rng(seed)
    model, norms, counter = _build(seed)
    if network is not None:
        _set_weights(model, norms, network)
    step, rate = _make_step(model, counter, from_scratch=network is None)
    n_steps = epochs * -(-len(strips) // batch_size)
    rates = iter(learning_rates("one_cycle", learning_rate, n_steps))
    widths = np.array([strip.shape[1] for strip in strips])
    for epoch in range(epochs):
        losses = []
        for chosen in _batches(widths, batch_size, rng):
            rate.assign(next(rates))
            batch = _pad([strips[i] for i in chosen], rng)
            losses.append(step(batch, *_encode([strings[i] for i in chosen])))
        if reporter is not None:
            reporter(epoch, float(np.mean(losses)))
    return _get_weights(model, norms)


def _build(seed):
    """Build the network with layers for training."""
    keras, tf = import_keras(), import_tensorflow()
    layers = keras.layers
    counter = tf.Variable(0, dtype=tf.int64)
    strips = layers.Input((STRIP_HEIGHT, None, 1), dtype="float32")
    x, norms = strips, []
    for number, block in enumerate(BLOCKS):
        x = layers.Conv2D(
            block.filters,
            block.kernel,
            padding="same",
            use_bias=False,
            kernel_initializer=keras.initializers.HeUniform(seed=seed + number),
            data_format="channels_last",
            dtype="float32",
        )(x)
        if block.pool != (1, 1):
            x = layers.MaxPooling2D(block.pool, data_format="channels_last")(x)
        norm = fused_batch_normalization()(momentum=0.99, epsilon=EPSILON)
        norm.count_updates = lambda: counter
        norms.append(norm)
        x = layers.ReLU()(norm(x))
    x = x[:, 0]
    logits = layers.Dense(
        N_CLASSES, kernel_initializer=keras.initializers.GlorotUniform(seed=seed)
    )(x)
    return keras.Model(strips, logits), norms, counter


def _make_step(model, counter, from_scratch=True):
    """Compile one step of the optimisation."""
    keras, tf = import_keras(), import_tensorflow()
    rate = tf.Variable(0.0)
    optimizer = keras.optimizers.AdamW(learning_rate=1.0, weight_decay=0.004)
    optimizer.build(model.trainable_variables)

    @tf.function(
        input_signature=[
            tf.TensorSpec((None, STRIP_HEIGHT, None), tf.uint8),
            tf.TensorSpec((None, None), tf.int32),
            tf.TensorSpec((None,), tf.int32),
        ]
    )
    def step(strips, labels, lengths):
        images = tf.cast(strips, tf.float32)[..., None] / 255
        with tf.GradientTape() as tape:
            logits = model(images, training=from_scratch)
            n_steps = tf.fill(tf.shape(lengths), tf.shape(logits)[1])
            losses = tf.nn.ctc_loss(
                labels,
                logits,
                lengths,
                n_steps,
                logits_time_major=False,
                blank_index=BLANK,
            )
            loss = tf.reduce_mean(losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        gradients, _ = tf.clip_by_global_norm(gradients, _CLIP)
        optimizer.learning_rate.assign(rate)
        optimizer.apply(gradients, model.trainable_variables)
        counter.assign_add(1)
        return loss

    return step, rate


def _batches(widths, batch_size, rng):
    """Yield the places of each batch: shuffled, then sorted by width in runs."""
    order = rng.permutation(len(widths))
    run = batch_size * _BATCHES_SORTED
    batches = []
    for start in range(0, len(order), run):
        part = order[start : start + run]
        part = part[np.argsort(widths[part], kind="stable")]
        batches += [
            part[begin : begin + batch_size]
            for begin in range(0, len(part), batch_size)
        ]
    return (batches[i] for i in rng.permutation(len(batches)))


def _pad(strips, rng):
    """Stack strips, each moved by a few pixels, with paper around the shorter ones."""
    width = max(strip.shape[1] for strip in strips) + STRIDE
    width += -width % STRIDE
    padded = np.zeros((len(strips), STRIP_HEIGHT, width), dtype=np.uint8)
    moves = rng.integers((-1, 0), (2, STRIDE), size=(len(strips), 2))
    for row, strip, (down, right) in zip(padded, strips, moves, strict=True):
        if strip.dtype != np.uint8:
            strip = np.round(255 * strip)
        stop = right + strip.shape[1]
        if down >= 0:
            row[down:, right:stop] = strip[: STRIP_HEIGHT - down]
        else:
            row[:down, right:stop] = strip[-down:]
    return padded


def _encode(strings):
    """Return the digits of each text, padded with 0, and their numbers."""
    lengths = np.array([len(text) for text in strings], dtype=np.int32)
    labels = np.zeros((len(strings), max(lengths.max(), 1)), dtype=np.int32)
    for row, text in zip(labels, strings, strict=True):
        row[: len(text)] = list(map(int, text))
    return labels, lengths


def _get_weights(model, norms):
    """Return the weights, with batch normalisation as scale and offset."""
    weights = []
    for conv, norm in zip(_convolutions(model), norms, strict=True):
        gamma, beta, mean, variance = norm.get_weights()
        scale = gamma / np.sqrt(variance + np.float32(EPSILON))
        weights += [conv.get_weights()[0], scale, beta - mean * scale]
    return ReaderNetwork((*weights, *model.layers[-1].get_weights()))


def _set_weights(model, norms, network):
    """Start from the weights of a fitted network."""
    weights = iter(network.weights)
    for conv, norm in zip(_convolutions(model), norms, strict=True):
        conv.set_weights([next(weights)])
        scale, offset = next(weights), next(weights)
        one = np.ones_like(scale)
        norm.set_weights([scale, offset, 0 * one, one - np.float32(EPSILON)])
    model.layers[-1].set_weights(list(weights))


def _convolutions(model):
    keras = import_keras()
    return [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
