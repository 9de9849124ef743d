import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from skdigits.display import ErrorCoverageDisplay

pytestmark = pytest.mark.usefixtures("pyplot")


@pytest.fixture(scope="module")
def predicted(digits):
    X, X_test, y, y_test = digits
    clf = LogisticRegression(max_iter=200).fit(X[:200] / 16, y[:200])
    return X_test / 16, y_test, clf


def test_from_estimator_and_from_predictions_agree(predicted):
    X, y, clf = predicted
    first = ErrorCoverageDisplay.from_estimator(clf, X, y)
    second = ErrorCoverageDisplay.from_predictions(
        y, clf.predict_proba(X), classes=clf.classes_
    )
    np.testing.assert_array_equal(first.coverage, second.coverage)
    np.testing.assert_array_equal(first.error, second.error)
    assert first.aurc == second.aurc
    assert first.line_.get_xydata().tolist() == second.line_.get_xydata().tolist()


def test_curve_ends_with_the_error_of_all_images(predicted):
    X, y, clf = predicted
    display = ErrorCoverageDisplay.from_estimator(clf, X, y)
    assert display.coverage[-1] == 1
    assert display.error[-1] == pytest.approx(1 - clf.score(X, y))
    assert (np.diff(display.coverage) > 0).all()


def test_each_point_is_the_error_above_a_threshold(predicted):
    X, y, clf = predicted
    display = ErrorCoverageDisplay.from_estimator(clf, X, y)
    confidence = clf.predict_proba(X).max(axis=1)
    is_wrong = clf.predict(X) != y
    thresholds = np.unique(confidence)[::-1]
    assert len(display.coverage) == len(thresholds)
    for i in range(0, len(thresholds), 50):
        answered = confidence >= thresholds[i]
        assert display.coverage[i] == pytest.approx(answered.mean())
        assert display.error[i] == pytest.approx(is_wrong[answered].mean())


def test_area_is_the_mean_error_at_the_confidence_of_each_image(predicted):
    X, y, clf = predicted
    confidence = clf.predict_proba(X).max(axis=1).round(2)  # many are equal
    is_wrong = clf.predict(X) != y
    errors = [is_wrong[confidence >= threshold].mean() for threshold in confidence]
    proba = np.eye(10)[clf.predict(X)] * confidence[:, None]
    display = ErrorCoverageDisplay.from_predictions(y, proba)
    assert display.aurc == pytest.approx(np.mean(errors))


def test_curve_is_level_for_constant_confidence_and_falls_to_zero_for_perfect_one():
    is_wrong = np.arange(100) < 10
    proba = np.full((100, 2), 0.5)
    level = ErrorCoverageDisplay.from_predictions(is_wrong.astype(int), proba)
    assert level.coverage.tolist() == [1]
    assert level.error.tolist() == [0.1]
    assert level.aurc == pytest.approx(0.1)
    proba[:, 0] += np.linspace(0, 0.4, 100)  # errors have the lowest confidence
    perfect = ErrorCoverageDisplay.from_predictions(is_wrong.astype(int), proba)
    assert perfect.error[perfect.coverage <= 0.9].max() == 0


def test_several_curves_share_axes_and_differ_in_colour_and_dashes(predicted):
    X, y, clf = predicted
    names = ["one", "two", "three"]
    ax, lines = None, []
    for name in names:
        display = ErrorCoverageDisplay.from_estimator(clf, X, y, name=name, ax=ax)
        ax = display.ax_
        lines.append(display.line_)
    assert list(ax.lines) == lines
    assert len({line.get_color() for line in lines}) == 3
    assert len({line.get_linestyle() for line in lines}) == 3
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == [f"{name} (AURC = {display.aurc:.2g})" for name in names]


def test_curve_has_the_name_of_its_estimator(predicted):
    X, y, clf = predicted
    display = ErrorCoverageDisplay.from_estimator(clf, X, y)
    assert display.line_.get_label().startswith("LogisticRegression (AURC = ")
    assert display.plot(name="mine").line_.get_label().startswith("mine (AURC")


def test_curve_without_area_and_name_has_no_legend():
    display = ErrorCoverageDisplay([0.5, 1.0], [0.0, 0.1]).plot()
    assert display.ax_.get_legend() is None


def test_error_of_high_confidence_does_not_scale_the_axis():
    coverage = np.linspace(0.001, 1, 1000)
    error = np.where(coverage < 0.05, 1.0, 0.02)
    display = ErrorCoverageDisplay(coverage, error).plot()
    assert display.ax_.get_ylim()[1] < 0.03


def test_curve_is_drawn_on_given_axes_with_given_style(pyplot):
    figure, ax = pyplot.subplots()
    display = ErrorCoverageDisplay([0.5, 1.0], [0.0, 0.0])
    assert display.plot(ax=ax, line_kw={"color": "red"}) is display
    assert display.ax_ is ax
    assert display.figure_ is figure
    assert display.line_.get_color() == "red"
    assert pyplot.get_fignums() == [figure.number]
    assert ax.get_ylim()[1] == 1  # no error at all


def test_labels_unknown_to_the_estimator_count_as_errors():
    display = ErrorCoverageDisplay.from_predictions(
        ["a", "x"], [[0.9, 0.1], [0.2, 0.8]], classes=["a", "b"]
    )
    assert display.error.tolist() == [0, 0.5]


@pytest.mark.parametrize("y_true", [[], [0, 1, 1]])
def test_labels_and_probabilities_of_different_length_are_refused(y_true):
    proba = np.full((len(y_true) and 2, 2), 0.5)
    with pytest.raises(ValueError, match=r"same length, at least 1; got \d and \d\."):
        ErrorCoverageDisplay.from_predictions(y_true, proba)
