"""The one form in which the 28x28 digits are handed out."""

import numpy as np
from sklearn.utils import Bunch

__all__ = ["digit_bunch"]


def digit_bunch(images, target, *, return_X_y, as_images, descr):
    """Hand out images and labels as `sklearn.datasets.load_digits` does.

    `images` is a stack of equally large images; `data` is a view of it, so that
    one copy of the pixels exists whichever form the caller asks for.
    """
    n_images, height, width = images.shape
    data = images if as_images else images.reshape(n_images, height * width)
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        frame=None,
        feature_names=[f"pixel_{r}_{c}" for r in range(height) for c in range(width)],
        target_names=np.arange(10),
        images=images,
        DESCR=descr,
    )
