"""Compiled networks that many estimators borrow.

Building and tracing a Keras network costs about a second, training it on a small
data set often less. An engine is therefore compiled once for each configuration
and lent to one borrower at a time: arrays in, arrays out. Predictions of a few rows
need no engine: they are computed in NumPy. The only Keras object that leaves this file
is the model of `build_keras_model`.
"""

import collections
import contextlib
import dataclasses
import functools
import threading
from dataclasses import dataclass

import numpy as np

from skdigits._blas import single_blas_thread
from skdigits._network.backend import import_keras, import_tensorflow, is_forked
from skdigits._network.forward import forward
from skdigits._network.interrupt import interrupt_at_checks
from skdigits._network.layers import build_network, draw_weights
from skdigits._network.own_network import describe_architecture, warn_of_rescaling
from skdigits._network.scikeras_loop import make_loop_model, run_steps
from skdigits._network.training import TrainingGraph

# Idle engines kept for the next borrower, of some ten megabytes each, and networks
# kept for their layout, of less than one.
CAPACITY = 8

# Rows of one call into TensorFlow when predicting. Rows are independent and the
# results bit-equal for any size but one (see `Predictor.logits`).
PREDICTION_BATCH = 512

# Up to this number of rows the network is computed in NumPy, row by row: one row takes
# a fraction of the time of a call into TensorFlow, a dozen about that time.
NUMPY_ROWS = 20

# Updates after which the moving averages of batch normalisation have their full memory.
MANY_UPDATES = 1000


@dataclass(frozen=True)
class EpochResult:
    """Training curves of one epoch.

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
        self._graph = TrainingGraph(spec)
        network = self._graph.network
        self._loop_model = make_loop_model(network, self._graph.optimizer)
        weights = {id(variable) for variable in network.weights}
        self._seed_states = [v for v in network.variables if id(v) not in weights]

    def load(
        self,
        network,
        optimizer_state,
        rng,
        *,
        is_trained,
        smoothing_per_rate,
        weight_decay,
    ):
        """Set the state that a fit starts from.

        Parameters
        ----------
        network : FittedNetwork
            With weights as `initial_network` or `get_weights` give them.
        optimizer_state : list of ndarray or None
            As `get_optimizer_state` gives it; None for a new optimizer.
        rng : numpy.random.Generator
            Source of the seeds of dropout and augmentation.
        is_trained : bool
            Whether the weights are those of an earlier fit, whose averages a new
            optimizer's first batch must not replace.
        smoothing_per_rate : float
            Probability that spreads over all classes in the training targets, as a
            multiple of each step's learning rate.
        weight_decay : float
        """
        graph = self._graph
        restarts = is_trained and optimizer_state is None
        graph.past_updates.assign(MANY_UPDATES if restarts else 0)
        weights = zip(graph.network.weights, network.weights, strict=True)
        for variable, value in weights:
            variable.assign(value)
        graph.reset(optimizer_state)
        for variable in self._seed_states:
            variable.assign(rng.integers(2**31, size=variable.shape))
        graph.distortion_seed.assign(rng.integers(2**31))
        graph.pixel_mean.assign(network.pixel_mean)
        graph.pixel_scale.assign(network.pixel_scale)
        graph.smoothing_per_rate.assign(smoothing_per_rate)
        graph.weight_decay.assign(weight_decay)

    def train(self, feed, begin_epoch, end_epoch):
        """Train, and report each epoch.

        Parameters
        ----------
        feed : Feed
        begin_epoch : callable
            Called without arguments before each epoch.
        end_epoch : callable
            Called with an `EpochResult` after each epoch, which ends early when its
            loss is no longer finite. Training stops when it returns True.
        """
        with interrupt_at_checks() as check_interrupt:
            steps = self._train_blocks(feed, begin_epoch, end_epoch, check_interrupt)
            run_steps(self._loop_model, steps, feed.n_epochs * feed.n_blocks)

    def _train_blocks(self, feed, begin_epoch, end_epoch, check_interrupt):
        """Train on a block at each step and yield whether to stop."""
        for number, block in enumerate(feed, start=1):
            if number % feed.n_blocks == 1 or feed.n_blocks == 1:
                begin_epoch()
                sums = np.zeros(3)
            check_interrupt()
            sums += self._graph.train(*block)
            is_finite = np.isfinite(sums[0])
            if number % feed.n_blocks == 0 or not is_finite:
                yield bool(end_epoch(self._average(sums)))
            else:
                yield False

    def _average(self, sums):
        loss, hits, weight = map(float, sums)
        return EpochResult(
            loss=loss / weight,
            accuracy=hits / weight,
            learning_rate=float(self._graph.optimizer.learning_rate),
        )

    def get_weights(self):
        """Copy the weights out, or their means: a list of arrays."""
        return self._graph.get_fitted_weights()

    def get_optimizer_state(self):
        """Copy the optimizer's step count, rate and moments out, as arrays."""
        return [variable.numpy() for variable in self._graph.optimizer.variables]


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

    def logits(self, rows, network):
        """Compute the logits of rows of pixels, not yet divided by the temperature.

        Parameters
        ----------
        rows : ndarray of shape (n_samples, n_pixels)
        network : FittedNetwork

        Returns
        -------
        ndarray of shape (n_samples, n_classes), float32
        """
        tf = import_tensorflow()

        # The list identifies the weights: it is kept alive here, so that the weights of
        # another fit cannot have the same address.
        if self._held is not network.weights:
            self._held = None
            for variable, value in zip(self._variables, network.weights, strict=True):
                variable.assign(value)
            self._pixel_mean.assign(network.pixel_mean)
            self._pixel_scale.assign(network.pixel_scale)
            self._held = network.weights
        n_samples = len(rows)
        if n_samples == 1:
            # TensorFlow multiplies a matrix of one row in another way, which differs in
            # the last bits from the same row among others.
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


