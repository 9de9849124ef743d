import errno
import os
import signal

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image
from sklearn.model_selection import train_test_split

import skdigits
from skdigits.datasets import load_digits28


def test_training_reports_every_number(trained):
    status, out, _ = trained[2]
    assert status == 0
    lines = [line.split() for line in out.splitlines()]
    assert lines[0][:2] == ["images", "360,"]
    assert lines[1][0] == "accuracy"
    assert float(lines[1][1]) > 0.95
    assert lines[2][0] == "loss"
    assert ["label", "precision", "recall", "F1", "images"] in lines
    assert list("0123456789") in lines


def test_training_without_options_reads_985_of_1000(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    status, out, err = run("train")
    assert status == 0, err
    words = out.split()
    assert float(words[words.index("accuracy") + 1]) >= 0.985
    assert skdigits.load("models/digits.skops")["classifier"].random_state == 0


def test_training_ends_with_the_next_command_to_try(trained):
    model, _, (_, out, _) = trained
    assert out.splitlines()[-1] == (
        f"The model is saved as {model}. Try it: "
        f"skdigits predict my_digit.png --model {model}"
    )


def test_training_shows_each_epoch_on_standard_error(trained):
    err = trained[2][2].splitlines()
    assert err[0] == "Training on 1437 digits, then testing on 360 others."
    assert [line.split()[:2] for line in err[1:]] == [["epoch", c] for c in "123"]
    assert all(" loss 0." in line and " accuracy 0." in line for line in err[2:])


def test_training_saves_the_whole_pipeline(model):
    pipeline = skdigits.load(model)
    assert list(pipeline.named_steps) == ["preprocessor", "classifier"]
    classifier = pipeline["classifier"]
    assert (classifier.epochs, classifier.random_state, classifier.verbose) == (3, 0, 0)
    assert os.listdir(model.parent) == [model.name]


def test_training_writes_three_plots(trained):
    plots = trained[1]
    names = ["confusion_matrix.png", "learning_curves.png", "predictions.png"]
    assert sorted(os.listdir(plots)) == names
    for name in names:
        with Image.open(plots / name) as image:
            assert min(image.size) > 400


def test_plots_leave_no_figure_of_pyplot_behind(trained):
    assert plt.get_fignums() == []


def test_training_on_a_folder_learns_its_labels(tmp_path, letters, run):
    path = tmp_path / "letters.skops"
    options = ("--recipe", "mlp", "--epochs", 2, "--seed", 7, "--output", path)
    status, out, err = run("train", "--data", letters, *options)
    assert (status, out.split()[:2]) == (0, ["images", "3,"]), err
    classifier = skdigits.load(path)["classifier"]
    assert classifier.classes_.tolist() == ["l", "o"]
    assert (classifier.filters, classifier.random_state) == ((), 7)


def test_training_goes_on_from_the_pretrained_model(tmp_path, run, draw_folder):
    folder = draw_folder(tmp_path / "mine", ["0", "1", "2"])
    path = tmp_path / "mine.skops"
    options = ("--from-pretrained", "--epochs", 2, "--seed", 7, "--output", path)
    status, out, err = run("train", "--data", folder, *options)
    assert (status, out.split()[:2]) == (0, ["images", "4,"]), err
    pipeline, start = skdigits.load(path), skdigits.load_pretrained()
    assert not hasattr(pipeline, "card_")
    assert pipeline.classes_.tolist() == list(range(10))
    classifier = pipeline["classifier"]
    assert (classifier.random_state, classifier.verbose) == (7, 0)
    assert classifier.n_iter_ == start["classifier"].n_iter_ + 2
    X, y = load_digits28(return_X_y=True)
    assert classifier.score(X, y) > start.score(X, y) - 0.02


def test_labels_unknown_to_the_pretrained_model_are_an_error(
    tmp_path, letters, fails_with
):
    options = ("--from-pretrained", "--output", tmp_path / "model.skops")
    sentence = "among those of the model, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9; got l, o as"
    assert fails_with(sentence, "train", "--data", letters, *options)
    assert not (tmp_path / "model.skops").exists()


@pytest.mark.slow
def test_interrupted_training_leaves_no_model(tmp_path, start_python):
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from skdigits._cli.main import entrypoint; entrypoint()"
    )
    output = tmp_path / "model.skops"
    process = start_python(code, "train", "--epochs", 1000, "--output", output)
    lines = []
    while not lines or not lines[-1].startswith("epoch 2"):
        lines.append(process.stderr.readline())
        assert lines[-1], lines
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    lines += err.splitlines(keepends=True)
    sentence = "skdigits: interrupted before the training was over; no model saved\n"
    assert lines[-1] == sentence
    # Neither a traceback nor messages of TensorFlow.
    assert all(line.startswith(("Training on ", "epoch ")) for line in lines[:-1])
    assert os.listdir(tmp_path) == []


