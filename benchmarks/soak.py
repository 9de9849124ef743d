"""Memory and latency over many fits and predictions in one process.

Fits a small network again and again, with predictions of one image between the fits,
and compares the first and the last quarter: what grows or slows down shows in their
ratio.

Run: python benchmarks/soak.py
"""

import argparse
import time
from statistics import median

from _harness import print_machine, print_table
from search_time import resident_megabytes


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--fits", type=int, default=200)
    parser.add_argument("--predictions", type=int, default=20_000)
    args = parser.parse_args()
    print_machine()
    fits, predictions, sizes = soak(args.fits, args.predictions)
    rows = []
    for name, values, scale, unit in [
        ("fit", fits, 1, "s"),
        ("prediction of one image", predictions, 1000, "ms"),
        ("resident memory", sizes, 1, "MB"),
    ]:
        quarter = max(len(values) // 4, 1)
        first, last = median(values[:quarter]), median(values[-quarter:])
        numbers = f"{scale * first:.3g} {unit}", f"{scale * last:.3g} {unit}"
        rows.append([name, *numbers, f"{last / first:.3f}"])
    title = f"{args.fits} fits and {args.predictions} predictions in one process"
    print_table(title, ["median", "first quarter", "last quarter", "ratio"], rows)


def soak(n_fits, n_predictions):
    """Return seconds of fits and predictions, and megabytes after each fit."""
    from sklearn.datasets import load_digits

    from skdigits import CNNDigitClassifier

    X, y = load_digits(return_X_y=True)
    fits, predictions, sizes = [], [], []
    for number in range(n_fits):
        classifier = CNNDigitClassifier(filters=(8,), epochs=1, random_state=number)
        start = time.perf_counter()
        classifier.fit(X, y)
        fits.append(time.perf_counter() - start)
        for k in range(n_predictions // n_fits):
            start = time.perf_counter()
            classifier.predict(X[k % len(X)][None])
            predictions.append(time.perf_counter() - start)
        sizes.append(resident_megabytes())
    return fits, predictions, sizes


if __name__ == "__main__":
    main()
