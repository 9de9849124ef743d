import contextlib
import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

import skdigits
from skdigits._cli.commands import main
from skdigits.datasets import load_digits28

ENTRYPOINT = "from skdigits._cli.commands import entrypoint; entrypoint()"


def run(*argv):
    """Run a command in this process; return status, output and messages."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main([str(arg) for arg in argv])
        except SystemExit as stop:
            status = stop.code
    return status, out.getvalue(), err.getvalue()


def start(*argv, code=ENTRYPOINT):
    """Start a command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, argv)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def draw(row, path):
    """Save a digit as a picture with dark ink on light paper."""
    pixels = 255 - row.reshape(28, 28)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).resize((168, 168), Image.Resampling.BICUBIC).save(path)
    return path


def draw_folder(root, names, n_pictures=6):
    """Make a folder of pictures: of 0 for the first name, 1 for the second ..."""
    X, y = load_digits28(return_X_y=True)
    for digit, name in enumerate(names):
        for i, row in enumerate(X[y == digit][:n_pictures]):
            draw(row, root / name / f"{i}.png")
    return root


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    model, plots = folder / "new" / "digits.skops", folder / "plots"
    plt.close("all")  # what other tests have left open
    done = run("train", "--epochs", 3, "--output", model, "--plots", plots)
    return model, plots, done


