"""Generate the training data of the pretrained model "digits", and train it.

MNIST's training digits, and digits of other writers (Semeion, optdigits, UJI Pen
Characters), are trained on as they are and in generated variants; forms that they lack
are drawn from templates. `training/` has the generators. Pictures are framed by the
preprocessor, as users' pictures are.

    TF_ENABLE_ONEDNN_OPTS=1 python benchmarks/train_digits.py --output digits.skops
    python benchmarks/pretrained.py digits.skops --write

`--validation WRITERS.npz` leaves out Semeion, every fourth UJI writer and the held-out
writers of accuracy.py, and prints the errors on them and the best temperature.
"""

import argparse
import datetime
import hashlib
import json
import subprocess
import warnings
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from _harness import console, print_machine, print_table
from accuracy import load as load_mnist
from joblib import Parallel, delayed
from pretrained import (
    count_wrong,
    describe_parameters,
    describe_versions,
    report_temperature,
)
from training.distortions import distort_rows
from training.glyphs import draw_glyph
from training.no_digits import draw_no_digit, make_noise_rows
from training.pictures import draw_picture, scan_again
from training.strokes import vary_strokes

import skdigits
from skdigits import DigitPreprocessor, make_digit_pipeline
from skdigits.datasets import (
    fetch_optdigits,
    fetch_semeion,
    fetch_uji_strokes,
    render_strokes,
)
from skdigits.datasets._mnist import _FILES as MNIST_FILES

PARAMETERS = {
    "filters": (32, 64, 64, 128),
    "pool_after": (1, 3),
    "n_networks": 2,
    "augmentation": "robust",
    "average": False,
    "temperature": 0.75,  # fitted to held-out writers
    "epochs": 4,
}
# The second fit goes on from the first, with more of MNIST.
FURTHER_PARAMETERS = {
    "warm_start": True,
    "schedule": "cosine",
    "learning_rate": 0.005,
    "label_smoothing": 0.03,
    "epochs": 2,
}
# Generated pictures of each kind.
N_PICTURES = {
    "templates": 60_000,
    "uji": 80_000,
    "mnist": 50_000,
    "optdigits": 30_000,
    "no digit": 20_000,
    "semeion": 20_000,
}
SHARE_DISTORTED = 0.35  # of the generated pictures
CONFUSED = (1, 1, 1, 7, 7, 4, 0, 9)  # labels of which more templates are drawn
DESCRIPTION = (
    "A convolutional network for single handwritten digits, 0 to 9, of writers from "
    "the United States, Italy, Spain and Turkey, behind a preprocessor that frames "
    "photos, scans and drawings as MNIST frames its digits."
)
LIMITS = [
    "One digit in each picture. Letters and other marks are read as digits, mostly "
    "with a low probability.",
    "Other forms than those of these countries in the 20th century were not trained "
    "on.",
    "A confidence holds for pictures like those it was calibrated on.",
]
CREATORS = {
    "MNIST": "Y. LeCun, C. Cortes, C. J. C. Burges",
    "Semeion Handwritten Digit (CC BY 4.0)": "M. Buscema, S. Terzi, Tactile Srl, "
    "Semeion Research Center, 1994",
    "Optical Recognition of Handwritten Digits, 32x32 bitmaps of the training and "
    "validation parts (CC BY 4.0)": "E. Alpaydin, C. Kaynak, 1998",
    "UJI Pen Characters, version 2, 720 digits of 36 writers (CC BY 4.0)": "F. Prat, "
    "M. J. Castro, D. Llorens, A. Marzal, J. M. Vilar, 2009",
}


class Mixture(NamedTuple):
    """What the rows of a fit are made of."""

    n_mnist_copies: int
    share_distorted: float  # of these copies
    n_generated: int
    n_noise_rows: int


MIXTURES = (Mixture(4, 0.25, 260_000, 8_000), Mixture(4, 0.1, 100_000, 4_000))
PEN_WIDTHS = (3, 8, 16)  # of the validation, as a percentage of the picture
CHUNK = 1000  # pictures for each process at a time
FORMS = {
    "optdigits": ".npz file with images X, 255 is foreground, and labels y",
    "semeion": ".npz file with images X, 255 is foreground, and labels y",
    "uji": ".json file, a list of digits with the keys label, writer and strokes",
}


