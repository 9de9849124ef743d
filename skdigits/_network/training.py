"""The training step, as one loop inside TensorFlow's graph."""

import numpy as np

from skdigits._network.augmentation import DISTORTIONS, distort
from skdigits._network.backend import import_keras, import_tensorflow
from skdigits._network.layers import build_network, leaf_layers


class TrainingGraph:
    """A network, its optimizer, and the compiled loop over a block of mini-batches.

    One call runs all mini-batches of a block, so that no Python runs between them.
    Everything a search varies without another network is a variable or comes with the
    block: nothing is traced again for another number of rows, batch size, rate or seed.

    Parameters
    ----------
    spec : TrainingSpec

    Attributes
    ----------
    network : keras.Model
    optimizer : keras.optimizers.Optimizer
    means : list of (keras.Variable, tf.Variable)
        Each float weight with its running mean; integer weights (counters) have none.
    distortion_seed, pixel_mean, pixel_scale, smoothing_per_rate, weight_decay, \
            past_updates : tf.Variable
        What else a fit sets. `past_updates` counts the steps before the optimizer's
        first, for the moving averages of batch normalisation.
    """

    def __init__(self, spec):
        tf = import_tensorflow()

        self.network = build_network(
            spec.network, for_training=True, precision=spec.precision
        )
        self.optimizer = _make_optimizer(spec.optimizer)
        self.means = [
            (weight, tf.Variable(weight.value, trainable=False))
            for weight in self.network.weights
            if "float" in weight.dtype
        ]
        self.distortion_seed = tf.Variable(0, dtype=tf.int32, trainable=False)
        self.pixel_mean = tf.Variable(0.0, trainable=False)
        self.pixel_scale = tf.Variable(1.0, trainable=False)
        self.smoothing_per_rate = tf.Variable(0.0, trainable=False)
        self.weight_decay = tf.Variable(0.0, trainable=False)
        self.past_updates = tf.Variable(0, dtype=tf.int64, trainable=False)
        self._image_shape = spec.network.image_shape
        self._distortion = DISTORTIONS.get(spec.augmentation)
        self._logits_shape = (
            1 if spec.network.network else spec.network.n_networks,
            spec.network.n_classes,
        )
        self._holds_means = False
        self._prepare_optimizer(spec.decays_weights)
        self._train_block = self._compile()

    def reset(self, optimizer_state=None):
        """Set the optimizer to a state, or to its start, and forget all means."""
        for number, variable in enumerate(self.optimizer.variables):
            variable.assign(
                np.zeros(variable.shape)
                if optimizer_state is None
                else optimizer_state[number]
            )
        for _, mean in self.means:
            mean.assign(np.zeros(mean.shape))
        self._holds_means = False

    def train(self, rows, codes, weights, edges, rates, shares):
        """Train on the batches of a block, as `Feed` yields it.

        Returns
        -------
        ndarray of shape (3,)
            Weighted sums over the block, before each batch's step: cross-entropy, hits
            and the weights themselves.
        """
        tf = import_tensorflow()
        block = map(tf.constant, (rows, codes, weights, edges, rates, shares))
        sums = self._train_block(*block)
        self._holds_means = shares[-1] > 0
        return sums.numpy()

    def get_fitted_weights(self):
        """Copy the weights out: their means, once there are any."""
        pairs = self.means if self._holds_means else []
        means = {id(weight): mean for weight, mean in pairs}
        return [
            np.array(means.get(id(weight), weight).numpy())
            for weight in self.network.weights
        ]

    def _prepare_optimizer(self, decays_weights):
        optimizer = self.optimizer
        if decays_weights:
            optimizer.weight_decay = self.weight_decay
            optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        optimizer.build(self.network.trainable_variables)
        for layer in leaf_layers(self.network):
            if hasattr(layer, "count_updates"):
                layer.count_updates = lambda: (
                    self.past_updates + optimizer.iterations.value
                )

    def _compile(self):
        tf = import_tensorflow()
        n_pixels = self._image_shape[0] * self._image_shape[1]
        return tf.function(self._run_block, autograph=False).get_concrete_function(
            tf.TensorSpec((None, n_pixels), tf.float32),
            tf.TensorSpec((None,), tf.int32),
            tf.TensorSpec((None,), tf.float32),
            tf.TensorSpec((None,), tf.int32),
            tf.TensorSpec((None,), tf.float32),
            tf.TensorSpec((None,), tf.float32),
        )

    def _run_block(self, rows, codes, weights, edges, rates, shares):
        tf = import_tensorflow()
        images = tf.reshape(rows, (-1, *self._image_shape, 1))

        def train_next(step, sums):
            batch = slice(edges[step], edges[step + 1])
            self.optimizer.learning_rate.assign(rates[step])
            sums += self._take_step(images[batch], codes[batch], weights[batch])
            share = shares[step]
            tf.cond(share > 0, lambda: move_means(self.means, share), tf.no_op)
            return step + 1, sums

        _, sums = tf.while_loop(
            lambda step, sums: step < tf.size(rates),
            train_next,
            (0, tf.zeros(3)),
            parallel_iterations=1,
        )
        return sums

    def _take_step(self, images, codes, weights):
        tf = import_tensorflow()
        images = (images - self.pixel_mean) / self.pixel_scale
        if self._distortion is not None:
            step = tf.cast(self.optimizer.iterations.value, tf.int32)
            seed = tf.stack([self.distortion_seed, step])
            images = distort(images, self._distortion, seed)
        # The smoothing decays with the rate, so the final probabilities stay sharp.
        smoothing = self.smoothing_per_rate * self.optimizer.learning_rate
        variables = self.network.trainable_variables
        with tf.GradientTape() as tape:
            logits = self.network(images, training=True)
            logits = tf.reshape(logits, (-1, *self._logits_shape))
            loss = mean_loss(logits, codes, weights, smoothing)
            loss = tf.add_n([loss, *self.network.losses])
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return sum_up(logits, codes, weights)


