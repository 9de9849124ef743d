"""Generate the training lines of the reader "numbers", and train it.

Digits of one writer are put side by side on paper of many kinds: MNIST's training
digits, those of Semeion, optdigits and UJI Pen Characters, and forms drawn from
templates. `training/` has the generators.

    TF_ENABLE_ONEDNN_OPTS=1 python benchmarks/train_numbers.py WRITERS.npz
    python benchmarks/read_numbers.py FOLDER --model numbers.skops

`train` in WRITERS.npz is the writer of each of MNIST's training digits. `--validation`
leaves out Semeion, every fourth UJI writer and the held-out writers of accuracy.py, and
prints the share of lines read wrongly that are made of MNIST's held-out digits.
"""

import argparse
import datetime
import json
from pathlib import Path

import numpy as np
from _harness import console, print_machine
from accuracy import is_held_out
from accuracy import load as load_mnist
from pretrained import describe_versions
from train_digits import CREATORS, FORMS, find_revision, hash_file, read_others
from training.hands import collect_hands
from training.lines import make_lines

import skdigits
from skdigits import DigitReader
from skdigits._strings.decoding import beam_search
from skdigits._strings.training import fit_reader_network
from skdigits.datasets._mnist import _FILES as MNIST_FILES

N_VALIDATION = 2_000
BATCH_SIZE = 64
# Lines, epochs and learning rate. Each fit goes on from the one before, with other
# lines.
FITS = ((200_000, 4, 0.0025), (120_000, 2, 0.0012), (120_000, 2, 0.0012))
TEMPERATURE = 1.2  # chosen on generated lines and photographed numbers
DESCRIPTION = (
    "A convolutional network with CTC for handwritten numbers of one to twelve digits, "
    "behind an algorithm that finds and straightens lines of digits."
)
LIMITS = [
    "One line of digits is read as one number. Letters are left out of the answer, and "
    "some are read as digits.",
    "No line was cut from a real form, cheque or register: all were generated.",
    "A probability holds for pictures like those it was calibrated on.",
    "The weights were fitted during the development: the first 200,000 lines came from "
    "an earlier state of the generators, and 90 writers of MNIST and 9 of UJI were "
    "left out. The command trains the same network on as many lines of all writers.",
]


def main():
    args = parse_args()
    print_machine("scikit-image", "scipy", "Pillow")
    mnist, writers, held_out = split_mnist(args)
    others = read_others(args)
    if args.validation:
        others = leave_out(others)
    hands = collect_hands(mnist, writers, others, args.seed)
    network, losses = None, []
    for number, (n_lines, epochs, learning_rate) in enumerate(FITS):
        strips, texts = make_lines(
            *hands, int(args.scale * n_lines), args.seed + number
        )
        console.print(f"Training on {len(strips):,} lines.")
        network = fit_reader_network(
            network,
            strips,
            texts,
            epochs=epochs,
            learning_rate=learning_rate,
            batch_size=BATCH_SIZE,
            seed=args.seed,
            reporter=lambda epoch, loss: losses.append(loss),
        )
        console.print("Losses: " + " ".join(f"{loss:.3f}" for loss in losses))
    if args.validation:
        wrong = share_wrong(
            network, *make_lines(*held_out, N_VALIDATION, args.seed + 99)
        )
        console.print(f"Lines of writers left out: {wrong:.2%} wrong.")
    save(network, losses, args)


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("writers", type=Path, metavar="WRITERS.npz")
    parser.add_argument("--output", type=Path, default=Path("numbers.skops"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the lines")
    parser.add_argument("--data-home", help="folder of the data sets")
    parser.add_argument("--validation", action="store_true", help="leave out writers")
    for name, form in FORMS.items():
        parser.add_argument(f"--{name}", type=Path, metavar="FILE", help=form)
    return parser.parse_args()


def split_mnist(args):
    """Return the digits to train on, their writers, and the hands that are left out."""
    with np.load(args.writers) as file:
        writers = file["train"]
    X, y, X_test, y_test = load_mnist(
        args.data_home, args.writers if args.validation else None
    )
    if not args.validation:
        return (X, y), writers, None
    held_out = is_held_out(writers)
    pictures = X_test.reshape(-1, 28, 28).astype(np.uint8)
    return (X, y), writers[~held_out], (pictures, y_test, writers[held_out][:, None])


def leave_out(others):
    """Return the digits of other writers without those that are tested on."""
    strokes, labels, writers = others["uji"]
    kept = np.flatnonzero(~np.isin(writers, np.unique(writers)[::4]))
    uji = [strokes[i] for i in kept], labels[kept], writers[kept]
    return {"optdigits": others["optdigits"], "uji": uji}


def share_wrong(network, strips, texts):
    """Return the share of lines that are not read exactly."""
    steps = network.log_probabilities([strip / np.float32(255) for strip in strips])
    answers = [beam_search(each, top=1)[0].text for each in steps]
    return np.mean(
        [answer != text for answer, text in zip(answers, texts, strict=True)]
    )


def save(network, losses, args):
    """Save a reader, and the training part of its card."""
    reader = DigitReader(random_state=args.seed)
    reader._weights = list(network.weights)
    reader.temperature_, reader.loss_curve_ = TEMPERATURE, losses
    skdigits.save(reader, args.output)
    card = json.dumps(describe_training(args), indent=2)
    args.output.with_suffix(".json").write_text(card + "\n", encoding="utf-8")


def describe_training(args):
    """Return the training part of the model card."""
    files = {name: getattr(args, name) for name in FORMS}
    command = "OMP_NUM_THREADS=2 TF_ENABLE_ONEDNN_OPTS=1 "
    command += f"python benchmarks/train_numbers.py {args.writers.name}"
    command += "".join(f" --{name} {path.name}" for name, path in files.items() if path)
    command += f" --seed {args.seed} --output {args.output.name}"
    paths = [args.writers, *files.values()]
    return {
        "name": args.output.stem,
        "description": DESCRIPTION,
        "command": command,
        "revision": find_revision(),
        "seed": args.seed,
        "parameters": {"lines, epochs, learning rate": FITS, "batch_size": BATCH_SIZE},
        "data": {
            "name": "numbers put together from MNIST's training digits, digits of "
            "other writers, and digits drawn from templates",
            "creators": CREATORS,
            "sha256": {
                **{file.name: file.sha256 for file in MNIST_FILES["train"]},
                **{path.name: hash_file(path) for path in paths if path},
            },
        },
        "versions": describe_versions(),
        "date": datetime.date.today().isoformat(),
        "limits": LIMITS,
    }


if __name__ == "__main__":
    main()
