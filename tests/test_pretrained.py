"""The models that come with the package."""

import hashlib
import json
import pickle
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import sklearn
from numpy.testing import assert_array_equal
from scipy.ndimage import affine_transform

import skdigits
from skdigits import (
    RECIPES,
    CNNDigitClassifier,
    DigitReader,
    _pretrained,
    load_pretrained,
)
from skdigits.datasets import fetch_mnist, load_digits28, render_strokes
from skdigits.exceptions import ModelFileError

FOLDER = Path(skdigits.__file__).parent / "weights"


@pytest.fixture(scope="module")
def pretrained():
    """The bundled pipeline; not to be changed."""
    return load_pretrained()


def test_pretrained_pipeline_reads_digits_without_training(pretrained):
    assert list(pretrained.named_steps) == ["preprocessor", "classifier"]
    X, y = load_digits28(return_X_y=True)
    assert pretrained.score(X, y) > 0.96
    assert pretrained.classes_.tolist() == list(range(10))


def test_nothing_is_fetched_and_nothing_else_read(run_python, tmp_path):
    script = """
import socket, skdigits
def refuse(*args, **kwargs):
    raise AssertionError("a network was asked for")
socket.socket.connect = refuse
print(skdigits.load_pretrained().card_["name"])
"""
    done = run_python(script, SKDIGITS_DATA_HOME=str(tmp_path / "nowhere"))
    assert done.stdout == "digits\n", done.stderr


def test_pipelines_are_independent(pretrained):
    X, y = load_digits28(return_X_y=True)
    before = pretrained.predict_proba(X[:50])
    other = load_pretrained()
    other["classifier"].partial_fit(X[:50], y[:50])
    other.card_["name"] = "mine"
    assert not np.array_equal(other.predict_proba(X[:50]), before)
    assert_array_equal(pretrained.predict_proba(X[:50]), before)
    assert_array_equal(load_pretrained().predict_proba(X[:50]), before)
    assert load_pretrained().card_["name"] == "digits"


def test_card_survives_copies(pretrained, tmp_path):
    assert pickle.loads(pickle.dumps(pretrained)).card_ == pretrained.card_
    skdigits.save(pretrained, tmp_path / "mine.skops")
    assert skdigits.load(tmp_path / "mine.skops").card_ == pretrained.card_


def test_files_are_small_enough_to_ship():
    for path in FOLDER.iterdir():
        limit = 3_000_000 if path.stem == "numbers" else 2_000_000
        assert path.stat().st_size <= limit, path.name


