import copy

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skdigits import CNNDigitClassifier
from skdigits._checks import (
    check_images,
    check_labelled_images,
    check_validation_data,
)


def test_images_become_rows_of_their_own_dtype(digits, fitted):
    images = digits[1][:3].astype(np.uint8)
    rows = check_images(fitted, images.reshape(-1, 8, 8, 1))
    assert_array_equal(rows, images)
    assert rows.dtype == np.uint8


def test_shape_is_learned_from_training_images_only(digits):
    clf = CNNDigitClassifier()
    X, _, y, _ = digits
    rows = check_labelled_images(clf, X.reshape(-1, 4, 16), y, None, reset=True)
    assert clf.image_shape_ == (4, 16)
    assert_array_equal(rows.labels, y)
    assert_array_equal(rows.weights, np.ones(len(y)))
    with pytest.raises(
        ValueError, match=r"shape \(4, 16\), as in `fit`. Got .*\(8, 8\)"
    ):
        check_labelled_images(clf, X.reshape(-1, 8, 8), y, None, reset=False)


def test_weights_of_the_caller_are_copied(digits, fitted):
    X, _, y, _ = digits
    weights = np.ones(len(y))
    rows = check_labelled_images(fitted, X, y, weights, reset=False)
    rows.weights[:] = 2
    assert_array_equal(weights, 1)


def test_labels_that_are_missing_are_an_error(digits, fitted):
    with pytest.raises(ValueError, match="requires y to be passed"):
        check_labelled_images(fitted, digits[0], None, None, reset=False)


def test_no_validation_data_are_none(fitted):
    assert check_validation_data(fitted, None, None, None) is None


@pytest.mark.parametrize("value", [1e39, -1e300])
def test_pixels_beyond_float32_are_an_error(digits, small, fitted, value):
    X, _, y, _ = digits
    X = X.copy()
    X[5, 5] = value
    message = rf"X must hold pixels in the range of float32.* Got {abs(value):.3g}"
    for use in (
        lambda: CNNDigitClassifier(**small).fit(X, y),
        lambda: copy.deepcopy(fitted).partial_fit(X, y),
        lambda: fitted.predict(X),
    ):
        with pytest.raises(ValueError, match=message.replace("+", r"\+")):
            use()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (("a", "b"), r"'image_shape' .* must hold ints in the range \[1, inf\)"),
        ((8, 0), r"'image_shape' .* must hold ints in the range \[1, inf\)"),
        ((64,), r"`image_shape` must be the height and width .*image_shape=\(64,\)"),
        ([8] * 10_000, r"`image_shape` must be the height and width .*8, \.\.\.\]"),
        ((8, 9), r"`image_shape` must be .*=\(8, 9\) for images of 64 pixels"),
    ],
    ids=["texts", "zero", "one side", "many sides", "another size"],
)
def test_image_shape_that_cannot_be_is_explained(digits, small, value, message):
    X, _, y, _ = digits
    with pytest.raises(ValueError, match=message) as error:
        CNNDigitClassifier(**small | {"image_shape": value}).fit(X, y)

    assert len(str(error.value)) < 300


@pytest.mark.parametrize(
    ("X_val", "message"),
    [
        (np.full((1, 64), np.nan), "^X_val, y_val: Input X contains NaN"),
        (np.zeros((1, 63)), "^X_val, y_val: X has 63 features"),
        (np.full((1, 64), 1e300), r"^X_val must hold pixels in the range of float32"),
        (np.zeros((1, 4, 16)), r"^X_val must hold images of shape \(8, 8\)"),
        (["seven.png"], "^X_val must hold pixels"),
    ],
)
def test_errors_about_validation_images_name_them(fitted, X_val, message):
    with pytest.raises(ValueError, match=message):
        check_validation_data(fitted, X_val, [0], None)
