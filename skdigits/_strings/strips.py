"""Cut a line of digits out of a picture, as a strip of fixed height."""

import math

import numpy as np
from PIL import Image
from scipy.ndimage import uniform_filter

from skdigits._imaging.gray import to_gray

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


def cut_strip(picture, center, size, slope=0.0, polarity="dark", background=None):
    """Turn a line level, scale it and make ink bright and paper dark.

    Parameters
    ----------
    picture : ndarray of shape (h, w) or (h, w, channels)
        Only the part around the line is converted to grey levels.
    center : tuple of float
        Middle of the line (x, y), in pixels; pixel (0, 0) has its middle at (0.5, 0.5).
    size : tuple of float
        Length of the line and height across it, in pixels.
    slope : float, default=0.0
        Tangent of the angle of the line; positive if it falls to the right.
    polarity : {"dark", "light"}, default="dark"
        Whether ink is darker or lighter than paper.
    background : {0, 1}, default=None
        Level of transparent pixels, as in `to_gray`.

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
    strip = _resample(picture, to_picture, scale, width, background)
    return normalize_strip(1 - strip if polarity == "light" else strip), to_picture


def _resample(picture, to_picture, scale, width, background):
    """Sample the grey levels of a picture along the rows and columns of a strip."""
    corners = np.array([(0, 0, 1), (width, 0, 1), (0, STRIP_HEIGHT, 1)])
    corners = np.vstack([corners, (width, STRIP_HEIGHT, 1)]) @ to_picture.T
    shape = np.array(picture.shape[1::-1])
    factor = max(int(scale), 1)
    # The window of the strip, in whole blocks; it may go beyond the picture.
    low = np.floor(corners.min(axis=0)).astype(int) - 1
    n_blocks = -(-(np.ceil(corners.max(axis=0)).astype(int) + 1 - low) // factor)
    high = low + n_blocks * factor
    inner_low = np.clip(low, 0, shape - 1)
    inner_high = np.clip(high, inner_low + 1, shape)
    part = picture[inner_low[1] : inner_high[1], inner_low[0] : inner_high[0]]
    # Pixels outside of the picture repeat its edge.
    margins = np.stack([inner_low - low, np.maximum(high - inner_high, 0)], axis=1)
    margins = [*margins[::-1], (0, 0)][: part.ndim]
    part = np.pad(part, margins, mode="edge")
    image = Image.fromarray(to_gray(part, factor, background))
    inner = to_picture.copy()
    inner[:, 2] -= low
    strip = image.transform(
        (width, STRIP_HEIGHT),
        Image.Transform.AFFINE,
        tuple((inner / factor).ravel()),
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
