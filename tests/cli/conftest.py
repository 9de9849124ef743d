import contextlib
import io
import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from skdigits._cli.main import main
from skdigits.datasets import load_digits28


def _run(*argv):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main([str(arg) for arg in argv])
        except SystemExit as stop:
            status = stop.code
    return status, out.getvalue(), err.getvalue()


@pytest.fixture(scope="session")
def run():
    """Run a command in this process; return status, output and messages."""
    return _run


@pytest.fixture(scope="session")
def fails_with():
    """Run a command that fails with an error of one line that holds a sentence."""

    def check(sentence, *argv):
        status, out, err = _run(*argv)
        assert (status, out) == (1, "")
        assert err.startswith("skdigits: error: ")
        assert sentence in err
        assert err.count("\n") == 1
        return True

    return check


@pytest.fixture(scope="session")
def start_python():
    """Start a script in a process of its own."""

    def start(code, *argv):
        return subprocess.Popen(
            [sys.executable, "-c", code, *map(str, argv)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def _draw(row, path):
    pixels = 255 - row.reshape(28, 28)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).resize((168, 168), Image.Resampling.BICUBIC).save(path)


@pytest.fixture(scope="session")
def draw_folder():
    """Make a folder of dark digits: of 0 for the first name, 1 for the second ..."""

    def draw(root, names, n_pictures=6):
        X, y = load_digits28(return_X_y=True)
        for digit, name in enumerate(names):
            for i, row in enumerate(X[y == digit][:n_pictures]):
                _draw(row, root / name / f"{i}.png")
        return root

    return draw


@pytest.fixture(scope="session")
def write_csv():
    """Write the first digits of each label as Kaggle's files have them."""

    def write(path, n_digits=10, has_labels=True):
        X, y = load_digits28(return_X_y=True)
        names = [f"pixel{i}" for i in range(784)]
        rows = X[:n_digits]
        if has_labels:
            names, rows = ["label", *names], np.column_stack([y[:n_digits], rows])
        np.savetxt(path, rows, "%d", ",", header=",".join(names), comments="")
        return y[:n_digits]

    return write


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """Path of a trained model, folder of its plots, and what `run` returned."""
    folder = tmp_path_factory.mktemp("trained")
    model, plots = folder / "new" / "digits.skops", folder / "plots"
    plt.close("all")  # what other tests have left open
    done = _run("train", "--epochs", 3, "--output", model, "--plots", plots)
    return model, plots, done


@pytest.fixture(scope="session")
def model(trained):
    return trained[0]


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """Folder with pictures of 0 to 4, a blank one, and a text with a wrong suffix."""
    folder = tmp_path_factory.mktemp("pictures")
    X, _ = load_digits28(return_X_y=True)
    for digit in range(5):
        _draw(X[digit], folder / f"{digit}.png")
    Image.new("L", (50, 50), 255).save(folder / "blank.png")
    (folder / "text.png").write_text("This is not a picture.")
    return folder


@pytest.fixture
def letters(tmp_path, draw_folder):
    return draw_folder(tmp_path / "letters", ["o", "l"])
