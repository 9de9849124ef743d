import warnings
from pathlib import Path

import numpy as np
import pytest
from joblib import Parallel, delayed
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skdigits import make_digit_pipeline
from skdigits._messages import list_places, shorten, warn_caller
from skdigits.exceptions import (
    ImageShapeWarning,
    NoDigitFoundWarning,
    PixelRangeWarning,
)


@pytest.mark.parametrize(
    "value",
    [
        "x" * 10**6,
        bytes(10**6),
        np.arange(900.0),
        [["x" * 1000] * 100],
        Path("x" * 999),
    ],
    ids=["str", "bytes", "array", "list", "path"],
)
def test_long_values_are_shortened(value):
    assert "..." in shorten(value)
    assert len(shorten(value)) < 600


@pytest.mark.parametrize("value", ["seven.png", b"\x89PNG", (28, 28), None])
def test_short_values_are_shown_whole(value):
    assert shorten(value) == repr(value)


def test_many_places_are_not_all_listed():
    assert list_places([3, 5]) == "3, 5"
    assert list_places(range(100)) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ..."


def test_warning_points_to_the_line_that_called_the_package():
    with pytest.warns(UserWarning, match="odd") as log:
        warn_caller("odd", UserWarning)

    assert log[0].filename == __file__


def test_warning_points_past_joblib():
    with warnings.catch_warnings(record=True) as log:
        warnings.simplefilter("always")
        Parallel(n_jobs=1)(delayed(Warner())() for _ in range(1))

    assert [warning.filename for warning in log] == [__file__]


@pytest.mark.parametrize("call", ["fit", "predict", "cross_val_predict"])
def test_warnings_of_a_pipeline_point_to_the_line_that_called_it(digits, small, call):
    X, _, y, _ = digits
    X = np.c_[X, np.zeros(len(X))][:60]  # rows of 65 pixels are strips
    X[0] = 0  # no digit
    y = np.arange(60) % 2
    pipeline = make_digit_pipeline(**small)

    with warnings.catch_warnings(record=True) as log:
        warnings.simplefilter("always")
        if call == "cross_val_predict":
            cross_val_predict(pipeline, X, y, cv=2)
        else:
            pipeline.fit(X, y)
        if call == "predict":
            log.clear()
            pipeline.predict(X)

    found = {warning.category: warning.filename for warning in log}
    assert {ImageShapeWarning, NoDigitFoundWarning} <= set(found)
    assert set(found.values()) == {__file__}


@pytest.mark.parametrize(
    "call",
    [
        lambda clf, X: clf.predict(X),
        lambda clf, X: clf.score(X, np.zeros(len(X))),
        lambda clf, X: make_pipeline(FunctionTransformer(), clf).predict_proba(X),
        lambda clf, X: cross_val_score(FrozenEstimator(clf), X, np.arange(100) % 10),
    ],
    ids=["predict", "score", "pipeline", "cross_val_score"],
)
def test_warning_of_the_pixel_range_points_to_the_caller(digits, fitted, call):
    with pytest.warns(PixelRangeWarning) as log:
        call(fitted, digits[0][:100] / 255)

    assert {warning.filename for warning in log} == {__file__}


class Warner:
    def __call__(self):
        exec("warn_caller('odd', UserWarning)", SKLEARN)


SKLEARN = {"__name__": "sklearn.svm", "warn_caller": warn_caller}
