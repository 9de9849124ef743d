import numpy as np
import pytest

from skdigits._inputs import as_rows, find_image_shape
from skdigits.exceptions import ImageShapeWarning


def test_stacked_images_become_rows_without_a_copy():
    images = np.zeros((3, 4, 5, 1))
    rows, shape = as_rows(images)
    assert rows.shape == (3, 20)
    assert shape == (4, 5)
    assert np.shares_memory(rows, images)


def test_rows_stay_what_they_are():
    X = np.zeros((3, 20))
    assert as_rows(X) == (X, None)


def test_square_numbers_are_squares_and_others_strips():
    assert find_image_shape(64) == (8, 8)
    with pytest.warns(ImageShapeWarning, match="strips of 1 x 785"):
        assert find_image_shape(785) == (1, 785)


@pytest.mark.parametrize("X", ["photo.png", ["photo.png"], [b"\x89PNG"]])
def test_path_in_place_of_pixels_is_explained(X):
    with pytest.raises(
        ValueError, match=r"must hold pixels.* read files with skdigits"
    ):
        as_rows(X)
