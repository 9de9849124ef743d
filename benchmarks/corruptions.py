"""How much a model errs on MNIST digits corrupted in 15 ways.

The kinds are those of MNIST-C (Mu and Gilmer, "MNIST-C: A Robustness Benchmark for
Computer Vision", 2019, https://arxiv.org/abs/1906.02337), implemented anew from their
description at about its default severities, and applied to whole stacks of digits. So
the figures are close to those of MNIST-C, not the same.

A figure speaks of robustness only as far as a kind is strange to the model: fog, glass
blur, zigzag, canny edges and stripe are like nothing that skdigits distorts its
training digits with. Shear, rotation, scale and shifts are, if here more of them.

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
from skdigits.exceptions import NoDigitFoundWarning, PixelRangeWarning

# Each kind takes a stack of images of shape (n, height, width) with paper 0 and ink 1
# and a generator, and returns a stack of the same shape.


def shot_noise(images, rng):
    """Count light in few quanta: at most three on average per pixel."""
    return np.minimum(rng.poisson(images * 3) / 3, 1)


def impulse_noise(images, rng):
    """Set 17 % of the pixels to black or white."""
    noise = rng.integers(0, 2, images.shape)
    return np.where(rng.random(images.shape) < 0.17, noise, images)


def glass_blur(images, rng):
    """Blur by 0.7 pixels, twice give half of the pixels a neighbour's grey, blur."""
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
    """Smear ink over up to 10 pixels to one side, at -45 to 45 degrees."""
    distances = np.arange(11)
    weights = np.exp(-0.5 * (distances / 3) ** 2)
    angles = rng.uniform(-np.pi / 4, np.pi / 4, len(images))
    moves = distances[:, None] * np.stack([np.sin(angles), np.cos(angles)], 1)[:, None]
    places = _grid(images)[:, None] - moves.transpose(0, 2, 1)[..., None, None]
    return np.tensordot(_sample(images, places), weights / weights.sum(), (1, 0))


def shear(images, rng):
    """Slant by 0.4 pixels per row, to either side."""
    slant = rng.choice([-0.4, 0.4], len(images))
    return _map_linearly(images, [[1, 0], [slant, 1]])


def scale(images, rng):
    """Shrink to seven tenths."""
    return _map_linearly(images, [[1 / 0.7, 0], [0, 1 / 0.7]])


def rotate(images, rng):
    """Turn by 0.4 radians (23 degrees), to either side."""
    angle = rng.choice([-0.4, 0.4], len(images))
    cos, sin = np.cos(angle), np.sin(angle)
    return _map_linearly(images, [[cos, sin], [-sin, cos]])


def brightness(images, rng):
    """Add half of the scale of greys, and clip."""
    return np.minimum(images + 0.5, 1)


def translate(images, rng):
    """Move by three pixels along each axis, to either side."""
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
    """Leave a quarter of the contrast, behind clouds of every size."""
    clouds, total = np.zeros_like(images), 0
    for octave in range(8):  # from 128 pixels down to 1
        cell, strength = 128 / 2**octave, 1.4**-octave
        rows, columns = (_interpolation(n, cell) for n in images.shape[1:])
        grid = rng.random((len(images), rows.shape[1], columns.shape[1]))
        clouds += strength * (rows @ grid @ columns.T)
        total += strength
    return (images + 3 * clouds / total) / 4


def spatter(images, rng):
    """Cover spots with dark grey mud."""
    liquid = gaussian_filter(rng.normal(0.65, 0.3, images.shape), (0, 1, 1))
    mud = gaussian_filter((liquid > 0.65).astype(float), (0, 1.5, 1.5))
    mud[mud < 0.8] = 0
    return images * (1 - mud) + 0.25 * mud


def dotted_line(images, rng):
    """Draw a dotted line from a point on the left to one on the right."""
    n, height, width = images.shape
    ends = rng.integers(0, height, (2, n, 1))
    columns = np.arange(width)
    line = ends[0] + (ends[1] - ends[0]) * columns / (width - 1)
    return np.maximum(images, _stroke(line, height) * (columns % 4 >= 2))


def zigzag(images, rng):
    """Draw a zigzag of two pixels up and down from left to right."""
    n, height, width = images.shape
    start = rng.integers(0, height, (n, 1))
    rise = rng.integers(-5, 6, (n, 1))
    columns = np.arange(width)
    wave = 2 - np.abs((columns + 2) % 8 - 4)
    line = start + rise * columns / (width - 1) + wave
    inside = (columns >= 2) & (columns < width - 2)
    return np.maximum(images, _stroke(line, height) * inside)


def canny_edges(images, rng):
    """Leave nothing but edges, by Canny's filter."""
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


def _grid(images):
    """Return row and column of each pixel, of shape (2, height, width)."""
    return np.indices(images.shape[1:]).astype(float)


def _sample(images, places):
    """Read images between their pixels, and paper around them.

    `places` has shape (n, 2, ...): row and column of each pixel wanted, from 0.
    """
    return np.stack(
        [
            map_coordinates(image, place, order=1)
            for image, place in zip(images, places, strict=True)
        ]
    )


