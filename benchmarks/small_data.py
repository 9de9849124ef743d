"""Accuracy of the defaults on small data: the 8x8 digits, and 200 digits of MNIST.

scikit-learn's digits are split into 1,437 training and 360 test digits. Of MNIST, 200
random training digits are used, 20 of each class, and the 10,000 test digits. Each run
has its own split and seed. scikit-learn's SVC with an RBF kernel is the reference.

Run: python benchmarks/small_data.py --repeats 5
"""

import argparse
import time

import numpy as np
from _harness import print_machine, print_table
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC

from skdigits import CNNDigitClassifier
from skdigits.datasets import fetch_mnist


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--repeats", type=int, default=5, help="splits, one fit each")
    parser.add_argument("--data-home", help="folder of the MNIST files")
    args = parser.parse_args()
    print_machine()
    embedded = load_digits(return_X_y=True)
    train = fetch_mnist(subset="train", data_home=args.data_home)
    test = fetch_mnist(subset="test", data_home=args.data_home)

    rows = []
    splits = [
        train_test_split(*embedded, test_size=360, random_state=seed)
        for seed in range(args.repeats)
    ]
    rows += measure("8x8 digits, 1,437 to train on", splits)
    splits = []
    for seed in range(args.repeats):
        X, _, y, _ = train_test_split(
            train.data,
            train.target,
            train_size=200,
            stratify=train.target,
            random_state=seed,
        )
        splits.append((X, test.data, y, test.target))
    rows += measure("MNIST, 200 to train on", splits)
    columns = ["", "classifier", "accuracy, mean", "sd", "worst", "s per fit"]
    print_table("Small data", columns, rows)


def measure(name, splits):
    """Return one row of the table per classifier."""
    rows = []
    for contestant, make in [("skdigits", ours), ("SVC, RBF", svc)]:
        scores, seconds = [], []
        for seed, (X, X_test, y, y_test) in enumerate(splits):
            start = time.perf_counter()
            fitted = make(seed).fit(X, y)
            seconds.append(time.perf_counter() - start)
            scores.append(fitted.score(X_test, y_test))
        row = [name, contestant, f"{np.mean(scores):.4f}"]
        row += [f"{np.std(scores, ddof=1):.4f}", f"{min(scores):.4f}"]
        rows.append([*row, f"{np.median(seconds):.1f}"])
    return rows


def ours(seed):
    return CNNDigitClassifier(random_state=seed)


def svc(seed):
    return make_pipeline(MinMaxScaler(), SVC(C=10, gamma="scale"))


if __name__ == "__main__":
    main()
