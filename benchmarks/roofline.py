"""GFLOP/s of `fit` compared with those of a matrix product.

The multiplications and additions of convolutions and matrix products are counted:
forward, for the gradient of the weights and, except in the first layer, of the input.
Pooling, normalisation, augmentation, the optimizer and gathering the batches are not
counted but take time, so the share is that of `fit` as a whole. A callback times the
epochs except the first. The product runs before and after each fit, because the speed
of a machine drifts: `sgemm`, or TensorFlow's product of bfloat16 matrices for a fit in
bfloat16. `--precision float32 bfloat16` times each recipe in both, one after the other
in each repeat, and says how many times as fast as in float32 it is.

Run: python benchmarks/roofline.py
"""

import argparse
import functools
import itertools
import math
import time
from statistics import median

import numpy as np
from _harness import median_ratio, print_machine, print_table
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
    parser.add_argument("--recipes", nargs="+", default=list(RECIPES), choices=RECIPES)
    parser.add_argument(
        "--precision",
        nargs="+",
        default=["float32"],
        choices=["float32", "bfloat16"],
        help="what to train in (default: float32)",
    )
    args = parser.parse_args()
    print_machine()
    X, y = load_digits28(return_X_y=True)
    X, y = np.resize(X, (N_ROWS, 784)), np.resize(y, N_ROWS)

    work, timers = {}, {}
    for recipe, precision in itertools.product(args.recipes, args.precision):
        clf = CNNDigitClassifier(**RECIPES[recipe] | {"epochs": 1}, precision=precision)
        clf.set_params(random_state=0).fit(X, y)  # compiles
        gflop = N_ROWS * training_flops(clf.model_, clf.n_networks) / 1e9
        clf.set_params(epochs=1 + math.ceil(TIMED_GFLOP / gflop))
        work[recipe, precision] = gflop
        timers[recipe, precision] = functools.partial(time_epochs, clf, X, y)
    by_hand, model = ("textbook, keras by hand", "float32"), HandWrittenKeras(0).model
    work[by_hand] = N_ROWS * training_flops(model) / 1e9
    images = np.float32(X) / 255
    timers[by_hand] = functools.partial(time_keras_epochs, model, images, y)

    rates = {contestant: [] for contestant in timers}
    shares = {contestant: [] for contestant in timers}
    peaks = {precision: [] for _, precision in timers}
    for _ in range(args.repeats):
        for contestant, timer in timers.items():
            _, precision = contestant
            before = PRODUCTS[precision]()
            rate = work[contestant] / median(timer())
            after = PRODUCTS[precision]()
            rates[contestant].append(rate)
            shares[contestant].append(2 * rate / (before + after))
            peaks[precision] += [before, after]
    report(work, rates, shares, peaks)


def report(work, rates, shares, peaks):
    """Print a row for each kind of matrix product and each fit."""
    rows = []
    for precision, measured in peaks.items():
        ratio = median(measured) / median(peaks["float32"])
        rows.append(["matrix product", precision, "", f"{median(measured):.0f}"])
        rows[-1] += ["100%", f"{ratio:.2f}"]
    for contestant, gflop in work.items():
        name, precision = contestant
        rate, share = median(rates[contestant]), median(shares[contestant])
        rows.append([name, precision, f"{gflop:.0f}", f"{rate:.0f}", f"{share:.0%}"])
        reference = rates.get((name, "float32"))
        ratio = median_ratio(rates[contestant], reference) if reference else None
        rows[-1].append(f"{ratio:.2f}" if ratio else "")
    columns = ["", "precision", "GFLOP", "GFLOP/s", "of the product"]
    columns.append("times float32")
    note = "\n".join(
        f"The {precision} product varied from {min(measured):.0f} to "
        f"{max(measured):.0f} GFLOP/s."
        for precision, measured in peaks.items()
    )
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


def bfloat16_rate():
    """Return the GFLOP/s of TensorFlow's products of large bfloat16 matrices."""
    import tensorflow as tf

    square = tf.ones((N_MATRIX, N_MATRIX), tf.bfloat16)
    seconds = [time_call(tf.matmul, square, square) for _ in range(N_PRODUCTS)]
    return 2 * N_MATRIX**3 / 1e9 / median(seconds)


PRODUCTS = {"float32": sgemm_rate, "bfloat16": bfloat16_rate}


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
