"""Labels and class weights as users pass them to `fit` and `partial_fit`."""

import copy

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.exceptions import DataConversionWarning

from skdigits import CNNDigitClassifier


def test_class_weight_takes_digit_strings_as_the_data_hold_them(digits, small):
    X, X_test, y, _ = digits
    numbers = CNNDigitClassifier(**small, class_weight={3: 8}).fit(X, y)
    strings = CNNDigitClassifier(**small, class_weight={"3": 8}).fit(X, y.astype(str))
    assert_array_equal(strings.predict_proba(X_test), numbers.predict_proba(X_test))
    with pytest.raises(ValueError, match=r"class_weight must be labels .* strings"):
        CNNDigitClassifier(**small, class_weight={3: 8}).fit(X, y.astype(str))


def test_class_weight_takes_words_and_digits(digits, small):
    X, X_test, y, _ = digits
    mixed = np.where(y == 9, "other", y.astype(str))
    names = np.unique(mixed)
    clf = CNNDigitClassifier(**small, class_weight=dict.fromkeys(names, 1.0))
    plain = CNNDigitClassifier(**small).fit(X, mixed)
    assert_array_equal(clf.fit(X, mixed).predict(X_test), plain.predict(X_test))


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (-1, "Negative values in data passed to `class_weight`"),
        (np.nan, "Input class_weight contains NaN"),
        (np.inf, "Input class_weight contains infinity"),
    ],
)
def test_impossible_class_weight_is_an_error(digits, small, method, weight, message):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(**small, class_weight={3: weight})
    arguments = {"classes": np.arange(10)} if method == "partial_fit" else {}
    with pytest.raises(ValueError, match=message):
        getattr(clf, method)(X, y, **arguments)


def test_class_weight_of_zero_leaves_the_class_out(digits, small):
    X, X_test, y, _ = digits
    clf = CNNDigitClassifier(**small, class_weight={9: 0}).fit(X, y)
    absent = CNNDigitClassifier(**small).fit(X[y < 9], y[y < 9])
    assert_array_equal(clf.predict_proba(X_test), absent.predict_proba(X_test))


NUMBERS = r"must hold numbers as the classes do .*int64.* Got strings .*U"
STRINGS = r"must hold strings as the classes do .*U.* Got numbers .*int64"


@pytest.mark.parametrize("n_images", [1, 20, 400])
def test_strings_and_numbers_are_not_mixed_in_partial_fit(digits, fitted, n_images):
    X, _, y, _ = digits
    clf = copy.deepcopy(fitted)
    with pytest.raises(ValueError, match=f"^y {NUMBERS}"):
        clf.partial_fit(X[:n_images], y[:n_images].astype(str))
    with pytest.raises(ValueError, match=f"^classes {NUMBERS}"):
        clf.partial_fit(X, y, classes=np.arange(10).astype(str))
    first = CNNDigitClassifier()
    with pytest.raises(ValueError, match=f"^y {STRINGS}"):
        first.partial_fit(X[:n_images], y[:n_images], classes=list("0123456789"))


def test_strings_and_numbers_are_not_mixed_in_fit(digits, fitted):
    X, _, y, _ = digits
    strings = y.astype(str)
    clf = copy.deepcopy(fitted)
    with pytest.raises(ValueError, match=f"^y_val {NUMBERS}"):
        clf.fit(X, y, X_val=X[:1], y_val=strings[:1])
    with pytest.raises(ValueError, match=f"^y_val {STRINGS}"):
        clf.fit(X, strings, X_val=X[:1], y_val=y[:1])
    clf.set_params(warm_start=True)
    with pytest.raises(ValueError, match=f"^y {NUMBERS}"):
        clf.fit(X, strings)


def test_numbers_of_another_dtype_are_the_same_labels(digits, fitted):
    X, X_test, y, _ = digits
    ints, floats = (copy.deepcopy(fitted) for _ in range(2))
    ints.partial_fit(X, y)
    floats.partial_fit(X, y.astype(float))
    assert_array_equal(ints.predict_proba(X_test), floats.predict_proba(X_test))


def test_empty_classes_are_called_empty(digits):
    X, _, y, _ = digits
    with pytest.raises(ValueError, match=r"^classes must hold .* Got an empty array"):
        CNNDigitClassifier().partial_fit(X, y, classes=[])


def test_one_hot_labels_are_told_the_way_out(digits):
    X, _, y, _ = digits
    one_hot = np.eye(10)[y]
    message = r"must hold one label .* Got shape \(400, 10\); .*argmax\(axis=1\)"
    with pytest.raises(ValueError, match=f"^y {message}"):
        CNNDigitClassifier().fit(X, one_hot)
    with pytest.raises(ValueError, match=f"^y {message}"):
        CNNDigitClassifier().partial_fit(X, one_hot, classes=np.arange(10))
    with pytest.raises(ValueError, match=f"^y_val {message}"):
        CNNDigitClassifier().fit(X, y, X_val=X, y_val=one_hot)


def test_column_of_labels_is_read_with_the_warning_of_scikit_learn(
    digits, small, fitted
):
    X, X_test, y, _ = digits
    with pytest.warns(DataConversionWarning, match="A column-vector y was passed"):
        clf = CNNDigitClassifier(**small).fit(X, y[:, np.newaxis])
    assert_array_equal(clf.predict_proba(X_test), fitted.predict_proba(X_test))