def mean_loss(logits, codes, weights, smoothing):
    """Compute the loss of a batch: weighted cross-entropy with smoothed labels.

    Parameters
    ----------
    logits : tf.Tensor of shape (n, n_networks, n_classes)
    codes : tf.Tensor of shape (n,), int32
        Numbers of the classes.
    weights : tf.Tensor of shape (n,)
    smoothing : tf.Tensor of shape ()
        Probability that spreads evenly over all classes.

    Returns
    -------
    tf.Tensor of shape ()
        Mean over the images, sum over the networks: each learns as if it were alone.
    """
    tf = import_tensorflow()
    labels = tf.repeat(codes[:, None], logits.shape[1], axis=1)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    evenly = -tf.reduce_mean(tf.nn.log_softmax(logits), axis=2)
    smoothed = losses + smoothing * (evenly - losses)
    return tf.reduce_mean(weights * tf.reduce_sum(smoothed, axis=1))


def sum_up(logits, codes, weights):
    """Sum up the cross-entropy and the hits of the networks' mean logits.

    Parameters
    ----------
    logits : tf.Tensor of shape (n, n_networks, n_classes)
    codes : tf.Tensor of shape (n,), int32
    weights : tf.Tensor of shape (n,)

    Returns
    -------
    tf.Tensor of shape (3,)
        Weighted sums: cross-entropy, hits and the weights themselves.
    """
    tf = import_tensorflow()
    logits = tf.reduce_mean(logits, axis=1)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(codes, logits)
    answers = tf.argmax(logits, axis=1, output_type=tf.int32)
    hits = tf.cast(answers == codes, tf.float32)
    return tf.reduce_sum(weights * [losses, hits, tf.ones_like(hits)], axis=1)


def move_means(means, share):
    """Move running means by a share of the way towards the weights.

    Parameters
    ----------
    means : list of (keras.Variable, tf.Variable)
        Each weight with its mean.
    share : tf.Tensor of shape ()

    Returns
    -------
    tf.Operation
    """
    tf = import_tensorflow()
    steps = [
        mean.assign_add(tf.cast(share, mean.dtype) * (weight.value - mean))
        for weight, mean in means
    ]
    return tf.group(*steps)


def _make_optimizer(name):
    optimizers = import_keras().optimizers
    if name == "sgd":
        return optimizers.SGD(momentum=0.9, nesterov=True)
    if name == "rmsprop":
        return optimizers.RMSprop()
    # AdamW is Adam with decoupled weight decay, which every Keras optimizer has.
    return optimizers.Adam()
