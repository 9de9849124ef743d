import os

import numpy as np
import pytest
from PIL import Image

import skdigits
from skdigits.datasets import load_digits28


def test_evaluation_repeats_the_report_of_the_training(trained, run):
    model, _, (_, trained_out, _) = trained
    status, out, err = run("evaluate", "--model", model)
    assert (status, err) == (0, "")
    assert trained_out.startswith(out)


def test_evaluation_draws_no_learning_curves(tmp_path, model, run):
    assert run("evaluate", "--model", model, "--plots", tmp_path / "plots")[0] == 0
    names = ["confusion_matrix.png", "predictions.png"]
    assert sorted(os.listdir(tmp_path / "plots")) == names


def test_evaluation_on_a_folder_takes_every_picture(tmp_path, model, run, draw_folder):
    folder = draw_folder(tmp_path, ["0", "1", "2"], n_pictures=3)
    status, out, _ = run("evaluate", "--model", model, "--data", folder)
    assert (status, out.split()[:2]) == (0, ["images", "9,"])
    accuracy = float(out.splitlines()[1].split()[1])
    assert accuracy > 0.8


@pytest.mark.filterwarnings("default")
def test_warnings_are_one_line_each(tmp_path, model, run, draw_folder):
    folder = draw_folder(tmp_path, ["0"], n_pictures=2)
    Image.new("L", (50, 50), 255).save(folder / "0" / "blank.png")
    status, _, err = run("evaluate", "--model", model, "--data", folder)
    assert status == 0
    assert err.startswith("skdigits: warning: 1 of 3 pictures ")
    assert err.count("\n") == 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::skdigits.exceptions.SeveralDigitsWarning")
def test_mnist_is_evaluated_on_its_test_part(model, mnist_home, run):
    options = ("--data", "mnist", "--data-home", mnist_home)
    status, out, _ = run("evaluate", "--model", model, *options)
    assert (status, out.split()[:2]) == (0, ["images", "10000,"])


def test_evaluation_reads_what_predict_reads(tmp_path, run, write_csv):
    X, y = load_digits28(return_X_y=True, as_images=True)
    pipeline = skdigits.make_digit_pipeline(filters=(), epochs=2, random_state=0)
    pipeline.set_params(preprocessor__image_shape=(24, 24), preprocessor__box_size=14)
    pipeline.fit(X[:400], y[:400])
    skdigits.save(pipeline, tmp_path / "small.skops")
    write_csv(tmp_path / "digits.csv", 100)

    options = ("--model", tmp_path / "small.skops")
    plots = ("--plots", tmp_path / "plots")
    status, out, _ = run(
        "evaluate", *options, "--data", tmp_path / "digits.csv", *plots
    )
    assert status == 0
    n_wrong = int(np.sum(pipeline.predict(X[:100]) != y[:100]))
    assert out.splitlines()[0].split() == f"images 100, {n_wrong} of them wrong".split()
    argv = ("predict", *options, tmp_path / "digits.csv", "--format", "csv")
    _, out, _ = run(*argv)
    predicted = [int(line.split(",")[1]) for line in out.splitlines()[1:]]
    assert np.sum(predicted != y[:100]) == n_wrong


def test_model_that_cannot_read_the_digits_is_an_error(tmp_path, fails_with):
    X, y = load_digits28(return_X_y=True, as_images=True)
    pipeline = skdigits.make_digit_pipeline(filters=(), epochs=1).fit(X[:50], y[:50])
    pipeline.set_params(preprocessor__image_shape=(24, 24))
    skdigits.save(pipeline, tmp_path / "odd.skops")
    sentence = "The model cannot read the digits: X has 576 features"
    assert fails_with(sentence, "evaluate", "--model", tmp_path / "odd.skops")
