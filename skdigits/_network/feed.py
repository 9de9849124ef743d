"""Training data as shuffled mini-batches, handed out a block at a time."""

import math

import numpy as np

from skdigits._network.schedule import averaging_shares

# Batches in a block, which NumPy gathers and a single call into TensorFlow trains on:
# large enough that the call costs nothing, small enough to bound memory and to react to
# Ctrl-C quickly.
BATCHES_PER_BLOCK = 32


def choose_batch_size(n_samples):
    """Choose the size of the mini-batches: an eightieth of the data, within bounds.

    Parameters
    ----------
    n_samples : int

    Returns
    -------
    int

    Examples
    --------
    >>> choose_batch_size(100), choose_batch_size(2000), choose_batch_size(60_000)
    (8, 25, 128)
    """
    return min(max(n_samples // 80, 8), 128)


class Feed:
    """Shuffled mini-batches of rows that stay where the caller has them.

    Iterating over it yields the blocks of all epochs.

    Only one block at a time is copied (as float32), so uint8 pixels, read-only
    arrays and memory maps are trained on without a second copy of the data. The sizes
    of an epoch's batches differ by at most one row: a last batch of a single row would
    take as long a step as any other, in a random direction.

    Parameters
    ----------
    rows : LabelledRows
        What to train on; the labels are numbers of classes.
    batch_size : int or "auto"
        Largest number of rows in a batch; "auto" asks `choose_batch_size`.
    n_epochs : int
        Passes over the data.
    rates : callable
        Gives the learning rate of each step from the number of steps.
    average : bool
        Whether the weights at the end of the training are averaged.
    rng : numpy.random.Generator
        Source of the shuffling.

    Attributes
    ----------
    n_batches : int
        Batches in an epoch.
    n_blocks : int
        Blocks in an epoch.
    """

    def __init__(self, rows, *, batch_size, n_epochs, rates, average, rng):
        n_samples = len(rows.indices)
        if batch_size == "auto":
            batch_size = choose_batch_size(n_samples)
        self.rows = rows
        self.n_batches = math.ceil(n_samples / batch_size)
        self.n_blocks = math.ceil(self.n_batches / BATCHES_PER_BLOCK)
        self.n_epochs = n_epochs
        self._rng = rng
        n_steps = n_epochs * self.n_batches
        shares = averaging_shares(n_steps) if average else np.zeros(n_steps, np.float32)
        self._rates = rates(n_steps).reshape(n_epochs, -1)
        self._shares = shares.reshape(n_epochs, -1)
        self._edges = np.arange(self.n_batches + 1) * n_samples // self.n_batches

    def __iter__(self):
        """Yield the blocks of all epochs, and draw the order of each epoch's rows.

        Yields
        ------
        rows : ndarray of shape (m, n_pixels), float32
        codes : ndarray of shape (m,), int32
        weights : ndarray of shape (m,), float32
        edges : ndarray of shape (b + 1,), int32
            Batch `i` of the block is ``rows[edges[i]:edges[i + 1]]``.
        rates : ndarray of shape (b,), float32
            Learning rate of each batch's step.
        shares : ndarray of shape (b,), float32
            Share of the weights after each step in the mean of the weights.
        """
        for rates, shares in zip(self._rates, self._shares, strict=True):
            order = self._rng.permutation(len(self.rows.indices))
            for first in range(0, self.n_batches, BATCHES_PER_BLOCK):
                batches = slice(first, first + BATCHES_PER_BLOCK)
                edges = self._edges[first : first + BATCHES_PER_BLOCK + 1]
                block = self.rows.take(order[edges[0] : edges[-1]])
                yield (
                    block.gather().astype(np.float32, copy=False),
                    block.labels.astype(np.int32, copy=False),
                    block.weights.astype(np.float32, copy=False),
                    (edges - edges[0]).astype(np.int32),
                    rates[batches],
                    shares[batches],
                )
