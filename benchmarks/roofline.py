"""How much of the machine training uses: GFLOP/s of `fit` beside those of `sgemm`.

Counted are the multiplications and additions of the convolutions and matrix products:
forward, towards the weights and, but for the first layer, towards the input. What is
not counted (pooling, normalisation, augmentation, the optimizer, gathering the
batches) is time all the same, so the share says how close to the limit `fit` as a
whole is. Its epochs are timed, but for the first; a callback of scikit-learn's takes
the time. `sgemm` runs before and after each fit, as a machine is not equally fast from
one minute to the next.

Run: python benchmarks/roofline.py
"""

import argparse
import functools
import math
import time

import numpy as np
from _harness import median, print_machine, print_table
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
    """A callback that notes when each epoch of a fit ends."""

    def setup(self, estimator, context):
        """Start a list of seconds."""
        self.ends = []

    def on_fit_task_begin(self, estimator, context):
        """Ignore beginnings."""

    def on_fit_task_end(self, estimator, context):
        """Note the end of an epoch."""
        if context.task_name == "epoch":
            self.ends.append(time.perf_counter())

    def teardown(self, estimator, context):
        """Keep the list."""


def time_epochs(clf, X, y):
    """Return the seconds of each epoch of a fit but the first."""
    stopwatch = Stopwatch()
    clf.set_callbacks(stopwatch).fit(X, y)
    return np.diff(stopwatch.ends)


def time_keras_epochs(model, images, y):
    """Return the seconds of each epoch of `keras.Model.fit` but the first."""
    import keras

    ends = []
    note = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: ends.append(time.perf_counter())
    )
    images = images.reshape(-1, 28, 28, 1)
    model.fit(images, y, batch_size=BATCH_SIZE, epochs=3, verbose=0, callbacks=[note])
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
    """Count the floating-point operations of one training step, by image."""
    layers = [
        (math.prod(layer.kernel.shape), layer.output.shape)
        for layer in leaf_layers(model)
        if hasattr(layer, "kernel")
    ]
    works = [
        2 * n_weights * (math.prod(shape[1:3]) if len(shape) == 4 else 1)
        for n_weights, shape in layers
    ]
    return 3 * sum(works) - n_networks * works[0]


if __name__ == "__main__":
    main()
