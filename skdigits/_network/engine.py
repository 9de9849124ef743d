"""Compiled networks that many estimators borrow.

Building and tracing a Keras network costs about a second, training it on a small
data set often less. An engine is therefore compiled once for each configuration
and lent to one borrower at a time: arrays in, arrays out. Predictions of a few rows do
without: they are computed in NumPy. Nothing of Keras leaves this file but the model of
`build_keras_model`.
"""

import collections
import contextlib
import functools
import threading
from dataclasses import dataclass

import numpy as np

from skdigits._blas import single_blas_thread
from skdigits._network.backend import import_keras, import_scikeras, import_tensorflow
from skdigits._network.forward import forward
from skdigits._network.interrupt import interrupt_at_checks
from skdigits._network.layers import build_network, draw_weights
from skdigits._network.training import training_model_class

# Idle engines kept for the next borrower, of some ten megabytes each, and networks
# kept for their layout, of less than one.
CAPACITY = 8

# Rows of one call into TensorFlow when predicting. Rows are independent and the
# results bit-equal for any size but one (see `Predictor.logits`).
PREDICTION_BATCH = 512

# Up to so many rows the network is computed in NumPy, row by row: a single one in a
# fraction of the time of a call into TensorFlow, a dozen in about that time.
NUMPY_ROWS = 20

# Updates after which the moving averages of batch normalisation have their full memory.
MANY_UPDATES = 1000


@dataclass(frozen=True)
class EpochResult:
    """What one pass over the training data has come to.

    Attributes
    ----------
    loss : float
        Weighted mean cross-entropy of the batches, before each one's step.
    accuracy : float
        Weighted share of right answers, before each batch's step.
    learning_rate : float
        Rate of the last step.
    """

    loss: float
    accuracy: float
    learning_rate: float


class Trainer:
    """A compiled network with its optimizer.

    Parameters
    ----------
    spec : TrainingSpec
    """

    def __init__(self, spec):
        self._model = training_model_class()(spec)
        states = {id(v) for v in self._model.network.weights}
        self._seed_states = [
            v for v in self._model.network.variables if id(v) not in states
        ]

    def load(
        self,
        weights,
        optimizer_state,
        rng,
        *,
        is_trained,
        pixel_mean,
        pixel_scale,
        smoothing_per_rate,
        weight_decay,
    ):
        """Take over the state of a fit.

        Parameters
        ----------
        weights : list of ndarray
            As `initial_weights` or `get_weights` give them.
        optimizer_state : list of ndarray or None
            As `get_optimizer_state` gives it; None for a new optimizer.
        rng : numpy.random.Generator
            Source of the seeds of dropout and augmentation.
        is_trained : bool
            Whether the weights are those of an earlier fit, whose averages a new
            optimizer's first batch must not replace.
        pixel_mean, pixel_scale : float
            The network sees ``(pixel - pixel_mean) / pixel_scale``.
        smoothing_per_rate : float
            Probability that spreads over all classes in the training targets, as a
            multiple of each step's learning rate.
        weight_decay : float
        """
        model = self._model
        forgotten = is_trained and optimizer_state is None
        model.past_updates.assign(MANY_UPDATES if forgotten else 0)
        for variable, value in zip(model.network.weights, weights, strict=True):
            variable.assign(value)
        for _, mean in model.means:
            mean.assign(np.zeros(mean.shape))  # no trace of an earlier fit, nor its NaN
        for number, variable in enumerate(model.optimizer.variables):
            variable.assign(
                np.zeros(variable.shape)
                if optimizer_state is None
                else optimizer_state[number]
            )
        for variable in self._seed_states:
            variable.assign(rng.integers(2**31, size=variable.shape))
        model.distortion_seed.assign(rng.integers(2**31))
        model.pixel_mean.assign(pixel_mean)
        model.pixel_scale.assign(pixel_scale)
        model.smoothing_per_rate.assign(smoothing_per_rate)
        model.weight_decay.assign(weight_decay)

    def train(self, feed, on_epoch_begin, on_epoch_end):
        """Train, through scikeras, and report each epoch.

        Parameters
        ----------
        feed : Feed
        on_epoch_begin : callable
            Called without arguments before each epoch.
        on_epoch_end : callable
            Called with an `EpochResult` after each epoch; training stops when it
            returns True.
        """
        wrapper = _block_classifier_class()(
            model=self._model,
            batch_size=1,
            shuffle=False,
            callbacks=[
                _epoch_bridge_class()(feed.n_blocks, on_epoch_begin, on_epoch_end)
            ],
            verbose=0,
        )
        numbers = np.arange(feed.n_epochs * feed.n_blocks)
        blocks = self._model.blocks = iter(feed)
        try:
            with interrupt_at_checks() as self._model.check_interrupt:
                wrapper.fit(numbers[:, np.newaxis], numbers)
        finally:
            self._model.blocks = self._model.check_interrupt = None
        if not self._model.stop_training and next(blocks, None) is not None:
            raise RuntimeError(
                "Keras ended the training before its last epoch. Does "
                "keras.config.set_max_steps_per_epoch limit the steps of a fit?"
            )

    def get_weights(self):
        """Copy the weights out, or their means: a list of arrays."""
        return self._model.get_fitted_weights()

    def get_optimizer_state(self):
        """Copy the optimizer's step count, rate and moments out, as arrays."""
        return [variable.numpy() for variable in self._model.optimizer.variables]


