"""Checks of what the classifier is given: images, labels and weights."""

import numpy as np
from sklearn.utils.validation import _check_sample_weight, validate_data

from skdigits._inputs import as_rows, find_image_shape
from skdigits._network.labels import check_label_shape
from skdigits._network.rows import LabelledRows
from skdigits._network.spec import positive_integers

_LARGEST_FLOAT32 = float(np.finfo(np.float32).max)


def check_images(classifier, X):
    """Check images to predict, and flatten them to rows.

    Parameters
    ----------
    classifier : CNNDigitClassifier
        Fitted.
    X : array-like of shape (n, n_pixels), (n, h, w) or (n, h, w, 1)

    Returns
    -------
    ndarray of shape (n, n_pixels)

    Raises
    ------
    ValueError
        If `X` holds something else than numbers, or images of another shape than those
        the classifier was fitted on.
    """
    rows, shape = _flatten(classifier, X, reset=False)
    rows = validate_data(classifier, rows, reset=False)
    _check_rows(classifier, rows, shape, reset=False)
    return rows


def check_labelled_images(classifier, X, y, sample_weight, *, reset, y_name="y"):
    """Check images with their labels and weights.

    Parameters
    ----------
    classifier : CNNDigitClassifier
    X : array-like of shape (n, n_pixels), (n, h, w) or (n, h, w, 1)
    y : array-like of shape (n,)
    sample_weight : array-like of shape (n,) or None
    reset : bool
        Whether the classifier learns the shape of the images: `n_features_in_`,
        `feature_names_in_` and `image_shape_`.
    y_name : str, default="y"
        The argument that holds the labels.

    Returns
    -------
    LabelledRows
        Its weights are a copy.

    Raises
    ------
    ValueError
        As for `check_images`, or if there is not one label and one non-negative weight
        for each image.
    """
    check_label_shape(y, y_name)
    rows, shape = _flatten(classifier, X, reset=reset)
    rows, labels = validate_data(classifier, rows, y, reset=reset)
    _check_rows(classifier, rows, shape, reset=reset)
    weights = _check_sample_weight(
        sample_weight, rows, dtype=np.float64, ensure_non_negative=True, copy=True
    )
    return LabelledRows(rows, np.arange(len(labels)), labels, weights)


def check_validation_data(classifier, X_val, y_val, sample_weight_val):
    """Check validation data, of which all may be None.

    Parameters
    ----------
    classifier : CNNDigitClassifier
        Knows the shape of the training images.
    X_val, y_val, sample_weight_val : array-like or None

    Returns
    -------
    LabelledRows or None

    Raises
    ------
    ValueError
        As for `check_labelled_images`, or if some are None only.
    """
    given = {"X_val": X_val, "y_val": y_val, "sample_weight_val": sample_weight_val}
    given = [name for name, value in given.items() if value is not None]
    if not given:
        return None
    if "X_val" not in given or "y_val" not in given:
        raise ValueError(
            "X_val and y_val belong together, and sample_weight_val to both. Got "
            f"{' and '.join(given)} only."
        )
    return check_labelled_images(
        classifier, X_val, y_val, sample_weight_val, reset=False, y_name="y_val"
    )


def _flatten(classifier, X, *, reset):
    """Flatten images to rows, and find their shape if they are a stack."""
    return as_rows(X, classifier.image_shape if reset else classifier.image_shape_)


def _check_rows(classifier, rows, shape, *, reset):
    """Check range and shape; `shape` is None for images that came as rows."""
    if rows.dtype.kind == "f" and rows.dtype.itemsize > 4:
        largest = max(rows.max(), -rows.min())
        if largest > _LARGEST_FLOAT32:
            raise ValueError(
                "X must hold pixels in the range of float32, up to "
                f"{_LARGEST_FLOAT32:.3g}. Got {largest:.3g}."
            )
    if reset:
        classifier.image_shape_ = _find_image_shape(classifier, shape)
    elif shape not in (None, classifier.image_shape_):
        raise ValueError(
            f"X must hold images of shape {classifier.image_shape_}, as in `fit`. Got "
            f"shape {shape}; DigitPreprocessor brings images of any size to one."
        )


def _find_image_shape(classifier, shape):
    n_pixels = classifier.n_features_in_
    if classifier.image_shape is None:
        return shape or find_image_shape(n_pixels)
    wanted = positive_integers("image_shape", classifier.image_shape)
    if len(wanted) != 2 or np.prod(wanted) != n_pixels:
        raise ValueError(
            "`image_shape` must be the height and width of the images in X. Got "
            f"image_shape={classifier.image_shape!r} for images of {n_pixels} pixels."
        )
    if shape not in (None, wanted):
        raise ValueError(
            f"X must hold images of image_shape={wanted}. Got shape {shape}."
        )
    return wanted
