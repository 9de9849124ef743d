"""`skdigits.datasets._digits`: scikit-learn's digits in MNIST framing."""

import numpy as np
import pytest
from scipy.ndimage import center_of_mass
from sklearn.datasets import load_digits

from skdigits.datasets import load_digits28
from skdigits.datasets._digits import _to_mnist_framing


@pytest.fixture(scope="module")
def digits():
    return load_digits28()


def ink_sides(images):
    """Height and width of the box around all that is not background."""
    return np.stack(
        [np.ptp(np.argwhere(image), axis=0) + 1 for image in images], axis=1
    )


def test_all_digits_come_as_rows_of_uint8(digits):
    assert digits.data.shape == (1797, 784)
    assert digits.data.dtype == np.uint8
    assert digits.data.flags.c_contiguous
    assert digits.data.flags.writeable
    assert "MNIST framing" in digits.DESCR
    assert "E. Alpaydin" in digits.DESCR


def test_labels_are_those_of_load_digits_in_the_same_order(digits):
    assert digits.target.dtype == np.int64
    np.testing.assert_array_equal(digits.target, load_digits().target)


def test_two_calls_return_equal_but_separate_arrays(digits):
    again = load_digits28()

    np.testing.assert_array_equal(again.data, digits.data)
    assert not np.shares_memory(again.data, digits.data)


def test_return_X_y_and_as_images_change_the_form_only(digits):
    X, y = load_digits28(return_X_y=True, as_images=True)

    assert X.shape == (1797, 28, 28)
    np.testing.assert_array_equal(X.reshape(1797, -1), digits.data)
    np.testing.assert_array_equal(y, digits.target)


def test_longest_side_fills_the_box_of_20_pixels(digits):
    longest = ink_sides(digits.images).max(axis=0)

    assert longest.max() == 20
    assert np.mean(longest == 20) > 0.99


def test_center_of_mass_lies_at_pixel_14_within_half_a_pixel(digits):
    centers = np.array([center_of_mass(image) for image in digits.images])

    np.testing.assert_allclose(centers, 14, atol=0.501)


def test_background_is_black_and_every_digit_has_full_strokes(digits):
    corners = digits.images[:, [0, 0, -1, -1], [0, -1, 0, -1]]

    assert np.all(corners == 0)
    assert np.mean(digits.data == 0) > 0.75
    assert digits.data.max(axis=1).min() > 250


def test_brightness_and_stroke_width_are_those_of_mnist(digits):
    mnist_mean, mnist_share_of_strokes = 33.3, 0.13

    assert digits.data.mean() == pytest.approx(mnist_mean, rel=0.05)
    assert np.mean(digits.data > 128) == pytest.approx(mnist_share_of_strokes, rel=0.05)


def test_framing_does_not_depend_on_the_place_in_the_source():
    image = np.zeros((1, 8, 8))
    image[0, 1:6, 2:5] = [[1, 1, 1], [1, 0, 1], [1, 1, 1], [1, 0, 0.5], [1, 1, 0.9]]

    moved = np.roll(image, (1, 1), axis=(1, 2))

    np.testing.assert_array_equal(_to_mnist_framing(moved), _to_mnist_framing(image))


def test_framing_keeps_the_aspect_ratio():
    bars = np.zeros((2, 8, 8))
    bars[0, :, 3:5] = 1
    bars[1, 3:5, :] = 1

    framed = _to_mnist_framing(bars)

    np.testing.assert_array_equal(framed[1], framed[0].T)
    height, width = ink_sides(framed > 128)[:, 0]
    assert height == 20
    assert width == pytest.approx(20 * 2 / 8, abs=1)


@pytest.mark.parametrize("parameter", ["return_X_y", "as_images"])
def test_parameters_are_validated(parameter):
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of load_digits28"):
        load_digits28(**{parameter: "yes"})
