"""Errors of a model on MNIST digits corrupted in 15 ways.

The corruptions are those of MNIST-C (Mu and Gilmer, "MNIST-C: A Robustness Benchmark
for Computer Vision", 2019, https://arxiv.org/abs/1906.02337), reimplemented from their
description at about the default severities, for whole stacks of digits. So the figures
are close to those of MNIST-C, not equal.

Only corruptions unlike the training distortions measure robustness: fog, glass blur,
zigzag, canny edges and stripe. skdigits also trains on shear, rotation, scale and
shifts, though weaker ones.

    python benchmarks/corruptions.py --model models/digits.skops --sheet sheet.png
"""

import argparse
import warnings

import numpy as np
from _harness import print_machine, print_table
from accuracy import load as load_mnist
from scipy.ndimage import gaussian_filter, map_coordinates
from skimage.feature import canny

import skdigits
from skdigits import DigitPreprocessor
from skdigits.exceptions import (
    NoDigitFoundWarning,
    PixelRangeWarning,
    SeveralDigitsWarning,
)

# Each corruption takes images of shape (n, height, width), from 0 (background) to 1
# (foreground), and a generator, and returns images of the same shape.


def shot_noise(images, rng):
    """Replace pixels by Poisson counts with a mean of at most three."""
    return np.minimum(rng.poisson(images * 3) / 3, 1)


def impulse_noise(images, rng):
    """Set 17 % of the pixels to black or white."""
    noise = rng.integers(0, 2, images.shape)
    return np.where(rng.random(images.shape) < 0.17, noise, images)


def glass_blur(images, rng):
    """Blur by 0.7 pixels, twice swap half of the pixels for a neighbour, blur again."""
    n, height, width = images.shape
    glass = gaussian_filter(images, (0, 0.7, 0.7))
    for _ in range(2):
        moves = rng.integers(-1, 2, (2, n, height, width))
        moves *= rng.integers(0, 2, (n, height, width))
        rows = np.clip(np.arange(height)[:, None] + moves[0], 0, height - 1)
        columns = np.clip(np.arange(width) + moves[1], 0, width - 1)
        glass = glass[np.arange(n)[:, None, None], rows, columns]
    return gaussian_filter(glass, (0, 0.7, 0.7))


def motion_blur(images, rng):
    """Blur along one direction over up to 10 pixels, at -45 to 45 degrees."""
    distances = np.arange(11)
    weights = np.exp(-0.5 * (distances / 3) ** 2)
    angles = rng.uniform(-np.pi / 4, np.pi / 4, len(images))
    moves = distances[:, None] * np.stack([np.sin(angles), np.cos(angles)], 1)[:, None]
    places = _grid(images)[:, None] - moves.transpose(0, 2, 1)[..., None, None]
    return np.tensordot(_sample(images, places), weights / weights.sum(), (1, 0))


def shear(images, rng):
    """Shear by 0.4 pixels per row in a random direction."""
    slant = rng.choice([-0.4, 0.4], len(images))
    return _map_linearly(images, [[1, 0], [slant, 1]])


def scale(images, rng):
    """Shrink to seven tenths."""
    return _map_linearly(images, [[1 / 0.7, 0], [0, 1 / 0.7]])


def rotate(images, rng):
    """Rotate by 0.4 radians (23 degrees) in a random direction."""
    angle = rng.choice([-0.4, 0.4], len(images))
    cos, sin = np.cos(angle), np.sin(angle)
    return _map_linearly(images, [[cos, sin], [-sin, cos]])


def brightness(images, rng):
    """Add half of the grey range and clip."""
    return np.minimum(images + 0.5, 1)


def translate(images, rng):
    """Shift by three pixels along each axis in a random direction."""
    moves = rng.choice([-3, 3], (len(images), 2))
    return _sample(images, _grid(images) - moves[:, :, None, None])


def stripe(images, rng):
    """Invert the left and the right quarter of each image."""
    quarter = images.shape[2] // 4
    striped = images.copy()
    for columns in (slice(quarter), slice(-quarter, None)):
        striped[:, :, columns] = 1 - striped[:, :, columns]
    return striped


def fog(images, rng):
    """Reduce the contrast to a quarter and add clouds of all scales."""
    clouds, total = np.zeros_like(images), 0
    for octave in range(8):  # from 128 pixels down to 1
        cell, strength = 128 / 2**octave, 1.4**-octave
        rows, columns = (_interpolation(n, cell) for n in images.shape[1:])
        grid = rng.random((len(images), rows.shape[1], columns.shape[1]))
        clouds += strength * (rows @ grid @ columns.T)
        total += strength
    return (images + 3 * clouds / total) / 4


