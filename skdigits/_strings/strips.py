"""Cut a line of digits out of a picture, as a strip of fixed height."""

import math

import numpy as np
from PIL import Image
from scipy.ndimage import uniform_filter

STRIP_HEIGHT = 32
# The digits fill all but this margin above and below, in pixels of the strip.
MARGIN = 4
# Columns to the left and right of the digits.
SIDE_MARGIN = 8
# Background and ink, as percentiles of a strip without its light.
_PAPER, _INK = 40, 99.5
# Window of the mean that is taken for the light, twice; wider than a digit.
_WINDOW = 33
# Less contrast than this is noise, as a share of the range from black to white.
_LEAST_CONTRAST = 0.02


def cut_strip(gray, center, size, slope=0.0):
    """Turn a line level, scale it and make ink bright and paper dark.

    Parameters
    ----------
    gray : ndarray of shape (h, w), dtype float32
        From 0 to 1, dark ink on light paper.
    center : tuple of float
        Middle of the line (x, y), in pixels; pixel (0, 0) has its middle at (0.5, 0.5).
    size : tuple of float
        Length of the line and height across it, in pixels.
    slope : float, default=0.0
        Tangent of the angle of the line; positive if it falls to the right.

    Returns
    -------
    strip : ndarray of shape (STRIP_HEIGHT, width), dtype float32
        From 0 (paper) to 1 (ink).
    to_picture : ndarray of shape (2, 3), dtype float64
        Maps (x, y, 1) of the strip to (x, y) of the picture.
    """
    length, height = size
    scale = max(height, 1.0) / (STRIP_HEIGHT - 2 * MARGIN)
    width = math.ceil(length / scale) + 2 * SIDE_MARGIN
    cos = 1 / math.hypot(1, slope)
    along = np.array([cos, cos * slope])
    across = np.array([-along[1], along[0]])
    axes = scale * np.stack([along, across], axis=1)
    corner = np.array(center) - axes @ (width / 2, STRIP_HEIGHT / 2)
    to_picture = np.column_stack([axes, corner])
    return normalize_strip(_resample(gray, to_picture, scale, width)), to_picture


def _resample(gray, to_picture, scale, width):
    """Sample a picture along the rows and columns of a strip."""
    corners = np.array([(0, 0, 1), (width, 0, 1), (0, STRIP_HEIGHT, 1)])
    corners = np.vstack([corners, (width, STRIP_HEIGHT, 1)]) @ to_picture.T
    shape = np.array(gray.shape[::-1])
    factor = max(int(scale), 1)
    low = np.clip(np.floor(corners.min(axis=0)).astype(int) - 1, 0, shape - 1)
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 1, low + 1, shape)
    part = gray[low[1] : high[1], low[0] : high[0]]
    # Pixels outside of the picture repeat its edge.
    before = np.maximum(low - np.floor(corners.min(axis=0)).astype(int), 0)
    after = np.maximum(np.ceil(corners.max(axis=0)).astype(int) - high, 0)
    part = np.pad(part, [(before[1], after[1]), (before[0], after[0])], mode="edge")
    image = Image.fromarray(part)
    if factor > 1:
        image = image.reduce(factor)
    inner = to_picture.copy()
    inner[:, 2] -= low - before
    coefficients = (inner / factor).ravel()
    strip = image.transform(
        (width, STRIP_HEIGHT),
        Image.Transform.AFFINE,
        tuple(coefficients),
        Image.Resampling.BILINEAR,
    )
    return np.asarray(strip)


def normalize_strip(gray):
    """Remove the light, and stretch grey levels from paper to ink.

    Parameters
    ----------
    gray : ndarray of shape (h, w), dtype float32
        Dark ink on light paper.

    Returns
    -------
    strip : ndarray of shape (h, w), dtype float32
        From 0 to 1; all 0 if nothing stands out.
    """
    light = gray
    for _ in range(2):
        light = uniform_filter(light, _WINDOW, mode="nearest")
    ink = light - gray
    paper, dark = np.percentile(ink, (_PAPER, _INK))
    if dark - paper < _LEAST_CONTRAST:
        return np.zeros_like(gray)
    return np.clip((ink - paper) / (dark - paper), 0, 1).astype(np.float32)