class Predictor:
    """A compiled forward pass that remembers whose weights it holds.

    Parameters
    ----------
    spec : NetworkSpec
    """

    def __init__(self, spec):
        tf = import_tensorflow()

        network = build_network(spec)
        self._variables = network.weights
        self._pixel_mean = tf.Variable(0.0, trainable=False)
        self._pixel_scale = tf.Variable(1.0, trainable=False)
        self._held = None
        height, width = spec.image_shape

        def forward(rows):
            images = tf.reshape(rows, (-1, height, width, 1))
            images = (images - self._pixel_mean) / self._pixel_scale
            return network(images, training=False)

        signature = tf.TensorSpec((None, height * width), tf.float32)
        traced = tf.function(forward, input_signature=[signature], autograph=False)
        self._forward = traced.get_concrete_function()

    def logits(self, rows, weights, pixel_mean, pixel_scale):
        """Compute what `compute_logits` does, with this forward pass."""
        tf = import_tensorflow()

        # The list itself is the token: it is kept alive here, so another fit's
        # weights can never stand at the same address.
        if self._held is not weights:
            self._held = None
            for variable, value in zip(self._variables, weights, strict=True):
                variable.assign(value)
            self._pixel_mean.assign(pixel_mean)
            self._pixel_scale.assign(pixel_scale)
            self._held = weights
        n_samples = len(rows)
        if n_samples == 1:
            # Only a callable network comes here with one row. A matrix of one row takes
            # another path through the arithmetic, which differs in the last bits from
            # the same row in company.
            rows = np.repeat(rows, 2, axis=0)
        batches = []
        for start in range(0, len(rows), PREDICTION_BATCH):
            batch = rows[start : start + PREDICTION_BATCH].astype(
                np.float32, copy=False
            )
            batches.append(self._forward(tf.constant(batch)).numpy())
        return np.concatenate(batches)[:n_samples]


class Pool:
    """Idle engines by configuration, lent to one borrower at a time.

    Parameters
    ----------
    make : callable
        Makes an engine from its configuration.
    capacity : int
        Idle engines kept; the longest unused one is dropped first.
    """

    def __init__(self, make, capacity):
        self._make = make
        self._capacity = capacity
        self._lock = threading.Lock()
        self._idle = collections.OrderedDict()

    @contextlib.contextmanager
    def borrow(self, configuration):
        """Lend an engine; a failed borrower's engine is not lent again.

        Parameters
        ----------
        configuration : hashable

        Yields
        ------
        engine : object
        """
        with self._lock:
            engines = self._idle.pop(configuration, [])
            engine = engines.pop() if engines else None
            if engines:
                self._idle[configuration] = engines
        if engine is None:
            engine = self._make(configuration)
        yield engine
        with self._lock:
            self._idle.setdefault(configuration, []).append(engine)
            self._idle.move_to_end(configuration)
            while sum(map(len, self._idle.values())) > self._capacity:
                oldest = next(iter(self._idle))
                self._idle[oldest].pop(0)
                if not self._idle[oldest]:
                    del self._idle[oldest]


# Trainers and predictors are kept apart: a callback predicts in mid-training.
trainers = Pool(Trainer, CAPACITY)
predictors = Pool(Predictor, CAPACITY)


