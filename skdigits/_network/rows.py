"""Rows of pixels with their labels and weights, chosen without a copy."""

from typing import NamedTuple

import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.utils import compute_class_weight


class LabelledRows(NamedTuple):
    """Some rows of an array that stays whole, with their labels and weights.

    Attributes
    ----------
    pixels : ndarray of shape (n_rows, n_pixels)
        The array as the caller has it.
    indices : ndarray of shape (n_samples,)
        Which rows of it are meant.
    labels : ndarray of shape (n_samples,)
    weights : ndarray of shape (n_samples,)
    """

    pixels: np.ndarray
    indices: np.ndarray
    labels: np.ndarray
    weights: np.ndarray

    def take(self, chosen):
        """Leave all but the chosen rows out; no pixel is copied.

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
        """Copy the pixels of the rows, or of a stretch of them.

        Parameters
        ----------
        start, stop : int
            Positions in `indices`.

        Returns
        -------
        ndarray of shape (stop - start, n_pixels)
        """
        return self.pixels[self.indices[start:stop]]


def weight_by_class(rows, class_weight, classes):
    """Multiply the weights by those of the classes; leave out what has none.

    Parameters
    ----------
    rows : LabelledRows
    class_weight : dict or "balanced"
    classes : ndarray of shape (n_classes,)
        Sorted labels that `class_weight` may name. Rows of others keep their weight.

    Returns
    -------
    LabelledRows

    Raises
    ------
    ValueError
        If no row is left.
    """
    of_class = compute_class_weight(
        class_weight, classes=classes, y=rows.labels, sample_weight=rows.weights
    )
    known = np.isin(rows.labels, classes)
    factors = np.ones(len(rows.labels))
    factors[known] = of_class[np.searchsorted(classes, rows.labels[known])]
    weighted = rows._replace(weights=rows.weights * factors)
    weighted = weighted.take(weighted.weights > 0)
    if not len(weighted.labels):
        raise ValueError(
            "class_weight leaves every image a weight of zero: there is nothing to "
            "train on."
        )
    return weighted


def set_aside(rows, fraction, seed):
    """Split a stratified part off, for early stopping.

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
            f"early_stopping cannot set validation_fraction={fraction} of {n_rows} "
            f"images aside with some of each class ({err}) Pass X_val and y_val, or "
            "raise validation_fraction."
        ) from err
    return rows.take(kept), rows.take(chosen)


def encode(rows, classes, name):
    """Turn labels into their places in `classes`.

    Parameters
    ----------
    rows : LabelledRows
    classes : ndarray of shape (n_classes,)
        Sorted labels.
    name : str
        What the caller calls the labels, for the error.

    Returns
    -------
    LabelledRows

    Raises
    ------
    ValueError
        If there are other labels.
    """
    unknown = np.setdiff1d(rows.labels, classes)
    if unknown.size:
        raise ValueError(
            f"{name} must hold labels among {classes.tolist()} only. Got "
            f"{unknown.tolist()} as well."
        )
    return rows._replace(labels=np.searchsorted(classes, rows.labels))
