"""Checks of a fitted state that comes from a file."""

import math

import numpy as np

from skdigits._messages import shorten
from skdigits._network.layers import last_repeats
from skdigits._network.spec import NetworkSpec, positive_integers
from skdigits.exceptions import ModelFileError


def check_fitted_state(state):
    """Check that what a classifier has learned fits together and can predict.

    Parameters
    ----------
    state : dict
        The attributes of a `CNNDigitClassifier`, fitted or not.

    Raises
    ------
    ModelFileError
        If weights are missing, are not finite or have shapes other than those of the
        network, or if labels, pixel statistics or curves cannot belong to it.
    """
    if "_weights" not in state and "history_" not in state:
        return
    try:
        _check(state)
    except (KeyError, TypeError, ValueError, AttributeError) as err:
        reason = f"{err} is missing" if isinstance(err, KeyError) else str(err)
        raise ModelFileError(
            f"The fitted state of CNNDigitClassifier is damaged: {reason}."
        ) from err


def weight_shapes(spec):
    """List the shapes of the weights of the network that `build_network` builds.

    Parameters
    ----------
    spec : NetworkSpec
        Without a callable `network`.

    Returns
    -------
    list of tuple of int
        In the order of ``network.weights``.

    Examples
    --------
    >>> weight_shapes(NetworkSpec((4, 4), 2, filters=(8,), pool_after=(1,)))
    [(3, 3, 1, 8), (8,), (32, 2), (2,)]
    """
    shapes, n_channels = [], 1
    height, width = spec.image_shape
    for number, n_filters in enumerate(spec.filters, start=1):
        side = last_repeats(spec.kernel_size, number)
        kernel = (min(side, height), min(side, width))
        shapes.append((*kernel, n_channels, n_filters))
        shapes += [(n_filters,)] * (4 if spec.batch_norm else 1)
        if last_repeats(spec.padding, number) == "valid":
            height, width = height - kernel[0] + 1, width - kernel[1] + 1
        if number in spec.pool_after:
            height, width = max(height // 2, 1), max(width // 2, 1)
        n_channels = n_filters
    n_units = height * width * n_channels
    for units in (*spec.dense_units, spec.n_classes):
        shapes += [(n_units, units), (units,)]
        n_units = units
    return shapes * spec.n_networks


def _check(state):
    spec = NetworkSpec(**state["_network_config"])
    _check_labels(state, spec)
    _check_pixels(state, spec)
    _check_curves(state["history_"])
    weights = state["_weights"]
    _check_numbers(weights, "weights")
    for number, array in enumerate(weights):
        if not np.isfinite(array).all():
            raise ValueError(
                f"weights must be finite; got NaN or infinity in array {number} of "
                f"{len(weights)}"
            )
    shapes = [np.shape(each) for each in weights]
    if spec.network is None:
        for name in ("filters", "kernel_size", "pool_after", "dense_units"):
            positive_integers(name, getattr(spec, name))
        expected = weight_shapes(spec)
        if shapes != expected:
            raise ValueError(
                f"weights of the shapes {shorten(shapes)} do not fit the network, "
                f"which has {shorten(expected)}"
            )
    _, optimizer_state = state.get("_optimizer_state") or (None, [])
    _check_numbers(optimizer_state, "the optimizer's moments")
    foreign = {np.shape(each) for each in optimizer_state} - {(), *shapes}
    if foreign:
        raise ValueError(f"no weights have moments of the shapes {shorten(foreign)}")


def _check_labels(state, spec):
    classes = state["classes_"]
    if np.ndim(classes) != 1 or len(classes) != spec.n_classes or len(classes) < 2:
        raise ValueError(
            f"classes_ must hold {spec.n_classes} labels; got {shorten(classes)}"
        )
    if len(np.unique(classes)) != len(classes):
        raise ValueError(f"classes_ holds a label twice: {shorten(classes)}")


def _check_pixels(state, spec):
    n_pixels = math.prod(positive_integers("image_shape", spec.image_shape))
    if state["n_features_in_"] != n_pixels or state["image_shape_"] != spec.image_shape:
        raise ValueError(
            f"the network sees images of {spec.image_shape}, but image_shape_ is "
            f"{shorten(state['image_shape_'])} and n_features_in_ is "
            f"{shorten(state['n_features_in_'])}"
        )
    for name in ("pixel_mean_", "pixel_scale_", "temperature"):
        value = state[name]
        if not np.isfinite(value) or (name != "pixel_mean_" and not value > 0):
            raise ValueError(f"{name} must be a finite number; got {shorten(value)}")


def _check_curves(history):
    lengths = {name: len(history[name]) for name in ("loss", *history)}
    if len(set(lengths.values())) != 1:
        raise ValueError(f"the curves of history_ have several lengths, {lengths}")


def _check_numbers(arrays, name):
    for array in arrays:
        is_array = isinstance(array, np.ndarray | np.generic)
        if not is_array or array.dtype.kind not in "iufb":
            raise ValueError(f"{name} must be arrays of numbers; got {shorten(array)}")
