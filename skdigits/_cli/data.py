"""The labelled digits that --data names."""

import difflib
import os

import numpy as np
from sklearn.model_selection import train_test_split

from skdigits._cli.console import CommandError, list_labels
from skdigits.datasets import (
    fetch_mnist,
    fetch_optdigits,
    fetch_semeion,
    fetch_usps,
    load_csv,
    load_digits28,
    load_image_folder,
)

#: Data sets whose digits are in MNIST framing already.
FRAMED = ("digits", "mnist")

#: Data sets that come with a subset for the test.
_WITH_TEST = {"mnist": fetch_mnist, "optdigits": fetch_optdigits, "usps": fetch_usps}

#: Names of all data sets.
NAMES = ("digits", *_WITH_TEST, "semeion")

_TEST_SHARE = 0.2
_MIN_PICTURES = 5  # of each label, so that at least one is left for the test
_ACCEPTED = (
    f"--data must be {', '.join(map(repr, NAMES))}, a folder with one sub-folder of "
    "pictures per label, or a CSV file (.csv, .csv.gz)"
)


def load_split(data, data_home=None):
    """Load digits to train on and digits to test on.

    Parameters
    ----------
    data : str
        What --data names.
    data_home : pathlib.Path, default=None
        Folder of the data sets.

    Returns
    -------
    X_train, X_test : ndarray of shape (n, height, width) or list of ndarray
        Pictures, as `DigitPreprocessor` takes them.
    y_train, y_test : ndarray of shape (n,)
        Labels.

    Raises
    ------
    CommandError
        If the data cannot be used.
    """
    if data in _WITH_TEST:
        X_train, y_train = _load_subset(data, "train", data_home)
        X_test, y_test = _load_subset(data, "test", data_home)
        return X_train, X_test, y_train, y_test
    if data == "digits":
        X, y = load_digits28(return_X_y=True, as_images=True)
    elif data == "semeion":
        X, y = fetch_semeion(data_home=data_home, return_X_y=True, as_images=True)
    else:
        X, y = _load_own(data)
        _check_counts(y, data)
    return train_test_split(X, y, test_size=_TEST_SHARE, stratify=y, random_state=0)


def load_test(data, data_home=None):
    """Load the test part of a data set, or all pictures of a folder or CSV file.

    Parameters
    ----------
    data : str
        What --data names.
    data_home : pathlib.Path, default=None
        Folder of the data sets.

    Returns
    -------
    X : ndarray of shape (n, height, width) or list of ndarray
        Pictures, as `DigitPreprocessor` takes them.
    y : ndarray of shape (n,)
        Labels.

    Raises
    ------
    CommandError
        If the data cannot be used.
    """
    if data in _WITH_TEST:
        return _load_subset(data, "test", data_home)
    if data in NAMES:
        _, X, _, y = load_split(data, data_home)
        return X, y
    return _load_own(data)


def match_labels(y, classes, data):
    """Convert labels to those of a model: '7' to 7, or the other way round.

    Parameters
    ----------
    y : ndarray of shape (n,)
    classes : ndarray of shape (n_classes,)
        The labels of the model.
    data : str
        What --data names, for the error.

    Returns
    -------
    ndarray of shape (n,)
        Has the dtype of `classes`.

    Raises
    ------
    CommandError
        If there are labels that the model does not know.
    """
    known = {_name(label): label for label in classes.tolist()}
    names = [_name(label) for label in y.tolist()]
    unknown = sorted(set(names) - known.keys())
    if unknown:
        raise CommandError(
            f"The labels of {data} must be among those of the model, "
            f"{list_labels(list(known))}; got {list_labels(unknown)} as well."
        )
    return np.array([known[name] for name in names], dtype=classes.dtype)


def is_csv(path):
    """Tell by its name whether a file is a CSV file.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    bool

    Examples
    --------
    >>> is_csv("train.csv.gz"), is_csv("seven.png")
    (True, False)
    """
    return str(path).lower().endswith((".csv", ".csv.gz"))


def load_csv_images(path):
    """Load the images of a CSV file that has one column per pixel.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    X : ndarray of shape (n, side, side)
    y : ndarray of shape (n,) or None
        Labels; None if the file has none.

    Raises
    ------
    CommandError
        If the file cannot be read as such.
    """
    try:
        digits = load_csv(path)
    except ValueError as err:
        raise CommandError(str(err)) from err
    return digits.images, digits.target


def _load_subset(data, subset, data_home):
    fetch = _WITH_TEST[data]
    return fetch(subset, data_home=data_home, return_X_y=True, as_images=True)


def _load_own(data):
    """Load a folder of pictures or a CSV file."""
    path = os.path.expanduser(data)
    if os.path.isdir(path):
        try:
            pictures = load_image_folder(path)
        except ValueError as err:
            raise CommandError(str(err)) from err
        return pictures.images, pictures.target
    if not os.path.exists(path):
        close = difflib.get_close_matches(data, NAMES, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise CommandError(f"{_ACCEPTED}; got {data!r}, which does not exist.{hint}")
    if not is_csv(path):
        raise CommandError(f"{_ACCEPTED}; got {data!r}, a file of another kind.")
    X, y = load_csv_images(path)
    if y is None:
        raise CommandError(
            f"{data} must have a column 'label' to train or to evaluate; got pixels "
            "only. Use `skdigits predict` for digits without labels."
        )
    return X, y


def _check_counts(y, data):
    labels, counts = np.unique(y, return_counts=True)
    if len(labels) < 2:
        raise CommandError(
            f"Training needs pictures of at least two labels; {data} has only "
            f"{list_labels(labels)}."
        )
    few = counts < _MIN_PICTURES
    if few.any():
        found = [
            f"{n} of {label}" for label, n in zip(labels[few], counts[few], strict=True)
        ]
        raise CommandError(
            f"Training needs at least {_MIN_PICTURES} pictures of each label, because "
            f"a fifth is kept for the test; {data} has only {list_labels(found)}."
        )


def _name(label):
    return f"{label:g}" if isinstance(label, float) else str(label)
