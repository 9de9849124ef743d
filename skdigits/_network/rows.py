"""Images with their labels and weights, selected without copying pixels."""

from typing import NamedTuple

import numpy as np
from sklearn.model_selection import train_test_split

from skdigits._network.labels import check_known, find_class_weights


class LabelledRows(NamedTuple):
    """Selected rows of an array of images, with their labels and weights.

    Attributes
    ----------
    pixels : ndarray of shape (n_rows, n_pixels)
        All images, as the caller passed them.
    indices : ndarray of shape (n_samples,)
        The selected rows of `pixels`.
    labels : ndarray of shape (n_samples,)
    weights : ndarray of shape (n_samples,)
    """

    pixels: np.ndarray
    indices: np.ndarray
    labels: np.ndarray
    weights: np.ndarray

    def take(self, chosen):
        """Select some of the rows; no pixel is copied.

        Parameters
        ----------
        chosen : ndarray
            A mask, or positions in `indices`.

        Returns
        -------
        LabelledRows
        """
        return LabelledRows(
            self.pixels,
            self.indices[chosen],
            self.labels[chosen],
            self.weights[chosen],
        )

    def gather(self, start=0, stop=None):
        """Copy the pixels of consecutive rows.

        Parameters
        ----------
        start, stop : int
            Positions in `indices`.

        Returns
        -------
        ndarray of shape (stop - start, n_pixels)
        """
        return self.pixels[self.indices[start:stop]]


def prepare_rows(
    rows,
    validation=None,
    *,
    classes=None,
    class_weight=None,
    validation_fraction=None,
    seed=None,
):
    """Prepare what to train on and what to validate on.

    Parameters
    ----------
    rows : LabelledRows
        Training data as the caller gave them.
    validation : LabelledRows or None
        Validation data as the caller gave them.
    classes : ndarray of shape (n_classes,), default=None
        Sorted labels; None takes those of `rows`.
    class_weight : dict, "balanced" or None
        Weights of the classes of `rows`. They apply before a part is set aside, as
        sample weights do.
    validation_fraction : float in (0, 1), default=None
        Share of `rows` to set aside as validation data, instead of `validation`.
    seed : int
        Of the choice of this part.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
    rows : LabelledRows
        Training data with numbers of classes as labels.
    validation : LabelledRows or None
        Likewise.
    """
    if class_weight is not None:
        known = np.unique(rows.labels) if classes is None else classes
        rows = weight_by_class(rows, class_weight, known)
    if classes is None:
        classes = np.unique(rows.labels)
    if validation_fraction is not None:
        rows, validation = set_aside(rows, validation_fraction, seed)
    rows = encode(rows, classes, "y")
    if validation is not None:
        validation = encode(validation, classes, "y_val")
    return classes, rows, validation


def weight_by_class(rows, class_weight, classes):
    """Multiply the weights by those of the classes; drop rows of weight zero.

    Parameters
    ----------
    rows : LabelledRows
    class_weight : dict or "balanced"
    classes : ndarray of shape (n_classes,)
        Sorted labels.

    Returns
    -------
    LabelledRows

    Raises
    ------
    ValueError
        If keys of `class_weight` are not labels, its weights are negative or not
        finite, or no row is left.
    """
    codes = encode(rows, classes, "y").labels
    of_class = find_class_weights(class_weight, classes, rows.labels, rows.weights)
    weighted = rows._replace(weights=rows.weights * of_class[codes])
    weighted = weighted.take(weighted.weights > 0)
    if not len(weighted.labels):
        raise ValueError(
            "class_weight gives every image a weight of zero; there is nothing to "
            "train on."
        )
    return weighted


def set_aside(rows, fraction, seed):
    """Split off stratified validation rows for early stopping.

    Parameters
    ----------
    rows : LabelledRows
    fraction : float in (0, 1)
    seed : int

    Returns
    -------
    kept, set_aside : LabelledRows

    Raises
    ------
    ValueError
        If there are too few rows of some class.
    """
    n_rows = len(rows.labels)
    try:
        kept, chosen = train_test_split(
            np.arange(n_rows),
            test_size=fraction,
            stratify=rows.labels,
            random_state=seed,
        )
    except ValueError as err:
        raise ValueError(
            f"early_stopping cannot set aside validation_fraction={fraction} of "
            f"{n_rows} images with some of each class. ({err}) Pass X_val and y_val, "
            "or raise validation_fraction."
        ) from err
    return rows.take(kept), rows.take(chosen)


def encode(rows, classes, name):
    """Replace labels by their positions in `classes`.

    Parameters
    ----------
    rows : LabelledRows
    classes : ndarray of shape (n_classes,)
        Sorted labels.
    name : str
        Name of the argument that holds the labels, for the error.

    Returns
    -------
    LabelledRows

    Raises
    ------
    ValueError
        If there are other labels.
    """
    check_known(rows.labels, classes, name)
    return rows._replace(labels=np.searchsorted(classes, rows.labels))
