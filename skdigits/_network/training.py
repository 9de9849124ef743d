"""The training step, as one loop inside TensorFlow's graph."""

import functools
from dataclasses import dataclass

import numpy as np

from skdigits._network.augmentation import DISTORTIONS, distort
from skdigits._network.backend import import_keras, import_tensorflow
from skdigits._network.layers import NetworkSpec, build_network, leaf_layers


@dataclass(frozen=True)
class TrainingSpec:
    """What has to be compiled to train a network.

    Attributes
    ----------
    network : NetworkSpec
    optimizer : {"adam", "adamw", "sgd", "rmsprop"}
    augmentation : str or None
        A key of `DISTORTIONS`.
    decays_weights : bool
        Whether the optimizer shrinks the kernels at each step.
    """

    network: NetworkSpec
    optimizer: str
    augmentation: str | None
    decays_weights: bool


@functools.cache
def training_model_class():
    """Make the class `TrainingModel`, when Keras is first needed."""
    keras = import_keras()
    tf = import_tensorflow()

    class TrainingModel(keras.Model):
        """A network whose Keras "batch" is the number of a block of batches.

        One call into the graph runs all mini-batches of a block, so that Keras' own
        loop, its callbacks and scikeras cost nothing per batch. Everything a search
        varies without another network is a variable or comes with the block:
        nothing is traced again for another number of rows, batch size, rate or seed.

        Parameters
        ----------
        spec : TrainingSpec
        """

        def __init__(self, spec):
            super().__init__()
            self.network = build_network(spec.network, for_training=True)
            self.image_shape = spec.network.image_shape
            self.n_logits = (
                1 if spec.network.network else spec.network.n_networks,
                spec.network.n_classes,
            )
            self.distortion = DISTORTIONS.get(spec.augmentation)
            self.distortion_seed = tf.Variable(0, dtype=tf.int32, trainable=False)
            self.pixel_mean = tf.Variable(0.0, trainable=False)
            self.pixel_scale = tf.Variable(1.0, trainable=False)
            self.smoothing_per_rate = tf.Variable(0.0, trainable=False)
            self.weight_decay = tf.Variable(0.0, trainable=False)
            self.past_updates = tf.Variable(0, dtype=tf.int64, trainable=False)
            # Beside each weight its mean; where whole numbers are counted, no mean.
            self.means = [
                (weight, tf.Variable(weight.value, trainable=False))
                for weight in self.network.weights
                if "float" in weight.dtype
            ]
            self.holds_means = False
            self.blocks = self.check_interrupt = None
            self.built = True
            optimizer = _make_optimizer(spec.optimizer)
            if spec.decays_weights:
                optimizer.weight_decay = self.weight_decay
                optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
            optimizer.build(self.network.trainable_variables)
            for layer in leaf_layers(self.network):
                if hasattr(layer, "count_updates"):
                    layer.count_updates = lambda: (
                        self.past_updates + optimizer.iterations.value
                    )
            self.compile(optimizer=optimizer, jit_compile=False)
            # scikeras asks for a compiled loss; ours is computed in `train_batch`.
            self.loss = "sparse_categorical_crossentropy"

        def call(self, images, training=None):
            return self.network(images, training=training)

        def make_train_function(self, force=False):
            """Give Keras' fit loop a function that is traced only once.

            Keras counts the blocks; what is in them comes from `blocks`.
            """
            if self.train_function is not None and not force:
                return
            n_pixels = self.image_shape[0] * self.image_shape[1]
            traced = tf.function(self.train_block, autograph=False)
            train_block = traced.get_concrete_function(
                tf.TensorSpec((None, n_pixels), tf.float32),
                tf.TensorSpec((None,), tf.int32),
                tf.TensorSpec((None,), tf.float32),
                tf.TensorSpec((None,), tf.int32),
                tf.TensorSpec((None,), tf.float32),
                tf.TensorSpec((None,), tf.float32),
            )

            def train_function(iterator):
                self.check_interrupt()
                *block, shares = next(self.blocks)
                sums = train_block(*map(tf.constant, (*block, shares)))
                self.holds_means = shares[-1] > 0
                loss, hits, weight = sums.numpy()
                return {"loss": loss, "hits": hits, "weight": weight}

            self.train_function = train_function

        def train_block(self, rows, codes, weights, edges, rates, shares):
            """Train on the batches of a block; sum up loss, hits and weights."""
            images = tf.reshape(rows, (-1, *self.image_shape, 1))

            def train_next(step, sums):
                batch = slice(edges[step], edges[step + 1])
                self.optimizer.learning_rate.assign(rates[step])
                sums += self.train_batch(images[batch], codes[batch], weights[batch])
                share = shares[step]
                tf.cond(share > 0, lambda: self.average(share), tf.no_op)
                return step + 1, sums

            _, sums = tf.while_loop(
                lambda step, sums: step < tf.size(rates),
                train_next,
                (0, tf.zeros(3)),
                parallel_iterations=1,
            )
            return sums

        def train_batch(self, images, codes, weights):
            """Take one step of the optimizer."""
            images = (images - self.pixel_mean) / self.pixel_scale
            if self.distortion is not None:
                step = tf.cast(self.optimizer.iterations.value, tf.int32)
                seed = tf.stack([self.distortion_seed, step])
                images = distort(images, self.distortion, seed)
            # Smoothed labels teach better, but doubt too much: so they fade out.
            smoothing = self.smoothing_per_rate * self.optimizer.learning_rate
            variables = self.network.trainable_variables
            with tf.GradientTape() as tape:
                # Of each image and network. Each network learns as if it were alone:
                # their losses are added up.
                logits = self.network(images, training=True)
                logits = tf.reshape(logits, (-1, *self.n_logits))
                labels = tf.repeat(codes[:, None], self.n_logits[0], axis=1)
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
                evenly = -tf.reduce_mean(tf.nn.log_softmax(logits), axis=2)
                smoothed = losses + smoothing * (evenly - losses)
                total = tf.reduce_mean(weights * tf.reduce_sum(smoothed, axis=1))
                loss = tf.add_n([total, *self.network.losses])
            self.optimizer.apply(tape.gradient(loss, variables), variables)
            logits = tf.reduce_mean(logits, axis=1)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(codes, logits)
            answers = tf.argmax(logits, axis=1, output_type=tf.int32)
            hits = tf.cast(answers == codes, tf.float32)
            return tf.reduce_sum(weights * [losses, hits, tf.ones_like(hits)], axis=1)

        def average(self, share):
            """Draw the means towards the weights as they are."""
            steps = [
                mean.assign_add(tf.cast(share, mean.dtype) * (weight.value - mean))
                for weight, mean in self.means
            ]
            return tf.group(*steps)

        def get_fitted_weights(self):
            """Copy the weights out: their means, once there are any."""
            pairs = self.means if self.holds_means else []
            means = {id(weight): mean for weight, mean in pairs}
            return [
                np.array(means.get(id(weight), weight).numpy())
                for weight in self.network.weights
            ]

    return TrainingModel


def _make_optimizer(name):
    optimizers = import_keras().optimizers
    if name == "sgd":
        return optimizers.SGD(momentum=0.9, nesterov=True)
    if name == "rmsprop":
        return optimizers.RMSprop()
    # AdamW is Adam with decoupled weight decay, which every Keras optimizer has.
    return optimizers.Adam()
