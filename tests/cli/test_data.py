import hashlib
import shutil

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits

import skdigits
from skdigits._cli.console import CommandError
from skdigits._cli.data import load_split, load_test, match_labels
from skdigits.datasets import _optdigits, _semeion, load_digits28
from skdigits.datasets._uci import UciFile


def test_data_that_does_not_exist_is_an_error(tmp_path, model, fails_with):
    options = ("--data", tmp_path / "minst")
    sentence = (
        "--data must be 'digits', 'mnist', 'optdigits', 'usps', 'semeion', a folder "
        "with one sub-folder of pictures"
    )
    assert fails_with(sentence, "train", "--output", tmp_path / "m.skops", *options)
    assert fails_with(sentence, "evaluate", "--model", model, *options)


def test_folder_without_labels_is_an_error(tmp_path, fails_with):
    output = tmp_path / "model" / "m.skops"
    empty = tmp_path / "empty"
    empty.mkdir()
    assert fails_with("no sub-folders", "train", "--output", output, "--data", empty)


def test_folder_with_too_few_pictures_is_an_error(tmp_path, letters, fails_with):
    output = tmp_path / "model" / "m.skops"
    for path in sorted((letters / "l").iterdir())[3:]:
        path.unlink()
    sentence = (
        "needs at least 5 pictures of each label, because a fifth is kept for the test"
    )
    assert fails_with(sentence, "train", "--output", output, "--data", letters)
    assert fails_with(
        "has only 3 of l.", "train", "--output", output, "--data", letters
    )
    shutil.rmtree(letters / "l")
    sentence = "needs pictures of at least two labels"
    assert fails_with(sentence, "train", "--output", output, "--data", letters)


def test_labels_unknown_to_the_model_are_an_error(model, letters, fails_with):
    sentence = "among those of the model, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9; got l, o as"
    assert fails_with(sentence, "evaluate", "--model", model, "--data", letters)


def test_missing_mnist_is_an_error(tmp_path, model, monkeypatch, fails_with):
    def fetch_file(*args, **kwargs):
        raise OSError("no network")

    monkeypatch.setattr("skdigits.datasets._download.fetch_file", fetch_file)
    options = ("--data", "mnist", "--data-home", tmp_path)
    assert fails_with("could not be downloaded", "evaluate", "--model", model, *options)


@pytest.fixture
def sets_on_disk(tmp_path, monkeypatch):
    """A data home with small sets in the format of the real ones."""
    images, labels = load_digits().images > 8, load_digits().target
    images, labels = images[:100], labels[:100]
    lines = [
        " ".join([*(f"{pixel:.4f}" for pixel in np.kron(image, np.ones((2, 2))).flat)])
        + "".join(f" {int(label == i)}" for i in range(10))
        for image, label in zip(images, labels, strict=True)
    ]
    content = "\n".join(lines).encode()
    (tmp_path / "semeion.data").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(_semeion, "_FILE", UciFile("semeion.data", digest))

    counts = tuple(np.bincount(labels, minlength=10).tolist())
    parts = {"train": {"tra": counts}, "test": {"windep": counts}}
    monkeypatch.setattr(_optdigits, "_PARTS", parts)
    for part in ("tra", "windep"):
        lines = [
            "".join(map(str, row))
            for image, label in zip(images, labels, strict=True)
            for row in [*np.kron(image, np.ones((4, 4), int)), f" {label}"]
        ]
        path = tmp_path / f"optdigits-orig.{part}"
        path.write_text("\n".join(["entwidth = 32", *lines, ""]))
    return tmp_path


@pytest.mark.parametrize(
    ("data", "side", "n_train", "n_test"),
    [("semeion", 16, 80, 20), ("optdigits", 32, 100, 100)],
)
def test_other_sets_are_split_or_come_in_two_parts(
    sets_on_disk, data, side, n_train, n_test
):
    X_train, X_test, y_train, y_test = load_split(data, sets_on_disk)
    assert X_train.shape == (n_train, side, side)
    assert X_test.shape == (n_test, side, side)
    assert (len(y_train), len(y_test)) == (n_train, n_test)
    X, y = load_test(data, sets_on_disk)
    assert_array_equal(X, X_test)
    assert_array_equal(y, y_test)


