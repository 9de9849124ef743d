"""Small copies of pictures, for figures."""

import numpy as np
from PIL import Image


def shrink(picture, longest):
    """Average a picture down to what a figure shows of it, to save memory.

    Parameters
    ----------
    picture : ndarray of shape (h, w) or (h, w, channels)
        As `read_image` returns it.
    longest : int
        Least length of its longer side, if it is that long.

    Returns
    -------
    picture : ndarray
        Its longer side is less than twice as long as `longest`.
    factor : int
        By which its sides are shorter.

    Examples
    --------
    >>> small, factor = shrink(np.zeros((50, 90), dtype=np.uint8), 20)
    >>> small.shape, factor
    ((13, 23), 4)
    """
    factor = max(max(picture.shape[:2]) // longest, 1)
    if factor == 1:
        return picture, 1
    if picture.dtype != np.uint8:  # Pillow cannot average 16 bits
        picture = picture.astype(np.float32)
    return np.asarray(Image.fromarray(picture).reduce(factor)), factor
