"""How much of the machine training uses: GFLOP/s of `fit` beside those of `sgemm`.

Counted are the multiplications and additions of the convolutions and matrix products:
forward, towards the weights and, but for the first layer, towards the input. What is
not counted (pooling, normalisation, augmentation, the optimizer, gathering the
batches) is time all the same, so the share says how close to the limit `fit` as a
whole is. `fit` is taken without its start: half of what three epochs take longer than
one.

Run: python benchmarks/roofline.py
"""

import argparse
import math

import numpy as np
from _harness import interleave, median, print_machine, print_table
from _peers import HandWrittenKeras

from skdigits import RECIPES, CNNDigitClassifier
from skdigits.datasets import load_digits28

N_ROWS = 12_800  # enough for batches of 128, as on MNIST
N_MATRIX = 2048


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    print_machine()
    X, y = load_digits28(return_X_y=True)
    X, y = np.resize(X, (N_ROWS, 784)), np.resize(y, N_ROWS)

    runs, gflops = {}, {}
    square = np.random.default_rng(0).random((N_MATRIX, N_MATRIX), dtype=np.float32)
    runs["sgemm"] = lambda: [square @ square for _ in range(20)]
    gflops["sgemm"] = 20 * 2 * N_MATRIX**3 / 1e9
    for name in RECIPES:
        clf = CNNDigitClassifier(**RECIPES[name], random_state=0)
        for epochs in (1, 3):
            runs[f"{name} {epochs}"] = lambda clf=clf, n=epochs: clf.set_params(
                epochs=n
            ).fit(X, y)
        runs[f"{name} 1"]()  # compiles
        gflops[name] = N_ROWS * training_flops(clf.model_) / 1e9
    keras_model = HandWrittenKeras(0)
    images = np.float32(X) / 255
    keras_model.train_epoch(images, y)
    runs["textbook, keras by hand"] = lambda: keras_model.train_epoch(images, y)
    gflops["textbook, keras by hand"] = N_ROWS * training_flops(keras_model.model) / 1e9

    seconds = interleave(runs, args.repeats)
    rates = {}
    for name, work in gflops.items():
        taken = seconds.get(name) or (
            np.subtract(seconds[f"{name} 3"], seconds[f"{name} 1"]) / 2
        )
        rates[name] = work / median(taken)
    rows = [
        [name, f"{gflops[name]:.0f}", f"{rate:.0f}", f"{rate / rates['sgemm']:.0%}"]
        for name, rate in rates.items()
    ]
    columns = ["", "GFLOP", "GFLOP/s", "of sgemm"]
    print_table(f"One epoch of {N_ROWS:,} digits", columns, rows)


def training_flops(model):
    """Count the floating-point operations of one training step, by image."""
    layers = [
        (math.prod(layer.kernel.shape), layer.output.shape)
        for layer in model._flatten_layers(include_self=False, recursive=True)
        if hasattr(layer, "kernel")
    ]
    works = [
        2 * n_weights * (math.prod(shape[1:3]) if len(shape) == 4 else 1)
        for n_weights, shape in layers
    ]
    return 3 * sum(works) - works[0]


if __name__ == "__main__":
    main()
