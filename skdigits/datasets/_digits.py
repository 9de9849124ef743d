"""The digits that come with scikit-learn, brought to MNIST framing."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.utils._param_validation import validate_params

from skdigits.datasets._bunch import digit_bunch

__all__ = ["load_digits28"]

_FRAME = 28
_BOX = 20  # the longest side of a digit
_CENTER = 14  # the pixel at which its centre of mass lies

# A pixel of the 8x8 digits counts the inked of its 4x4 cells. Smoothed to 28x28 the
# strokes are too wide and too soft; cut at this share of ink, and raised to full ink
# at that one, they are as bright and as wide as those of MNIST.
_PAPER_SHARE = 0.3
_INK_SHARE = 0.9

_DESCR = """\
The 1797 digits of `sklearn.datasets.load_digits` in MNIST framing
------------------------------------------------------------------

:Number of Instances: 1797
:Number of Attributes: 784, the pixels of a 28x28 image, row by row
:Attribute Information: integers in the range 0..255; 0 is paper, 255 is ink
:Missing Attribute Values: None

Each 8x8 digit was enlarged by cubic interpolation until the longest side of its ink
filled a box of 20 pixels, sharpened to strokes as bright and as wide as those of
MNIST, and placed with its centre of mass at the pixel (14, 14). The details that an
8x8 image does not hold are not in the 28x28 image either.

The source is described as follows.

"""


@validate_params(
    {"return_X_y": ["boolean"], "as_images": ["boolean"]},
    prefer_skip_nested_validation=True,
)
def load_digits28(*, return_X_y=False, as_images=False):
    """Load the digits that come with scikit-learn, as 28x28 images like MNIST's.

    Nothing is downloaded: good for tests, examples and a first try. The rows are
    those of `sklearn.datasets.load_digits`, in the same order.

    Parameters
    ----------
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a `Bunch`.

    as_images : bool, default=False
        Return `data` as images, shape (1797, 28, 28), instead of rows, shape
        (1797, 784).

    Returns
    -------
    digits : :class:`~sklearn.utils.Bunch`
        Dictionary-like object with the attributes `data` (uint8, 0 is paper and 255
        is ink), `target` (int64), `images` (`data` as (1797, 28, 28), a view),
        `feature_names`, `target_names` and `DESCR`. With `return_X_y`, the tuple
        ``(data, target)``.

    See Also
    --------
    fetch_mnist : 70,000 digits at full resolution.

    Examples
    --------
    >>> from skdigits.datasets import load_digits28
    >>> digits = load_digits28()
    >>> digits.data.shape, digits.data.dtype
    ((1797, 784), dtype('uint8'))
    >>> digits.target[:5]
    array([0, 1, 2, 3, 4])
    """
    source = load_digits()
    return digit_bunch(
        _to_mnist_framing(source.images / 16),
        source.target.astype(np.int64),
        return_X_y=return_X_y,
        as_images=as_images,
        descr=_DESCR + source.DESCR,
    )


def _to_mnist_framing(images):
    """Enlarge a stack of small images (0 is paper, 1 is ink) to uint8 MNIST framing."""
    top, bottom = _ink_extent(images.max(axis=2))
    left, right = _ink_extent(images.max(axis=1))
    scale = _BOX / np.maximum(bottom - top, right - left)
    rows = _interpolation_weights((top + bottom) / 2, scale, images.shape[1])
    columns = _interpolation_weights((left + right) / 2, scale, images.shape[2])
    boxes = rows @ images @ columns.transpose(0, 2, 1)
    boxes = np.clip((boxes - _PAPER_SHARE) / (_INK_SHARE - _PAPER_SHARE), 0, 1)
    return _paste_by_center_of_mass(np.rint(255 * boxes).astype(np.uint8))


def _ink_extent(profiles):
    """Return where the ink begins and ends in each profile, at the pixels' edges."""
    has_ink = profiles > _PAPER_SHARE
    begin = has_ink.argmax(axis=1)
    end = profiles.shape[1] - has_ink[:, ::-1].argmax(axis=1)
    return begin, end


def _interpolation_weights(centers, scale, n_pixels):
    """Return one (_BOX, n_pixels) matrix per image that resamples one axis of it."""
    offsets = np.arange(_BOX) + 0.5 - _BOX / 2
    positions = centers[:, None] + offsets / scale[:, None]
    distances = np.abs(positions[:, :, None] - (np.arange(n_pixels) + 0.5))
    near = 1.5 * distances**3 - 2.5 * distances**2 + 1
    far = -0.5 * distances**3 + 2.5 * distances**2 - 4 * distances + 2
    return np.select([distances <= 1, distances < 2], [near, far])


def _paste_by_center_of_mass(boxes):
    """Place each box in its frame, by whole pixels, as MNIST was made."""
    pixels = np.arange(_BOX)
    mass = boxes.sum(axis=(1, 2))
    corners = np.stack(
        [boxes.sum(axis=2) @ pixels / mass, boxes.sum(axis=1) @ pixels / mass]
    )
    corners = np.rint(_CENTER - corners).astype(int).clip(0, _FRAME - _BOX)
    frames = np.zeros((len(boxes), _FRAME, _FRAME), np.uint8)
    rows, columns = corners[:, :, None] + pixels
    image = np.arange(len(boxes))
    frames[image[:, None, None], rows[:, :, None], columns[:, None, :]] = boxes
    return frames
