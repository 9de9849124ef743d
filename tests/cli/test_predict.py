import csv
import errno
import io
import json
import os
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

import skdigits
from skdigits.datasets import load_digits28


def test_prediction_reads_every_picture(model, pictures, run):
    files = [pictures / f"{digit}.png" for digit in range(5)]
    status, out, err = run("predict", "--model", model, *files)
    assert (status, err) == (0, "")
    rows = [line.split() for line in out.splitlines()[2:]]
    assert [row[0] for row in rows] == [str(file) for file in files]
    assert [row[1] for row in rows] == list("01234")
    assert all(row[2].endswith("%") for row in rows)


def test_bad_file_is_reported_while_others_are_read(model, pictures, run):
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


def test_json_stays_valid_with_bad_files(model, pictures, run):
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


def test_csv_stays_valid_with_bad_files(model, pictures, run):
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


def test_picture_without_a_digit_has_a_note_and_no_warning(model, pictures, run):
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
    assert blank["note"] == "no digit found"
    assert zero["note"] is None


def test_picture_of_several_digits_has_a_note(tmp_path, model, pictures, run):
    sides = [Image.open(pictures / name) for name in ("0.png", "3.png")]
    both = Image.new("L", (336, 168), 255)
    for i, side in enumerate(sides):
        both.paste(side, (168 * i, 0))
    both.save(tmp_path / "both.png")
    argv = ("--model", model, tmp_path / "both.png", "--format", "json")
    status, out, err = run("predict", *argv)
    assert (status, err) == (0, "")
    assert json.loads(out)[0]["note"] == "several digits? the largest was read"


def test_pixels_in_a_foreign_range_have_a_note(tmp_path, pictures, run):
    X, y = load_digits28(return_X_y=True)
    pipeline = skdigits.make_digit_pipeline(filters=(), epochs=1)
    pipeline["classifier"].fit(X[:300] * 1000.0, y[:300])
    skdigits.save(pipeline, tmp_path / "bright.skops")
    status, out, err = run(
        "predict", "--model", tmp_path / "bright.skops", pictures / "0.png"
    )
    assert (status, err) == (0, "")
    assert out.rstrip().endswith("pixels unlike those of the training data")


def test_more_alternatives_than_classes_are_all_of_them(model, pictures, run):
    options = ("--top", 99, "--format", "json")
    _, out, _ = run("predict", "--model", model, pictures / "0.png", *options)
    record = json.loads(out)[0]
    digits = [record["digit"], *(a["digit"] for a in record["alternatives"])]
    assert sorted(digits) == list(range(10))


def test_folder_stands_for_the_pictures_in_it(tmp_path, model, run, draw_folder):
    draw_folder(tmp_path, ["zero", "one"], n_pictures=2)
    (tmp_path / "zero" / "notes.txt").write_text("no picture")
    status, out, err = run("predict", "--model", model, tmp_path / "zero")
    assert (status, err) == (0, "")
    files = [line.split()[0] for line in out.splitlines()[2:]]
    assert files == [str(tmp_path / "zero" / name) for name in ("0.png", "1.png")]


def test_pattern_stands_for_the_files_that_it_matches(
    tmp_path, model, run, draw_folder
):
    draw_folder(tmp_path, ["zero", "one"], n_pictures=2)
    pattern = str(tmp_path / "*" / "1.png")
    status, out, _ = run("predict", "--model", model, pattern, "--format", "csv")
    files = [record["file"] for record in csv.DictReader(io.StringIO(out))]
    assert status == 0
    assert files == [str(tmp_path / name / "1.png") for name in ("one", "zero")]


def test_file_with_a_name_like_a_pattern_is_read(tmp_path, model, pictures, run):
    shutil.copy(pictures / "3.png", tmp_path / "[3].png")
    assert run("predict", "--model", model, tmp_path / "[3].png")[0] == 0


def test_folder_without_pictures_and_pattern_without_files_are_errors(
    tmp_path, model, pictures, run
):
    pattern = str(tmp_path / "*.png")
    names = [tmp_path, pattern, pictures / "3.png"]
    status, out, err = run("predict", "--model", model, *names, "--format", "json")
    assert status == 1
    assert err.splitlines() == [
        f"skdigits: error: The folder {tmp_path} must hold pictures; got none.",
        f"skdigits: error: The pattern {pattern} must match files; got none.",
    ]
    assert [record["digit"] for record in json.loads(out)] == [None, None, 3]


