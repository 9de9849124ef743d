"""Numbers read exactly in your own pictures, by skdigits, Tesseract and RapidOCR.

Each FOLDER holds pictures and a file `truth.csv` with the columns `file`, `text` and,
if there are several kinds of pictures, `set`. Only the digits of a text are compared.
Texts that a reader is least sure of are left unanswered to get the errors at lower
coverage.

    python benchmarks/read_numbers.py rows registers --peers --sheet missed.png

`--mnist WRITERS.npz` adds strings of five of MNIST's test digits by one writer, apart
and touching; `test` in this file is the writer of each digit.

Tesseract is the program `tesseract`, restricted to digits in one line; RapidOCR is the
recogniser of the package of this name, with its own models (extra `bench`): its
detector finds no line in most of such small pictures.
"""

import argparse
import csv
import json
import re
import shutil
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from _harness import console, print_machine, print_table
from PIL import Image, ImageDraw
from pretrained import describe_file

import skdigits
from skdigits.datasets import fetch_mnist
from skdigits.exceptions import NoDigitFoundWarning

COVERAGES = (0.5, 0.8, 0.95)
LENGTH, N_STRINGS = 5, 1000
GAPS = {"MNIST, apart": 4, "MNIST, touching": -1}  # in pixels; digits are 20 high
SURE = 0.95


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--model", type=Path, help="default: the bundled reader")
    parser.add_argument("--peers", action="store_true", help="run the other programs")
    parser.add_argument("--mnist", type=Path, metavar="WRITERS.npz")
    parser.add_argument("--data-home", help="folder of MNIST")
    parser.add_argument("--sheet", type=Path, help="draw what was misread")
    parser.add_argument("--write", action="store_true", help="write the model card")
    args = parser.parse_args()
    print_machine("Pillow")
    readers = {"skdigits": make_own_reader(args.model)}
    if args.peers:
        readers |= find_peers()
    columns = ["pictures", "reader", "exact", "characters wrong"]
    columns += [f"wrong at {share:.0%}" for share in COVERAGES]
    columns += [f"right above {SURE}", "pictures/s"]
    rows, missed, results = [], [], {}
    sets = read_truth(args.folders)
    if args.mnist:
        sets |= make_strings(args.mnist, args.data_home)
    for name, (paths, texts) in sets.items():
        for reader, read in readers.items():
            start = time.perf_counter()
            answers, probabilities = read(paths)
            seconds = time.perf_counter() - start
            measures = describe(*map(np.array, (answers, probabilities, texts)))
            rate = f"{len(paths) / seconds:.1f}"
            rows.append([f"{name} ({len(paths)})", reader, *measures, rate])
            if reader == "skdigits":
                n_right = int(np.sum(np.array(answers) == texts))
                results[name] = {"right": n_right, "of": len(texts)}
                missed += [
                    (path, text, answer, p)
                    for path, text, answer, p in zip(
                        paths, texts, answers, probabilities, strict=True
                    )
                    if answer != text
                ]
    print_table("Numbers read exactly", columns, rows)
    if args.sheet:
        draw_sheet(missed).save(args.sheet)
    if args.write:
        path = args.model.with_suffix(".json")
        card = json.loads(path.read_text(encoding="utf-8"))
        card |= {"weights": describe_file(args.model), "results": results}
        path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def read_truth(folders):
    """Return the paths and the digits of each kind of pictures."""
    sets = {}
    for folder in folders:
        with (folder / "truth.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                paths, texts = sets.setdefault(row.get("set", folder.name), ([], []))
                paths.append(folder / row["file"])
                texts.append(only_digits(row["text"]))
    return sets


def make_strings(writers, data_home):
    """Put five digits of a writer side by side, apart and touching."""
    test = fetch_mnist(subset="test", data_home=data_home)
    with np.load(writers) as file:
        writer = file["test"]
    rng = np.random.default_rng(0)
    sets = {}
    for name, gap in GAPS.items():
        pictures, texts = [], []
        for _ in range(N_STRINGS):
            own = np.flatnonzero(writer == rng.choice(writer))
            chosen = rng.choice(own, LENGTH)
            digits = test.data[chosen].reshape(-1, 28, 28)
            pictures.append(255 - put_side_by_side(digits, gap))
            texts.append("".join(map(str, test.target[chosen])))
        sets[name] = pictures, texts
    return sets


def put_side_by_side(digits, gap):
    """Paste digits with a gap between their ink, in pixels."""
    canvas = np.zeros((48, 40 * len(digits) + 40), dtype=np.uint8)
    x = 16
    for digit in digits:
        ink = np.flatnonzero(digit.max(axis=0) > 60)
        part = digit[:, ink[0] : ink[-1] + 1]
        window = canvas[10:38, x : x + part.shape[1]]
        np.maximum(window, part, out=window)
        x += part.shape[1] + gap
    return canvas[:, : x + 16]


def only_digits(text):
    return re.sub("[^0-9]", "", text)


def make_own_reader(path):
    """Return a function from paths to texts and probabilities."""
    reader = skdigits.load(path) if path else skdigits.load_pretrained("numbers")

    def read(paths):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NoDigitFoundWarning)
            readings = reader.predict_readings(paths)
        return [each.text for each in readings], [each.probability for each in readings]

    return read