def compute_logits(network, rows):
    """Compute the logits of rows of pixels, divided by the temperature.

    Parameters
    ----------
    network : FittedNetwork
    rows : ndarray of shape (n_samples, n_pixels)
        Pixels of any numeric dtype; cast to float32 a batch at a time.

    Returns
    -------
    ndarray of shape (n_samples, n_classes), float64
        On a CPU the same whatever the number of rows, to the rounding of float32.
    """
    is_small = len(rows) <= NUMPY_ROWS
    if network.spec.network is None and (is_small or is_forked()):
        # TensorFlow warns of no overflow either.
        with np.errstate(all="ignore"), single_blas_thread():
            logits = np.stack([forward(network, row) for row in rows])
    else:
        with predictors.borrow(network.spec) as predictor:
            logits = predictor.logits(rows, network)
    return logits.astype(np.float64) / network.temperature


def initial_network(spec, rng):
    """Describe the network that a fit trains, and draw its first weights.

    Parameters
    ----------
    spec : NetworkSpec
    rng : numpy.random.Generator

    Returns
    -------
    spec : NetworkSpec
        With the `architecture` of a network that a callable builds.
    weights : list of ndarray
        Those that a callable's network has when it is built, so that a pretrained
        network keeps what it has learned.
    """
    seeds = iter(lambda: int(rng.integers(2**31)), None)
    if spec.network is None:
        return spec, draw_weights(_untrained_network(spec), seeds)
    network = build_network(spec, next(seeds))
    warn_of_rescaling(network)
    architecture = describe_architecture(network)
    return dataclasses.replace(spec, architecture=architecture), network.get_weights()


# Building a network takes ten times as long as drawing its weights.
_untrained_network = functools.lru_cache(CAPACITY)(build_network)


def build_keras_model(network):
    """Build a stock Keras model from pixels, as `fit` saw them, to logits.

    Parameters
    ----------
    network : FittedNetwork

    Returns
    -------
    keras.Model
        From ``(n, height, width, 1)`` to ``(n, n_classes)``, loadable without
        skdigits.
    """
    keras = import_keras()
    layers = build_network(network.spec)
    layers.set_weights(network.weights)
    images = keras.layers.Input(
        (*network.spec.image_shape, 1), name="image", dtype="float32"
    )
    scale = network.pixel_scale
    scaled = keras.layers.Rescaling(
        1 / scale, offset=-network.pixel_mean / scale, dtype="float32"
    )(images)
    logits = layers(scaled)
    if network.temperature != 1:
        logits = keras.layers.Rescaling(1 / network.temperature, dtype="float32")(
            logits
        )
    return keras.Model(images, logits, name="skdigits")