@pytest.mark.parametrize("name", ["digits", "mnist"])
def test_card_describes_the_weights(name):
    pipeline = load_pretrained(name)
    card, content = pipeline.card_, (FOLDER / f"{name}.skops").read_bytes()
    assert card["name"] == name
    assert card["weights"] == {
        "file": f"{name}.skops",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    clf = pipeline["classifier"]
    assert card["seed"] == clf.random_state
    for parameter, value in card["parameters"].items():
        assert json.loads(json.dumps(clf.get_params()[parameter])) == value, parameter
    assert {"description", "date", "data", "versions", "results", "limits"} <= set(card)


def test_card_of_the_reader_describes_its_weights():
    reader = load_pretrained("numbers")
    card, content = reader.card_, (FOLDER / "numbers.skops").read_bytes()
    assert isinstance(reader, DigitReader)
    assert card["name"] == "numbers"
    assert card["weights"] == {
        "file": "numbers.skops",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    assert {"description", "command", "seed", "date", "data", "versions"} <= set(card)
    assert {"results", "limits"} <= set(card)
    script = re.search(r"python (\S+)", card["command"])[1]
    assert (Path(__file__).parent.parent / script).is_file()


def test_card_names_the_command_that_makes_the_model():
    mnist, digits = load_pretrained("mnist"), load_pretrained("digits")
    card, clf = mnist.card_, mnist["classifier"]
    recipe = RECIPES[card["recipe"]] | {"epochs": clf.epochs}
    recipe = CNNDigitClassifier(**recipe, random_state=card["seed"])
    assert recipe.get_params() == clf.get_params()
    options = f"--data mnist --recipe {card['recipe']} --seed {card['seed']}"
    assert f"skdigits train {options} " in card["command"]
    script = re.search(r"python (\S+)", digits.card_["command"])[1]
    assert (Path(__file__).parent.parent / script).is_file()


def test_forms_that_mnist_lacks_are_read():
    """Forms that "mnist" misreads: a hooked 1, a slashed 0, a 9 with a round tail."""
    turn = np.linspace(0, 2 * np.pi, 30)
    ring = np.stack([np.sin(turn), -np.cos(turn)], 1)
    forms = {
        1: [[(0, 6), (5, 0), (5, 10)]],
        7: [[(0, 0), (6, 0), (2, 10)], [(1, 5), (6, 5)]],
        4: [[(1, 0), (0, 6), (7, 6)], [(5, 3), (5, 10)]],
        0: [ring * (3, 5), [(-2.2, 3.6), (2.2, -3.6)]],
    }
    pictures, labels = [], []
    for label, strokes in forms.items():
        for pen_width in (2, 5, 9):
            picture = render_strokes(strokes, pen_width=pen_width, size=80, margin=10)
            pictures.append(255 - picture)
            labels.append(label)
    assert load_pretrained().predict(pictures).tolist() == labels


def test_letters_and_blanks_get_no_confident_answer(pretrained):
    letters = {
        "E": [[(1, 0), (0, 0), (0, 1), (1, 1)], [(0, 0.5), (0.8, 0.5)]],
        "K": [[(0, 0), (0, 1)], [(1, 0), (0, 0.55)], [(0.3, 0.4), (1, 1)]],
        "M": [[(0, 1), (0, 0), (0.5, 0.6), (1, 0), (1, 1)]],
    }
    pictures = [render_strokes(letter) for letter in letters.values()]
    assert pretrained.predict_proba(pictures).max() < 0.9
    blank = np.full((1, 784), 128)
    for row in (blank, 0 * blank):
        assert pretrained["classifier"].predict_proba(row).max() < 0.9


@pytest.mark.parametrize("name", ["digits", "mnist"])
def test_bundled_file_is_what_save_writes(name, tmp_path):
    pretrained = skdigits.load(FOLDER / f"{name}.skops")
    skdigits.save(pretrained, tmp_path / "again.skops")
    written = skdigits.load(tmp_path / "again.skops")["classifier"]
    for ours, theirs in zip(
        written.model_.get_weights(),
        pretrained["classifier"].model_.get_weights(),
        strict=True,
    ):
        assert_array_equal(ours, theirs)


def test_unknown_name_is_an_error_that_names_the_known_ones():
    with pytest.raises(
        ValueError,
        match=r"`name` must be one of \['digits', 'mnist', 'numbers'\]\. Got 'emnist'",
    ):
        load_pretrained("emnist")


def test_weights_that_are_not_those_of_the_card_are_an_error(tmp_path, monkeypatch):
    shutil.copytree(FOLDER, tmp_path / "weights")
    path = tmp_path / "weights" / "digits.skops"
    path.write_bytes(path.read_bytes() + b" ")
    monkeypatch.setattr(_pretrained, "_FOLDER", path.parent)
    with pytest.raises(
        ModelFileError, match=r"digits\.skops' is not the file that its"
    ):
        load_pretrained()


def slanted(X, slant=-1.0):
    """Slant digits to the left by 45 degrees, like another handwriting."""
    matrix = np.array([[1, 0], [slant, 1]])
    center = np.array([13.5, 13.5])
    images = [
        affine_transform(image, matrix, center - matrix @ center, order=1)
        for image in X.reshape(-1, 28, 28)
    ]
    return np.reshape(images, X.shape)


@pytest.mark.slow
def test_twenty_digits_adapt_it_to_a_handwriting_and_nothing_is_forgotten(mnist_home):
    X, y = fetch_mnist("test", data_home=mnist_home, return_X_y=True)
    places = np.arange(1000)
    mine = np.concatenate([places[y[:1000] == digit][:2] for digit in range(10)])
    others = np.setdiff1d(places, mine)
    hand = slanted(X[:1000])
    classifier = load_pretrained().named_steps["classifier"]
    before = classifier.predict(hand[others]), classifier.predict(X)
    classifier.partial_fit(hand[mine], y[mine])
    after = classifier.predict(hand[others]), classifier.predict(X)
    wrong = [np.count_nonzero(labels != y[others]) for labels in (before[0], after[0])]
    assert wrong[1] < wrong[0]
    lost = np.count_nonzero(after[1] != y) - np.count_nonzero(before[1] != y)
    assert lost <= 10


def test_output_that_transformers_are_set_to_does_not_matter():
    X, _ = load_digits28(return_X_y=True)
    with sklearn.config_context(transform_output="pandas"):
        assert len(load_pretrained().predict(X[:3])) == 3  # without a warning
