"""Errors of each recipe on MNIST's 10,000 test digits.

Mean and spread over seeds after the last epoch. `--vote` adds a soft `VotingClassifier`
of the seeds of each recipe. `--validation` trains on most writers of the training set
and tests on its held-out writers; the recipes were chosen this way. It needs a file of
MNIST's writers. `--precision` trains each recipe in each of the given precisions.

Run: python benchmarks/accuracy.py --recipes default --seeds 3
"""

import argparse
import itertools
import time

import numpy as np
from _harness import console, print_machine, print_table
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator

from skdigits import RECIPES, CNNDigitClassifier
from skdigits.datasets import fetch_mnist


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--recipes", nargs="+", default=list(RECIPES), choices=RECIPES)
    parser.add_argument("--seeds", type=int, default=3, help="fits of each recipe")
    parser.add_argument(
        "--vote", action="store_true", help="add a soft vote of the seeds"
    )
    parser.add_argument(
        "--precision",
        nargs="+",
        default=["float32"],
        choices=["float32", "bfloat16", "auto"],
        help="what to train in (default: float32)",
    )
    parser.add_argument("--data-home", help="folder of the MNIST files")
    parser.add_argument(
        "--validation",
        metavar="WRITERS.npz",
        help="test on held-out writers instead of the test set; `train` in this file "
        "is the writer of each training digit",
    )
    args = parser.parse_args()
    print_machine()
    X, y, X_test, y_test = load(args.data_home, args.validation)

    rows = []
    for recipe, precision in itertools.product(args.recipes, args.precision):
        fitted, wrong, seconds = [], [], []
        for seed in range(args.seeds):
            clf = CNNDigitClassifier(**RECIPES[recipe], precision=precision)
            clf.set_params(random_state=seed)
            start = time.perf_counter()
            fitted.append(clf.fit(X, y))
            seconds.append(time.perf_counter() - start)
            wrong.append(np.count_nonzero(clf.predict(X_test) != y_test))
            console.print(f"{recipe}, {precision}, seed {seed}: {wrong[-1]} wrong")
        row = [recipe, precision, " ".join(map(str, wrong)), f"{np.mean(wrong):.1f}"]
        row += [f"{np.std(wrong, ddof=1):.1f}" if len(wrong) > 1 else ""]
        row += [f"{1 - np.mean(wrong) / len(y_test):.4f}", f"{np.median(seconds):.0f}"]
        if args.vote:
            row.append(np.count_nonzero(vote(fitted, X_test) != y_test))
        rows.append(row)
    columns = [
        "recipe",
        "precision",
        "wrong, by seed",
        "mean",
        "sd",
        "accuracy",
        "s per fit",
    ]
    columns += [f"vote of {args.seeds}"] * args.vote
    print_table(f"Wrong of {len(y_test):,}", columns, rows)


def load(data_home, writers):
    """Return training and test digits, or training and validation digits."""
    train = fetch_mnist(subset="train", data_home=data_home)
    if writers is None:
        test = fetch_mnist(subset="test", data_home=data_home)
        return train.data, train.target, test.data, test.target
    with np.load(writers) as file:
        writer = file["train"]
    held_out = is_held_out(writer)
    X, y = train.data, train.target
    return X[~held_out], y[~held_out], X[held_out], y[held_out]


def is_held_out(writers):
    """Tell which digits are by the 90 writers that are held out."""
    chosen = np.random.default_rng(12345).permutation(np.unique(writers))[:90]
    return np.isin(writers, chosen)


def vote(fitted, X):
    """Return the classes of the largest mean probability."""
    voters = [(f"seed{i}", FrozenEstimator(clf)) for i, clf in enumerate(fitted)]
    committee = VotingClassifier(voters, voting="soft")
    return committee.fit(X[:10], np.arange(10)).predict(X)


if __name__ == "__main__":
    main()
