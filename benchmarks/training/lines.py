"""Lines of generated numbers, cut out as the line finder cuts them."""

import numpy as np
from joblib import Parallel, delayed

from skdigits._strings.strips import cut_strip
from skdigits.datasets import make_number_images

N_DIGITS = (0, 12)
CHUNK = 1000  # lines for each process at a time
# Errors of the box of a number, as shares of its height: from inside to outside.
_ABOVE_BELOW, _BESIDE = (-0.1, 0.1), (-0.03, 0.45)
_SLOPE = 0.025  # standard deviation
_SHARE_WHOLE = 0.2  # of the pictures, whose line is the whole picture
_NOWHERE = np.array([0.1, 0.25, 0.9, 0.75])  # the line of pictures without a number


def make_lines(X, y, groups, n_lines, seed):
    """Generate strips and their texts.

    Parameters
    ----------
    X, y, groups : ndarray
        As `collect_hands` returns them.
    n_lines : int
    seed : int

    Returns
    -------
    strips : list of ndarray of shape (32, width), uint8
    texts : list of str
    """
    _, groups = np.unique(groups, axis=0, return_inverse=True)
    sizes = [min(CHUNK, n_lines - start) for start in range(0, n_lines, CHUNK)]
    chunks = Parallel(n_jobs=-1)(
        delayed(_make_chunk)(X, y, groups, size, [seed, number])
        for number, size in enumerate(sizes)
    )
    return (
        [strip for strips, _ in chunks for strip in strips],
        [text for _, texts in chunks for text in texts],
    )


def _make_chunk(X, y, groups, n_lines, seed):
    rng = np.random.default_rng(seed)
    numbers = make_number_images(
        X,
        y,
        n_lines,
        groups=groups,
        n_digits=N_DIGITS,
        random_state=int(rng.integers(2**31)),
    )
    strips = [
        _cut(image, box, rng)
        for image, box in zip(numbers.images, numbers.boxes, strict=True)
    ]
    return strips, numbers.target.tolist()


def _cut(image, box, rng):
    """Cut out a line with errors of its place, height and slope."""
    height, width = image.shape
    if np.isnan(box[0]):
        box = _NOWHERE * (width, height, width, height)
    size = box[3] - box[1]
    if rng.random() < _SHARE_WHOLE:
        box = np.array([0.0, 0.0, width, height])
    errors = rng.uniform(*np.transpose([_BESIDE, _ABOVE_BELOW] * 2)) * size
    left, top, right, bottom = box + errors * (-1, -1, 1, 1)
    strip, _ = cut_strip(
        image.astype(np.float32) / 255,
        ((left + right) / 2, (top + bottom) / 2),
        (right - left, bottom - top),
        rng.normal(0, _SLOPE),
    )
    return np.round(255 * strip).astype(np.uint8)
