"""Epochs as tasks of scikit-learn's callbacks."""

import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.callback import (
    ProgressBar,
    ScoringMonitor,
    _progressbar,
    _scoring_monitor,
)
from sklearn.callback._transport import ListenerHandle
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from skdigits import CNNDigitClassifier, _callbacks, make_digit_pipeline


def epochs_of(monitor):
    frame = monitor.get_logs(include_lineage=True).data_as_pandas
    return frame[frame["task_name"] == "epoch"]


def test_scoring_monitor_scores_every_epoch_of_a_fit(digits, small):
    X, _, y, _ = digits
    monitor = ScoringMonitor(scoring="accuracy")
    clf = CNNDigitClassifier(**small).set_callbacks(monitor).fit(X, y)
    epochs = epochs_of(monitor)
    assert len(epochs) == clf.n_iter_
    assert epochs["accuracy"].iloc[-1] == pytest.approx(clf.score(X, y))
    assert epochs["accuracy"].iloc[0] < epochs["accuracy"].iloc[-1]


def test_score_of_an_epoch_is_that_of_a_fit_of_so_many_epochs(digits, small):
    X, _, y, _ = digits
    monitor = ScoringMonitor(scoring="neg_log_loss")
    params = {**small, "schedule": "constant", "average": False}
    clf = CNNDigitClassifier(**params | {"epochs": 3}).set_callbacks(monitor)
    clf.fit(X, y)
    for n_epochs, score in enumerate(epochs_of(monitor)["neg_log_loss"], start=1):
        alone = CNNDigitClassifier(**params | {"epochs": n_epochs}).fit(X, y)
        assert score == -log_loss(y, alone.predict_proba(X))


def test_scoring_monitor_takes_the_weights_into_account(digits, small):
    X, _, y, _ = digits
    monitor = ScoringMonitor(scoring="accuracy")
    threes = (y == 3) + 1e-9
    clf = CNNDigitClassifier(**small).set_callbacks(monitor).fit(X, y, threes)
    expected = clf.score(X[y == 3], y[y == 3])
    assert epochs_of(monitor)["accuracy"].iloc[-1] == pytest.approx(expected)


def test_scoring_monitor_in_a_pipeline(digits, small):
    X, _, y, _ = digits
    monitor = ScoringMonitor(scoring="accuracy")
    clf = CNNDigitClassifier(**small).set_callbacks(monitor)
    make_pipeline(MinMaxScaler(), clf).fit(X, y)
    assert len(epochs_of(monitor)) == 2


def test_progress_bar_counts_epochs(digits, small, capsys):
    X, _, y, _ = digits
    CNNDigitClassifier(**small).set_callbacks(ProgressBar()).fit(X, y)
    assert "CNNDigitClassifier - fit" in capsys.readouterr().out


def test_progress_bar_on_a_digit_pipeline_warns_of_nothing(digits, small, capsys):
    X, _, y, _ = digits
    pipeline = make_digit_pipeline(**small).set_callbacks(ProgressBar())
    pipeline.fit(X[:100].reshape(-1, 8, 8), y[:100])
    shown = capsys.readouterr().out
    assert "DigitPreprocessor" in shown
    assert "CNNDigitClassifier" in shown


@pytest.mark.slow
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_both_callbacks_inside_a_grid_search(digits, small, capsys, n_jobs):
    X, _, y, _ = digits
    monitor = ScoringMonitor(scoring="accuracy")
    clf = CNNDigitClassifier(**small).set_callbacks(monitor)
    search = GridSearchCV(clf, {"learning_rate": [0.002, 0.005]}, cv=2, n_jobs=n_jobs)
    search.set_callbacks(ProgressBar()).fit(X, y)
    # 2 candidates on 2 folds and the refit, of 2 epochs each
    assert len(epochs_of(monitor)) == (2 * 2 + 1) * 2
    assert "GridSearchCV" in capsys.readouterr().out


@pytest.fixture
def no_listener(monkeypatch):
    """Callbacks as on another machine: where the socket was, nobody listens."""
    for module in (_progressbar, _scoring_monitor):
        open_listener = module.open_listener

        def open_and_hide(*args, open_listener=open_listener, **kwargs):
            handle = open_listener(*args, **kwargs)
            os.unlink(handle.address)
            Path(handle.address).touch()  # is removed when the listener is closed
            return handle

        monkeypatch.setattr(module, "open_listener", open_and_hide)


@pytest.mark.skipif(os.name != "posix", reason="needs UNIX sockets")
# scikit-learn hands the filters of warnings on to its workers.
@pytest.mark.filterwarnings("ignore:The callbacks of this fit are not heard")
@pytest.mark.parametrize("depth", [0, 2])
def test_search_on_another_machine_goes_on_without_its_callbacks(
    digits, small, no_listener, depth
):
    X, _, y, _ = digits
    pipeline = make_pipeline(CNNDigitClassifier(**small))
    pipeline[-1].set_callbacks(ScoringMonitor(scoring="accuracy"))
    rates = {"cnndigitclassifier__learning_rate": [0.002, 0.005]}
    search = GridSearchCV(pipeline, rates, cv=2, n_jobs=2, error_score="raise")
    search.set_callbacks(ProgressBar(max_propagation_depth=depth)).fit(X, y)
    assert search.best_score_ > 0.5


def test_listener_that_is_lost_is_warned_of_once(monkeypatch):
    calls = []

    def send(listener_handle, message):
        calls.append(message)
        raise ConnectionRefusedError("nobody listens")

    handle = ListenerHandle("/tmp/nowhere", b"key")
    send_if_heard = _callbacks._send_if_heard(send)
    monkeypatch.setattr(_callbacks, "_lost", set())
    sentence = r"callbacks of this fit are not heard: .*\(nobody listens\)"
    with pytest.warns(UserWarning, match=sentence) as caught:
        list(map(send_if_heard, [handle, handle], [1, 2]))
    assert (calls, len(caught)) == ([1], 1)


def test_function_of_scikit_learn_is_wrapped_once():
    _callbacks.tolerate_lost_listeners()
    assert not hasattr(_progressbar.send.__wrapped__, "__wrapped__")


def test_callback_that_asks_to_stop_stops_the_fit(digits, small):
    X, _, y, _ = digits

    class Stop:
        def setup(self, estimator, context):
            pass

        def teardown(self, estimator, context):
            pass

        def on_fit_task_begin(self, estimator, context):
            pass

        def on_fit_task_end(self, estimator, context, *, fitted_estimator):
            return fitted_estimator.score(X, y) > 0.3

    clf = CNNDigitClassifier(**{**small, "epochs": 20}).set_callbacks(Stop())
    assert clf.fit(X, y).n_iter_ < 20


def test_callbacks_see_the_data_as_they_were_given(digits, small):
    pandas = pytest.importorskip("pandas")
    X, _, y, _ = digits
    frame = pandas.DataFrame(X).rename(columns=str)
    labels = np.array(list("abcdefghij"))[y]
    monitor = ScoringMonitor(scoring="accuracy")
    clf = CNNDigitClassifier(**small).set_callbacks(monitor).fit(frame, labels)
    assert epochs_of(monitor)["accuracy"].iloc[-1] == clf.score(frame, labels)
