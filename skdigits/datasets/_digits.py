"""The digits that come with scikit-learn, in MNIST framing."""

import numpy as np
from scipy.ndimage import affine_transform
from sklearn.datasets import load_digits
from sklearn.utils._param_validation import validate_params

from skdigits._imaging.framing import place_in_frame
from skdigits._imaging.ink import ink_window, sides_of
from skdigits.datasets._bunch import digit_bunch

__all__ = ["load_digits28"]

_FRAME = (28, 28)
_BOX = 20  # the longest side of a digit

# A pixel of the 8x8 digits counts the stroke pixels of a 4x4 block. Interpolated
# strokes are too wide and too soft: the first share becomes 0 and the second 255, so
# that strokes are as bright and as wide as in MNIST.
_BACKGROUND_SHARE = 0.3
_STROKE_SHARE = 0.9

_DESCR = """\
The 1797 digits of `sklearn.datasets.load_digits` in MNIST framing
------------------------------------------------------------------

:Number of Instances: 1797
:Number of Attributes: 784, the pixels of a 28x28 image, row by row
:Attribute Information: integers in the range 0..255; 0 is background
:Missing Attribute Values: None

Each 8x8 digit was enlarged by cubic interpolation to a longest side of 20 pixels,
sharpened to strokes as bright and as wide as those of MNIST, and placed with its
centre of mass at the pixel (14, 14). The 28x28 image has no more detail than the 8x8
image.

The source is described as follows.

"""


@validate_params(
    {"return_X_y": ["boolean"], "as_images": ["boolean"]},
    prefer_skip_nested_validation=True,
)
def load_digits28(*, return_X_y=False, as_images=False):
    """Load the digits that come with scikit-learn, as 28x28 images like MNIST's.

    Nothing is downloaded, which suits tests, examples and a first try. The rows are
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
        Dictionary-like object with the attributes `data` (uint8, 0 is background and
        255 full stroke), `target` (int64), `images` (`data` as (1797, 28, 28), a view),
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
    """Enlarge small images (0 is background, 1 is stroke) to uint8 MNIST framing."""
    return np.stack([_frame(image) for image in images]).astype(np.uint8)


def _frame(image):
    window = ink_window(image > _BACKGROUND_SHARE)
    middle = np.array([(s.start + s.stop - 1) / 2 for s in window])
    step = max(sides_of(window)) / _BOX
    box = affine_transform(
        image,
        [step, step],
        offset=middle - step * (_BOX - 1) / 2,
        output_shape=(_BOX, _BOX),
        mode="grid-constant",
    )
    box = np.interp(box, (_BACKGROUND_SHARE, _STROKE_SHARE), (0, 255))
    return place_in_frame(np.rint(box), _FRAME)
