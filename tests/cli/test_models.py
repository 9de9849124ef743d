from fractions import Fraction

import skops.io
from numpy.testing import assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

import skdigits
from skdigits._cli.models import frame
from skdigits.datasets import load_digits28


def test_missing_model_is_an_error(tmp_path, fails_with):
    for command in (
        ["predict", "--model", tmp_path / "no.skops", "x.png"],
        ["evaluate", "--model", "no.skops"],
    ):
        assert fails_with("There is no model file", *command)


def test_file_that_is_not_a_model_is_an_error(tmp_path, fails_with):
    (tmp_path / "text.skops").write_text("This is no model.")
    assert fails_with(
        "is not a model file of skdigits",
        "evaluate",
        "--model",
        tmp_path / "text.skops",
    )


def test_model_that_reads_no_pictures_is_an_error(tmp_path, fails_with):
    path = tmp_path / "logistic.skops"
    skdigits.save(LogisticRegression(), path)
    assert fails_with(
        "to probabilities, such as skdigits.make_digit_pipeline() returns; got a Log",
        "predict",
        "--model",
        path,
        "x.png",
    )


def test_model_that_was_not_fitted_is_an_error(tmp_path, fails_with):
    path = tmp_path / "new.skops"
    skdigits.save(skdigits.make_digit_pipeline(), path)
    assert fails_with(
        "must hold a fitted pipeline; got one that is not fitted",
        "evaluate",
        "--model",
        path,
    )


def test_search_is_evaluated_by_its_best_pipeline(tmp_path, run):
    X, y = load_digits28(return_X_y=True, as_images=True)
    pipeline = skdigits.make_digit_pipeline(filters=(), epochs=1)
    search = GridSearchCV(pipeline, {}, cv=2).fit(X[:100], y[:100])
    skdigits.save(search, tmp_path / "search.skops")
    assert run("evaluate", "--model", tmp_path / "search.skops")[0] == 0


def test_folder_is_not_a_model(tmp_path, fails_with):
    assert fails_with("must be a model file", "evaluate", "--model", tmp_path)


def test_types_of_a_model_are_trusted_by_an_option(tmp_path, run, fails_with, pictures):
    X, y = load_digits28(return_X_y=True, as_images=True)
    pipeline = skdigits.make_digit_pipeline(filters=(), epochs=1).fit(X[:50], y[:50])
    pipeline.scale_ = Fraction(1, 2)
    path = tmp_path / "model.skops"
    skops.io.dump(pipeline, path)
    argv = ("predict", "--model", path, pictures / "3.png")
    sentence = "If you know where the file comes from, pass --trust TYPE for each."
    assert fails_with(sentence, *argv)
    assert run(*argv, "--trust", "fractions.Fraction")[0] == 0
    options = ("--model", path, "--trust", "builtins.int", "--trust")
    assert run("evaluate", *options, "fractions.Fraction")[0] == 0


def test_pictures_are_framed_alike_in_parallel(monkeypatch):
    X, _ = load_digits28(return_X_y=True, as_images=True)
    preprocessor = skdigits.DigitPreprocessor()
    monkeypatch.setattr("skdigits._cli.models._MANY_PICTURES", 10)
    assert_array_equal(frame(preprocessor, X[:20]), preprocessor.transform(X[:20]))
