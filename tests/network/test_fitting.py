"""An estimator is never seen without its state, or with half of it."""

import copy
import os
import pickle
import signal
import threading

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone

from skdigits import CNNDigitClassifier, load_pretrained
from skdigits._network.fitting import snapshot


class Hooks:
    """A callback that calls a function in one of its hooks."""

    def __init__(self, hook, function):
        self.hook, self.function = hook, function

    def setup(self, estimator, context):
        self._call("setup", estimator, context)

    def teardown(self, estimator, context):
        self._call("teardown", estimator, context)

    def on_fit_task_begin(self, estimator, context):
        self._call(f"{context.task_name} begin", estimator, context)

    def on_fit_task_end(self, estimator, context):
        self._call(f"{context.task_name} end", estimator, context)

    def _call(self, hook, estimator, context):
        if hook == self.hook:
            self.function(estimator)


HOOKS = ["setup", "fit begin", "epoch begin", "epoch end", "fit end", "teardown"]


def test_snapshot_shares_arrays_but_no_attributes(fitted):
    copied = snapshot(fitted)
    assert copied._weights is fitted._weights
    copied.classes_ = None
    assert fitted.classes_ is not None


@pytest.mark.parametrize("go_on", ["fit", "partial_fit"])
def test_threads_predict_with_the_old_state_or_the_new_one(digits, small, go_on):
    X, X_test, y, _ = digits
    few = X_test[:15].reshape(-1, 8, 8)
    clf = CNNDigitClassifier(**small).fit(X[y < 5], y[y < 5])
    old = clf.predict_proba(few)
    seen, errors, done = [], [], threading.Event()

    def predict():
        while not done.is_set():
            try:
                seen.append(clf.predict_proba(few))
                clf.predict(few)
                assert clf.n_iter_ > 0
            except ValueError as err:  # other images than the new state knows
                errors.append(err)

    threads = [threading.Thread(target=predict) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        if go_on == "fit":
            wide = X.reshape(-1, 8, 8).repeat(2, axis=2)
            clf.fit(wide, np.array(list("abcdefghij"))[y])
        else:
            clf.partial_fit(X[y < 5], y[y < 5])
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert {len(probabilities[0]) for probabilities in seen} == {5}
    if go_on == "fit":
        assert all(np.array_equal(probabilities, old) for probabilities in seen)
        message = "X has 64 features, but CNNDigitClassifier is expecting 128"
        assert all(message in str(error) for error in errors)
        assert_array_equal(clf.classes_, list("abcdefghij"))
    else:
        assert not errors
        assert_array_equal(seen[0], old)
        new = clf.predict_proba(few)
        for probabilities in seen:
            is_old, is_new = (np.array_equal(probabilities, p) for p in (old, new))
            assert is_old or is_new


@pytest.mark.parametrize("go_on", ["fit", "partial_fit"])
@pytest.mark.parametrize("hook", HOOKS[:3])
def test_ctrl_c_before_the_first_epoch_ends_leaves_no_trace(
    digits, small, fitted, hook, go_on
):
    X, _, y, _ = digits
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    press = Hooks(hook, lambda estimator: os.kill(os.getpid(), signal.SIGINT))
    try:
        for clf in (CNNDigitClassifier(**small), copy.deepcopy(fitted)):
            state = {k: v for k, v in vars(clf).items() if k != "_skl_callbacks"}
            classes = (np.arange(10),) if go_on == "partial_fit" else ()
            with pytest.raises(KeyboardInterrupt):
                getattr(clf.set_callbacks(press), go_on)(X, y, *classes)
            clf.set_callbacks()
            assert vars(clf).keys() == state.keys()
            assert all(vars(clf)[name] is value for name, value in state.items())
        other = CNNDigitClassifier(**small).set_callbacks(press)
        with pytest.raises(KeyboardInterrupt):
            other.partial_fit(X, y, np.arange(10))
    finally:
        signal.signal(signal.SIGINT, before)
    other.set_callbacks().partial_fit(X[:, :36], y, np.arange(12))
    assert len(other.classes_) == 12


@pytest.mark.parametrize("hook", HOOKS)
def test_callback_that_raises_leaves_estimator_and_engines_usable(
    digits, small, fitted, hook
):
    X, X_test, y, _ = digits

    def fail(estimator):
        raise ZeroDivisionError(hook)

    clf = CNNDigitClassifier(**small).set_callbacks(Hooks(hook, fail))
    with pytest.raises(ZeroDivisionError, match=hook):
        clf.fit(X, y)
    n_epochs = {"epoch end": 1, "fit end": 2, "teardown": 2}.get(hook, 0)
    assert (clf.n_iter_ if n_epochs else hasattr(clf, "classes_")) == n_epochs
    clf.set_callbacks().fit(X, y)
    assert_array_equal(clf.predict_proba(X_test), fitted.predict_proba(X_test))


def test_callbacks_see_the_estimator_as_of_the_epoch(digits, small):
    X, _, y, _ = digits
    seen = []
    watch = Hooks("epoch end", lambda clf: seen.append((clf.n_iter_, clf.predict(X))))
    clf = CNNDigitClassifier(**small).set_callbacks(watch).fit(X, y)
    assert [n_iter for n_iter, _ in seen] == [1, 2]
    assert_array_equal(seen[1][1], clf.predict(X))


def test_fit_of_images_without_names_forgets_the_names_of_an_earlier_one(digits, small):
    pandas = pytest.importorskip("pandas")
    X, _, y, _ = digits
    clf = CNNDigitClassifier(**small).fit(pandas.DataFrame(X).rename(columns=str), y)
    assert clf.feature_names_in_[1] == "1"
    assert not hasattr(clf.fit(X, y), "feature_names_in_")


def test_histories_that_were_read_do_not_grow(digits, fitted):
    X, _, y, _ = digits
    clf = copy.deepcopy(fitted)
    history = clf.history_
    clf.partial_fit(X, y)
    assert len(history["loss"]) == fitted.n_iter_


def test_pickles_of_earlier_versions_go_on_training(digits, fitted):
    X, _, y, _ = digits
    state = dict(fitted.__getstate__())
    state["_further_rate"] = state.pop("_partial_fit_rate")
    del state["precision"]
    old = CNNDigitClassifier.__new__(CNNDigitClassifier)
    old.__setstate__(state)
    again = pickle.loads(pickle.dumps(old))
    assert not hasattr(again, "_further_rate")
    assert clone(again).get_params() == fitted.get_params()
    assert repr(again) == repr(fitted)
    rate = again.partial_fit(X[:20], y[:20]).history_["learning_rate"][-1]
    assert rate == pytest.approx(0.02 * fitted.learning_rate)


def test_pretrained_archive_of_an_earlier_version_goes_on_training():
    clf = load_pretrained("mnist")["classifier"]
    assert clone(clf).precision == "float32"
    assert "precision" not in repr(clf)
    X = np.zeros((4, 784))
    X[:, 300:420] = 255
    clf.partial_fit(X, [1, 7, 1, 7])
    rate = clf.history_["learning_rate"][-1]
    assert rate == pytest.approx(0.02 * clf.learning_rate)
