import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import ndimage

from skdigits._network.augmentation import DISTORTIONS, Distortion, distort

STILL = Distortion(rotation=0, shear=0, scale=0, shift=0)


def blob(n_images=50):
    images = np.zeros((n_images, 28, 28, 1), dtype=np.float32)
    images[:, 9:19, 12:16] = 1
    return images


def test_distortion_of_no_range_changes_nothing():
    images = np.random.default_rng(0).random((5, 28, 28, 1), dtype=np.float32)
    assert_allclose(distort(images, STILL, [1, 2]), images, atol=1e-6)


def test_distortion_follows_from_the_seed_and_differs_between_images():
    first = distort(blob(), DISTORTIONS["affine"], [1, 2]).numpy()
    assert_array_equal(distort(blob(), DISTORTIONS["affine"], [1, 2]), first)
    assert not np.array_equal(distort(blob(), DISTORTIONS["affine"], [1, 3]), first)
    assert not np.array_equal(first[0], first[1])


def test_shift_stays_within_its_range():
    only = Distortion(rotation=0, shear=0, scale=0, shift=0.1)
    moved = distort(blob(200), only, [0, 0]).numpy()[..., 0]
    before = ndimage.center_of_mass(blob()[0, ..., 0])
    shifts = np.array([ndimage.center_of_mass(image) for image in moved]) - before
    assert np.abs(shifts).max() < 2.8
    assert np.abs(shifts).max() > 2.2
    assert abs(shifts.mean()) < 0.3


def test_rotation_and_shear_keep_the_centre():
    only = Distortion(rotation=30, shear=0.3, scale=0, shift=0)
    images = np.zeros((50, 28, 28, 1), dtype=np.float32)
    images[:, 11:17, 11:17] = 1
    for image in distort(images, only, [0, 0]).numpy()[..., 0]:
        assert_allclose(ndimage.center_of_mass(image), (13.5, 13.5), atol=0.1)


def test_scale_changes_the_foreground_by_its_square_at_most():
    only = Distortion(rotation=0, shear=0, scale=0.2, shift=0)
    mass = distort(blob(200), only, [0, 0]).numpy().sum(axis=(1, 2, 3)) / 40
    assert mass.min() > 1 / 1.25**2
    assert mass.max() < 1 / 0.75**2
    assert np.ptp(mass) > 0.4


def only(**ranges):
    return dataclasses.replace(STILL, **ranges)


def tf_draws(n_images, seed):
    """Draw the numbers that `distort` draws."""
    import tensorflow as tf

    return tf.random.stateless_uniform((11, n_images), seed, -1.0, 1.0).numpy()


def test_thickness_makes_strokes_thicker_and_thinner_and_leaves_half_alone():
    mass = distort(blob(200), only(thickness=1.0), [0, 0]).numpy().sum(axis=(1, 2, 3))
    assert 0.3 < np.mean(np.isclose(mass, 40)) < 0.7
    assert 8 * 2 < mass.min() < 25  # the stroke of 10 x 4 pixels less one all round ...
    assert 55 < mass.max() < 12 * 6  # ... and with one more


def test_thickness_moves_towards_the_greatest_and_the_least_of_nine_pixels():
    images = np.random.default_rng(0).random((40, 9, 7, 1), dtype=np.float32)
    square = (1, 3, 3, 1)
    thick = ndimage.maximum_filter(images, square)
    thin = ndimage.minimum_filter(images, square)
    draws = tf_draws(40, seed=[3, 4])
    step = np.where(draws[7] > 0, draws[6], 0)[:, None, None, None]
    expected = images + np.where(step > 0, step * (thick - images), 0)
    expected += np.where(step < 0, -step * (thin - images), 0)
    assert_allclose(distort(images, only(thickness=1.0), [3, 4]), expected, atol=1e-6)


def test_blur_mixes_in_the_mean_of_the_pixels_around_within_the_frame():
    images = np.random.default_rng(0).random((40, 9, 7, 1), dtype=np.float32)
    square, flat = (1, 3, 3, 1), {"mode": "constant"}
    counts = ndimage.uniform_filter(np.ones_like(images), square, **flat)
    smooth = ndimage.uniform_filter(images, square, **flat) / counts
    share = np.maximum(tf_draws(40, seed=[3, 4])[8], 0)[:, None, None, None]
    expected = images + share * (smooth - images)
    assert_allclose(distort(images, only(blur=1.0), [3, 4]), expected, atol=1e-6)


@pytest.mark.parametrize("name", ["blur", "contrast"])
def test_background_stays_background_under(name):
    images = distort(blob(200), only(**{name: 0.5}), [0, 0]).numpy()
    assert not images[:, :8].any()
    assert not np.allclose(images, blob(200))


def test_blur_keeps_the_sum_of_the_pixels_and_spreads_them():
    images = distort(blob(200), only(blur=1.0), [0, 0]).numpy()
    assert_allclose(images.sum(axis=(1, 2, 3)), 40, rtol=1e-5)
    sharp = np.isclose((images**2).sum(axis=(1, 2, 3)), 40)
    assert 0.3 < sharp.mean() < 0.7


def test_contrast_scales_each_image_by_its_own_factor():
    factors = distort(blob(200), only(contrast=0.4), [0, 0]).numpy()[:, 12, 13, 0]
    assert 0.6 <= factors.min() < 0.65
    assert 1.35 < factors.max() <= 1.4


def test_noise_has_at_most_its_standard_deviation_and_spares_half():
    blank = np.zeros((200, 28, 28, 1), dtype=np.float32)
    deviations = distort(blank, only(noise=0.3), [0, 0]).numpy().std(axis=(1, 2, 3))
    assert 0.27 < deviations.max() < 0.33
    assert 0.3 < np.mean(deviations == 0) < 0.7
    assert 0.05 < deviations[deviations > 0].mean() < 0.25


def test_noise_is_new_at_each_step():
    blank = np.zeros((2, 28, 28, 1), dtype=np.float32)
    first, second = (distort(blank, only(noise=1.0), [0, n]).numpy() for n in (7, 8))
    assert not np.array_equal(first, second)
