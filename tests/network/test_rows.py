import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skdigits._network.rows import (
    LabelledRows,
    encode,
    prepare_rows,
    set_aside,
    weight_by_class,
)


def make_rows(labels):
    labels = np.asarray(labels)
    pixels = np.arange(2 * len(labels)).reshape(-1, 2)
    return LabelledRows(pixels, np.arange(len(labels)), labels, np.ones(len(labels)))


def test_taken_rows_share_the_pixels():
    pixels = np.arange(12).reshape(6, 2)
    rows = LabelledRows(pixels, np.arange(6), np.arange(6) * 10, np.ones(6))
    odd = rows.take(np.arange(6) % 2 == 1).take([2, 0])
    assert odd.pixels is pixels
    assert_array_equal(odd.labels, [50, 10])
    assert_array_equal(odd.gather(), pixels[[5, 1]])
    assert_array_equal(odd.gather(1, 2), pixels[[1]])


def test_class_weights_multiply_and_zero_leaves_out():
    rows = make_rows([3, 5, 3, 7])._replace(weights=np.array([1.0, 2.0, 3.0, 4.0]))
    weighted = weight_by_class(rows, {3: 10, 5: 0}, np.array([3, 5, 7]))
    assert_array_equal(weighted.labels, [3, 3, 7])
    assert_array_equal(weighted.weights, [10, 30, 4])


def test_class_weights_that_leave_nothing_are_an_error():
    with pytest.raises(ValueError, match="class_weight gives every image"):
        weight_by_class(make_rows([3, 3]), {3: 0}, np.array([3]))


def test_part_set_aside_is_stratified_and_disjoint():
    rows = make_rows(np.repeat([0, 1], [80, 20]))
    kept, aside = set_aside(rows, 0.2, seed=0)
    assert_array_equal(np.bincount(aside.labels), [16, 4])
    assert not np.intersect1d(kept.indices, aside.indices).size
    assert len(kept.indices) + len(aside.indices) == 100
    assert aside.pixels is rows.pixels


def test_too_few_rows_to_set_aside_are_explained():
    with pytest.raises(ValueError, match=r"validation_fraction=0.1 of 3 .* Pass X_val"):
        set_aside(make_rows([0, 1, 2]), 0.1, seed=0)


def test_labels_become_their_places_and_others_are_refused():
    classes = np.array(["a", "c", "d"])
    assert_array_equal(encode(make_rows(["d", "a"]), classes, "y").labels, [2, 0])
    with pytest.raises(ValueError, match=r"^y_val must hold labels among .* \['b'\]"):
        encode(make_rows(["b", "a"]), classes, "y_val")


def test_class_weights_reach_the_part_set_aside_as_sample_weights_do():
    rows = make_rows(np.repeat([3, 5], [60, 40]))
    settings = {"validation_fraction": 0.25, "seed": 0}
    by_class = prepare_rows(rows, class_weight={3: 1, 5: 9}, **settings)
    product = rows._replace(weights=np.repeat([1.0, 9.0], [60, 40]))
    by_sample = prepare_rows(product, **settings)
    assert set(by_class[2].weights) == {1, 9}
    for one, same in zip(by_class[1:], by_sample[1:], strict=True):
        assert all(map(np.array_equal, one, same))


def test_validation_data_of_the_caller_are_encoded_only():
    classes, rows, validation = prepare_rows(
        make_rows(["b", "d", "d"]), make_rows(["d"]), class_weight={"b": 2, "d": 0.5}
    )
    assert_array_equal(classes, ["b", "d"])
    assert_array_equal(rows.labels, [0, 1, 1])
    assert_array_equal(rows.weights, [2, 0.5, 0.5])
    assert_array_equal(validation.labels, [1])
    assert_array_equal(validation.weights, [1])


def test_classes_given_are_those_of_all_calls():
    classes, rows, _ = prepare_rows(make_rows([5, 3]), classes=np.array([1, 3, 5]))
    assert_array_equal(classes, [1, 3, 5])
    assert_array_equal(rows.labels, [2, 1])
