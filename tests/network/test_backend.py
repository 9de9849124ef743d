"""How Keras is imported: late, without messages, on TensorFlow."""

import warnings

import pytest
from numpy.testing import assert_allclose

from skdigits import CNNDigitClassifier, save
from skdigits._network import engine

START = """
from skdigits._network.backend import import_keras
import_keras()
"""

SMALL_FIT = """
from sklearn.datasets import load_digits
from skdigits import CNNDigitClassifier
X, y = load_digits(return_X_y=True)
CNNDigitClassifier(filters=(8,), pool_after=(1,), epochs=1).fit(X[:50], y[:50])
import tensorflow as tf
print(tf.config.threading.get_intra_op_parallelism_threads())
"""

SEARCHES = """
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from skdigits import CNNDigitClassifier
X, y = load_digits(return_X_y=True)
clf = CNNDigitClassifier(filters=(8,), pool_after=(1,), epochs=1, random_state=0)
search = GridSearchCV(clf, {"dropout": [0, 0.1, 0.2], "epochs": [1, 2]}, cv=2)
search.fit(X[:200], y[:200]).predict(X)
for n in range(1, 40):
    search.predict(X[:n])
search.best_estimator_.model_
layouts = [(n,) for n in range(1, 9)]
GridSearchCV(clf, {"filters": layouts}, cv=2).fit(X[:200], y[:200])
"""


@pytest.mark.slow
def test_fresh_process_prints_nothing_at_all(run_python):
    script = "import warnings; warnings.simplefilter('always')\n" + SEARCHES
    done = run_python(script)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.slow
def test_a_log_level_of_the_user_is_respected(run_python):
    done = run_python(START, TF_CPP_MIN_LOG_LEVEL="0")
    assert done.returncode == 0
    assert "log messages" in done.stderr or "oneDNN" in done.stderr


def test_standard_error_works_again_after_the_start(run_python):
    done = run_python(START + "import os; os.write(2, b'heard')")
    assert done.stderr == "heard"


@pytest.mark.parametrize("backend", ["jax", "torch", "numpy"])
def test_another_backend_is_a_clear_error(run_python, backend):
    script = "from skdigits import CNNDigitClassifier as C; C().fit([[0], [1]], [0, 1])"
    done = run_python(script, KERAS_BACKEND=backend)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "skdigits.exceptions.BackendError: skdigits needs Keras on the TensorFlow "
        f"backend, but Keras is set to '{backend}'. Unset the environment variable "
        "KERAS_BACKEND (and `backend` in ~/.keras/keras.json) or set it to "
        "'tensorflow' before Keras is imported."
    )


def test_keras_that_was_imported_on_another_backend_is_an_error(run_python):
    script = "import keras; keras.config.backend = lambda: 'jax'\n" + START
    done = run_python(script)
    assert "Keras is set to 'jax'" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("setting", "n_threads"), [("1", "1"), ("", "0")])
def test_threads_are_as_many_as_the_process_is_meant_to_have(
    run_python, setting, n_threads
):
    done = run_python(SMALL_FIT, OMP_NUM_THREADS=setting)  # 0: TensorFlow decides
    assert done.stdout.strip() == n_threads, done.stderr


@pytest.mark.slow
def test_tensorflow_that_was_started_before_keeps_its_threads(run_python):
    script = (
        "import tensorflow as tf\n"
        "tf.config.threading.set_intra_op_parallelism_threads(2)\n" + SMALL_FIT
    )
    done = run_python(script, OMP_NUM_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3")
    assert done.stdout.strip() == "2", done.stderr


USE = """
import numpy as np, skdigits, tensorflow as tf
clf = skdigits.load(sys.argv[1])
{setting}
X = np.zeros((30, 64))
for use in (
    lambda: clf.fit(8 * np.eye(64), np.arange(64) % 2),
    lambda: clf.predict(X),
    lambda: clf.model_,
):
    try:
        use()
    except skdigits.exceptions.BackendError as err:
        print(err)
print(clf.predict(X[:1]).shape)
"""


@pytest.mark.slow
def test_disabled_eager_execution_is_a_clear_error(fitted, tmp_path, run_python):
    save(fitted, tmp_path / "model.skops")
    setting = "tf.compat.v1.disable_eager_execution()"
    script = "import sys" + USE.format(setting=setting)
    done = run_python(script, tmp_path / "model.skops")
    *errors, shape = done.stdout.splitlines()
    assert len(errors) == 3, done.stderr
    for error in errors:
        assert "needs TensorFlow's eager execution, but it is disabled" in error
    assert shape == "(1,)"  # NumPy predicts a few images


def test_functions_run_eagerly_train_the_same_network(
    digits, small, fitted, monkeypatch
):
    import tensorflow as tf

    X, X_test, y, _ = digits
    monkeypatch.setattr(engine, "trainers", engine.Pool(engine.Trainer, 1))
    tf.config.run_functions_eagerly(True)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Even though the `tf.config")
            clf = CNNDigitClassifier(**small).fit(X, y)
    finally:
        tf.config.run_functions_eagerly(False)
    assert_allclose(clf.predict_proba(X_test), fitted.predict_proba(X_test), atol=1e-3)


FOUR_FITS = """
import threading
import numpy as np
from sklearn.datasets import load_digits
from skdigits import CNNDigitClassifier
X, y = load_digits(return_X_y=True)
start, answers = threading.Barrier(4), [None] * 4
def fit(number):
    start.wait()
    clf = CNNDigitClassifier(filters=(8,), pool_after=(1,), epochs=1, random_state=0)
    answers[number] = clf.fit(X[:200], y[:200]).predict_proba(X)
threads = [threading.Thread(target=fit, args=(number,)) for number in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
import keras
print([np.array_equal(answer, answers[0]) for answer in answers])
print("scikeras" in keras.Model.__reduce__.__module__)
"""


@pytest.mark.slow
def test_four_first_fits_at_once_are_as_one(run_python):
    done = run_python("import warnings; warnings.simplefilter('error')" + FOUR_FITS)
    assert done.stdout.splitlines() == [str([True] * 4), "False"], done.stderr
    assert done.stderr == ""
