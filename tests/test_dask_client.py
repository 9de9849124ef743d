"""A search on a real Dask cluster, whose workers are killed in the middle."""

import contextlib
import os
import signal
import sys
import threading
import time

import joblib
import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from skdigits import CNNDigitClassifier, dask_client
from skdigits._tuning.fits import Job, on_cluster, run_jobs

distributed = pytest.importorskip("distributed", reason="needs the extra dask")
pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="kills processes"),
    # What dask and its processes warn of when workers are lost.
    pytest.mark.filterwarnings("ignore"),
]

LAYERS = {"filters": (8,), "pool_after": (1,)}
GRID = {"learning_rate": [0.001, 0.01], "batch_size": [20, 40]}


@pytest.fixture(scope="module")
def cluster():
    """A scheduler and two workers, each in a process that is started again."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        yield cluster


def kill_a_worker(cluster):
    """Kill the process of one worker; its nanny starts another."""
    nanny = min(cluster.workers.values(), key=lambda each: each.pid or np.inf)
    os.kill(nanny.pid, signal.SIGKILL)


def kill_after_the_first_fit(cluster):
    """Wait until a fit is done, for a minute at most, and kill a worker."""
    for _ in range(600):
        prefixes = cluster.scheduler.task_prefixes.values()
        fits = [prefix for prefix in prefixes if prefix.name.startswith("batch_of")]
        if any(prefix.duration_average >= 0 for prefix in fits):
            break
        time.sleep(0.1)
    kill_a_worker(cluster)


def test_search_survives_the_loss_of_workers_with_the_scores_of_serial(digits, cluster):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(**LAYERS, epochs=2, random_state=0)
    serial = GridSearchCV(clf, GRID, cv=3).fit(X, y)
    search = GridSearchCV(clf, GRID, cv=3, error_score="raise")
    with dask_client(cluster), joblib.parallel_config("dask"):
        killer = threading.Thread(target=kill_after_the_first_fit, args=(cluster,))
        killer.start()
        search.fit(X, y)
        killer.join()
    assert search.best_params_ == serial.best_params_
    for fold in range(3):
        name = f"split{fold}_test_score"
        scores = search.cv_results_[name], serial.cv_results_[name]
        np.testing.assert_allclose(*scores, atol=0.02)


def test_tuning_on_a_cluster_survives_the_loss_of_workers(digits, cluster):
    X, _, y, _ = digits
    folds = list(StratifiedKFold(2).split(X, y))
    jobs = [
        Job(LAYERS | {"batch_size": size}, 1, k) for size in (20, 40) for k in (0, 1)
    ]
    alone = {str(fit.job): fit.accuracy for fit in run_jobs(jobs, X, y, folds, seed=0)}
    with on_cluster(cluster.scheduler_address):
        results = run_jobs(jobs, X, y, folds, seed=0, n_jobs=None)
        together = [next(results)]
        kill_a_worker(cluster)
        together += results
    assert {str(fit.job) for fit in together} == alone.keys()
    for fit in together:
        assert np.isclose(fit.accuracy, alone[str(fit.job)], atol=0.02)


def test_scattered_objects_keep_their_order(cluster):
    with contextlib.closing(dask_client(cluster)) as client:
        one, many = client.scatter(7), client.scatter((8, 9))
        assert one.result() == 7
        assert isinstance(many, tuple)
        assert [future.result() for future in many] == [8, 9]


def test_missing_dask_is_an_error_with_the_way_out(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    sentence = r"needs Dask; distributed is not installed. .*skdigits\[dask\]"
    with pytest.raises(ModuleNotFoundError, match=sentence):
        dask_client("tcp://127.0.0.1:1")