@pytest.mark.filterwarnings("ignore::skdigits.exceptions.SeveralDigitsWarning")
@pytest.mark.parametrize(("data", "n_test"), [("semeion", 20), ("optdigits", 100)])
def test_sets_of_other_image_shapes_are_trained_on_and_evaluated(
    sets_on_disk, run, tmp_path, data, n_test
):
    model = tmp_path / "m.skops"
    options = ("--data", data, "--data-home", sets_on_disk)
    status, out, err = run(
        "train", *options, "--output", model, "--recipe", "fast", "--epochs", 1
    )
    assert (status, out.split()[:2]) == (0, ["images", f"{n_test},"]), err
    status, out, err = run("evaluate", *options, "--model", model)
    assert (status, out.split()[:2]) == (0, ["images", f"{n_test},"]), err


@pytest.mark.parametrize("data", ["semeion", "optdigits", "usps"])
def test_missing_set_is_an_error(tmp_path, monkeypatch, fails_with, data):
    def fail(*args, **kwargs):
        raise OSError("no network")

    monkeypatch.setattr("skdigits.datasets._download.fetch_file", fail)
    monkeypatch.setattr("skdigits.datasets._usps.fetch_openml", fail)
    options = ("--data", data, "--data-home", tmp_path)
    assert fails_with("could not be downloaded", "evaluate", *options)


def test_labels_match_whether_numbers_or_strings(tmp_path, run):
    X, y = load_digits28(return_X_y=True)
    pipeline = skdigits.make_digit_pipeline(filters=(), epochs=1, random_state=0)
    pipeline["classifier"].fit(X[:300], y[:300].astype(str))
    skdigits.save(pipeline, tmp_path / "words.skops")
    status, out, err = run("evaluate", "--model", tmp_path / "words.skops")
    assert (status, out.split()[:2]) == (0, ["images", "360,"]), err


def test_misspelt_data_has_a_suggestion(model, fails_with):
    sentence = "got 'mnits', which does not exist. Did you mean 'mnist'?"
    assert fails_with(sentence, "evaluate", "--model", model, "--data", "mnits")
    assert fails_with("got ''", "evaluate", "--model", model, "--data", "")


def test_file_that_is_not_csv_is_an_error(model, pictures, fails_with):
    options = ("--model", model, "--data", pictures / "0.png")
    assert fails_with("0.png', a file of another kind.", "evaluate", *options)


@pytest.mark.parametrize("name", ["digits.csv", "DIGITS.CSV", "digits.csv.gz"])
def test_csv_file_has_images_and_labels(name, tmp_path, write_csv):
    y = write_csv(tmp_path / name, 30)
    X, labels = load_test(str(tmp_path / name))
    assert_array_equal(labels, y)
    assert_array_equal(X, load_digits28().images[:30])


def test_csv_file_is_split_for_the_training(tmp_path, write_csv):
    y = write_csv(tmp_path / "digits.csv", 200)
    X_train, X_test, y_train, y_test = load_split(str(tmp_path / "digits.csv"))
    assert (len(X_train), len(X_test)) == (160, 40)
    assert sorted([*y_train, *y_test]) == sorted(y)


def test_csv_file_without_labels_cannot_be_evaluated(
    tmp_path, model, write_csv, fails_with
):
    path = tmp_path / "digits.csv"
    write_csv(path, has_labels=False)
    sentence = f"{path} must have a column 'label'"
    for command in ("train", "evaluate"):
        assert fails_with(sentence, command, "--data", path)


def test_csv_file_of_other_images_is_an_error(tmp_path):
    path = tmp_path / "digits.csv"
    path.write_text("label,pixel0,pixel1\n7,0,255\n")
    with pytest.raises(CommandError, match="square number of pixel columns"):
        load_test(str(path))


def test_csv_file_in_another_format_is_an_error(tmp_path, fails_with):
    path = tmp_path / "digits.csv"
    path.write_text("These are not digits.\n")
    assert fails_with("digits.csv", "evaluate", "--data", path)
    assert fails_with("digits.csv", "train", "--data", path)


def test_many_unknown_labels_are_not_all_listed():
    y = np.array([f"label {i}" for i in range(1000)])
    with pytest.raises(CommandError, match=r"label 115, … \(1000 in all\) as well"):
        match_labels(y, np.arange(10), "folder")
