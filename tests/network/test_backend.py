"""How Keras comes in: late, quietly, on TensorFlow."""

import pytest

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


def test_fresh_process_prints_nothing_at_all(run_python):
    script = "import warnings; warnings.simplefilter('always')\n" + SEARCHES
    done = run_python(script)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_log_level_of_the_user_is_respected(run_python):
    done = run_python(START, TF_CPP_MIN_LOG_LEVEL="0")
    assert done.returncode == 0
    assert "oneDNN" in done.stderr


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


@pytest.mark.parametrize(("setting", "n_threads"), [("1", "1"), ("", "0")])
def test_threads_are_as_many_as_the_process_is_meant_to_have(
    run_python, setting, n_threads
):
    done = run_python(SMALL_FIT, OMP_NUM_THREADS=setting)  # 0: TensorFlow decides
    assert done.stdout.strip() == n_threads, done.stderr


def test_tensorflow_that_was_started_before_keeps_its_threads(run_python):
    script = (
        "import tensorflow as tf\n"
        "tf.config.threading.set_intra_op_parallelism_threads(2)\n" + SMALL_FIT
    )
    done = run_python(script, OMP_NUM_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3")
    assert done.stdout.strip() == "2", done.stderr