def _map_linearly(images, matrix):
    """Map images about their centre.

    `matrix` leads from places in the result to places in the image; its four entries
    are numbers or one number for each image.
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
    """Return the weights of nodes `cell` pixels apart in each of n pixels."""
    places = np.arange(n) / cell
    nodes = np.arange(int(places[-1]) + 2)
    return np.maximum(1 - np.abs(places[:, None] - nodes), 0)


def _stroke(line, height):
    """Draw lines given by their row in each column, soft and three pixels high."""
    distance = np.abs(np.arange(height)[:, None] - line[:, None])
    return np.maximum(1 - distance / 1.5, 0)


def corrupt(X, kind, *, random_state=0):
    """Corrupt rows of pixels.

    Parameters
    ----------
    X : array-like of shape (n, n_pixels)
        Square images, ink bright, from 0 to 255.
    kind : str
        One of `CORRUPTIONS`.
    random_state : int, default=0
        Each kind draws from a generator of its own.

    Returns
    -------
    X_corrupted : ndarray of shape (n, n_pixels), dtype float32
        Whole grey levels from 0 to 255, as in a file.
    """
    X = np.asarray(X, dtype=float)
    rng = np.random.default_rng([random_state, list(CORRUPTIONS).index(kind)])
    side = round(X.shape[1] ** 0.5)
    images = CORRUPTIONS[kind](X.reshape(-1, side, side) / 255, rng)
    return np.round(images.reshape(X.shape) * 255).astype(np.float32)


def measure_corruptions(model, X, y, *, random_state=0):
    """Measure the share of wrong answers under each kind of corruption.

    Parameters
    ----------
    model : estimator
        A fitted classifier of rows of pixels from 0 to 255; a pipeline reads the
        corrupted digits through its preprocessor.
    X : array-like of shape (n, n_pixels)
        Clean digits in MNIST framing.
    y : array-like of shape (n,)
        Their labels.
    random_state : int, default=0
        The same corruptions for the same number.

    Returns
    -------
    dict of str to float
        The share of errors, from 0 to 1, by kind of corruption.
    """
    return {
        kind: share_wrong(model, corrupt(X, kind, random_state=random_state), y)
        for kind in CORRUPTIONS
    }


def share_wrong(model, X, y):
    """Return the share of wrong answers; strange pixels are the point here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NoDigitFoundWarning)
        warnings.simplefilter("ignore", PixelRangeWarning)
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
        help="also let the preprocessor frame the corrupted digits",
    )
    parser.add_argument("--sheet", metavar="FILE", help="draw every kind of corruption")
    parser.add_argument("--data-home", help="folder of the MNIST files")
    parser.add_argument(
        "--validation",
        metavar="WRITERS.npz",
        help="digits of the writers that accuracy.py holds out, not the test set",
    )
    args = parser.parse_args()
    if not (args.model or args.sheet):
        parser.error("ask for --model FILE, for --sheet FILE or for both")
    return args


def report(model, X, y, through_preprocessor):
    """Print the errors of the classifier alone and, if asked, of the pipeline."""
    classifier = model[-1] if hasattr(model, "steps") else model
    readers = {"classifier alone": classifier}
    if through_preprocessor:
        readers["through the preprocessor"] = _Through(classifier)
    columns = []
    for reader in readers.values():
        shares = measure_corruptions(reader, X, y)
        mean = float(np.mean(list(shares.values())))
        clean = share_wrong(reader, X, y)
        columns.append({"none": clean, **shares, "mean of the 15": mean})
    rows = [
        [kind, *(f"{column[kind]:.2%}" for column in columns)] for kind in columns[0]
    ]
    print_table(f"Wrong of {len(y):,}", ["corruption", *readers], rows)


class _Through:
    """A classifier behind the preprocessor; nothing to fit."""

    def __init__(self, classifier):
        self.classifier = classifier

    def predict(self, X):
        return self.classifier.predict(DigitPreprocessor().transform(X))


def save_sheet(X, path):
    """Draw digits, one to a column, under each kind of corruption."""
    from matplotlib.figure import Figure

    sheets = {"none": X} | {kind: corrupt(X, kind) for kind in CORRUPTIONS}
    figure = Figure(figsize=(len(X) * 0.8 + 1.5, len(sheets) * 0.8), layout="tight")
    axes = figure.subplots(len(sheets), len(X), squeeze=False)
    for line, (kind, rows) in zip(axes, sheets.items(), strict=True):
        for ax, row in zip(line, rows, strict=True):
            side = round(len(row) ** 0.5)
            ax.imshow(row.reshape(side, side), cmap="gray", vmin=0, vmax=255)
            ax.set(xticks=[], yticks=[])
        line[0].set_ylabel(kind.replace("_", " "), rotation=0, ha="right", va="center")
    figure.savefig(path)


if __name__ == "__main__":
    main()
