"""Processes that are forked after TensorFlow has started, as servers do."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

ROOT = os.path.dirname(os.path.dirname(__file__))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
]

FITTED = """
from sklearn.datasets import load_digits
from skdigits import CNNDigitClassifier
X, y = load_digits(return_X_y=True)
clf = CNNDigitClassifier(filters=(8,), pool_after=(1,), epochs=1, random_state=0)
"""

# Tries, in one process, what each fork can do: a JSON object of what came of it.
FORKS = """
import json, os, signal, warnings
import keras
import numpy as np
from skdigits._blas import _shared_limit
warnings.simplefilter("ignore")  # Python 3.12 warns of forks beside threads

def in_a_fork(use):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.alarm(60)  # ends a process that waits for ever
        try:
            outcome = str(use())
        except BaseException as err:
            outcome = f"{type(err).__name__}: {err}"
        os.write(writer, outcome.encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as file:
        outcome = file.read()
    os.waitpid(pid, 0)
    return outcome

def network(image_shape, n_classes):
    layers = [keras.layers.Flatten(), keras.layers.Dense(n_classes)]
    return keras.Sequential([keras.Input((*image_shape, 1)), *layers])

def predict():
    return np.allclose(clf.predict_proba(X), expected, atol=1e-5)

outcomes = {"early": in_a_fork(lambda: clf.fit(X[:300], y[:300]).n_iter_)}
clf.fit(X[:300], y[:300])
own = CNNDigitClassifier(network=network, epochs=1).fit(X[:300], y[:300])
expected = clf.predict_proba(X)
outcomes["predict"] = in_a_fork(predict)
outcomes["fit"] = in_a_fork(lambda: clf.fit(X, y))
outcomes["partial_fit"] = in_a_fork(lambda: clf.partial_fit(X, y))
outcomes["model_"] = in_a_fork(lambda: clf.model_)
outcomes["own network"] = in_a_fork(lambda: own.predict(X))
with _shared_limit._lock:  # as another thread may hold it while it predicts
    outcomes["predict beside a thread"] = in_a_fork(lambda: clf.predict(X[:2]).shape)
print(json.dumps(outcomes))
"""


@pytest.fixture(scope="module")
def outcomes():
    done = subprocess.run(
        [sys.executable, "-c", FITTED + FORKS],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ROOT},
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_forked_process_predicts_as_its_parent(outcomes):
    assert outcomes["predict"] == "True"


@pytest.mark.parametrize("use", ["fit", "partial_fit", "model_", "own network"])
def test_forked_process_refuses_tensorflow_and_names_the_way_out(outcomes, use):
    assert outcomes[use] == (
        "BackendError: skdigits cannot use TensorFlow in this process: it was forked "
        "from one in which TensorFlow had started, and would wait for ever. Start "
        "processes with multiprocessing's method 'spawn' or with joblib's default "
        "backend, or fork before the first fit (gunicorn without --preload). "
        "Predictions of the classifier's own layers work in forked processes, too."
    )


def test_process_that_is_forked_before_tensorflow_starts_trains(outcomes):
    assert outcomes["early"] == "1"


def test_fork_while_another_thread_predicts_does_not_block_the_child(outcomes):
    assert outcomes["predict beside a thread"] == "(2,)"


APPLICATION = (
    FITTED
    + """
clf.fit(X[:300], y[:300])
expected = clf.predict(X)  # TensorFlow has started before gunicorn forks

def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/fit":
        try:
            clf.fit(X, y)
        except ImportError as err:
            return [type(err).__name__.encode()]
    return [str((clf.predict(X) == expected).all()).encode()]
"""
)


def test_gunicorn_with_preload_answers_after_a_warm_up(tmp_path):
    pytest.importorskip("gunicorn")
    (tmp_path / "app.py").write_text(APPLICATION)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    options = ["--preload", "--bind", address, "--workers", "2", "--timeout", "60"]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *options, "app:application"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": ROOT},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for_answer(f"http://{address}/", server)
        for _ in range(4):
            assert get(f"http://{address}/") == "True"
        assert get(f"http://{address}/fit") == "BackendError"
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)


def wait_for_answer(url, server):
    for _ in range(300):
        assert server.poll() is None, server.stderr.read()
        try:
            return get(url)
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server does not answer")


def get(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode()
