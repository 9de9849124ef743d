import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from scipy import ndimage

from skdigits._augmentation import DISTORTIONS, Distortion, distort

STILL = Distortion(rotation=0, shear=0, scale=0, shift=0)


def blob(n_images=50):
    images = np.zeros((n_images, 28, 28, 1), dtype=np.float32)
    images[:, 9:19, 12:16] = 1
    return images


def test_distortion_of_no_range_changes_nothing():
    images = np.random.default_rng(0).random((5, 28, 28, 1), dtype=np.float32)
    assert_allclose(distort(images, STILL, [1, 2]), images, atol=1e-6)


def test_seed_gives_the_distortion_and_each_image_its_own():
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


def test_scale_changes_the_ink_by_its_square_at_most():
    only = Distortion(rotation=0, shear=0, scale=0.2, shift=0)
    ink = distort(blob(200), only, [0, 0]).numpy().sum(axis=(1, 2, 3)) / 40
    assert ink.min() > 1 / 1.25**2
    assert ink.max() < 1 / 0.75**2
    assert np.ptp(ink) > 0.4
