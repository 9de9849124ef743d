"""Time and memory of twenty fits of one network, as in a search or cross-validation.

skdigits against scikeras with the same layers, optimizer, batches and epochs, on the
8x8 digits of scikit-learn: wall-clock time and growth of the process. Each runs in its
own process; importing Keras is not timed. Also skdigits in two workers of loky and of a
Dask cluster, whose start, with the import of Keras, is timed.

Run: python benchmarks/search_time.py
     python benchmarks/search_time.py --fits 8 --epochs 100  # the start weighs less
"""

import argparse
import functools
import json
import subprocess
import sys
import time
from statistics import median

from _harness import print_machine, print_table

BATCH_SIZE = 32


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--fits", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--contestant", choices=CONTESTANTS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.contestant:
        print(json.dumps(CONTESTANTS[args.contestant](args.fits, args.epochs)))
        return
    print_machine()
    results = {name: [] for name in CONTESTANTS}
    for _ in range(args.repeats):
        for name, result in results.items():
            size = ["--fits", str(args.fits), "--epochs", str(args.epochs)]
            command = [sys.executable, __file__, "--contestant", name, *size]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            result.append(json.loads(done.stdout.splitlines()[-1]))
    ours = median([result["seconds"] for result in results["skdigits"]])
    rows = []
    for name, result in results.items():
        seconds = median([r["seconds"] for r in result])
        growth = median([r["megabytes"] for r in result])
        accuracy = median([r["accuracy"] for r in result])
        row = [name, f"{seconds:.1f}", f"{ours / seconds:.2f}", f"{growth:.1f}"]
        rows.append([*row, f"{accuracy:.3f}"])
    columns = ["", "s", "ours / this", "MB per further fit", "accuracy"]
    title = f"{args.fits} fits of {args.epochs} epochs, 1,437 digits"
    print_table(title, columns, rows)


def fit_all(make, n_fits, first_seed=0):
    """Fit a network `n_fits` times; return seconds, growth and accuracy."""
    import scikeras.wrappers  # noqa: F401  imports Keras and TensorFlow untimed
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    X, y = load_digits(return_X_y=True)
    X, X_test, y, y_test = train_test_split(X, y, test_size=360, random_state=0)
    seconds, accuracies, sizes = 0.0, [], []
    for seed in range(first_seed, first_seed + n_fits):
        start = time.perf_counter()
        model = make(seed).fit(X, y)
        seconds += time.perf_counter() - start
        accuracies.append(model.score(X_test, y_test))
        sizes.append(resident_megabytes())
    # The first fits fill caches.
    settled = sizes[n_fits // 2 :]
    growth = (settled[-1] - settled[0]) / max(len(settled) - 1, 1)
    return {
        "seconds": seconds,
        "megabytes": growth,
        "accuracy": median(accuracies),
    }


def fit_in_workers(make, n_fits):
    """Fit in the workers that joblib is configured for, as `fit_all` does."""
    from joblib import Parallel, delayed

    start = time.perf_counter()
    results = Parallel()(delayed(fit_all)(make, 1, seed) for seed in range(n_fits))
    return {
        "seconds": time.perf_counter() - start,
        "megabytes": float("nan"),
        "accuracy": median(result["accuracy"] for result in results),
    }


def resident_megabytes():
    import gc
    import resource

    gc.collect()
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize() / 2**20
    except OSError:
        return float("nan")


def make_skdigits(seed, epochs):
    from skdigits import CNNDigitClassifier

    return CNNDigitClassifier(
        filters=(16, 32),
        kernel_size=3,
        pool_after=(1, 2),
        batch_norm=False,
        dense_units=(64,),
        augmentation=None,
        learning_rate=0.001,
        schedule="constant",
        epochs=epochs,
        batch_size=BATCH_SIZE,
        random_state=seed,
    )


def skdigits_fits(n_fits, epochs):
    return fit_all(functools.partial(make_skdigits, epochs=epochs), n_fits)


def loky_fits(n_fits, epochs):
    from joblib import parallel_config

    with parallel_config("loky", n_jobs=2):
        return fit_in_workers(functools.partial(make_skdigits, epochs=epochs), n_fits)


def dask_fits(n_fits, epochs):
    from distributed import LocalCluster
    from joblib import parallel_config

    from skdigits import dask_client

    workers = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with (
        LocalCluster(**workers) as cluster,
        dask_client(cluster),
        parallel_config("dask"),
    ):
        return fit_in_workers(functools.partial(make_skdigits, epochs=epochs), n_fits)


def scikeras_fits(n_fits, epochs):
    import keras
    from scikeras.wrappers import KerasClassifier

    def network():
        layers = keras.layers
        model = keras.Sequential(
            [
                layers.Input((64,)),
                layers.Rescaling(1 / 16),
                layers.Reshape((8, 8, 1)),
                layers.Conv2D(16, 3, padding="same", activation="relu"),
                layers.MaxPooling2D(),
                layers.Conv2D(32, 3, padding="same", activation="relu"),
                layers.MaxPooling2D(),
                layers.Flatten(),
                layers.Dense(64, activation="relu"),
                layers.Dense(10, activation="softmax"),
            ]
        )
        model.compile("adam", "sparse_categorical_crossentropy")
        return model

    def make(seed):
        return KerasClassifier(
            model=network,
            epochs=epochs,
            batch_size=BATCH_SIZE,
            verbose=0,
            random_state=seed,
        )

    return fit_all(make, n_fits)


CONTESTANTS = {
    "skdigits": skdigits_fits,
    "skdigits, 2 workers of loky": loky_fits,
    "skdigits, 2 workers of Dask": dask_fits,
    "scikeras": scikeras_fits,
}


if __name__ == "__main__":
    main()