def spatter(images, rng):
    """Cover spots in dark grey."""
    liquid = gaussian_filter(rng.normal(0.65, 0.3, images.shape), (0, 1, 1))
    mud = gaussian_filter((liquid > 0.65).astype(float), (0, 1.5, 1.5))
    mud[mud < 0.8] = 0
    return images * (1 - mud) + 0.25 * mud


def dotted_line(images, rng):
    """Draw a dotted line from the left to the right edge."""
    n, height, width = images.shape
    ends = rng.integers(0, height, (2, n, 1))
    columns = np.arange(width)
    line = ends[0] + (ends[1] - ends[0]) * columns / (width - 1)
    return np.maximum(images, _stroke(line, height) * (columns % 4 >= 2))


def zigzag(images, rng):
    """Draw a zigzag line, two pixels up and down, from left to right."""
    n, height, width = images.shape
    start = rng.integers(0, height, (n, 1))
    rise = rng.integers(-5, 6, (n, 1))
    columns = np.arange(width)
    wave = 2 - np.abs((columns + 2) % 8 - 4)
    line = start + rise * columns / (width - 1) + wave
    inside = (columns >= 2) & (columns < width - 2)
    return np.maximum(images, _stroke(line, height) * inside)


def canny_edges(images, rng):
    """Keep only the edges found by Canny's filter."""
    return np.stack([canny(image) for image in images]).astype(float)


CORRUPTIONS = {
    corruption.__name__: corruption
    for corruption in (
        shot_noise,
        impulse_noise,
        glass_blur,
        motion_blur,
        shear,
        scale,
        rotate,
        brightness,
        translate,
        stripe,
        fog,
        spatter,
        dotted_line,
        zigzag,
        canny_edges,
    )
}

# No model of skdigits is trained on these.
HELD_OUT = ("fog", "stripe", "glass_blur", "zigzag", "canny_edges")


def _grid(images):
    """Return row and column of each pixel, of shape (2, height, width)."""
    return np.indices(images.shape[1:]).astype(float)


def _sample(images, places):
    """Interpolate images at `places` of shape (n, 2, ...); outside is background."""
    return np.stack(
        [
            map_coordinates(image, place, order=1)
            for image, place in zip(images, places, strict=True)
        ]
    )


def _map_linearly(images, matrix):
    """Transform images about their centre.

    `matrix` maps places in the result to places in the image; each of its entries is a
    number or one number per image.
    """
    entries = [
        np.broadcast_to(entry, len(images))[:, None, None]
        for row in matrix
        for entry in row
    ]
    center = (np.array(images.shape[1:]) - 1) / 2
    y, x = _grid(images) - center[:, None, None]
    places = [entries[0] * y + entries[1] * x, entries[2] * y + entries[3] * x]
    return _sample(images, np.stack(places, 1) + center[:, None, None])


def _interpolation(n, cell):
    """Return weights to interpolate n pixels from nodes `cell` pixels apart."""
    places = np.arange(n) / cell
    nodes = np.arange(int(places[-1]) + 2)
    return np.maximum(1 - np.abs(places[:, None] - nodes), 0)


def _stroke(line, height):
    """Draw antialiased lines, three pixels thick, given by their row in each column."""
    distance = np.abs(np.arange(height)[:, None] - line[:, None])
    return np.maximum(1 - distance / 1.5, 0)


def corrupt(X, kind, *, random_state=0):
    """Corrupt rows of pixels.

    Parameters
    ----------
    X : array-like of shape (n, n_pixels)
        Square images with a bright foreground, from 0 to 255.
    kind : str
        One of `CORRUPTIONS`.
    random_state : int, default=0
        Seed; each kind has its own generator.

    Returns
    -------
    X_corrupted : ndarray of shape (n, n_pixels), dtype float32
        Integer grey levels from 0 to 255.
    """
    X = np.asarray(X, dtype=float)
    rng = np.random.default_rng([random_state, list(CORRUPTIONS).index(kind)])
    side = round(X.shape[1] ** 0.5)
    images = CORRUPTIONS[kind](X.reshape(-1, side, side) / 255, rng)
    return np.round(images.reshape(X.shape) * 255).astype(np.float32)


