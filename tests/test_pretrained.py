"""The models that come with the package."""

import hashlib
import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import sklearn
from numpy.testing import assert_array_equal
from scipy.ndimage import affine_transform

import skdigits
from skdigits import RECIPES, CNNDigitClassifier, _pretrained, load_pretrained
from skdigits.datasets import fetch_mnist, load_digits28
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
    assert done.stdout == "mnist\n", done.stderr


def test_pipelines_are_independent(pretrained):
    X, y = load_digits28(return_X_y=True)
    before = pretrained.predict_proba(X[:50])
    other = load_pretrained()
    other["classifier"].partial_fit(X[:50], y[:50])
    other.card_["name"] = "mine"
    assert not np.array_equal(other.predict_proba(X[:50]), before)
    assert_array_equal(pretrained.predict_proba(X[:50]), before)
    assert_array_equal(load_pretrained().predict_proba(X[:50]), before)
    assert load_pretrained().card_["name"] == "mnist"


def test_card_survives_copies(pretrained, tmp_path):
    assert pickle.loads(pickle.dumps(pretrained)).card_ == pretrained.card_
    skdigits.save(pretrained, tmp_path / "mine.skops")
    assert skdigits.load(tmp_path / "mine.skops").card_ == pretrained.card_


def test_files_are_small_enough_to_ship():
    sizes = [path.stat().st_size for path in FOLDER.iterdir()]
    assert sum(sizes) <= 700_000, sizes


def test_card_describes_the_weights(pretrained):
    card, content = pretrained.card_, (FOLDER / "mnist.skops").read_bytes()
    assert card["weights"] == {
        "file": "mnist.skops",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    clf = pretrained["classifier"]
    assert card["seed"] == clf.random_state
    recipe = RECIPES[card["recipe"]] | {"epochs": clf.epochs}
    recipe = CNNDigitClassifier(**recipe, random_state=card["seed"])
    assert recipe.get_params() == clf.get_params()
    for name, value in card["parameters"].items():
        assert json.loads(json.dumps(clf.get_params()[name])) == value, name
    options = f"--data mnist --recipe {card['recipe']} --seed {card['seed']}"
    assert f"skdigits train {options} " in card["command"]
    assert {"description", "date", "data", "versions", "results", "limits"} <= set(card)


def test_bundled_file_is_what_save_writes(pretrained, tmp_path):
    again = skdigits.load(FOLDER / "mnist.skops")
    skdigits.save(again, tmp_path / "mnist.skops")
    written = skdigits.load(tmp_path / "mnist.skops")["classifier"]
    for ours, theirs in zip(
        written.model_.get_weights(),
        pretrained["classifier"].model_.get_weights(),
        strict=True,
    ):
        assert_array_equal(ours, theirs)


def test_unknown_name_is_an_error_that_names_the_known_ones():
    with pytest.raises(
        ValueError, match=r"`name` must be one of \['mnist'\]\. Got 'emnist' instead"
    ):
        load_pretrained("emnist")


def test_weights_that_are_not_those_of_the_card_are_an_error(tmp_path, monkeypatch):
    shutil.copytree(FOLDER, tmp_path / "weights")
    path = tmp_path / "weights" / "mnist.skops"
    path.write_bytes(path.read_bytes() + b" ")
    monkeypatch.setattr(_pretrained, "_FOLDER", path.parent)
    with pytest.raises(ModelFileError, match=r"mnist\.skops' is not the file that its"):
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