def test_sheet_of_readings_is_written(tmp_path, model, pictures, run):
    sheet = tmp_path / "new" / "sheet.png"
    status, _, err = run("predict", "--model", model, pictures, "--plots", sheet)
    assert status == 1
    assert err.count("\n") == 1  # of the file that is no picture
    with Image.open(sheet) as image:
        assert min(image.size) > 400


def test_sheet_that_cannot_be_written_is_an_error_before_the_reading(
    tmp_path, model, pictures, fails_with
):
    def refused(sentence, sheet):
        argv = ("--model", model, pictures / "3.png", "--plots", sheet)
        return fails_with(sentence, "predict", *argv)

    assert refused("--plots must name a file; got the folder", tmp_path)
    assert refused("must name a file that ends with .", tmp_path / "sheet.doc")
    (tmp_path / "file").touch()
    assert refused("must be writable", tmp_path / "file" / "sheet.png")


def test_window_opens_with_the_sheet(model, pictures, monkeypatch, run):
    shown = []
    monkeypatch.setattr("skdigits._cli.predict.can_show", lambda: True)
    monkeypatch.setattr("skdigits._cli.predict.show_readings", shown.extend)
    assert run("predict", "--model", model, pictures / "3.png", "--show")[0] == 0
    assert [Path(reading.file).name for reading in shown] == ["3.png"]


def test_missing_display_is_said_after_the_results(model, pictures, monkeypatch, run):
    monkeypatch.setattr("skdigits._cli.predict.can_show", lambda: False)
    argv = ("--model", model, pictures / "3.png", "--show")
    status, out, err = run("predict", *argv)
    assert status == 1
    assert out.splitlines()[2].split()[1] == "3"
    assert err.startswith("skdigits: error: No window can be opened here. Write the")


def test_model_that_is_not_named_is_the_pretrained_one(
    tmp_path, pictures, run, draw_folder
):
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
        "from skdigits._cli.main import main\n"
        "main(sys.argv[1:])\n"
        "heavy = {'tensorflow', 'keras', 'scikeras', 'matplotlib'}\n"
        "print(heavy & set(sys.modules))"
    )
    done = run_python(script, "predict", pictures / "3.png")
    assert done.stdout.splitlines()[-1] == "set()", done.stderr


def test_pipeline_of_other_estimators_predicts_too(tmp_path, pictures, run):
    X, y = load_digits28(return_X_y=True, as_images=True)
    neighbors = KNeighborsClassifier(n_neighbors=1, algorithm="brute")
    pipeline = make_pipeline(skdigits.DigitPreprocessor(), neighbors)
    pipeline.fit(X[:200], np.array([*"abcdefghij"])[y[:200]])
    skdigits.save(pipeline, tmp_path / "letters.skops")
    _, out, _ = run(
        "predict", "--model", tmp_path / "letters.skops", pictures / "3.png"
    )
    assert out.splitlines()[2].split()[1] == "d"


def test_empty_name_is_not_the_current_folder(model, run):
    status, _, err = run("predict", "--model", model, "")
    assert status == 1
    assert err.startswith("skdigits: error: '' must be the path of a picture.")


def test_home_folder_is_expanded(model, pictures, run, monkeypatch):
    monkeypatch.setenv("HOME", str(pictures))
    status, out, _ = run("predict", f"--model={model}", "~/3.png", "--format", "csv")
    assert (status, out.splitlines()[1].split(",")[1]) == (0, "3")


# Pipes


def give_standard_input(monkeypatch, content):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_picture_comes_from_standard_input(model, pictures, run, monkeypatch):
    give_standard_input(monkeypatch, (pictures / "3.png").read_bytes())
    _, out, _ = run("predict", "--model", model, "-", "--format", "json")
    record = json.loads(out)[0]
    assert (record["file"], record["digit"]) == ("standard input", 3)


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"", "Got nothing"), (b"a text", "like text")]
)
def test_errors_name_standard_input(content, sentence, model, run, monkeypatch):
    give_standard_input(monkeypatch, content)
    status, _, err = run("predict", "--model", model, "-")
    assert status == 1
    assert err.startswith("skdigits: error: 'standard input' must be a picture")
    assert sentence in err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_picture_comes_from_a_pipe(tmp_path, model, pictures, run):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = (pictures / "3.png").read_bytes()
    writer = threading.Thread(target=pipe.write_bytes, args=(content,))
    writer.start()
    status, out, err = run("predict", "--model", model, pipe, "--format", "csv")
    writer.join()
    assert (status, err) == (0, "")
    assert out.splitlines()[1].startswith(f"{pipe},3,")