def main():
    args = parse_args()
    print_machine("scikit-image", "scipy", "Pillow")
    X, y, X_test, y_test = load_mnist(args.data_home, args.validation)
    others = read_others(args)
    sources = make_sources(X, y, others, validation=args.validation)
    rows, labels = generate(sources, args.seed, args.scale)
    pipeline = make_digit_pipeline(**PARAMETERS, random_state=args.seed, verbose=1)
    classifier = pipeline["classifier"]
    # The preprocessor learns nothing, and the rows are framed already.
    fit(classifier, X, y, rows, labels, args.seed)
    classifier.set_params(verbose=0)
    skdigits.save(pipeline, args.output)
    path = args.output.with_suffix(".json")
    card = describe_training(pipeline, args)
    path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    if args.validation:
        report_validation(pipeline, X_test, y_test, others)


def report_validation(pipeline, X, y, others):
    """Print the errors on the writers left out, and the best temperature."""
    strokes, labels, writers = others["uji"]
    left_out = np.flatnonzero(np.isin(writers, np.unique(writers)[::4]))
    sets = {
        "MNIST": (X, y),
        "Semeion": (list(others["semeion"][0]), others["semeion"][1]),
    }
    for pen_width in PEN_WIDTHS:
        pictures = [
            render_strokes(strokes[number], pen_width=pen_width, size=100, margin=12)
            for number in left_out
        ]
        sets[f"UJI, pen of {pen_width} %"] = pictures, labels[left_out]
    table = [
        [name, count_wrong(pipeline, *digits)["wrong"], len(digits[1])]
        for name, digits in sets.items()
    ]
    print_table("Writers left out", ["digits", "wrong", "of"], table)
    classifier = pipeline["classifier"]
    report_temperature(classifier.decision_function(X) * classifier.temperature, y)


def describe_training(pipeline, args):
    """Return the training part of the model card."""
    files = {name: getattr(args, name) for name in FORMS}
    command = "OMP_NUM_THREADS=2 TF_ENABLE_ONEDNN_OPTS=1 "
    command += "python benchmarks/train_digits.py"
    command += "".join(f" --{name} {path.name}" for name, path in files.items() if path)
    command += f" --seed {args.seed} --output {args.output.name}"
    return {
        "name": args.output.stem,
        "description": DESCRIPTION,
        "command": command,
        "revision": find_revision(),  # others may round in another order
        "seed": args.seed,
        "parameters": describe_parameters(pipeline["classifier"]),
        "data": {
            "name": "MNIST, the 60,000 training digits; digits of other writers; "
            "generated variants of both, and digits drawn from templates",
            "creators": CREATORS,
            "sha256": {
                **{file.name: file.sha256 for file in MNIST_FILES["train"]},
                **{path.name: hash_file(path) for path in files.values() if path},
            },
        },
        "versions": describe_versions(),
        "date": datetime.date.today().isoformat(),
        "limits": LIMITS,
    }


