"""Errors of a saved model on data it was not trained on, as a model card.

The model was saved by `skdigits train --data mnist`, or by train_digits.py, whose
description in the card next to the model is kept. MNIST's test digits are read
unchanged, through the preprocessor and corrupted; `--singles` and `--semeion` are
pictures of your own, as in framing.py. `--write` writes the card next to the model,
where load_pretrained reads it:

    python benchmarks/pretrained.py skdigits/weights/mnist.skops --write

`--fit-temperature WRITERS.npz` trains the recipe of the model on most writers, as
accuracy.py does, and prints the best temperature for the held-out writers.
"""

import argparse
import datetime
import hashlib
import importlib.metadata
import json
import platform
import warnings
from pathlib import Path

import numpy as np
from _harness import console, print_machine, print_table
from accuracy import load as load_split
from corruptions import mean_errors, measure_corruptions
from framing import read_sets
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.base import clone
from sklearn.metrics import log_loss

import skdigits
from skdigits import RECIPES, CNNDigitClassifier
from skdigits.datasets import fetch_mnist
from skdigits.datasets._mnist import _FILES
from skdigits.exceptions import NoDigitFoundWarning, SeveralDigitsWarning

N_BINS = 15
FONTS = ["DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono:bold"]
LETTERS = "ACEHKMRFNPTWX"
PACKAGES = (
    *("skdigits", "keras", "tensorflow", "scikeras", "scikit-learn", "scikit-image"),
    *("numpy", "scipy", "skops"),
)
DESCRIPTION = (
    "A convolutional network for single handwritten digits, 0 to 9, behind a "
    "preprocessor that frames photos, scans and drawings as MNIST frames its digits."
)
LIMITS = [
    "One digit in each picture; letters and other signs are read as digits, too.",
    "Trained on digits by writers from the United States, around 1990: forms of "
    "other places and times, such as a 1 with a long upstroke, are read less well.",
    "A confidence holds for pictures like those it was calibrated on, not for "
    "pictures without a digit.",
]


def main():
    args = parse_args()
    print_machine("skops", "scikit-image")
    model = skdigits.load(args.model)
    if args.fit_temperature:
        X, y, X_held_out, y_held_out = load_split(args.data_home, args.fit_temperature)
        clf = clone(model[-1]).set_params(temperature=1.0).fit(X, y)
        report_temperature(clf.decision_function(X_held_out), y_held_out)
        return
    results = measure(model, args)
    print_table(f"What {args.model.name} reads", ["", "result"], flatten(results))
    if args.write:
        path = args.model.with_suffix(".json")
        if find_recipe(model[-1]):
            card = describe(model, args.model)
        else:
            card = json.loads(path.read_text(encoding="utf-8"))
        card |= {"weights": describe_file(args.model), "results": results}
        path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
        console.print(f"\nThe card is written to {path}.")


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("model", type=Path, help="file saved by `skdigits train`")
    parser.add_argument("--singles", help="folder with one sub-folder per label")
    parser.add_argument("--semeion", help=".npz file with scans X and labels y")
    parser.add_argument("--data-home", help="folder of the MNIST files")
    parser.add_argument("--write", action="store_true", help="write the model card")
    parser.add_argument(
        "--fit-temperature",
        metavar="WRITERS.npz",
        help="`train` in this file is the writer of each training digit",
    )
    return parser.parse_args()


def measure(model, args):
    """Return the results of the model card, as plain values."""
    X, y = fetch_mnist("test", data_home=args.data_home, return_X_y=True)
    proba = model[-1].predict_proba(X)
    results = {
        "mnist_test": count_wrong(model[-1], X, y),
        "mnist_test_through_preprocessor": count_wrong(model, X, y),
        "calibration": {
            "nll": round(log_loss(y, proba), 5),
            "ece": round(calibration_error(proba, y), 5),
        },
    }
    for name, (pictures, labels) in read_sets(args).items():
        results[name] = count_wrong(model, pictures, labels)
    results["share_above_0.9"] = {
        name: share_confident(model, pictures)
        for name, pictures in draw_no_digits().items()
    }
    readers = {"corruptions": model[-1], "corruptions_through_preprocessor": model}
    for name, reader in readers.items():
        shares = measure_corruptions(reader, X, y)
        results[name] = round_values(shares)
        results[f"{name}_mean"] = round_values(mean_errors(shares))
    return results


def round_values(shares):
    return {name: round(share, 5) for name, share in shares.items()}


