"""The forward pass in NumPy, without TensorFlow."""

import itertools

import numpy as np

from skdigits._network.layers import EPSILON, last_repeats


def forward(network, row):
    """Compute the logits of one image, as the network that `build_network` builds.

    Parameters
    ----------
    network : FittedNetwork
        Without a callable `spec.network`.
    row : ndarray of shape (n_pixels,)
        Pixels of any numeric dtype.

    Returns
    -------
    ndarray of shape (n_classes,), float32
        Not divided by the temperature.

    Examples
    --------
    >>> from skdigits._network.spec import FittedNetwork, NetworkSpec
    >>> weights = [np.eye(4, 2, dtype="f4"), np.ones(2, dtype="f4")]
    >>> network = FittedNetwork(NetworkSpec((2, 2), 2), weights, 1.0, 0.5)
    >>> forward(network, np.arange(4))
    array([-1.,  1.], dtype=float32)
    """
    spec = network.spec
    arrays = iter(network.weights)
    pixels = row.astype(np.float32).reshape(*spec.image_shape, 1)
    x = (pixels - np.float32(network.pixel_mean)) / np.float32(network.pixel_scale)
    return sum(_logits(spec, x, arrays) for _ in range(spec.n_networks)) / np.float32(
        spec.n_networks
    )


def _logits(spec, x, arrays):
    """Compute the logits of the network whose weights are the next in `arrays`."""
    for number in range(1, len(spec.filters) + 1):
        x = convolve(x, next(arrays), last_repeats(spec.padding, number))
        if not spec.batch_norm:
            x = x + next(arrays)
        if number in spec.pool_after:
            x = _max_pool(x)
        if spec.batch_norm:
            gamma, beta, mean, variance = itertools.islice(arrays, 4)
            factor = gamma / np.sqrt(variance + np.float32(EPSILON))
            x = x * factor + (beta - mean * factor)
        x = np.maximum(x, 0)
    x = x.ravel()
    for _ in spec.dense_units:
        x = np.maximum(x @ next(arrays) + next(arrays), 0)
    return x @ next(arrays) + next(arrays)


def convolve(x, kernel, padding):
    """Convolve (height, width, n_in) with (k_height, k_width, n_in, n_out)."""
    k_height, k_width, n_in, n_out = kernel.shape
    if padding == "same":
        margins = [((side - 1) // 2, side // 2) for side in (k_height, k_width)]
        x = np.pad(x, [*margins, (0, 0)])
    height, width = x.shape[0] - k_height + 1, x.shape[1] - k_width + 1
    # `seen` holds, side by side, what a row of the kernel covers at each pixel. Each
    # row of the kernel is then one matrix product, and the products are added up.
    seen = np.concatenate([x[:, i : i + width] for i in range(k_width)], axis=2)
    rows = kernel.reshape(k_height, k_width * n_in, n_out)
    flat = (seen[i : i + height].reshape(height * width, -1) for i in range(k_height))
    return sum(map(np.matmul, flat, rows)).reshape(height, width, n_out)


def _max_pool(x):
    """Take the maximum of each 2x2 pixels; a side of one pixel stays."""
    if len(x) > 1:
        x = np.maximum(x[:-1:2], x[1::2])
    if x.shape[1] > 1:
        x = np.maximum(x[:, :-1:2], x[:, 1::2])
    return x
