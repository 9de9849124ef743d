import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdigits.display import DigitGridDisplay

pytestmark = pytest.mark.usefixtures("pyplot")


@pytest.fixture(scope="module")
def predicted(digits):
    X, X_test, y, y_test = digits
    clf = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[:200], y[:200])
    return X_test[:300], y_test[:300], clf


def displays_overlapping_text(display):
    """Whether any two texts of a grid, or a text and an image, overlap."""
    display.figure_.draw_without_rendering()
    boxes = [text.get_window_extent() for text in display.texts_]
    boxes += [frame.get_window_extent() for frame in display.frames_]
    return any(
        box.overlaps(other) for i, box in enumerate(boxes) for other in boxes[i + 1 :]
    )


def test_from_estimator_and_from_predictions_agree(predicted):
    X, y, clf = predicted
    proba = clf.predict_proba(X)
    options = {"order": "worst_first", "max_images": 12}
    first = DigitGridDisplay.from_estimator(clf, X, y, **options)
    second = DigitGridDisplay.from_predictions(X, y, proba, **options)
    np.testing.assert_array_equal(first.images, second.images)
    for name in ("y_true", "y_pred", "confidence"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    assert len(first.images_) == len(first.frames_) == len(first.texts_) == 12


def test_worst_first_starts_with_the_least_probable_true_label(predicted):
    X, y, clf = predicted
    proba = clf.predict_proba(X)
    display = DigitGridDisplay.from_estimator(clf, X, y, order="worst_first")
    of_truth = proba[np.arange(len(y)), y]
    worst = np.argsort(of_truth)[:40]
    np.testing.assert_array_equal(display.images, X[worst].reshape(-1, 8, 8))
    np.testing.assert_array_equal(display.y_pred, clf.predict(X[worst]))


def test_worst_first_without_labels_starts_with_the_lowest_confidence(predicted):
    X, _, clf = predicted
    display = DigitGridDisplay.from_estimator(clf, X, order="worst_first")
    assert display.confidence.tolist() == sorted(display.confidence)
    assert not display.is_wrong.any()


def test_given_order_is_kept(predicted):
    X, y, clf = predicted
    display = DigitGridDisplay.from_estimator(clf, X, y, max_images=5)
    np.testing.assert_array_equal(display.y_true, y[:5])


def test_wrong_images_are_marked_by_text_and_frame():
    images = np.eye(8)[None].repeat(2, axis=0)
    display = DigitGridDisplay(images, [7, 7], [7, 1], [0.95, 0.5]).plot()
    right, wrong = display.texts_
    assert right.get_text() == "7\n95.0%"
    assert wrong.get_text() == "× 1, not 7\n50.0%"
    widths = [frame.get_linewidth() for frame in display.frames_]
    assert widths[1] > 3 * widths[0]


def test_labels_may_be_strings():
    proba = np.array([[0.2, 0.8], [0.9, 0.1]])
    display = DigitGridDisplay.from_predictions(
        np.zeros((2, 16)), ["one", "two"], proba, classes=["one", "two"]
    )
    texts = [text.get_text() for text in display.texts_]
    assert texts == ["× two, not one\n80.0%", "× one, not two\n90.0%"]


def test_true_label_unknown_to_the_classifier_comes_first():
    display = DigitGridDisplay.from_predictions(
        np.zeros((2, 16)), [0, 5], [[0.1, 0.9], [0.5, 0.5]], order="worst_first"
    )
    assert display.y_true.tolist() == [5, 0]


@pytest.mark.parametrize(
    "shape", [(6, 8), (6, 8, 1), (6, 8, 2), (6, 8, 3), (6, 8, 4)], ids=str
)
def test_images_of_any_kind_keep_their_aspect_ratio(shape):
    picture = np.random.default_rng(0).integers(256, size=shape, dtype=np.uint8)
    display = DigitGridDisplay([picture], None, [3]).plot()
    left, right, bottom, top = display.images_[0].get_extent()
    assert (right - left) / (bottom - top) == pytest.approx(8 / 6)
    display.figure_.draw_without_rendering()


def test_strokes_are_drawn_dark_for_either_polarity():
    stroke = np.zeros((8, 8))
    stroke[2:6, 3] = 1
    display = DigitGridDisplay([stroke, 1 - stroke], None, [1, 1]).plot()
    drawn = [image.to_rgba(image.get_array()) for image in display.images_]
    np.testing.assert_allclose(drawn[0], drawn[1])
    assert drawn[0][3, 3].tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("n_images", [1, 2, 7, 40])
@pytest.mark.parametrize("label", ["7", "twenty-seven"])
def test_nothing_overlaps_for_any_number_of_images(n_images, label):
    images = np.zeros((n_images, 8, 8))
    wrong = DigitGridDisplay(
        images, ["9"] * n_images, [label] * n_images, [1] * n_images
    )
    assert not displays_overlapping_text(wrong.plot())


def test_nothing_overlaps_in_small_axes(pyplot):
    _, axes = pyplot.subplots(2, 2, figsize=(4, 3))
    display = DigitGridDisplay(np.zeros((10, 8, 8)), [7] * 10, [1] * 10, [0.5] * 10)
    display.plot(ax=axes[1, 0])
    assert display.ax_ is axes[1, 0]
    assert not displays_overlapping_text(display)


def test_grid_takes_columns_and_text_style():
    display = DigitGridDisplay(np.zeros((6, 8, 8)), None, [1] * 6).plot(
        n_columns=2, text_kw={"color": "green", "fontsize": 7}
    )
    assert len({image.get_extent()[0] for image in display.images_}) == 2
    assert display.texts_[0].get_color() == "green"
    assert display.texts_[0].get_fontsize() == 7


def test_unknown_order_is_refused(predicted):
    X, y, clf = predicted
    with pytest.raises(ValueError, match=r"`order` must be one of .*; got 'worst'"):
        DigitGridDisplay.from_estimator(clf, X, y, order="worst")


def test_rows_of_images_that_are_not_square_are_refused():
    with pytest.raises(ValueError, match=r"rows of square images.*got shape \(2, 15\)"):
        DigitGridDisplay.from_predictions(np.zeros((2, 15)), [0, 1], np.eye(2))


def test_lengths_must_agree():
    with pytest.raises(
        ValueError, match=r"each of the 3 images; got 2 in `y_true`, 3 in"
    ):
        DigitGridDisplay(np.zeros((3, 8, 8)), [0, 1], [0, 1, 2]).plot()
    with pytest.raises(ValueError, match=r"each of the 3 images; got 2 in `proba`"):
        DigitGridDisplay.from_predictions(np.zeros((3, 64)), None, np.eye(2))


def test_grid_without_images_is_refused():
    with pytest.raises(ValueError, match=r"at least one image; got none"):
        DigitGridDisplay(np.zeros((0, 8, 8)), None, []).plot()


class _Undecided(BaseEstimator):
    classes_ = np.array([0, 1])

    def predict_proba(self, X):
        return np.full((len(X), 2), 0.5)


def test_list_of_pictures_of_different_sizes_is_predicted_and_shown():
    pictures = [np.zeros((5, 9)), np.zeros((12, 4, 3))]
    display = DigitGridDisplay.from_estimator(_Undecided(), pictures, [0, 1])
    assert [np.shape(image) for image in display.images] == [(5, 9), (12, 4, 3)]
