import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdigits import CNNDigitClassifier
from skdigits.display import TrainingHistoryDisplay

pytestmark = pytest.mark.usefixtures("pyplot")

HISTORY = {
    "loss": [0.5, 0.2, 0.1],
    "accuracy": [0.8, 0.9, 0.95],
    "learning_rate": [0.1, 0.1, 0.1],
}
VALIDATED = HISTORY | {
    "val_loss": [0.4, 0.25, 0.26],
    "val_accuracy": [0.85, 0.92, 0.92],
}


@pytest.fixture(scope="module")
def validated(digits, small):
    X, X_test, y, y_test = digits
    return CNNDigitClassifier(**small).fit(X, y, X_val=X_test, y_val=y_test)


def test_importing_display_imports_no_matplotlib(run_python):
    script = (
        "import sys; from skdigits.display import *; "
        "print([m for m in ('matplotlib', 'tensorflow') if m in sys.modules])"
    )
    assert run_python(script).stdout == "[]\n"


def test_each_curve_of_the_history_is_drawn():
    display = TrainingHistoryDisplay(VALIDATED).plot()
    assert list(display.lines_) == ["loss", "val_loss", "accuracy", "val_accuracy"]
    for name, line in display.lines_.items():
        assert line.get_xdata().tolist() == [1, 2, 3]
        assert list(line.get_ydata()) == VALIDATED[name]
    assert [ax.get_ylabel() for ax in display.axes_] == ["Loss", "Accuracy"]


def test_curves_differ_in_more_than_colour():
    lines = TrainingHistoryDisplay(VALIDATED).plot().lines_
    assert lines["loss"].get_linestyle() != lines["val_loss"].get_linestyle()
    assert lines["loss"].get_marker() != lines["val_loss"].get_marker()


def test_best_epoch_is_the_first_with_the_highest_validation_accuracy():
    display = TrainingHistoryDisplay(VALIDATED).plot()
    assert display.best_epoch == 2
    labels = [text.get_text() for text in display.axes_[0].get_legend().get_texts()]
    assert labels == ["training", "validation", "best accuracy (epoch 2)"]


def test_epochs_without_validation_score_are_not_the_best():
    gap = VALIDATED | {"val_accuracy": [np.nan, 0.9, 0.95]}
    assert TrainingHistoryDisplay(gap).best_epoch == 3


def test_best_epoch_has_a_ring_on_the_validation_curves():
    display = TrainingHistoryDisplay(VALIDATED).plot()
    rings = [ax.lines[-1].get_xydata().tolist() for ax in display.axes_]
    assert rings == [[[2, 0.25]], [[2, 0.92]]]


def test_there_is_no_best_epoch_without_validation_data():
    display = TrainingHistoryDisplay(HISTORY).plot()
    assert display.best_epoch is None
    assert list(display.lines_) == ["loss", "accuracy"]


def test_history_is_drawn_on_given_axes_with_given_style(pyplot):
    figure, axes = pyplot.subplots(2, 1)
    display = TrainingHistoryDisplay(HISTORY)
    assert display.plot(axes=axes, line_kw={"color": "black"}) is display
    assert display.figure_ is figure
    assert display.axes_.tolist() == axes.tolist()
    assert display.lines_["loss"].get_color() == "black"
    assert pyplot.get_fignums() == [figure.number]


def test_other_numbers_of_axes_than_two_are_refused(pyplot):
    with pytest.raises(ValueError, match=r"must be two Axes, .*; got 1"):
        TrainingHistoryDisplay(HISTORY).plot(axes=pyplot.gca())


@pytest.mark.parametrize(
    "history",
    [{"loss": [1.0]}, {"accuracy": [1.0]}, {"loss": [1.0], "accuracy": [0.5, 0.6]}],
)
def test_history_without_loss_and_accuracy_of_each_epoch_is_refused(history):
    with pytest.raises(ValueError, match=r"must hold 'loss' and 'accuracy'.*; got"):
        TrainingHistoryDisplay(history).plot()


def test_history_without_epochs_is_refused():
    with pytest.raises(ValueError, match=r"at least one epoch; got none"):
        TrainingHistoryDisplay({"loss": [], "accuracy": []}).plot()


def test_history_is_found_in_classifier_pipeline_and_search(validated):
    pipeline = make_pipeline(StandardScaler(), validated)
    pipeline[0].fit(np.zeros((2, 64)))
    search = GridSearchCV(pipeline, {})
    search.best_estimator_ = pipeline
    for estimator in (validated, pipeline, search):
        display = TrainingHistoryDisplay.from_estimator(estimator)
        assert display.history is validated.history_
        assert "val_accuracy" in display.lines_


def test_unfitted_estimator_is_refused():
    with pytest.raises(NotFittedError, match="not fitted yet"):
        TrainingHistoryDisplay.from_estimator(CNNDigitClassifier())


def test_estimator_without_history_is_refused():
    estimator = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(
        TypeError, match=r"attribute `history_`.*; got LogisticRegression"
    ):
        TrainingHistoryDisplay.from_estimator(estimator)