def measure_corruptions(model, X, y, *, random_state=0):
    """Measure the error rate under each kind of corruption.

    Parameters
    ----------
    model : estimator
        A fitted classifier of rows of pixels from 0 to 255, or a pipeline.
    X : array-like of shape (n, n_pixels)
        Clean digits in MNIST framing.
    y : array-like of shape (n,)
        Their labels.
    random_state : int, default=0
        Seed of the corruptions.

    Returns
    -------
    dict of str to float
        Error rate, from 0 to 1, by kind of corruption.
    """
    return {
        kind: share_wrong(model, corrupt(X, kind, random_state=random_state), y)
        for kind in CORRUPTIONS
    }


def mean_errors(shares):
    """Return the mean error of all corruptions, and of those held out of training.

    Parameters
    ----------
    shares : dict of str to float
        What `measure_corruptions` returns.

    Returns
    -------
    dict of str to float
        With the keys "all" and "held_out".
    """
    return {
        "all": float(np.mean([shares[kind] for kind in CORRUPTIONS])),
        "held_out": float(np.mean([shares[kind] for kind in HELD_OUT])),
    }


def share_wrong(model, X, y):
    """Return the error rate, without warnings about corrupted pixels."""
    with warnings.catch_warnings():
        for category in (NoDigitFoundWarning, SeveralDigitsWarning, PixelRangeWarning):
            warnings.simplefilter("ignore", category)
        return float(np.mean(model.predict(X) != np.asarray(y)))


def main():
    args = parse_args()
    print_machine("scikit-image", "scipy")
    _, _, X, y = load_mnist(args.data_home, args.validation)
    X, y = np.asarray(X), np.asarray(y)
    if args.sheet:
        save_sheet(X[:: max(len(X) // 10, 1)][:10], args.sheet)
    if args.model:
        report(skdigits.load(args.model), X, y, args.through_preprocessor)


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", metavar="FILE", help="model by `skdigits train`")
    parser.add_argument(
        "--through-preprocessor",
        action="store_true",
        help="also frame the corrupted digits with the preprocessor",
    )
    parser.add_argument("--sheet", metavar="FILE", help="draw every kind of corruption")
    parser.add_argument("--data-home", help="folder of the MNIST files")
    parser.add_argument(
        "--validation",
        metavar="WRITERS.npz",
        help="use the held-out writers of accuracy.py instead of the test set",
    )
    args = parser.parse_args()
    if not (args.model or args.sheet):
        parser.error("--model FILE, --sheet FILE or both are required")
    return args


def report(model, X, y, through_preprocessor):
    """Print the errors of the classifier alone and, if asked for, of the pipeline."""
    classifier = model[-1] if hasattr(model, "steps") else model
    readers = {"classifier alone": classifier}
    if through_preprocessor:
        readers["through the preprocessor"] = _Through(classifier)
    columns = []
    for reader in readers.values():
        shares = measure_corruptions(reader, X, y)
        means = mean_errors(shares)
        clean = share_wrong(reader, X, y)
        columns.append(
            {"none": clean, **shares}
            | {f"mean of the {len(CORRUPTIONS)}": means["all"]}
            | {f"mean of the {len(HELD_OUT)} held out": means["held_out"]}
        )
    rows = [
        [kind, *(f"{column[kind]:.2%}" for column in columns)] for kind in columns[0]
    ]
    print_table(f"Wrong of {len(y):,}", ["corruption", *readers], rows)


class _Through:
    """A fitted classifier behind a preprocessor."""

    def __init__(self, classifier):
        self.classifier = classifier

    def predict(self, X):
        return self.classifier.predict(DigitPreprocessor().transform(X))


def save_sheet(X, path):
    """Draw each digit, one per column, under each kind of corruption."""
    from matplotlib.figure import Figure

    sheets = {"none": X} | {kind: corrupt(X, kind) for kind in CORRUPTIONS}
    figure = Figure(figsize=(len(X) * 0.8 + 1.5, len(sheets) * 0.8), layout="tight")
    axes = figure.subplots(len(sheets), len(X), squeeze=False)
    for axes_row, (kind, rows) in zip(axes, sheets.items(), strict=True):
        for ax, row in zip(axes_row, rows, strict=True):
            side = round(len(row) ** 0.5)
            ax.imshow(row.reshape(side, side), cmap="gray", vmin=0, vmax=255)
            ax.set(xticks=[], yticks=[])
        axes_row[0].set_ylabel(
            kind.replace("_", " "), rotation=0, ha="right", va="center"
        )
    figure.savefig(path)


if __name__ == "__main__":
    main()