def share_confident(model, pictures):
    """Return the share of pictures whose best label has more than 0.9."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NoDigitFoundWarning)
        warnings.simplefilter("ignore", SeveralDigitsWarning)
        confidence = model.predict_proba(pictures).max(axis=1)
    return round(float(np.mean(confidence > 0.9)), 4)


def draw_no_digits():
    """Draw letters in the fonts of matplotlib, blank pictures and noise.

    The letters are those of the example `plot_not_a_digit.py`.
    """
    rng = np.random.default_rng(0)
    fonts = [ImageFont.truetype(findfont(name), 60) for name in FONTS]

    def draw(letter):
        page = Image.new("L", (100, 100))
        font = fonts[rng.integers(len(fonts))]
        ImageDraw.Draw(page).text((50, 50), letter, fill=255, font=font, anchor="mm")
        turned = page.rotate(rng.uniform(-15, 15), resample=Image.Resampling.BILINEAR)
        return np.asarray(turned)

    return {
        "letters": [draw(letter) for letter in 40 * LETTERS],
        "blank": [np.full((100, 80), gray, np.uint8) for gray in range(0, 256, 5)],
        "noise": list(rng.integers(0, 256, (300, 28, 28), dtype=np.uint8)),
    }


def count_wrong(model, X, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NoDigitFoundWarning)
        warnings.simplefilter("ignore", SeveralDigitsWarning)
        wrong = model.predict(X).astype(str) != np.asarray(y).astype(str)
    return {"images": len(y), "wrong": int(np.count_nonzero(wrong))}


def calibration_error(proba, y):
    """Return the expected calibration error over bins of equal size."""
    confidence = proba.max(axis=1)
    hits = proba.argmax(axis=1) == y
    bins = np.array_split(np.argsort(confidence, kind="stable"), N_BINS)
    gaps = [abs(hits[rows].mean() - confidence[rows].mean()) for rows in bins]
    return float(np.average(gaps, weights=[len(rows) for rows in bins]))


def report_temperature(logits, y):
    """Print the temperature with the lowest loss, and its loss and ECE."""

    def loss(temperature, logits=logits, y=y):
        return -log_softmax(logits / temperature, axis=1)[np.arange(len(y)), y].mean()

    best = minimize_scalar(loss, bounds=(0.1, 10), method="bounded").x
    rows = []
    for temperature in (1.0, best):
        proba = np.exp(log_softmax(logits / temperature, axis=1))
        ece = calibration_error(proba, y)
        rows.append([f"{temperature:.3f}", f"{loss(temperature):.5f}", f"{ece:.5f}"])
    print_table(f"{len(y):,} held-out digits", ["temperature", "NLL", "ECE"], rows)


def describe(model, path):
    """Return the training part of the model card."""
    clf = model[-1]
    seed = clf.random_state
    recipe = find_recipe(clf)
    # Results are bit-equal only for the same number of threads.
    command = "OMP_NUM_THREADS=1 skdigits train --data mnist"
    command += f" --recipe {recipe} --seed {seed}"
    if clf.epochs != CNNDigitClassifier(**RECIPES[recipe]).epochs:
        command += f" --epochs {clf.epochs}"
    return {
        "name": path.stem,
        "description": DESCRIPTION,
        "command": f"{command} --output {path.name}",
        "recipe": recipe,
        "seed": seed,
        "parameters": describe_parameters(clf),
        "data": {
            "name": "MNIST, the 60,000 training digits",
            "sha256": {file.name: file.sha256 for file in _FILES["train"]},
        },
        "versions": describe_versions(),
        "date": datetime.date.today().isoformat(),
        "limits": LIMITS,
    }


def describe_parameters(clf):
    """Return the parameters that are not at their defaults."""
    defaults = CNNDigitClassifier().get_params()
    return {
        name: value
        for name, value in clf.get_params().items()
        if name != "random_state" and value != defaults[name]
    }


def describe_versions():
    return {
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in PACKAGES},
    }


def describe_file(path):
    content = path.read_bytes()
    return {
        "file": path.name,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def find_recipe(clf):
    """Return the name of the recipe of a classifier, None if it has none."""
    free = {"epochs": clf.epochs, "random_state": clf.random_state}
    for name, params in RECIPES.items():
        twin = CNNDigitClassifier(**params | free)
        if twin.get_params() == clf.get_params():
            return name
    return None


def flatten(results, prefix=""):
    """Yield names of results, joined by dots where nested, and their values."""
    for name, value in results.items():
        if not isinstance(value, dict):
            yield [prefix + name, value]
        elif "wrong" in value:
            yield [prefix + name, f"{value['wrong']} wrong of {value['images']:,}"]
        else:
            yield from flatten(value, f"{prefix}{name}.")


if __name__ == "__main__":
    main()
    console.print()
