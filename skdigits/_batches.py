"""Predictions of arrays that are larger than the memory that they may take."""

import warnings
from numbers import Integral

import numpy as np
from sklearn.utils._param_validation import Interval, validate_params


@validate_params(
    {
        "method": [callable],
        "X": "no_validation",
        "batch_size": [Interval(Integral, 1, None, closed="left")],
    },
    prefer_skip_nested_validation=True,
)
def apply_in_batches(method, X, *, batch_size=1000):
    """Predict or transform an array a batch of images at a time.

    A pipeline frames all its images before it classifies the first: a million digits
    then take 3 GB. In batches they take a few megabytes. A dask array is not computed
    at all: the result is a dask array with one chunk for each chunk of images.

    Parameters
    ----------
    method : callable
        A method of a fitted estimator whose result for an image does not depend on
        the other images: `predict`, `predict_proba`, `predict_log_proba`,
        `decision_function` or `transform`.
    X : array-like of shape (n, n_pixels), (n, h, w) or (n, h, w, channels)
        Images: an array, a memory map, or a dask array.
    batch_size : int, default=1000
        Number of images in a batch, within each chunk of a dask array.

    Returns
    -------
    ndarray or dask.array.Array
        What ``method(X)`` returns.

    Warns
    -----
    UserWarning
        Warnings of the estimator count the images within their batch.

    See Also
    --------
    make_digit_pipeline : Frame and classify.

    Examples
    --------
    >>> from skdigits import apply_in_batches, load_pretrained
    >>> from skdigits.datasets import load_digits28
    >>> X, y = load_digits28(return_X_y=True)
    >>> pipeline = load_pretrained()
    >>> apply_in_batches(pipeline.predict, X[:5], batch_size=2)
    array([0, 1, 2, 3, 4])
    """
    if not hasattr(X, "map_blocks"):
        return _apply(X, method, batch_size)
    # Each chunk must hold whole images.
    X = X.rechunk(dict.fromkeys(range(1, X.ndim), -1))
    sample = _apply_to_blank(method, X)
    return X.map_blocks(
        _apply,
        method=method,
        batch_size=batch_size,
        dtype=sample.dtype,
        chunks=(X.chunks[0], *((side,) for side in sample.shape[1:])),
        drop_axis=list(range(sample.ndim, X.ndim)),
        meta=sample[:0],
    )


def _apply(X, method, batch_size):
    result = None
    for start in range(0, len(X), batch_size):
        part = np.asarray(method(X[start : start + batch_size]))
        if result is None:
            result = np.empty((len(X), *part.shape[1:]), part.dtype)
        result[start : start + len(part)] = part
    return method(X) if result is None else result


def _apply_to_blank(method, X):
    """Return the result for one blank image, which has the right dtype and shape."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(method(np.zeros((1, *X.shape[1:]), X.dtype)))