@pytest.fixture(scope="module")
def model(trained):
    return trained[0]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Pictures of 0 to 4, a blank one, and files that are none."""
    folder = tmp_path_factory.mktemp("pictures")
    X, _ = load_digits28(return_X_y=True)
    for digit in range(5):
        draw(X[digit], folder / f"{digit}.png")
    Image.new("L", (50, 50), 255).save(folder / "blank.png")
    (folder / "text.png").write_text("This is no picture.")
    return folder


@pytest.fixture
def letters(tmp_path):
    return draw_folder(tmp_path / "letters", ["o", "l"])


def test_module_runs_as_the_command_does():
    done = subprocess.run(
        [sys.executable, "-m", "skdigits", "--version"], capture_output=True, text=True
    )
    assert done.stdout == f"skdigits {skdigits.__version__}\n"


def test_wrong_usage_exits_with_status_2():
    status, out, err = run("trian")
    assert (status, out) == (2, "")
    assert err.startswith("skdigits: error: ")


# Data that cannot be used


def fails_with(sentence, *argv):
    status, out, err = run(*argv)
    assert (status, out) == (1, "")
    assert err.startswith("skdigits: error: ")
    assert sentence in err
    assert "Traceback" not in err
    return True


def test_missing_model_is_an_error(tmp_path):
    for command in (
        ["predict", "--model", tmp_path / "no.skops", "x.png"],
        ["evaluate", "--model", "no.skops"],
    ):
        assert fails_with("There is no model file", *command)


def test_file_that_is_no_model_is_an_error(tmp_path):
    (tmp_path / "text.skops").write_text("This is no model.")
    assert fails_with(
        "is no model file of skdigits", "evaluate", "--model", tmp_path / "text.skops"
    )


def test_model_that_reads_no_pictures_is_an_error(tmp_path):
    path = tmp_path / "logistic.skops"
    skdigits.save(LogisticRegression(), path)
    assert fails_with(
        "holds a LogisticRegression, but the", "predict", "--model", path, "x.png"
    )


def test_model_that_was_not_fitted_is_an_error(tmp_path):
    path = tmp_path / "new.skops"
    skdigits.save(skdigits.make_digit_pipeline(), path)
    assert fails_with(
        "holds a pipeline that was not fitted", "evaluate", "--model", path
    )


def test_unknown_folder_of_data_is_an_error(tmp_path, model):
    options = ("--data", tmp_path / "minst")
    sentence = "--data takes 'digits', 'mnist' or a folder with one sub-folder"
    assert fails_with(sentence, "train", "--output", tmp_path / "m.skops", *options)
    assert fails_with(sentence, "evaluate", "--model", model, *options)


def test_folder_without_labels_is_an_error(tmp_path):
    output = tmp_path / "model" / "m.skops"
    empty = tmp_path / "empty"
    empty.mkdir()
    assert fails_with("no sub-folders", "train", "--output", output, "--data", empty)


def test_folder_with_too_few_pictures_is_an_error(tmp_path, letters):
    output = tmp_path / "model" / "m.skops"
    for path in sorted((letters / "l").iterdir())[3:]:
        path.unlink()
    sentence = "needs 5 pictures of each label or more, as a fifth is kept for the test"
    assert fails_with(sentence, "train", "--output", output, "--data", letters)
    assert fails_with(
        "has only 3 of l.", "train", "--output", output, "--data", letters
    )
    shutil.rmtree(letters / "l")
    sentence = "needs pictures of two labels or more"
    assert fails_with(sentence, "train", "--output", output, "--data", letters)


def test_labels_unknown_to_the_model_are_an_error(model, letters):
    sentence = "The model knows the labels 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 only."
    assert fails_with(sentence, "evaluate", "--model", model, "--data", letters)
    assert fails_with(
        "others as well: l, o.", "evaluate", "--model", model, "--data", letters
    )


def test_missing_mnist_is_an_error(tmp_path, model, monkeypatch):
    def fetch_file(*args, **kwargs):
        raise OSError("no network")

    monkeypatch.setattr("skdigits.datasets._mnist.fetch_file", fetch_file)
    options = ("--data", "mnist", "--data-home", tmp_path)
    assert fails_with("could not be downloaded", "evaluate", "--model", model, *options)


def test_places_that_cannot_be_written_to_are_errors_before_the_training(tmp_path):
    file = tmp_path / "file"
    file.touch()
    refused = "cannot be written to"
    assert fails_with(refused, "train", "--output", file / "model.skops")
    assert fails_with("is a folder", "train", "--output", tmp_path)
    output = ("--output", tmp_path / "model.skops")
    assert fails_with(refused, "train", *output, "--plots", file / "plots")
    assert os.listdir(tmp_path) == ["file"]


def test_model_of_other_images_is_an_error(tmp_path):
    path = tmp_path / "small.skops"
    pipeline = skdigits.make_digit_pipeline(filters=(), epochs=1)
    pipeline.set_params(preprocessor__image_shape=(24, 24))
    X, y = load_digits28(return_X_y=True, as_images=True)
    skdigits.save(pipeline.fit(X[:50], y[:50]), path)
    assert fails_with(
        "reads images of 576 pixels. Those of digits", "evaluate", "--model", path
    )


# Training


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


def test_training_without_options_reads_985_of_1000(tmp_path, monkeypatch):
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


def test_training_on_a_folder_learns_its_labels(tmp_path, letters):
    path = tmp_path / "letters.skops"
    options = ("--recipe", "mlp", "--epochs", 2, "--seed", 7, "--output", path)
    status, out, err = run("train", "--data", letters, *options)
    assert (status, out.split()[:2]) == (0, ["images", "3,"]), err
    classifier = skdigits.load(path)["classifier"]
    assert classifier.classes_.tolist() == ["l", "o"]
    assert (classifier.filters, classifier.random_state) == ((), 7)


def test_training_goes_on_from_the_pretrained_model(tmp_path):
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


def test_labels_unknown_to_the_pretrained_model_are_an_error(tmp_path, letters):
    options = ("--from-pretrained", "--output", tmp_path / "model.skops")
    sentence = "The model knows the labels 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 only."
    assert fails_with(sentence, "train", "--data", letters, *options)
    assert not (tmp_path / "model.skops").exists()


def test_interrupted_training_leaves_no_model(tmp_path):
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        + ENTRYPOINT
    )
    output = tmp_path / "model.skops"
    process = start("train", "--epochs", 1000, "--output", output, code=code)
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
    # Neither a traceback nor anything that TensorFlow has to say.
    assert all(line.startswith(("Training on ", "epoch ")) for line in lines[:-1])
    assert os.listdir(tmp_path) == []


def test_interruption_anywhere_exits_with_130(monkeypatch):
    def interrupt(path):
        raise KeyboardInterrupt

    monkeypatch.setattr("skdigits.load", interrupt)
    assert run("evaluate", "--model", "m.skops") == (130, "", "skdigits: interrupted\n")


# Evaluation


def test_evaluation_repeats_the_report_of_the_training(trained):
    model, _, (_, trained_out, _) = trained
    status, out, err = run("evaluate", "--model", model)
    assert (status, err) == (0, "")
    assert trained_out.startswith(out)


def test_evaluation_draws_no_learning_curves(tmp_path, model):
    assert run("evaluate", "--model", model, "--plots", tmp_path / "plots")[0] == 0
    names = ["confusion_matrix.png", "predictions.png"]
    assert sorted(os.listdir(tmp_path / "plots")) == names


def test_evaluation_on_a_folder_takes_every_picture(tmp_path, model):
    folder = draw_folder(tmp_path, ["0", "1", "2"], n_pictures=3)
    status, out, _ = run("evaluate", "--model", model, "--data", folder)
    assert (status, out.split()[:2]) == (0, ["images", "9,"])
    accuracy = float(out.splitlines()[1].split()[1])
    assert accuracy > 0.8


def test_labels_match_whether_numbers_or_strings(tmp_path):
    X, y = load_digits28(return_X_y=True)
    pipeline = skdigits.make_digit_pipeline(filters=(), epochs=1, random_state=0)
    pipeline["classifier"].fit(X[:300], y[:300].astype(str))
    skdigits.save(pipeline, tmp_path / "words.skops")
    status, out, err = run("evaluate", "--model", tmp_path / "words.skops")
    assert (status, out.split()[:2]) == (0, ["images", "360,"]), err


def test_search_is_evaluated_by_its_best_pipeline(tmp_path):
    X, y = load_digits28(return_X_y=True, as_images=True)
    pipeline = skdigits.make_digit_pipeline(filters=(), epochs=1)
    search = GridSearchCV(pipeline, {}, cv=2).fit(X[:100], y[:100])
    skdigits.save(search, tmp_path / "search.skops")
    assert run("evaluate", "--model", tmp_path / "search.skops")[0] == 0


@pytest.mark.filterwarnings("default")
def test_warnings_are_one_line_each(tmp_path, model):
    folder = draw_folder(tmp_path, ["0"], n_pictures=2)
    Image.new("L", (50, 50), 255).save(folder / "0" / "blank.png")
    status, _, err = run("evaluate", "--model", model, "--data", folder)
    assert status == 0
    assert err.startswith("skdigits: warning: 1 of 3 pictures hold no digit")
    assert err.count("\n") == 1


def test_mnist_is_evaluated_on_its_test_part(model, mnist_home):
    options = ("--data", "mnist", "--data-home", mnist_home)
    status, out, _ = run("evaluate", "--model", model, *options)
    assert (status, out.split()[:2]) == (0, ["images", "10000,"])


# Prediction


def test_prediction_reads_every_picture(model, pictures):
    files = [pictures / f"{digit}.png" for digit in range(5)]
    status, out, err = run("predict", "--model", model, *files)
    assert (status, err) == (0, "")
    rows = [line.split() for line in out.splitlines()[2:]]
    assert [row[0] for row in rows] == [str(file) for file in files]
    assert [row[1] for row in rows] == list("01234")
    assert all(row[2].endswith("%") for row in rows)


def test_bad_file_is_reported_while_others_are_read(model, pictures):
    files = [pictures / name for name in ("text.png", "3.png", "missing.png")]
    status, out, err = run("predict", "--model", model, *files)
    assert status == 1
    lines = [line.split() for line in out.splitlines()[2:]]
    assert [line[1] for line in lines] == ["-", "3", "-"]
    assert lines[0][3:] == ["not", "read"]
    errors = err.splitlines()
    assert len(errors) == 2
    for line, name in zip(errors, ("text.png", "missing.png"), strict=True):
        assert line.startswith("skdigits: error: ")
        assert str(pictures / name) in line


def test_json_stays_valid_with_bad_files(model, pictures):
    files = [pictures / name for name in ("text.png", "3.png")]
    status, out, err = run(
        "predict", "--model", model, *files, "--format", "json", "--top", 3
    )
    bad, good = json.loads(out)
    assert status == 1
    assert bad["file"] == str(files[0])
    assert bad["digit"] is None
    assert err == f"skdigits: error: {bad['error']}\n"
    assert good["digit"] == 3
    assert good["error"] is None
    shares = [good["confidence"], *(a["confidence"] for a in good["alternatives"])]
    assert len(shares) == 3
    assert shares == sorted(shares, reverse=True)


def test_csv_stays_valid_with_bad_files(model, pictures):
    files = [pictures / name for name in ("text.png", "3.png")]
    status, out, _ = run(
        "predict", "--model", model, *files, "--format", "csv", "--top", 2
    )
    bad, good = csv.DictReader(io.StringIO(out))
    assert status == 1
    assert bad["digit"] == bad["confidence_2"] == ""
    assert "text.png" in bad["error"]
    assert good["digit"] == "3"
    assert float(good["confidence"]) > float(good["confidence_2"])


def test_picture_without_ink_has_a_note_and_no_warning(model, pictures):
    status, out, err = run(
        "predict",
        "--model",
        model,
        pictures / "blank.png",
        pictures / "0.png",
        "--format",
        "json",
    )
    assert (status, err) == (0, "")
    blank, zero = json.loads(out)
    assert blank["note"] == "no ink found"
    assert zero["note"] is None


def test_picture_of_several_digits_has_a_note(tmp_path, model, pictures):
    sides = [Image.open(pictures / name) for name in ("0.png", "3.png")]
    both = Image.new("L", (336, 168), 255)
    for i, side in enumerate(sides):
        both.paste(side, (168 * i, 0))
    both.save(tmp_path / "both.png")
    argv = ("--model", model, tmp_path / "both.png", "--format", "json")
    status, out, err = run("predict", *argv)
    assert (status, err) == (0, "")
    assert json.loads(out)[0]["note"] == "several digits? the largest was read"


def test_pixels_in_a_foreign_range_have_a_note(tmp_path, pictures):
    X, y = load_digits28(return_X_y=True)
    pipeline = skdigits.make_digit_pipeline(filters=(), epochs=1)
    pipeline["classifier"].fit(X[:300] * 1000.0, y[:300])
    skdigits.save(pipeline, tmp_path / "bright.skops")
    status, out, err = run(
        "predict", "--model", tmp_path / "bright.skops", pictures / "0.png"
    )
    assert (status, err) == (0, "")
    assert out.rstrip().endswith("pixels unlike those of the training data")


def test_more_alternatives_than_classes_are_all_of_them(model, pictures):
    options = ("--top", 99, "--format", "json")
    _, out, _ = run("predict", "--model", model, pictures / "0.png", *options)
    record = json.loads(out)[0]
    digits = [record["digit"], *(a["digit"] for a in record["alternatives"])]
    assert sorted(digits) == list(range(10))


def test_folder_stands_for_the_pictures_in_it(tmp_path, model):
    draw_folder(tmp_path, ["zero", "one"], n_pictures=2)
    (tmp_path / "zero" / "notes.txt").write_text("no picture")
    status, out, err = run("predict", "--model", model, tmp_path / "zero")
    assert (status, err) == (0, "")
    files = [line.split()[0] for line in out.splitlines()[2:]]
    assert files == [str(tmp_path / "zero" / name) for name in ("0.png", "1.png")]


def test_pattern_stands_for_the_files_that_it_matches(tmp_path, model):
    draw_folder(tmp_path, ["zero", "one"], n_pictures=2)
    pattern = str(tmp_path / "*" / "1.png")
    status, out, _ = run("predict", "--model", model, pattern, "--format", "csv")
    files = [record["file"] for record in csv.DictReader(io.StringIO(out))]
    assert status == 0
    assert files == [str(tmp_path / name / "1.png") for name in ("one", "zero")]


def test_file_with_a_name_like_a_pattern_is_read(tmp_path, model, pictures):
    shutil.copy(pictures / "3.png", tmp_path / "[3].png")
    assert run("predict", "--model", model, tmp_path / "[3].png")[0] == 0


def test_folder_without_pictures_and_pattern_without_files_are_errors(
    tmp_path, model, pictures
):
    pattern = str(tmp_path / "*.png")
    names = [tmp_path, pattern, pictures / "3.png"]
    status, out, err = run("predict", "--model", model, *names, "--format", "json")
    assert status == 1
    assert err.splitlines() == [
        f"skdigits: error: The folder {tmp_path} holds no pictures.",
        f"skdigits: error: No file matches the pattern {pattern}.",
    ]
    assert [record["digit"] for record in json.loads(out)] == [None, None, 3]


def test_sheet_of_readings_is_written(tmp_path, model, pictures):
    sheet = tmp_path / "new" / "sheet.png"
    status, _, err = run("predict", "--model", model, pictures, "--plots", sheet)
    assert status == 1
    assert err.count("\n") == 1  # of the file that is no picture
    with Image.open(sheet) as image:
        assert min(image.size) > 400


def test_sheet_that_cannot_be_written_is_an_error_before_the_reading(
    tmp_path, model, pictures
):
    def refused(sentence, sheet):
        argv = ("--model", model, pictures / "3.png", "--plots", sheet)
        return fails_with(sentence, "predict", *argv)

    assert refused("--plots must name a file, but", tmp_path)
    assert refused("must name a file that ends with .", tmp_path / "sheet.doc")
    (tmp_path / "file").touch()
    assert refused("cannot be written to", tmp_path / "file" / "sheet.png")


def test_window_opens_with_the_sheet(model, pictures, monkeypatch):
    shown = []
    monkeypatch.setattr("skdigits._cli.plots.can_show", lambda: True)
    monkeypatch.setattr("skdigits._cli.plots.show_readings", shown.extend)
    assert run("predict", "--model", model, pictures / "3.png", "--show")[0] == 0
    assert [Path(reading.file).name for reading in shown] == ["3.png"]


def test_missing_display_is_said_after_the_results(model, pictures, monkeypatch):
    monkeypatch.setattr("skdigits._cli.plots.can_show", lambda: False)
    argv = ("--model", model, pictures / "3.png", "--show")
    status, out, err = run("predict", *argv)
    assert status == 1
    assert out.splitlines()[2].split()[1] == "3"
    assert err.startswith("skdigits: error: No window can be opened here. Write the")


def test_model_that_is_not_named_is_the_pretrained_one(tmp_path, pictures):
    files = [pictures / f"{digit}.png" for digit in range(5)]
    status, out, _ = run("predict", *files)
    assert status == 0
    assert [line.split()[1] for line in out.splitlines()[2:]] == list("01234")
    folder = draw_folder(tmp_path, ["0", "1", "2"], n_pictures=3)
    status, out, _ = run("evaluate", "--data", folder)
    assert (status, out.split()[:2]) == (0, ["images", "9,"])


def test_prediction_loads_no_tensorflow(pictures, run_python):
    script = (
        "import sys\n"
        "from skdigits._cli.commands import main\n"
        "main(sys.argv[1:])\n"
        "heavy = {'tensorflow', 'keras', 'scikeras', 'matplotlib'}\n"
        "print(heavy & set(sys.modules))"
    )
    done = run_python(script, "predict", pictures / "3.png")
    assert done.stdout.splitlines()[-1] == "set()", done.stderr


def test_pipeline_of_other_estimators_predicts_too(tmp_path, pictures):
    X, y = load_digits28(return_X_y=True, as_images=True)
    neighbors = KNeighborsClassifier(n_neighbors=1, algorithm="brute")
    pipeline = make_pipeline(skdigits.DigitPreprocessor(), neighbors)
    pipeline.fit(X[:200], np.array([*"abcdefghij"])[y[:200]])
    skdigits.save(pipeline, tmp_path / "letters.skops")
    _, out, _ = run(
        "predict", "--model", tmp_path / "letters.skops", pictures / "3.png"
    )
    assert out.splitlines()[2].split()[1] == "d"


# The process


def test_process_prints_results_and_errors_and_nothing_else(
    model, pictures, run_python
):
    files = [pictures / "2.png", pictures / "text.png"]
    done = run_python(
        ENTRYPOINT, "predict", "--model", model, *files, "--format", "json"
    )
    assert done.returncode == 1
    assert [record["digit"] for record in json.loads(done.stdout)] == [2, None]
    assert done.stderr.startswith("skdigits: error: ")
    assert done.stderr.count("\n") == 1


def test_reader_that_closes_the_pipe_early_is_no_error():
    code = (
        "from skdigits._cli import commands\n"
        "def main():\n"
        "    while True: print('digit')\n"
        "commands.main = main\n"
        "commands.entrypoint()"
    )
    process = start(code=code)
    assert process.stdout.readline() == "digit\n"
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=60) == 1
    process.stderr.close()


def test_progress_is_told_on_a_terminal_and_taken_back(model, pictures, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with contextlib.redirect_stdout(io.StringIO()):
        assert main(["predict", "--model", str(model), str(pictures / "0.png")]) == 0
    assert "loading the model…\r\033[K" in terminal.getvalue()
    assert "reading the pictures…\r\033[K" in terminal.getvalue()
