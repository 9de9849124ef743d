"""Return digits in the form that all loaders share."""

import numpy as np
from sklearn.utils import Bunch

__all__ = ["digit_bunch"]


def digit_bunch(images, target, *, return_X_y, as_images, descr):
    """Return images and labels as `sklearn.datasets.load_digits` does.

    `images` is a stack of images of one size, of which `data` is a view. `target` may
    be None.
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
        target_names=None if target is None else np.unique(target),
        images=images,
        DESCR=descr,
    )
