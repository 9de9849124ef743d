"""Errors on pictures resized to 28x28 and on pictures framed, and speed of framing.

One classifier, trained on MNIST, reads each set of pictures twice: resized to 28x28,
and framed by `DigitPreprocessor`. The pictures are your own:

    python benchmarks/framing.py --singles FOLDER --semeion FILE --model MODEL

FOLDER has one sub-folder of pictures per label, FILE is an .npz file with scans `X` of
shape (n, 16, 16) and labels `y`, MODEL was saved by `skdigits train`; without it the
recipe "fast" is fitted. MNIST's test digits are read unchanged and framed. `--sheets`
draws every picture beside its framing.
"""

import argparse
import time
import warnings
from pathlib import Path
from statistics import median

import numpy as np
from _harness import console, print_machine, print_table
from PIL import Image, ImageDraw, ImageOps
from skimage.transform import resize

import skdigits
from skdigits import RECIPES, CNNDigitClassifier, DigitPreprocessor
from skdigits.datasets import fetch_mnist, load_image_folder
from skdigits.exceptions import NoDigitFoundWarning, SeveralDigitsWarning

N_REPEATS = 7
# Pictures on a sheet and the side of each in pixels.
N_ROWS, N_COLUMNS, SIDE = 8, 5, 100


def main():
    args = parse_args()
    print_machine("scikit-image", "scipy")
    sets = read_sets(args)
    if args.sheets:
        for name, (pictures, y) in sets.items():
            save_sheets(name, pictures, y, Path(args.sheets))
    report_accuracy(sets, read_classifier(args.model))
    report_speed()


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--singles", help="folder with one sub-folder per label")
    parser.add_argument("--semeion", help=".npz file with scans X and labels y")
    parser.add_argument("--model", help="model by `skdigits train`; default: fit one")
    parser.add_argument("--sheets", metavar="DIR", help="draw every picture framed")
    return parser.parse_args()


def read_sets(args):
    """Return pictures and labels of each set given by the arguments."""
    sets = {}
    if args.singles:
        pictures = load_image_folder(args.singles)
        sets["singles"] = pictures.images, pictures.target
    if args.semeion:
        with np.load(args.semeion) as scans:
            sets["semeion"] = list(scans["X"]), scans["y"]
    return sets


def read_classifier(path):
    """Return the last step of a saved model, or a classifier fitted to MNIST."""
    if path is None:
        X, y = fetch_mnist(subset="train", return_X_y=True)
        return CNNDigitClassifier(**RECIPES["fast"], random_state=0).fit(X, y)
    model = skdigits.load(path)
    return model[-1] if hasattr(model, "steps") else model


def report_accuracy(sets, clf):
    """Print the errors on each set and on MNIST, without and with framing."""
    X, y = fetch_mnist(subset="test", return_X_y=True)
    rows = [count_errors("MNIST test (not resized)", clf, X, X, y)]
    for name, (pictures, y) in sets.items():
        rows.append(count_errors(name, clf, resize_plainly(pictures), pictures, y))
    print_table(
        "Wrong readings", ["pictures", "number", "resized to 28x28", "framed"], rows
    )


def count_errors(name, clf, plain, pictures, y):
    wrong = [
        np.count_nonzero(clf.predict(X).astype(str) != np.asarray(y).astype(str))
        for X in (plain, frame(pictures))
    ]
    return [name, len(y), *(f"{n} ({n / len(y):.2%})" for n in wrong)]


def frame(pictures):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NoDigitFoundWarning)
        warnings.simplefilter("ignore", SeveralDigitsWarning)
        return DigitPreprocessor().transform(pictures)


def save_sheets(name, pictures, y, folder):
    """Draw each picture beside its framing, forty to a file."""
    folder.mkdir(parents=True, exist_ok=True)
    framed = frame(pictures).reshape(-1, 28, 28).astype(np.uint8)
    n = N_ROWS * N_COLUMNS
    for start in range(0, len(pictures), n):
        sheet = Image.new("RGB", (2 * SIDE * N_COLUMNS, (SIDE + 16) * N_ROWS), "gray")
        for i in range(start, min(start + n, len(pictures))):
            row, column = divmod(i - start, N_COLUMNS)
            left, top = 2 * SIDE * column, (SIDE + 16) * row
            ImageDraw.Draw(sheet).text((left + 2, top), f"{i}: {y[i]}")
            for image in (pictures[i], framed[i]):
                pixels = Image.fromarray(image).convert("RGB")
                pixels = ImageOps.contain(pixels, (SIDE - 4, SIDE - 4))
                sheet.paste(pixels, (left, top + 14))
                left += SIDE
        sheet.save(folder / f"{name}-{start // n:02}.png")


def resize_plainly(pictures):
    """Convert pictures to grey rows of 28x28 with a bright foreground, no more."""
    rows = []
    for picture in pictures:
        gray = np.asarray(picture, dtype=np.float64)
        if gray.ndim == 3:  # transparent pixels become white
            colors, alpha = gray[:, :, :3], gray[:, :, 3:] / 255
            gray = (colors * alpha + 255 * (1 - alpha) if alpha.size else colors).mean(
                axis=2
            )
        small = resize(gray, (28, 28), anti_aliasing=True)
        border = np.concatenate((gray[0], gray[-1], gray[:, 0], gray[:, -1]))
        rows.append(small if np.median(border) < 128 else 255 - small)
    return np.reshape(rows, (len(rows), -1)).astype(np.float32)


def report_speed():
    """Print rows per second and milliseconds per photo, in CPU time of one core."""
    rng = np.random.default_rng(0)
    rows = skdigits.datasets.load_digits28().data.reshape(-1, 28, 28)[:1000]
    corner = np.zeros_like(rows)
    for digit, moved in zip(rows, corner, strict=True):
        box = digit[np.ix_(digit.any(axis=1), digit.any(axis=0))]
        moved[: box.shape[0], : box.shape[1]] = box
    thousands = {
        "28x28, bright digit on black": rows,
        "28x28, dark digit on white": 255 - rows,
        "28x28, digit in the corner": corner,
    }
    photo = np.full((3000, 4000, 3), 200) + rng.integers(-6, 7, (3000, 4000, 1))
    photo[800:2200, 1900:1990] = (30, 40, 110)
    photo = photo.astype(np.uint8)
    opacity = np.full((3000, 4000, 1), 255, dtype=np.uint8)
    opacity[:100] = 99
    single = {
        "12 megapixels, grey": photo[:, :, 0],
        "12 megapixels, RGB": photo,
        "12 megapixels, transparent": np.concatenate([photo, opacity], axis=2),
    }
    table = [
        [name, f"{len(X) / cpu_seconds(X):.0f} per second"]
        for name, X in thousands.items()
    ]
    table += [
        [name, f"{1000 * cpu_seconds([picture]):.0f} ms"]
        for name, picture in single.items()
    ]
    print_table("Speed of framing, one core", ["pictures", "CPU time"], table)


def cpu_seconds(pictures):
    preprocessor = DigitPreprocessor()
    seconds = []
    for _ in range(N_REPEATS):
        start = time.process_time()
        preprocessor.transform(pictures)
        seconds.append(time.process_time() - start)
    return median(seconds)


if __name__ == "__main__":
    main()
    console.print()
