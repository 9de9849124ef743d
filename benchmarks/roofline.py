"""GFLOP/s of `fit` compared with those of `sgemm`.

The multiplications and additions of convolutions and matrix products are counted:
forward, for the gradient of the weights and, except in the first layer, of the input.
Pooling, normalisation, augmentation, the optimizer and gathering the batches are not
counted but take time, so the share is that of `fit` as a whole. A callback times the
epochs except the first. `sgemm` runs before and after each fit, because the speed of a
machine drifts.

Run: python benchmarks/roofline.py
"""

import argparse
import functools
import math
import time
from statistics import median

import numpy as np
from _harness import print_machine, print_table
from _peers import BATCH_SIZE, HandWrittenKeras

from skdigits import RECIPES, CNNDigitClassifier
from skdigits._network.layers import leaf_layers
from skdigits.datasets import load_digits28

N_ROWS = 12_800  # enough for batches of 128, as on MNIST
N_MATRIX = 2048
N_PRODUCTS = 8
TIMED_GFLOP = 300  # of each fit, at least


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    print_machine()
    X, y = load_digits28(return_X_y=True)
    X, y = np.resize(X, (N_ROWS, 784)), np.resize(y, N_ROWS)

    gflops, timers = {}, {}
    for name in RECIPES:
        clf = CNNDigitClassifier(**RECIPES[name] | {"epochs": 1}, random_state=0)
        clf.fit(X, y)  # compiles
        gflops[name] = N_ROWS * training_flops(clf.model_, clf.n_networks) / 1e9
        clf.set_params(epochs=1 + math.ceil(TIMED_GFLOP / gflops[name]))
        timers[name] = functools.partial(time_epochs, clf, X, y)
    name, model = "textbook, keras by hand", HandWrittenKeras(0).model
    gflops[name] = N_ROWS * training_flops(model) / 1e9
    timers[name] = functools.partial(time_keras_epochs, model, np.float32(X) / 255, y)

    rates = {name: [] for name in timers}
    shares = {name: [] for name in timers}
    peaks = [sgemm_rate()]
    for _ in range(args.repeats):
        for name, timer in timers.items():
            rate = gflops[name] / median(timer())
            peaks.append(sgemm_rate())
            rates[name].append(rate)
            shares[name].append(2 * rate / sum(peaks[-2:]))
    rows = [["sgemm", "", f"{median(peaks):.0f}", "100%"]]
    for name, work in gflops.items():
        rate, share = median(rates[name]), median(shares[name])
        rows.append([name, f"{work:.0f}", f"{rate:.0f}", f"{share:.0%}"])
    columns = ["", "GFLOP", "GFLOP/s", "of sgemm"]
    note = f"sgemm varied from {min(peaks):.0f} to {max(peaks):.0f} GFLOP/s."
    print_table(f"One epoch of {N_ROWS:,} digits", columns, rows, note)


class Stopwatch:
    """A callback that records when each epoch of a fit ends."""

    def setup(self, estimator, context):
        """Start the list of times."""
        self.ends = []

    def on_fit_task_begin(self, estimator, context):
        """Do nothing."""

    def on_fit_task_end(self, estimator, context):
        """Record the end of an epoch."""
        if context.task_name == "epoch":
            self.ends.append(time.perf_counter())

    def teardown(self, estimator, context):
        """Do nothing."""


def time_epochs(clf, X, y):
    """Return the seconds of each epoch of a fit except the first."""
    stopwatch = Stopwatch()
    clf.set_callbacks(stopwatch).fit(X, y)
    return np.diff(stopwatch.ends)


def time_keras_epochs(model, images, y):
    """Return the seconds of each epoch of `keras.Model.fit` except the first."""
    import keras

    ends = []
    record = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: ends.append(time.perf_counter())
    )
    images = images.reshape(-1, 28, 28, 1)
    model.fit(images, y, batch_size=BATCH_SIZE, epochs=3, verbose=0, callbacks=[record])
    return np.diff(ends)


def time_call(function, *args):
    start = time.perf_counter()
    function(*args)
    return time.perf_counter() - start


def sgemm_rate():
    """Return the GFLOP/s of products of large matrices."""
    square = np.ones((N_MATRIX, N_MATRIX), dtype=np.float32)
    seconds = [time_call(np.matmul, square, square) for _ in range(N_PRODUCTS)]
    return 2 * N_MATRIX**3 / 1e9 / median(seconds)


def training_flops(model, n_networks=1):
    """Count the floating-point operations of one training step per image."""
    layers = [
        (math.prod(layer.kernel.shape), layer.output.shape)
        for layer in leaf_layers(model)
        if hasattr(layer, "kernel")
    ]
    forward = [
        2 * n_weights * (math.prod(shape[1:3]) if len(shape) == 4 else 1)
        for n_weights, shape in layers
    ]
    return 3 * sum(forward) - n_networks * forward[0]


if __name__ == "__main__":
    main()
