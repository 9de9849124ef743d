"""Training time until the MNIST test accuracy is 0.98, 0.99 and 0.995.

skdigits against Keras by hand, scikeras, skorch with PyTorch (all with the textbook
network) and scikit-learn's MLPClassifier and RBF SVC. The others are tested after each
epoch, untimed; their time is that of the first epoch that reaches the mark. The
learning rate of skdigits ends at zero, so each number of epochs is a separate fit from
scratch; its time is that of the shortest fit that reaches the mark. The others build
and compile in each run, which is timed. Fits of skdigits in one process share the
compiled network, so only the first run includes compilation and the import of
TensorFlow. The longest run has `--epochs` epochs for the others, and the default for
skdigits.

Run: python benchmarks/train_time.py --repeats 3 --plot train_time.svg
"""

import argparse
import time
from statistics import median

import numpy as np
from _harness import console, print_machine, print_table
from _peers import (
    HandWrittenKeras,
    RawScikeras,
    ScikitLearnMLP,
    ScikitLearnSVC,
    SkorchTorch,
    missing,
)

from skdigits import RECIPES, CNNDigitClassifier
from skdigits.datasets import fetch_mnist

MARKS = (0.98, 0.99, 0.995)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--repeats", type=int, default=3, help="runs of each, seeded")
    parser.add_argument("--epochs", type=int, default=12, help="of each other package")
    parser.add_argument("--data-home", help="folder of the MNIST files")
    parser.add_argument("--only", nargs="+", help="names of contestants")
    parser.add_argument("--plot", metavar="FILE", help="draw error against seconds")
    args = parser.parse_args()
    print_machine("skorch", "torch")

    train = fetch_mnist(subset="train", data_home=args.data_home)
    test = fetch_mnist(subset="test", data_home=args.data_home)
    data = train.data, train.target.astype(int), test.data, test.target.astype(int)
    contestants = {
        "skdigits": our_runs,
        "keras by hand": peer(HandWrittenKeras, args.epochs),
        "scikeras": peer(RawScikeras, args.epochs),
        "skorch, PyTorch": peer(SkorchTorch, args.epochs),
        "MLPClassifier": peer(ScikitLearnMLP, args.epochs),
        "SVC, RBF": peer(ScikitLearnSVC, 1),
    }
    if absent := missing("skorch", "torch"):
        del contestants["skorch, PyTorch"]
        console.print(f"skorch is left out: {' and '.join(absent)} not installed.")
    contestants = {k: v for k, v in contestants.items() if k in (args.only or [k])}

    runs = {name: [] for name in contestants}
    for seed in range(args.repeats):
        for name, run in contestants.items():
            points = [(taken, float(hits)) for taken, hits in run(seed, *data)]
            runs[name].append(points)
            console.print(f"seed {seed}, {name}: {time_to_marks(points)}")
    report(runs)
    if args.plot:
        plot(runs, args.plot)


def our_runs(seed, X, y, X_test, y_test):
    """Yield seconds and accuracy of fits of increasing length."""
    default_epochs = CNNDigitClassifier().epochs
    lengths = [("fast", 1), ("fast", 2)]
    lengths += [("default", n) for n in (2, 4, default_epochs)]
    for recipe, epochs in lengths:
        clf = CNNDigitClassifier(**RECIPES[recipe] | {"epochs": epochs})
        clf.set_params(random_state=seed)
        start = time.perf_counter()
        clf.fit(X, y)
        yield time.perf_counter() - start, clf.score(X_test, y_test)


def peer(make, n_epochs):
    """Return a function that yields seconds and accuracy after each epoch."""

    def runs(seed, X, y, X_test, y_test):
        X, X_test = (np.float32(pixels) / 255 for pixels in (X, X_test))
        start = time.perf_counter()
        model = make(seed)
        seconds = time.perf_counter() - start
        for _ in range(n_epochs):
            start = time.perf_counter()
            model.train_epoch(X, y)
            seconds += time.perf_counter() - start
            yield seconds, np.mean(model.predict(X_test) == y_test)

    return runs


def time_to_marks(points):
    """Return the seconds until each mark that was reached."""
    return {
        mark: round(min(reached), 1)
        for mark in MARKS
        if (reached := [seconds for seconds, accuracy in points if accuracy >= mark])
    }


def report(runs):
    times = {name: [time_to_marks(run) for run in of] for name, of in runs.items()}
    rows = []
    for name, reached in times.items():
        row = [name]
        for mark in MARKS:
            seconds = [of_run[mark] for of_run in reached if mark in of_run]
            ours = [
                of_run[mark] for of_run in times.get("skdigits", []) if mark in of_run
            ]
            if len(seconds) < len(reached):
                row += [f"in {len(seconds)} of {len(reached)} runs", ""]
            else:
                ratio = median(seconds) / median(ours) if ours else float("nan")
                row += [f"{median(seconds):.1f}", f"{ratio:.1f}"]
        best = [max(accuracy for _, accuracy in run) for run in runs[name]]
        longest = median([run[-1][0] for run in runs[name]])
        rows.append([*row, f"{median(best):.4f}", f"{longest:.0f}"])
    columns = [""]
    for mark in MARKS:
        columns += [f"s to {mark}", "times ours"]
    columns += ["best seen", "s of the longest"]
    print_table("Time to accuracy", columns, rows)


def plot(runs, path):
    """Draw error against seconds for the first run of each contestant."""
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    for (name, of), marker in zip(runs.items(), "osD^vP", strict=False):
        seconds, accuracy = zip(*of[0], strict=True)
        errors = [100 * (1 - a) for a in accuracy]
        style = {"linewidth": 2.5} if name == "skdigits" else {"linewidth": 1}
        ax.plot(seconds, errors, marker=marker, label=name, **style)
    ax.set(xscale="log", yscale="log", xlabel="Seconds of training, two cores")
    ax.set(ylabel="Wrong on the MNIST test set, %", yticks=[0.4, 1, 2, 4])
    ax.set_yticklabels(["0.4", "1", "2", "4"])
    ax.yaxis.set_minor_formatter("")
    ax.set_xticks([5, 10, 30, 100, 300], ["5", "10", "30", "100", "300"])
    ax.legend(frameon=False)
    ax.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)


if __name__ == "__main__":
    main()