def compute_logits(spec, rows, weights, pixel_mean, pixel_scale):
    """Compute the logits of rows of pixels.

    Parameters
    ----------
    spec : NetworkSpec
    rows : ndarray of shape (n_samples, n_pixels)
        Pixels of any numeric dtype; cast to float32 a batch at a time.
    weights : list of ndarray
    pixel_mean, pixel_scale : float

    Returns
    -------
    ndarray of shape (n_samples, n_classes), float32
        On a CPU the same whatever the number of rows, to the rounding of float32.
    """
    if spec.network is None and len(rows) <= NUMPY_ROWS:
        # As quiet as TensorFlow
        with np.errstate(all="ignore"), single_blas_thread():
            return np.stack(
                [forward(spec, row, weights, pixel_mean, pixel_scale) for row in rows]
            )
    with predictors.borrow(spec) as predictor:
        return predictor.logits(rows, weights, pixel_mean, pixel_scale)


def initial_weights(spec, rng):
    """Draw the weights that a fit starts from.

    Parameters
    ----------
    spec : NetworkSpec
    rng : numpy.random.Generator

    Returns
    -------
    list of ndarray
        What a network built by a callable holds when it is built, so that a
        pretrained one keeps what it has learned.
    """
    seeds = iter(lambda: int(rng.integers(2**31)), None)
    if spec.network is not None:
        return build_network(spec, next(seeds)).get_weights()
    return draw_weights(_untrained_network(spec), seeds)


# Building a network takes ten times as long as drawing its weights.
_untrained_network = functools.lru_cache(CAPACITY)(build_network)


def build_keras_model(spec, weights, pixel_mean, pixel_scale, temperature):
    """Build a stock Keras model from pixels, as `fit` saw them, to logits.

    Parameters
    ----------
    spec : NetworkSpec
    weights : list of ndarray
    pixel_mean, pixel_scale : float
    temperature : float
        What the logits are divided by.

    Returns
    -------
    keras.Model
        From ``(n, height, width, 1)`` to ``(n, n_classes)``, loadable without
        skdigits.
    """
    keras = import_keras()
    network = build_network(spec)
    network.set_weights(weights)
    images = keras.layers.Input((*spec.image_shape, 1), name="image", dtype="float32")
    scaled = keras.layers.Rescaling(
        1 / pixel_scale, offset=-pixel_mean / pixel_scale, dtype="float32"
    )(images)
    logits = network(scaled)
    if temperature != 1:
        logits = keras.layers.Rescaling(1 / temperature, dtype="float32")(logits)
    return keras.Model(images, logits, name="skdigits")


@functools.cache
def _epoch_bridge_class():
    keras = import_keras()

    class EpochBridge(keras.callbacks.Callback):
        """Sum up the blocks of each epoch and report it outward.

        All epochs of a fit are one epoch to Keras, which would otherwise set up its
        iterator over the numbers of the blocks anew for each: some 30 ms.
        """

        def __init__(self, n_blocks, begin, end):
            super().__init__()
            self.n_blocks = n_blocks
            self.begin = begin
            self.end = end

        def on_train_batch_begin(self, batch, logs=None):
            if batch % self.n_blocks == 0:
                self.ask(self.begin)
                self.sums = np.zeros(3)

        def on_train_batch_end(self, batch, logs=None):
            self.sums += [float(logs[k]) for k in ("loss", "hits", "weight")]
            if (batch + 1) % self.n_blocks == 0:
                self.model.stop_training = bool(self.ask(self.end, self.sum_up()))

        def ask(self, hook, *args):
            try:
                return hook(*args)
            except StopIteration as err:  # to Keras it would be the end of the data
                raise RuntimeError("A callback raised StopIteration.") from err

        def sum_up(self):
            loss, hits, weight = self.sums
            return EpochResult(
                loss=loss / weight,
                accuracy=hits / weight,
                learning_rate=float(self.model.optimizer.learning_rate),
            )

    return EpochBridge


@functools.cache
def _block_classifier_class():
    from sklearn.preprocessing import FunctionTransformer

    class BlockClassifier(import_scikeras().KerasClassifier):
        """A scikeras classifier of the numbers of blocks, which have no classes."""

        @property
        def target_encoder(self):
            return FunctionTransformer()

    return BlockClassifier
