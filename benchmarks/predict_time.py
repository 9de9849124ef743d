"""How long a prediction takes: one image, also on a busy machine, and ten thousand.

The textbook network in skdigits against `keras.Model.predict` and the other ways to
call the same Keras model. Run: python benchmarks/predict_time.py
"""

import argparse
import contextlib
import multiprocessing
import os

import numpy as np
from _harness import (
    console,
    interleave,
    median,
    median_ratio,
    print_machine,
    print_table,
)

from skdigits import RECIPES, CNNDigitClassifier
from skdigits.datasets import load_digits28

BATCH_SIZES = (32, 128, 512, 2048)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--repeats", type=int, default=7, help="of 10,000 images")
    args = parser.parse_args()
    print_machine()
    X, y = load_digits28(return_X_y=True)
    clf = CNNDigitClassifier(**RECIPES["textbook"] | {"epochs": 1}, random_state=0)
    clf.fit(X, y)
    model = clf.model_  # the very same weights in a stock keras.Model
    many = np.resize(X, (10_000, 784))
    images = many.reshape(-1, 28, 28, 1).astype("float32")

    one = {
        "skdigits predict_proba": lambda: clf.predict_proba(many[:1]),
        "keras model.predict": lambda: model.predict(images[:1], verbose=0),
        "keras model(x)": lambda: model(images[:1], training=False).numpy(),
        "keras predict_on_batch": lambda: model.predict_on_batch(images[:1]),
    }
    report("One image", one, n_repeats=100, unit=1e3, name="ms")
    with busy_cores():
        report("One image, all cores busy", one, n_repeats=100, unit=1e3, name="ms")

    ten_thousand = {
        "skdigits predict_proba": lambda: clf.predict_proba(many),
        "keras model.predict": lambda: model.predict(images, verbose=0),
    }
    for size in BATCH_SIZES[1:]:
        ten_thousand[f"keras model.predict, batch_size={size}"] = lambda size=size: (
            model.predict(images, batch_size=size, verbose=0)
        )
    report("10,000 images", ten_thousand, n_repeats=args.repeats, unit=1, name="s")


@contextlib.contextmanager
def busy_cores():
    """Keep each core busy with another process."""
    spawn = multiprocessing.get_context("spawn")
    started = spawn.Semaphore(0)
    processes = [
        spawn.Process(target=_compute_forever, args=(started,), daemon=True)
        for _ in os.sched_getaffinity(0)
    ]
    for process in processes:
        process.start()
    for _ in processes:
        started.acquire()
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _compute_forever(started):
    started.release()
    while True:
        sum(range(100_000))


def report(title, contestants, n_repeats, unit, name):
    for run in contestants.values():
        run()  # compiles
    seconds = interleave(contestants, n_repeats)
    ours = seconds["skdigits predict_proba"]
    rows = [
        [contestant, f"{median(taken) * unit:.2f}", f"{median_ratio(taken, ours):.2f}"]
        for contestant, taken in seconds.items()
    ]
    print_table(title, ["", f"median, {name}", "times ours"], rows)


if __name__ == "__main__":
    main()
    console.print()