# CSV files


@pytest.mark.parametrize("has_labels", [True, False])
@pytest.mark.parametrize("name", ["test.csv", "test.csv.gz"])
def test_csv_file_becomes_a_submission_to_kaggle(
    name, has_labels, tmp_path, model, write_csv, run
):
    y = write_csv(tmp_path / name, 20, has_labels)
    argv = ("predict", "--model", model, tmp_path / name, "--format", "csv")
    status, out, err = run(*argv)
    assert (status, err) == (0, "")
    header, *rows = csv.reader(io.StringIO(out))
    assert header == ["ImageId", "Label"]
    assert [int(row[0]) for row in rows] == list(range(1, 21))
    labels = [int(row[1]) for row in rows]
    X, _ = load_digits28(return_X_y=True)
    assert labels == skdigits.load(model).predict(X[:20]).tolist()
    assert np.mean(labels == y) > 0.8


def test_other_forms_name_the_row_of_the_csv_file(
    tmp_path, model, pictures, write_csv, run
):
    path = tmp_path / "digits.csv"
    write_csv(path, 3)
    argv = ("predict", "--model", model, path)
    records = json.loads(run(*argv, "--format", "json")[1])
    names = [f"{path}, row {i}" for i in (1, 2, 3)]
    assert [record["file"] for record in records] == names
    for further in (("--top", 2), (pictures / "3.png",)):
        _, out, _ = run(*argv, *further, "--format", "csv")
        lines = list(csv.reader(io.StringIO(out)))
        assert lines[0][:2] == ["file", "digit"]
        assert [line[0] for line in lines[1:4]] == names


def test_bad_csv_file_is_reported_while_others_are_read(
    tmp_path, model, write_csv, run
):
    write_csv(tmp_path / "digits.csv", 3)
    (tmp_path / "bad.csv").write_text("These are not digits.\n")
    pattern = str(tmp_path / "*.csv")
    status, out, err = run("predict", "--model", model, pattern, "--format", "json")
    assert status == 1
    assert len(json.loads(out)) == 4
    assert err.count("\n") == 1
    assert "bad.csv" in err
    argv = ("predict", "--model", model, tmp_path / "bad.csv", "--format", "csv")
    status, out, _ = run(*argv)
    assert status == 1
    assert out.startswith("file,digit")


def test_sheet_is_drawn_of_a_csv_file(tmp_path, model, write_csv, run):
    write_csv(tmp_path / "digits.csv", 4)
    argv = ("predict", "--model", model, tmp_path / "digits.csv")
    assert run(*argv, "--plots", tmp_path / "sheet.png")[0] == 0
    with Image.open(tmp_path / "sheet.png") as image:
        assert min(image.size) > 400


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "I;16"])
def test_large_pictures_are_reduced_for_the_sheet(
    mode, tmp_path, model, monkeypatch, run
):
    shown = []
    monkeypatch.setattr("skdigits._cli.predict.can_show", lambda: True)
    monkeypatch.setattr("skdigits._cli.predict.show_readings", shown.extend)
    Image.new(mode, (900, 1300)).save(tmp_path / "large.png")
    run("predict", "--model", model, tmp_path / "large.png", "--show")
    assert shown[0].picture.shape[:2] == (434, 300)


def test_error_about_the_pixels_of_a_file_names_it(tmp_path, model, run):
    path = tmp_path / "nan.tiff"
    Image.fromarray(np.full((30, 30), np.nan, np.float32)).save(path)
    status, _, err = run("predict", "--model", model, path)
    assert status == 1
    assert err == (
        f"skdigits: error: {str(path)!r} must hold finite pixels. Got NaN or infinity; "
        "replace them, for example with `numpy.nan_to_num`.\n"
    )


def test_full_disk_is_reported_with_the_file(
    tmp_path, model, pictures, run, monkeypatch
):
    def fail(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", fail)
    sheet = tmp_path / "sheet.png"
    _, _, err = run("predict", "--model", model, pictures / "2.png", "--plots", sheet)
    assert err == f"skdigits: error: {sheet}: No space left on device\n"
    plots = tmp_path / "plots"
    _, _, err = run("evaluate", "--model", model, "--plots", plots)
    path = plots / "confusion_matrix.png"
    assert err == f"skdigits: error: {path}: No space left on device\n"
