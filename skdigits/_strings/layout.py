"""The network of the reader: its layers, its fitted state, and its forward pass."""

import math
from typing import NamedTuple

import numpy as np

from skdigits._blas import single_blas_thread
from skdigits._network.forward import convolve
from skdigits._strings.strips import STRIP_HEIGHT

#: The blank of CTC follows the ten digits.
BLANK = 10
N_CLASSES = 11
EPSILON = 1e-3  # what batch normalisation adds to the variance


class Block(NamedTuple):
    """A convolution, max-pooling, batch normalisation and ReLU."""

    filters: int
    kernel: tuple  # height, width
    pool: tuple  # height, width


# From strips 32 pixels high to one row of features, one for every four columns. The
# last convolutions see 100 columns, as a sign beside a digit may change its meaning.
BLOCKS = (
    Block(16, (3, 3), (2, 2)),
    Block(32, (3, 3), (2, 2)),
    Block(64, (3, 3), (2, 1)),
    Block(96, (3, 3), (2, 1)),
    Block(128, (3, 3), (2, 1)),
    Block(128, (1, 5), (1, 1)),
    Block(128, (1, 3), (1, 1)),
)
#: Columns of a strip for each step of the output.
STRIDE = math.prod(block.pool[1] for block in BLOCKS)


class ReaderNetwork(NamedTuple):
    """A fitted network, as plain arrays.

    Attributes
    ----------
    weights : tuple of ndarray
        Of each block: kernel, and scale and offset of its batch normalisation; then
        kernel and bias of the output.
    """

    weights: tuple

    def log_probabilities(self, strips):
        """Return the log probability of each class at each step.

        Parameters
        ----------
        strips : list of ndarray of shape (STRIP_HEIGHT, width), float32
            From 0 (paper) to 1 (ink).

        Returns
        -------
        list of ndarray of shape (ceil(width / STRIDE), N_CLASSES), float32
        """
        with single_blas_thread():  # the products are small
            return [self._forward(strip) for strip in strips]

    def _forward(self, strip):
        missing = -strip.shape[1] % STRIDE
        x = np.pad(strip, [(0, 0), (0, missing)])[:, :, None].astype(np.float32)
        weights = iter(self.weights)
        for block in BLOCKS:
            x = convolve(x, next(weights), "same")
            x = _max_pool(x, block.pool)
            x = np.maximum(x * next(weights) + next(weights), 0)
        logits = x[0] @ next(weights) + next(weights)
        logits -= logits.max(axis=1, keepdims=True)
        return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def _max_pool(x, pool):
    if pool[0] == 2:
        x = np.maximum(x[::2], x[1::2])
    if pool[1] == 2:
        x = np.maximum(x[:, ::2], x[:, 1::2])
    return x


assert math.prod(block.pool[0] for block in BLOCKS) == STRIP_HEIGHT
