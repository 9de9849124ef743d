import concurrent.futures
import gc
import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone

from skdigits import CNNDigitClassifier
from skdigits._network import engine
from skdigits._network.engine import Pool, initial_network
from skdigits._network.spec import NetworkSpec

SPEC = NetworkSpec((8, 8), 10, filters=(4,))


class Tool:
    def __init__(self, kind):
        self.kind = kind


def test_pool_lends_an_idle_engine_again():
    pool = Pool(Tool, capacity=2)
    with pool.borrow("a") as first:
        pass
    with pool.borrow("a") as second:
        pass
    assert first is second


def test_pool_lends_to_one_borrower_at_a_time():
    pool = Pool(Tool, capacity=2)
    with pool.borrow("a") as first, pool.borrow("a") as second:
        assert first is not second


def test_pool_keeps_the_engines_used_last():
    pool = Pool(Tool, capacity=2)
    lent = {}
    for kind in "abac":
        with pool.borrow(kind) as lent[kind]:
            pass
    with pool.borrow("a") as again:
        assert again is lent["a"]
    with pool.borrow("b") as again:
        assert again is not lent["b"]


def test_pool_does_not_lend_an_engine_that_failed():
    pool = Pool(Tool, capacity=2)
    with pytest.raises(KeyboardInterrupt), pool.borrow("a") as first:
        raise KeyboardInterrupt
    with pool.borrow("a") as second:
        assert first is not second


def test_initial_weights_follow_from_the_generator():
    def draw(seed):
        return initial_network(SPEC, np.random.default_rng(seed))[1]

    for one, same in zip(draw(0), draw(0), strict=True):
        assert_array_equal(one, same)
    assert not np.array_equal(draw(0)[0], draw(1)[0])


def test_search_compiles_a_network_once(digits, small, monkeypatch):
    X, _, y, _ = digits
    made = []
    monkeypatch.setattr(
        engine, "trainers", Pool(lambda spec: made.append(spec) or trainer(spec), 8)
    )
    trainer = engine.Trainer
    clf = CNNDigitClassifier(**small)
    for params in [
        {"learning_rate": 0.01},
        {"epochs": 1},
        {"batch_size": 50},
        {"schedule": "constant"},
        {"average": False},
        {"label_smoothing": 0.1},
        {"class_weight": "balanced"},
        {"early_stopping": True},
        {"random_state": 7},
    ]:
        clf.set_params(**params).fit(X[:300], y[:300])
    clf.fit(X.astype(np.uint8), y)
    assert len(made) == 1


def test_engine_keeps_nothing_of_an_earlier_fit(digits, small):
    X, X_test, y, _ = digits
    clf = CNNDigitClassifier(**small)
    expected = clf.fit(X, y).decision_function(X_test)
    with pytest.raises(ValueError, match="diverged in epoch 1"):
        clone(clf).set_params(learning_rate=1e30).fit(X, y)
    for average in (False, True):
        clf.set_params(average=average).fit(X, y)
        assert_array_equal(clf.decision_function(X_test) == expected, average)


def test_seed_costs_nothing_as_the_same_engine_runs(digits, small, monkeypatch):
    from tensorflow.python.framework.config import is_op_determinism_enabled

    X, _, y, _ = digits
    made = []
    trainer = engine.Trainer
    pool = Pool(lambda spec: made.append(spec) or trainer(spec), 8)
    monkeypatch.setattr(engine, "trainers", pool)
    for seed in (None, 0, np.random.RandomState(0)):
        CNNDigitClassifier(**{**small, "random_state": seed}).fit(X, y)
    assert len(made) == 1
    assert not is_op_determinism_enabled()  # the slow way to reproducible results


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory from /proc")
def test_further_fits_do_not_grow_the_process(digits, small, run_python):
    script = """
import gc, resource
import numpy as np
from sklearn.datasets import load_digits
from skdigits import CNNDigitClassifier
X, y = load_digits(return_X_y=True)
def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20
clf = CNNDigitClassifier(filters=(8,), pool_after=(1,), epochs=1, random_state=0)
for _ in range(5):
    clf.fit(X, y).predict(X)
before = resident()
for _ in range(10):
    clf.fit(X, y).predict(X)
print((resident() - before) / 10)
"""
    done = run_python(script)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 2  # MB for each further fit; raw scikeras about 10


def test_threads_fit_and_predict_as_one_would(digits, small, fitted):
    X, X_test, y, _ = digits
    expected = fitted.predict_proba(X_test)

    def use(_):
        clf = CNNDigitClassifier(**small).fit(X, y)
        return [clf.predict_proba(X_test), fitted.predict_proba(X_test)]

    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        for result in threads.map(use, range(8)):
            for probabilities in result:
                assert_array_equal(probabilities, expected)


def test_interrupted_fit_leaves_the_last_full_epoch(digits, small):
    X, X_test, y, _ = digits

    class Interrupting:
        def setup(self, estimator, context):
            self.n_epochs = 0

        def teardown(self, estimator, context):
            pass

        def on_fit_task_begin(self, estimator, context):
            self.n_epochs += context.task_name == "epoch"
            if self.n_epochs == 2:
                raise KeyboardInterrupt

        def on_fit_task_end(self, estimator, context):
            pass

    clf = CNNDigitClassifier(**small).set_callbacks(Interrupting())
    with pytest.raises(KeyboardInterrupt):
        clf.fit(X, y)
    assert clf.n_iter_ == 1
    assert clf.predict_proba(X_test).shape == (len(X_test), 10)
    clf.set_callbacks().fit(X, y)
    assert clf.n_iter_ == 2


class AtTaskEnd:
    """A callback that answers with a function of the context."""

    def __init__(self, answer):
        self.answer = answer

    def setup(self, estimator, context):
        pass

    teardown = on_fit_task_begin = setup

    def on_fit_task_end(self, estimator, context):
        return self.answer(context)


def test_fit_that_a_callback_stops_leaves_nothing_to_the_next(digits, small):
    X, _, y, _ = digits
    stop = AtTaskEnd(lambda context: context.task_name == "epoch")
    params = {**small, "batch_size": 8, "epochs": 3}  # several blocks an epoch
    expected = CNNDigitClassifier(**params).fit(X, y)
    stopped = CNNDigitClassifier(**params).set_callbacks(stop).fit(X, y)
    assert stopped.n_iter_ == 1
    again = CNNDigitClassifier(**params).fit(X, y)
    assert again.history_ == expected.history_


def test_callback_that_raises_stop_iteration_is_an_error(digits, small):
    X, _, y, _ = digits

    exhausted = AtTaskEnd(lambda context: next(iter([])))
    clf = CNNDigitClassifier(**small).set_callbacks(exhausted)
    with pytest.raises(RuntimeError, match="raised StopIteration"):
        clf.fit(X, y)


def test_engines_hold_no_data_after_a_fit(digits, small):
    import weakref

    X, _, y, _ = digits
    mine = X.copy()
    watch = weakref.ref(mine)
    clf = CNNDigitClassifier(**small).fit(mine, y)
    del mine
    gc.collect()
    assert watch() is None
    assert clf.n_iter_ == 2
