"""Fit and score candidates on folds, in this process or in many."""

import contextlib
import time
from typing import NamedTuple

from joblib import Parallel, delayed, parallel_config

from skdigits import CNNDigitClassifier, dask_client

#: How often Dask runs a fit again that fails for another reason than its arguments.
_RETRIES = 3


class Job(NamedTuple):
    """One fit of a search.

    Attributes
    ----------
    params : dict
        What the candidate changes in the classifier.
    epochs : int
    fold : int
        Number of the fold that it is scored on.
    """

    params: dict
    epochs: int
    fold: int


class Fit(NamedTuple):
    """What came of a job.

    Attributes
    ----------
    job : Job
    accuracy : float
        Share of right answers on the fold that was left out; 0 after an error.
    seconds : float
    error : str
        Why the training failed: usually, it has diverged.
    """

    job: Job
    accuracy: float
    seconds: float
    error: str = ""


def run_jobs(jobs, X, y, folds, *, seed, n_jobs=1, callback=None):
    """Fit and score, and yield each result as soon as it is there.

    Parameters
    ----------
    jobs : list of Job
    X : ndarray of shape (n, n_pixels)
    y : ndarray of shape (n,)
    folds : list of (ndarray, ndarray)
        Rows to train on and rows to score on.
    seed : int
        Of each fit.
    n_jobs : int, default=1
        Number of worker processes, unless the jobs run `on_cluster`.
    callback : callback of scikit-learn, default=None
        Of the fits in this process.

    Yields
    ------
    Fit
        In the order in which they end.
    """
    callback = callback if n_jobs == 1 else None
    # Workers get the whole array: joblib keeps it in one file, which they map.
    run = Parallel(n_jobs=n_jobs, batch_size=1, return_as="generator_unordered")
    yield from run(
        delayed(_fit)(job, X, y, *folds[job.fold], seed, callback) for job in jobs
    )


@contextlib.contextmanager
def on_cluster(address):
    """Run the jobs within this context on a Dask cluster.

    Parameters
    ----------
    address : str
        Of the scheduler.
    """
    with (
        contextlib.closing(dask_client(address)) as client,
        parallel_config("dask", client=client, retries=_RETRIES),
    ):
        yield


def _fit(job, X, y, train, test, seed, callback):
    start = time.perf_counter()
    classifier = CNNDigitClassifier(**job.params, epochs=job.epochs, random_state=seed)
    if callback is not None:
        classifier.set_callbacks(callback)
    accuracy, error = 0.0, ""
    try:
        accuracy = classifier.fit(X[train], y[train]).score(X[test], y[test])
    except ValueError as err:
        error = str(err)
    return Fit(job, float(accuracy), time.perf_counter() - start, error)
