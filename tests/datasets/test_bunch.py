"""`skdigits.datasets._bunch`: the form that all loaders share."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skdigits.datasets._bunch import digit_bunch


@pytest.fixture
def images():
    return np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


@pytest.fixture
def target():
    return np.array([7, 2])


def test_bunch_has_the_attributes_of_load_digits(images, target):
    bunch = digit_bunch(images, target, return_X_y=False, as_images=False, descr="Two.")

    assert set(bunch) == set(load_digits())
    assert bunch.target is target
    assert bunch.DESCR == "Two."


def test_feature_names_name_the_row_and_column_of_each_pixel(images, target):
    bunch = digit_bunch(images, target, return_X_y=False, as_images=False, descr="")

    assert len(bunch.feature_names) == bunch.data.shape[1]
    row, column = 2, 1
    pixel = bunch.feature_names.index(f"pixel_{row}_{column}")
    np.testing.assert_array_equal(bunch.data[:, pixel], images[:, row, column])


@pytest.mark.parametrize(("as_images", "shape"), [(False, (2, 12)), (True, (2, 3, 4))])
def test_data_is_a_view_of_the_images(images, target, as_images, shape):
    bunch = digit_bunch(images, target, return_X_y=False, as_images=as_images, descr="")
    X, y = digit_bunch(images, target, return_X_y=True, as_images=as_images, descr="")

    assert bunch.data.shape == X.shape == shape
    assert np.shares_memory(bunch.data, bunch.images)
    assert np.shares_memory(X, images)
    assert y is target
