"""Fits of a search, here and in workers; `tests/test_dask_client.py` has clusters."""

import numpy as np
import pytest
from sklearn.callback import ScoringMonitor
from sklearn.model_selection import StratifiedKFold

from skdigits import CNNDigitClassifier
from skdigits._tuning.fits import Job, run_jobs

LAYERS = {"filters": (8,), "pool_after": (1,)}


@pytest.fixture
def folds(digits):
    X, _, y, _ = digits
    return list(StratifiedKFold(2).split(X, y))


def run(digits, folds, jobs, **options):
    X, _, y, _ = digits
    return list(run_jobs(jobs, X, y, folds, seed=0, **options))


def test_fit_is_scored_on_the_fold_that_was_left_out(digits, folds):
    X, _, y, _ = digits
    job = Job(LAYERS, 2, 1)
    (fit,) = run(digits, folds, [job])
    train, test = folds[1]
    clf = CNNDigitClassifier(**LAYERS, epochs=2, random_state=0)
    assert fit.accuracy == clf.fit(X[train], y[train]).score(X[test], y[test])
    assert (fit.job, fit.error) == (job, "")
    assert fit.seconds > 0


def test_training_that_diverges_has_an_error_and_the_others_go_on(digits, folds):
    jobs = [Job(LAYERS | {"learning_rate": rate}, 1, 0) for rate in (1e30, 0.01)]
    diverged, good = run(digits, folds, jobs)
    assert diverged.accuracy == 0
    assert diverged.error.startswith("The training diverged in epoch 1")
    assert good.accuracy > 0.2


def test_callback_follows_the_epochs_of_fits_in_this_process(digits, folds):
    monitor = ScoringMonitor(scoring="accuracy")
    run(digits, folds, [Job(LAYERS, 2, 0)], callback=monitor)
    assert len(monitor.get_logs().data) == 3  # two epochs and the fit


def test_worker_processes_give_the_same_scores(digits, folds):
    jobs = [Job(LAYERS | {"batch_size": size}, 1, 0) for size in (20, 40)]
    together = {fit.job.params["batch_size"]: fit for fit in run(
        digits, folds, jobs, n_jobs=2, callback=ScoringMonitor(scoring="accuracy")
    )}  # fmt: skip
    for fit in run(digits, folds, jobs):
        same = together[fit.job.params["batch_size"]].accuracy
        assert np.isclose(same, fit.accuracy, atol=0.01)