def test_model_that_cannot_be_saved_is_saved_in_another_place(
    tmp_path, monkeypatch, letters, run
):
    output, elsewhere = tmp_path / "model.skops", tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    save = skdigits.save

    def fill_disk(model, path):
        if path == output:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        save(model, path)

    monkeypatch.setattr("skdigits._cli.models.save", fill_disk)
    options = ("--recipe", "mlp", "--epochs", 1, "--output", output)
    status, out, err = run("train", "--data", letters, *options)
    (kept,) = elsewhere.iterdir()
    assert status == 1
    assert err.splitlines()[-1] == (
        f"skdigits: error: {output}: No space left on device. The model is saved as "
        f"{kept} instead"
    )
    assert f"The model is saved as {kept}." in out
    assert skdigits.load(kept)["classifier"].classes_.tolist() == ["l", "o"]


def test_model_that_can_be_saved_nowhere_is_an_error(
    tmp_path, monkeypatch, letters, run
):
    def fail(model, path):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr("skdigits._cli.models.save", fail)
    output = tmp_path / "model.skops"
    options = ("--recipe", "mlp", "--epochs", 1, "--output", output)
    status, _, err = run("train", "--data", letters, *options)
    assert status == 1
    sentence = f"skdigits: error: {output}: No space left on device"
    assert err.splitlines()[-1] == sentence


def test_training_equals_a_fit_of_the_whole_pipeline(tmp_path, run, pictures):
    """Of pictures, not only of digits that are framed already."""
    path = tmp_path / "model.skops"
    options = ("--recipe", "mlp", "--epochs", 2, "--seed", 7, "--output", path)
    X, y = load_digits28(return_X_y=True)
    shifted = np.roll(X.reshape(-1, 28, 28), 4, axis=2)[:200].reshape(200, -1)
    header = ",".join(["label", *(f"pixel{i}" for i in range(784))])
    table = np.column_stack([y[:200], shifted])
    csv = tmp_path / "shifted.csv"
    np.savetxt(csv, table, "%d", ",", header=header, comments="")
    assert run("train", "--data", csv, *options)[0] == 0

    images = shifted.reshape(-1, 28, 28)
    X_train, X_test, y_train, _ = train_test_split(
        images, y[:200], test_size=0.2, stratify=y[:200], random_state=0
    )
    params = skdigits.RECIPES["mlp"] | {"epochs": 2, "random_state": 7}
    expected = skdigits.make_digit_pipeline(**params).fit(X_train, y_train)
    assert_array_equal(
        skdigits.load(path).predict_proba(X_test), expected.predict_proba(X_test)
    )


def test_trained_model_reads_rows_stacks_and_lists(model):
    pipeline = skdigits.load(model)
    X, _ = load_digits28(return_X_y=True)
    stack = X[:5].reshape(-1, 28, 28)
    expected = pipeline.predict(X[:5])
    assert_array_equal(pipeline.predict(stack), expected)
    assert_array_equal(pipeline.predict(list(stack)), expected)
