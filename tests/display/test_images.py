import numpy as np
import pytest

from skdigits.display._images import as_drawable, as_images


def test_rows_become_square_images():
    rows = np.arange(18).reshape(2, 9)
    np.testing.assert_array_equal(as_images(rows), rows.reshape(2, 3, 3))
    np.testing.assert_array_equal(as_images(rows.tolist()), rows.reshape(2, 3, 3))


def test_images_stay_what_they_are():
    stack, pictures = np.zeros((2, 3, 4)), [np.zeros((3, 4)), np.zeros((5, 6, 3))]
    assert as_images(stack) is stack
    assert as_images(pictures) is pictures


@pytest.mark.parametrize("shape", [(2, 15), (16,)], ids=str)
def test_rows_that_are_no_squares_are_an_error(shape):
    with pytest.raises(ValueError, match=r"rows of square images.*Got shape \("):
        as_images(np.zeros(shape))


@pytest.mark.parametrize(("n_channels", "n_drawn"), [(1, None), (2, 4), (3, 3), (4, 4)])
def test_channels_become_those_that_matplotlib_draws(n_channels, n_drawn):
    image = np.random.default_rng(0).random((3, 4, n_channels))
    drawn = as_drawable(image)
    assert drawn.shape == ((3, 4) if n_drawn is None else (3, 4, n_drawn))
    last = drawn if n_drawn is None else drawn[..., -1]
    np.testing.assert_array_equal(last, image[..., -1])