def find_revision():
    """Return the commit of this script."""
    done = subprocess.run(
        ["git", "rev-parse", "HEAD"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def hash_file(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fit(classifier, X, y, rows, labels, seed):
    """Train on each mixture in turn, and keep the parameters of the first fit."""
    parameters = classifier.get_params()
    for number, mixture in enumerate(MIXTURES):
        rng = np.random.default_rng([seed, 99 + number])
        mixed, targets = compose(X, y, rows, labels, mixture, rng)
        console.print(f"Training on {len(mixed):,} rows.")
        classifier.fit(mixed, targets)
        classifier.set_params(**FURTHER_PARAMETERS)
    classifier.set_params(**parameters)
    # A warm start keeps the optimizer's state, twice as large as the weights.
    classifier._optimizer_state = None


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--output", type=Path, default=Path("digits.skops"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--scale", type=float, default=1.0, help="share of the generated pictures"
    )
    parser.add_argument("--data-home", help="folder of the data sets")
    parser.add_argument(
        "--validation",
        metavar="WRITERS.npz",
        help="leave out Semeion, every fourth UJI writer and the held-out writers of "
        "accuracy.py; `train` in this file is the writer of each training digit",
    )
    for name, form in FORMS.items():
        parser.add_argument(f"--{name}", type=Path, metavar="FILE", help=form)
    return parser.parse_args()


def read_others(args):
    """Read the digits of other writers from the files that are given, or load them.

    Returns
    -------
    dict of str to tuple
        Pictures (of "uji": lists of strokes), labels and, of "uji", writers.
    """
    optdigits, semeion = (
        _read_npz(path) if path else load(data_home=args.data_home, return_X_y=True)
        for path, load in [
            (args.optdigits, partial(fetch_optdigits, as_images=True)),
            (args.semeion, partial(fetch_semeion, as_images=True)),
        ]
    )
    if args.uji:
        digits = json.loads(args.uji.read_text(encoding="utf-8"))
        strokes = [[np.array(s, float) for s in digit["strokes"]] for digit in digits]
        labels = np.array([digit["label"] for digit in digits])
        writers = np.array([digit["writer"] for digit in digits])
    else:
        uji = fetch_uji_strokes(data_home=args.data_home)
        strokes, labels, writers = uji.strokes, uji.target, uji.writer
    return {
        "optdigits": optdigits,
        "semeion": semeion,
        "uji": (strokes, labels, writers),
    }


def _read_npz(path):
    with np.load(path) as file:
        return file["X"], file["y"]


def make_sources(X, y, others, *, validation=False):
    """Name the sources of `generate`; with `validation`, of the writers left over."""
    strokes, labels, writers = others["uji"]
    if validation:
        kept = np.isin(writers, np.unique(writers)[::4], invert=True)
        strokes = [
            digit for digit, is_kept in zip(strokes, kept, strict=True) if is_kept
        ]
        labels = labels[kept]
    sources = {
        "templates": (template,),
        "uji": (pen_strokes, strokes, labels),
        "mnist": (scan, X.reshape(-1, 28, 28), y),
        "optdigits": (scan, *others["optdigits"]),
        "no digit": (no_digit,),
    }
    if not validation:
        sources["semeion"] = (scan, *others["semeion"])
    return sources


def template(rng):
    """Draw a digit from its templates."""
    label = int(rng.choice(CONFUSED) if rng.random() < 0.3 else rng.integers(10))
    return draw_picture(vary_strokes(draw_glyph(label, rng), rng), rng), label


def pen_strokes(digits, labels, rng):
    """Draw a variant of one of the digits, given as strokes."""
    number = rng.integers(len(digits))
    picture = draw_picture(vary_strokes(digits[number], rng), rng)
    return picture, int(labels[number])


def scan(images, labels, rng):
    """Scan one of the images again."""
    number = rng.integers(len(images))
    return scan_again(images[number], rng), int(labels[number])


def no_digit(rng):
    """Draw something else than a digit, with a random label.

    The loss is least where each label gets a tenth of the probability, which is the
    outlier exposure of Hendrycks et al., arXiv:1812.04606.
    """
    return draw_no_digit(rng), int(rng.integers(10))


def generate(sources, seed, scale=1.0):
    """Draw pictures from each source and frame them.

    Parameters
    ----------
    sources : dict of str to tuple
        By the names of `N_PICTURES`, a function that draws a picture and its label, and
        the arguments that precede its generator.
    seed : int
    scale : float, default=1.0
        Multiple of `N_PICTURES`.

    Returns
    -------
    rows : ndarray of shape (n, 784), uint8
    labels : ndarray of shape (n,), int64
    """
    tasks = [
        (source, min(CHUNK, n_pictures - start), [seed, number, start])
        for number, (name, source) in enumerate(sources.items())
        for n_pictures in [int(scale * N_PICTURES[name])]
        for start in range(0, n_pictures, CHUNK)
    ]
    chunks = Parallel(n_jobs=-1)(delayed(_make_chunk)(*task) for task in tasks)
    rows, labels = zip(*chunks, strict=True)
    return np.concatenate(rows), np.concatenate(labels)


def _make_chunk(source, n_pictures, seed):
    rng = np.random.default_rng(seed)
    draw, *data = source
    drawn = (draw(*data, rng) for _ in range(n_pictures))
    pictures, labels = zip(*drawn, strict=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pictures without a digit
        rows = DigitPreprocessor(polarity="light").transform(list(pictures))
    return np.round(rows).astype(np.uint8), np.array(labels)


def compose(X, y, rows, labels, mixture, rng):
    """Mix generated rows, copies of MNIST and rows of noise.

    Parameters
    ----------
    X, y : ndarray
        MNIST's digits and their labels.
    rows, labels : ndarray
        As `generate` returns them.
    mixture : Mixture
    rng : numpy.random.Generator

    Returns
    -------
    X : ndarray of shape (n, 784), uint8
    y : ndarray of shape (n,), int64
    """
    n_copies, share, n_generated, n_noise = mixture
    copies = [distort_rows(X, share, rng) for _ in range(n_copies)]
    if n_generated < len(rows):
        kept = rng.permutation(len(rows))[:n_generated]
        rows, labels = rows[kept], labels[kept]
    generated = distort_rows(rows, SHARE_DISTORTED, rng)
    noise = make_noise_rows(n_noise, X.shape[1], rng)
    return (
        np.concatenate([*copies, generated, noise]),
        np.concatenate([*[y] * n_copies, labels, rng.integers(10, size=n_noise)]),
    )


if __name__ == "__main__":
    main()
    console.print()
