"""A search on a real Dask cluster, whose workers are killed in the middle.

SKDIGITS_KILLS=5 runs the search with a killed worker five times instead of once.
"""

import contextlib
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from skdigits import CNNDigitClassifier, dask_client
from skdigits._tuning.fits import Job, on_cluster, run_jobs

distributed = pytest.importorskip("distributed", reason="needs the extra dask")
pytestmark = [
    pytest.mark.slow,
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


@pytest.fixture(scope="module")
def search(digits):
    """A search, and what it finds in one process."""
    X, _, y, _ = digits
    clf = CNNDigitClassifier(**LAYERS, epochs=2, random_state=0)
    search = GridSearchCV(clf, GRID, cv=3, error_score="raise")
    return search, clone(search).fit(X, y)


def count_fits(cluster):
    """Count the tasks that were done, and those that were lost with their worker."""
    prefixes = cluster.scheduler.task_prefixes.values()
    fits = [prefix for prefix in prefixes if prefix.name.startswith("batch_of")]
    done = sum(prefix.state_counts["memory"] for prefix in fits)
    return done, sum(prefix.suspicious for prefix in fits)


@contextlib.contextmanager
def loss_of_a_worker(cluster, n_done):
    """Kill a worker with a fit in hand, once some are done; another is started."""
    done, lost = count_fits(cluster)
    with ThreadPoolExecutor() as pool:
        pool.submit(_kill_a_busy_worker, cluster, done + n_done)
        yield
    assert count_fits(cluster)[1] > lost


def _kill_a_busy_worker(cluster, n_done):
    deadline = time.monotonic() + 60
    while count_fits(cluster)[0] < n_done and time.monotonic() < deadline:
        time.sleep(0.01)
    while time.monotonic() < deadline:
        for nanny in cluster.workers.values():
            worker = cluster.scheduler.workers.get(nanny.worker_address)
            held = [task.key for task in worker.processing] if worker else []
            if any(key.startswith("batch_of") for key in held):
                os.kill(nanny.pid, signal.SIGKILL)
                return
        time.sleep(0.01)


@pytest.mark.parametrize("number", range(int(os.getenv("SKDIGITS_KILLS", "1"))))
def test_search_survives_the_loss_of_workers_with_the_scores_of_serial(
    digits, cluster, search, number
):
    X, _, y, _ = digits
    search, serial = clone(search[0]), search[1]
    with (
        dask_client(cluster),
        joblib.parallel_config("dask"),
        loss_of_a_worker(cluster, n_done=1 + number % 3),
    ):
        search.fit(X, y)
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
    with on_cluster(cluster.scheduler_address), loss_of_a_worker(cluster, n_done=1):
        together = list(run_jobs(jobs, X, y, folds, seed=0, n_jobs=None))
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