def find_peers():
    """Return the other programs that are there; name those that are not."""
    peers = {}
    if shutil.which("tesseract"):
        peers["Tesseract"] = read_with_tesseract
    else:
        console.print("Tesseract is not installed.")
    try:
        from rapidocr import RapidOCR
    except ImportError:
        console.print("RapidOCR is not installed: pip install rapidocr onnxruntime.")
    else:
        engine = RapidOCR(params={"Global.log_level": "critical"})
        peers["RapidOCR"] = lambda paths: read_with_rapidocr(engine, paths)
    return peers


def open_picture(picture):
    """Open a path, or convert an array."""
    is_array = isinstance(picture, np.ndarray)
    return (Image.fromarray(picture) if is_array else Image.open(picture)).convert(
        "RGB"
    )


def read_with_tesseract(paths):
    """Read digits in one line; Tesseract gives no probability of a text."""
    command = ["tesseract", "{}", "-", "--psm", "7"]
    command += ["-c", "tessedit_char_whitelist=0123456789"]
    answers = []
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            copy = Path(folder) / "picture.png"
            open_picture(path).save(copy)
            command[1] = str(copy)
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            answers.append(only_digits(done.stdout))
    return answers, np.ones(len(answers))


def read_with_rapidocr(engine, paths):
    """Read the whole picture as a line; the detector finds no line in small ones."""
    answers, scores = [], []
    for path in paths:
        picture = np.array(open_picture(path))[:, :, ::-1]
        found = engine(picture, use_det=False, use_cls=False)
        answers.append(only_digits("".join(found.txts or ())))
        scores.append(float(min(found.scores or [0.0])))
    return answers, scores


def describe(answers, probabilities, texts):
    """Return the measures of a reader on one kind of pictures."""
    is_wrong = answers != texts
    distances = [edit_distance(*pair) for pair in zip(answers, texts, strict=True)]
    order = np.argsort(-probabilities, kind="stable")
    at_coverage = [
        np.mean(is_wrong[order[: max(round(share * len(texts)), 1)]])
        for share in COVERAGES
    ]
    sure = probabilities > SURE
    right = f"{1 - is_wrong[sure].mean():.1%} of {sure.sum()}" if sure.any() else "-"
    return [
        f"{1 - is_wrong.mean():.1%}",
        f"{sum(distances) / sum(map(len, texts)):.1%}",
        *[f"{share:.1%}" for share in at_coverage],
        right,
    ]


def edit_distance(a, b):
    """Count the insertions, deletions and changes that turn one text into another.

    >>> edit_distance("1234", "135")
    2
    """
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            change = before + (x != y)
            before, row[j] = row[j], min(change, row[j] + 1, row[j - 1] + 1)
    return row[-1]


def draw_sheet(missed, n_columns=6, cell=(240, 120)):
    """Draw the pictures with what was read in them."""
    width, height = cell
    n_rows = -(-len(missed) // n_columns)
    sheet = Image.new("RGB", (n_columns * width, max(n_rows, 1) * height), "gray")
    draw = ImageDraw.Draw(sheet)
    for place, (path, text, answer, probability) in enumerate(missed):
        x, y = place % n_columns * width, place // n_columns * height
        image = open_picture(path)
        scale = min((width - 6) / image.width, (height - 20) / image.height)
        size = max(round(image.width * scale), 1), max(round(image.height * scale), 1)
        sheet.paste(image.resize(size), (x + 3, y + 16))
        draw.text((x + 3, y + 2), f"{text}: {answer or '-'} {probability:.2f}", "white")
    return sheet


if __name__ == "__main__":
    main()
