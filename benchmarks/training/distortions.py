"""Distortions of framed digits beyond those of the training graph.

Each function takes images of shape (n, height, width), from 0 (background) to 1
(foreground), and a generator, and returns images of the same shape. Fog, stripes,
glass blur, zigzag lines and edges are missing on purpose: they measure robustness
against what training has not seen.
"""

import numpy as np
from scipy.ndimage import affine_transform, gaussian_filter


def distort_rows(rows, share, rng):
    """Distort a share of rows in one or two ways.

    Parameters
    ----------
    rows : ndarray of shape (n, n_pixels), uint8
        Square images.
    share : float
        Share of the rows that are distorted.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n, n_pixels), uint8
    """
    rows = rows.copy()
    side = round(rows.shape[1] ** 0.5)
    kinds = rng.integers(len(DISTORTIONS), size=len(rows))
    chosen = rng.random(len(rows)) < share
    again = rng.random(len(rows)) < 0.25
    for _ in range(2):
        for number, distortion in enumerate(DISTORTIONS):
            places = np.flatnonzero(chosen & (kinds == number))
            if len(places):
                images = rows[places].reshape(-1, side, side) / 255
                images = np.clip(distortion(images, rng), 0, 1)
                rows[places] = np.round(images * 255).reshape(len(places), -1)
        chosen &= again
        kinds = rng.integers(len(DISTORTIONS), size=len(rows))
    return rows


def brighten(images, rng):
    return images + _uniform(images, rng, 0.05, 0.65)


def fade(images, rng):
    """Reduce the contrast, on any grey background."""
    contrast = _uniform(images, rng, 0.2, 0.8)
    return images * contrast + _uniform(images, rng, 0, 1) * (1 - contrast)


def shade(images, rng):
    """Add a plane of grey levels, as uneven light does."""
    axis = np.linspace(-1, 1, images.shape[1])
    tilt = rng.uniform(-1, 1, (2, len(images), 1, 1))
    plane = tilt[0] * axis[:, None] + tilt[1] * axis
    plane = (plane - plane.min((1, 2), keepdims=True)) * _uniform(images, rng, 0.1, 0.5)
    return images * _uniform(images, rng, 0.4, 1) + plane


def invert(images, rng):
    return 1 - images * _uniform(images, rng, 0.5, 1)


def salt_and_pepper(images, rng):
    noise = rng.integers(0, 2, images.shape)
    share = _uniform(images, rng, 0.02, 0.22)
    return np.where(rng.random(images.shape) < share, noise, images)


def add_noise(images, rng):
    return images + _uniform(images, rng, 0.05, 0.35) * rng.normal(0, 1, images.shape)


def count_photons(images, rng):
    peak = _uniform(images, rng, 2, 10)
    return rng.poisson(images * peak) / peak


def blot(images, rng):
    """Cover spots in any grey."""
    spots = gaussian_filter(rng.normal(0, 1, images.shape), (0, 1.2, 1.2))
    spots /= spots.std()
    mask = gaussian_filter(
        (spots > _uniform(images, rng, 1.0, 2)).astype(float), (0, 0.6, 0.6)
    )
    return images * (1 - mask) + _uniform(images, rng, 0, 1) * mask


def cross_out(images, rng):
    """Draw one straight line, drawn through or dashed, in any direction."""
    n, height, width = images.shape
    angle = rng.uniform(0, np.pi, (n, 1, 1))
    y, x = np.indices((height, width)) - (height - 1) / 2
    along = np.cos(angle) * x + np.sin(angle) * y
    away = np.abs(
        np.cos(angle) * y - np.sin(angle) * x - _uniform(images, rng, -12, 12)
    )
    line = np.clip(_uniform(images, rng, 0.8, 1.8) - away, 0, 1)
    period = _uniform(images, rng, 3, 7)
    dashed = (along % period < period / 2) | (rng.random((n, 1, 1)) < 0.5)
    return np.maximum(images, line * dashed * _uniform(images, rng, 0.5, 1))


def erase(images, rng):
    """Fill a random rectangle with a random grey."""
    images = images.copy()
    side = images.shape[1]
    for image in images:
        height, width = rng.integers(3, side // 2, 2)
        if rng.random() < 0.3:  # a bar along the whole side
            height, width = rng.permutation([side, rng.integers(2, 8)])
        top = rng.integers(-2, max(side - height, 0) + 3)
        left = rng.integers(-2, max(side - width, 0) + 3)
        window = np.s_[max(top, 0) : top + height, max(left, 0) : left + width]
        # A digit must be left: most of its foreground stays.
        if image[window].sum() < 0.25 * image.sum():
            image[window] = rng.uniform(0, 1)
    return images


def blur(images, rng):
    sigma = rng.uniform(0.5, 1.3)
    return gaussian_filter(images, (0, sigma, sigma))


def smear(images, rng):
    """Blur along one direction."""
    n_steps, angle = rng.integers(3, 8), rng.uniform(0, np.pi)
    moved = [
        np.roll(images, (round(i * np.sin(angle)), round(i * np.cos(angle))), (1, 2))
        for i in range(-(n_steps // 2), n_steps - n_steps // 2)
    ]
    return np.mean(moved, axis=0)


def filter_at_random(images, rng):
    """Convolve with a random kernel, as in Xu et al., arXiv:2007.13003."""
    filtered = np.zeros_like(images)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            weight = rng.normal(0, 1, (len(images), 1, 1))
            filtered += weight * np.roll(images, (dy, dx), (1, 2))
    filtered = np.abs(filtered)
    filtered /= np.maximum(filtered.max((1, 2), keepdims=True), 1e-6)
    share = _uniform(images, rng, 0, 1)
    return share * images + (1 - share) * filtered


def move(images, rng):
    """Slant, rotate, shrink and shift more than the training graph does."""
    moved = np.empty_like(images)
    middle = (np.array(images.shape[1:]) - 1) / 2
    for image, result in zip(images, moved, strict=True):
        angle = rng.uniform(-0.4, 0.4)
        cos, sin = np.cos(angle), np.sin(angle)
        matrix = np.array([[cos, sin], [-sin, cos]]) / rng.uniform(0.65, 1.1)
        matrix = matrix @ [[1, 0], [rng.uniform(-0.35, 0.35), 1]]
        offset = middle - matrix @ (middle + rng.uniform(-3, 3, 2))
        affine_transform(image, matrix, offset, output=result, order=1)
    return moved


DISTORTIONS = (
    *(brighten, fade, shade, invert, salt_and_pepper, add_noise, count_photons),
    *(blot, cross_out, cross_out, erase, erase, blur, smear),
    *(filter_at_random, filter_at_random, move, move),
)


def _uniform(images, rng, low, high):
    """Draw one number for each image."""
    return rng.uniform(low, high, (len(images), 1, 1))
