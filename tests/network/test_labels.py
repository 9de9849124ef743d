import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skdigits._network.labels import (
    check_known,
    check_label_shape,
    check_same_kind,
    find_class_weights,
    find_classes,
)


def weights_of(class_weight, labels):
    labels = np.asarray(labels)
    classes = np.unique(labels)
    return find_class_weights(class_weight, classes, labels, np.ones(len(labels)))


@pytest.mark.parametrize(
    ("labels", "class_weight"),
    [
        (["0", "1", "2"], {"0": 2, "2": 3}),
        (["0", "1", "word"], {"0": 2, "word": 3}),
        (np.array(["0", "1", "2"], dtype=object), {np.str_("0"): 2, "2": 3}),
        ([0, 1, 2], {0: 2, 2: 3}),
        ([0, 1, 2], {np.uint8(0): 2, 2.0: 3}),
        ([0.0, 1.0, 2.0], {False: 2, 2: 3}),
    ],
    ids=["digit strings", "words", "objects", "ints", "NumPy", "floats"],
)
def test_keys_of_class_weight_are_labels(labels, class_weight):
    assert_array_equal(weights_of(class_weight, labels), [2, 1, 3])


def test_bool_labels_take_bool_and_int_keys():
    for key in (True, np.True_, 1):
        assert_array_equal(weights_of({key: 5}, [False, True]), [1, 5])


@pytest.mark.parametrize(
    ("labels", "class_weight", "message"),
    [
        (["0", "1"], {0: 1, 1: 2}, r"strings such as '0' \(dtype <U1\). Got \[0, 1\]"),
        (["0", "1"], {"0": 1, "1": 2, 1: 2}, r"strings such as '0' .* Got \[1\]"),
        (["0", "x"], {0: 2}, r"strings such as '0' .* Got \[0\]"),
        ([0, 1], {"0": 1}, r"numbers such as 0 \(dtype int64\). Got \['0'\]"),
    ],
)
def test_keys_of_the_other_kind_are_refused(labels, class_weight, message):
    with pytest.raises(ValueError, match=f"Keys of class_weight .*{message}"):
        weights_of(class_weight, labels)


def test_keys_beyond_the_labels_need_a_weight_for_every_label():
    assert_array_equal(weights_of({0: 2, 1: 3, 9: 4}, [0, 1]), [2, 3])
    with pytest.raises(ValueError, match=r"Got \[9\] as well, but no weight for \[1\]"):
        weights_of({0: 2, 9: 4}, [0, 1])


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (-1, "Negative values in data passed to `class_weight`"),
        (float("nan"), "Input class_weight contains NaN"),
        (float("inf"), "Input class_weight contains infinity"),
    ],
)
def test_class_weights_are_checked_as_sample_weights_are(weight, message):
    with pytest.raises(ValueError, match=message):
        weights_of({0: 1, 1: weight}, [0, 1])


def test_balanced_weights_give_each_class_the_same_total():
    labels = ["1", "7", "7", "7"]
    assert_array_equal(weights_of("balanced", labels) * [1, 3], [2, 2])
    assert_array_equal(weights_of({}, labels), [1, 1])


@pytest.mark.parametrize("convert", [np.asarray, pd.DataFrame, np.ndarray.tolist])
def test_one_hot_labels_are_told_the_way_out(convert):
    y = convert(np.eye(3)[[0, 1, 2, 1]])
    with pytest.raises(ValueError, match=r"\(4, 3\); .* with y_val.argmax\(axis=1\)"):
        check_label_shape(y, "y_val")


def test_rows_and_columns_of_labels_are_not_one_hot():
    check_label_shape([0, 1, 2], "y")
    check_label_shape([[0], [1], [2]], "y")
    check_label_shape(None, "y")


def test_strings_and_numbers_are_different_kinds():
    numbers, strings = np.array([0, 1]), np.array(["0", "1"])
    check_same_kind(np.array([True]), numbers, "y")
    check_same_kind(np.array([1.0]), numbers, "y")
    check_same_kind(strings.astype(object), strings, "y")
    for labels, classes, message in [
        (strings, numbers, r"numbers .*dtype int64\). Got strings \(dtype <U1\)"),
        (numbers, strings, r"strings .*dtype <U1\). Got numbers \(dtype int64\)"),
    ]:
        with pytest.raises(ValueError, match=f"^y must hold {message}"):
            check_same_kind(labels, classes, "y")
        with pytest.raises(ValueError, match=f"^y must hold {message}"):
            check_known(labels, classes, "y")


def test_unknown_labels_are_listed_but_not_all_of_them():
    with pytest.raises(ValueError, match=r"^y must .* Got \[1000, .*\.\.\.\]") as e:
        check_known(np.arange(2000), np.arange(1000), "y")
    assert len(str(e.value)) < 500


def test_classes_are_those_given_or_those_known():
    known = np.array([3, 5])
    assert_array_equal(find_classes([5, 3]), known)
    assert find_classes(None, known) is known
    assert find_classes([5.0, 3.0], known) is known


@pytest.mark.parametrize(
    ("classes", "known", "message"),
    [
        (None, None, "classes must be passed on the first call to partial_fit"),
        ([], None, "classes must hold at least two labels. Got an empty array"),
        ([], ["3", "5"], "classes must hold at least two labels. Got an empty array"),
        ([7, 7], None, r"classes must hold at least two labels. Got only \[7\]"),
        ([3, 6], [3, 5], r"previous calls, \[3, 5\]. Got \[3, 6\]"),
        (["3", "5"], [3, 5], r"classes must hold numbers .* Got strings"),
        ([3, 5], ["3", "5"], r"classes must hold strings .* Got numbers"),
        ([3, "5"], None, "Mix of label input types"),
    ],
)
def test_other_classes_are_refused(classes, known, message):
    with pytest.raises(ValueError, match=message):
        find_classes(classes, None if known is None else np.array(known))


def test_strings_among_numbers_are_refused():
    mixed = np.array(["0", 7], dtype=object)
    with pytest.raises(ValueError, match=r"^y must hold strings or .* Got both"):
        check_label_shape(mixed, "y")


def test_weights_that_are_no_numbers_are_refused():
    with pytest.raises(ValueError, match=r"Weights of class_weight .* Got \['a'\]"):
        find_class_weights({3: "a"}, np.array([3, 5]), np.array([3]), np.ones(1))
