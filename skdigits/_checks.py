"""Checks of what the classifier is given: images, labels and weights."""

import math

import numpy as np
from sklearn.utils._param_validation import InvalidParameterError
from sklearn.utils.validation import _check_sample_weight, validate_data

from skdigits._inputs import as_rows, find_image_shape
from skdigits._messages import shorten
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
    rows, shape = as_rows(X, classifier.image_shape_)
    rows = validate_data(classifier, rows, reset=False)
    _check_range(rows, "X")
    _check_shape(classifier, shape, "X")
    return rows


def check_labelled_images(
    classifier, X, y, sample_weight, *, reset, X_name="X", y_name="y"
):
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
    X_name, y_name : str
        The arguments that hold the images and the labels, for messages.

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
    image_shape = _wanted_shape(classifier) if reset else classifier.image_shape_
    rows, shape = as_rows(X, image_shape, X_name)
    try:
        rows, labels = validate_data(classifier, rows, y, reset=reset)
    except ValueError as err:
        if X_name == "X":
            raise
        # scikit-learn calls all images X and all labels y.
        raise ValueError(f"{X_name}, {y_name}: {err}") from err
    _check_range(rows, X_name)
    if reset:
        classifier.image_shape_ = _find_image_shape(
            classifier.n_features_in_, shape, image_shape
        )
    else:
        _check_shape(classifier, shape, X_name)
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
        classifier,
        X_val,
        y_val,
        sample_weight_val,
        reset=False,
        X_name="X_val",
        y_name="y_val",
    )


def _check_range(rows, name):
    if rows.dtype.kind == "f" and rows.dtype.itemsize > 4:
        largest = max(rows.max(), -rows.min())
        if largest > _LARGEST_FLOAT32:
            raise ValueError(
                f"{name} must hold pixels in the range of float32, up to "
                f"{_LARGEST_FLOAT32:.3g}. Got {largest:.3g}."
            )


def _check_shape(classifier, shape, name):
    """Compare with the shape in `fit`; `shape` is None for images that are rows."""
    if shape not in (None, classifier.image_shape_):
        raise ValueError(
            f"{name} must hold images of shape {classifier.image_shape_}, as in `fit`. "
            f"Got shape {shape}; DigitPreprocessor brings images of any size to one."
        )


def _wanted_shape(classifier):
    """Return the parameter `image_shape` as two positive integers, or None."""
    if classifier.image_shape is None:
        return None
    wanted = positive_integers("image_shape", classifier.image_shape)
    if len(wanted) != 2:
        raise InvalidParameterError(
            "`image_shape` must be the height and width of the images in X. Got "
            f"image_shape={shorten(classifier.image_shape)}."
        )
    return wanted


def _find_image_shape(n_pixels, shape, wanted):
    if wanted is None:
        return shape or find_image_shape(n_pixels)
    if math.prod(wanted) != n_pixels:
        raise ValueError(
            "`image_shape` must be the height and width of the images in X. Got "
            f"image_shape={shorten(wanted)} for images of {n_pixels} pixels."
        )
    if shape not in (None, wanted):
        raise ValueError(
            f"X must hold images of image_shape={wanted}. Got shape {shape}."
        )
    return wanted
