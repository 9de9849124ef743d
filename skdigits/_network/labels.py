"""Labels and class weights as users give them."""

from numbers import Real

import numpy as np
from sklearn.utils import check_array, compute_class_weight
from sklearn.utils.multiclass import unique_labels
from sklearn.utils.validation import check_non_negative

from skdigits._messages import shorten


def check_label_shape(y, name):
    """Refuse more than one label per image, and say how to convert one-hot rows.

    Parameters
    ----------
    y : array-like
        One label each, or a column of them.
    name : str
        Name of the argument, for the error.

    Raises
    ------
    ValueError
        If `y` has several columns, or holds strings and numbers.
    """
    shape = tuple(getattr(np.asarray(y) if isinstance(y, list) else y, "shape", ()))
    if len(shape) == 2 and shape[1] > 1:
        raise ValueError(
            f"{name} must hold one label for each image, as an array of shape (n,). "
            f"Got shape {shape}; convert one-hot rows with {name}.argmax(axis=1)."
        )
    if isinstance(y, np.ndarray) and y.dtype.kind == "O":
        is_string = [isinstance(label, str) for label in np.ravel(y)]
        if any(is_string) and not all(is_string):
            raise ValueError(
                f"{name} must hold strings or numbers. Got both; convert the labels "
                f"with {name}.astype(str)."
            )


def check_same_kind(labels, classes, name):
    """Refuse strings where the classes are numbers, and the reverse.

    Parameters
    ----------
    labels, classes : ndarray of numbers, bools or strings
    name : str
        Name of the argument that holds the labels, for the error.

    Raises
    ------
    ValueError
        If one holds numbers and the other strings.
    """
    expected, found = _kind(classes), _kind(labels)
    if expected != found:
        raise ValueError(
            f"{name} must hold {expected} as the classes do (dtype {classes.dtype}). "
            f"Got {found} (dtype {labels.dtype})."
        )


def check_known(labels, classes, name):
    """Refuse labels that are none of the classes.

    Parameters
    ----------
    labels : ndarray of shape (n_samples,)
    classes : ndarray of shape (n_classes,)
    name : str
        Name of the argument that holds the labels, for the error.

    Raises
    ------
    ValueError
        If there are other labels, or labels of another kind.
    """
    check_same_kind(labels, classes, name)
    unknown = np.setdiff1d(labels, classes)
    if unknown.size:
        raise ValueError(
            f"{name} must hold labels among {shorten(classes.tolist())} only. Got "
            f"{shorten(unknown.tolist())} as well."
        )


def find_classes(classes, known=None):
    """Find the classes of `partial_fit`: those it is given or those of earlier calls.

    Parameters
    ----------
    classes : array-like of shape (n_classes,) or None
        Argument of `partial_fit`.
    known : ndarray of shape (n_classes,) or None
        Classes of earlier calls.

    Returns
    -------
    ndarray of shape (n_classes,)
        Sorted.

    Raises
    ------
    ValueError
        If there are neither, they differ, or there are fewer than two.
    """
    if classes is None:
        if known is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        return known
    found = unique_labels(classes)
    if len(found) < 2:
        given = f"only {shorten(found.tolist())}" if len(found) else "an empty array"
        raise ValueError(f"classes must hold at least two labels. Got {given}.")
    if known is not None:
        check_same_kind(found, known, "classes")
        if not np.array_equal(found, known):
            raise ValueError(
                "classes must be those of the previous calls, "
                f"{shorten(known.tolist())}. Got {shorten(found.tolist())}."
            )
        return known
    return found


def find_class_weights(class_weight, classes, labels, sample_weight):
    """Find the weight of each class.

    scikit-learn's `compute_class_weight` converts digit strings to ints before it
    looks them up; here, keys must be labels.

    Parameters
    ----------
    class_weight : dict or "balanced"
        Classes that a dict does not name weigh 1.
    classes : ndarray of shape (n_classes,)
    labels, sample_weight : ndarray of shape (n_samples,)
        Those that "balanced" counts.

    Returns
    -------
    ndarray of shape (n_classes,)

    Raises
    ------
    ValueError
        If keys are not labels or weights are negative or not finite.
    """
    if isinstance(class_weight, str):
        return compute_class_weight(
            class_weight, classes=classes, y=labels, sample_weight=sample_weight
        )
    if not class_weight:
        return np.ones(len(classes))
    _check_keys(list(class_weight), classes)
    values = list(class_weight.values())
    if not all(isinstance(value, Real) for value in values):
        raise ValueError(
            f"Weights of class_weight must be numbers. Got {shorten(values)}."
        )
    weights = check_array(
        values, ensure_2d=False, dtype=np.float64, input_name="class_weight"
    )
    check_non_negative(weights, "`class_weight`")
    by_key = dict(zip(class_weight, weights, strict=True))
    return np.array([by_key.get(label, 1.0) for label in classes.tolist()])


def _check_keys(keys, classes):
    kind = _kind(classes)
    foreign = [key for key in keys if isinstance(key, str) != (kind == "strings")]
    if foreign:
        raise ValueError(
            f"Keys of class_weight must be labels of y, {kind} such as "
            f"{classes.tolist()[0]!r} (dtype {classes.dtype}). Got "
            f"{shorten(foreign)}."
        )
    # As in scikit-learn, a dict that names all classes may name further ones: a part
    # of the data can lack some of them.
    labels = classes.tolist()
    unknown = [key for key in keys if key not in set(labels)]
    unnamed = [label for label in labels if label not in set(keys)]
    if unknown and unnamed:
        raise ValueError(
            f"Keys of class_weight must be labels of y. Got {shorten(unknown)} "
            f"as well, but no weight for {shorten(unnamed)}."
        )


def _kind(labels):
    return "numbers" if labels.dtype.kind in "biuf" else "strings"
