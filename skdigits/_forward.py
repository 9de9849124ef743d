"""The forward pass of the family of networks in NumPy, without TensorFlow."""

import itertools

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from skdigits._network import EPSILON, last_repeats


def forward(spec, row, weights, pixel_mean, pixel_scale):
    """Compute the logits of one image, as the network that `build_network` builds.

    Parameters
    ----------
    spec : NetworkSpec
        Without a callable `network`.
    row : ndarray of shape (n_pixels,)
        Pixels of any numeric dtype.
    weights : list of ndarray
        In the order of the layers.
    pixel_mean, pixel_scale : float
        The network sees ``(pixel - pixel_mean) / pixel_scale``.

    Returns
    -------
    ndarray of shape (n_classes,), float32

    Examples
    --------
    >>> from skdigits._network import NetworkSpec
    >>> kernel, bias = np.eye(4, 2, dtype="f4"), np.ones(2, dtype="f4")
    >>> forward(NetworkSpec((2, 2), 2), np.arange(4), [kernel, bias], 1.0, 0.5)
    array([-1.,  1.], dtype=float32)
    """
    arrays = iter(weights)
    pixels = row.astype(np.float32).reshape(*spec.image_shape, 1)
    x = (pixels - np.float32(pixel_mean)) / np.float32(pixel_scale)
    for number in range(1, len(spec.filters) + 1):
        x = _convolve(x, next(arrays), last_repeats(spec.padding, number))
        if not spec.batch_norm:
            x = x + next(arrays)
        if number in spec.pool_after:
            x = _max_pool(x)
        if spec.batch_norm:
            gamma, beta, mean, variance = itertools.islice(arrays, 4)
            x = (x - mean) * (gamma / np.sqrt(variance + np.float32(EPSILON))) + beta
        x = np.maximum(x, 0)
    x = x.ravel()
    for _ in spec.dense_units:
        x = np.maximum(x @ next(arrays) + next(arrays), 0)
    return x @ next(arrays) + next(arrays)


def _convolve(x, kernel, padding):
    """Convolve (height, width, n_in) with (k_height, k_width, n_in, n_out)."""
    sides = kernel.shape[:2]
    if padding == "same":
        margins = [((side - 1) // 2, side // 2) for side in sides]
        x = np.pad(x, [*margins, (0, 0)])
    windows = sliding_window_view(x, sides, axis=(0, 1)).transpose(0, 1, 3, 4, 2)
    height, width = windows.shape[:2]
    flat = windows.reshape(height * width, -1) @ kernel.reshape(-1, kernel.shape[3])
    return flat.reshape(height, width, -1)


def _max_pool(x):
    """Take the maximum of each 2x2 pixels; a side of one pixel stays."""
    height, width, n_channels = x.shape
    h, w = min(2, height), min(2, width)
    x = x[: height // h * h, : width // w * w]
    return x.reshape(height // h, h, width // w, w, n_channels).max(axis=(1, 3))
