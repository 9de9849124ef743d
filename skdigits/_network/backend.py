"""The only module that imports Keras and TensorFlow, without start-up messages."""

import contextlib
import functools
import os
import random
import sys
import threading

from skdigits.exceptions import BackendError

_is_forked = False

# Reentrant: a network may be built by fitting another classifier.
_python_random = threading.RLock()
_importing = threading.RLock()


def import_keras():
    """Import Keras on its TensorFlow backend without TensorFlow's start-up messages.

    Returns
    -------
    keras : module

    Raises
    ------
    BackendError
        If Keras is set to another backend, or TensorFlow not to run eagerly, or this
        process was forked from one in which TensorFlow had started.
    """
    check_not_forked()
    keras = _import_keras()
    _check_eager_execution()
    return keras


def import_tensorflow():
    """Import TensorFlow as `import_keras` does.

    Returns
    -------
    tensorflow : module
    """
    import_keras()
    import tensorflow

    return tensorflow


def is_forked():
    """Tell whether this process was forked from one in which TensorFlow had started.

    TensorFlow's threads do not exist in such a process: its operations wait for ever.

    Returns
    -------
    bool
    """
    return _is_forked


def check_not_forked():
    """Refuse to run TensorFlow where it would wait for ever.

    Raises
    ------
    BackendError
        If this process was forked from one in which TensorFlow had started.
    """
    if _is_forked:
        raise BackendError(
            "skdigits cannot use TensorFlow in this process: it was forked from one in "
            "which TensorFlow had started, and would wait for ever. Start processes "
            "with multiprocessing's method 'spawn' or with joblib's default backend, "
            "or fork before the first fit (gunicorn without --preload). Predictions of "
            "the classifier's own layers work in forked processes, too."
        )


@contextlib.contextmanager
def seeded_layers(seed):
    """Make Keras layers built inside reproducible, whoever builds them.

    Layers and initialisers without a seed draw one from Python's `random` when they
    are made, and all they do follows from it. The generator is restored afterwards.

    Parameters
    ----------
    seed : int
    """
    with _python_random:
        state = random.getstate()
        random.seed(seed)
        try:
            yield
        finally:
            random.setstate(state)


@functools.cache
def _import_keras():
    if "keras" not in sys.modules:
        _check_backend(os.environ.get("KERAS_BACKEND", "tensorflow"))
    with _importing:
        is_first = "tensorflow" not in sys.modules
        with _quiet_start() if is_first else contextlib.nullcontext():
            try:
                import keras
            except ModuleNotFoundError as err:
                # Backends that keras.json may ask for
                if err.name in ("jax", "torch", "openvino"):
                    _check_backend(err.name)
                raise
            _check_backend(keras.config.backend())
            if is_first:
                _start_tensorflow()
    return keras


def _check_backend(backend):
    if backend != "tensorflow":
        raise BackendError(
            "skdigits needs Keras on the TensorFlow backend, but Keras is set to "
            f"{backend!r}. Unset the environment variable KERAS_BACKEND (and "
            "`backend` in ~/.keras/keras.json) or set it to 'tensorflow' before "
            "Keras is imported."
        )


def _check_eager_execution():
    import tensorflow as tf

    if not tf.compat.v1.executing_eagerly_outside_functions():
        raise BackendError(
            "skdigits needs TensorFlow's eager execution, but it is disabled. Remove "
            "the call of tf.compat.v1.disable_eager_execution() or "
            "disable_v2_behavior(), or leave the `with tf.Graph().as_default()` block."
        )


def _start_tensorflow():
    """Start TensorFlow with the number of threads that OMP_NUM_THREADS asks for.

    joblib sets it so that its worker processes do not compete for the cores. TensorFlow
    itself does not read it.
    """
    import tensorflow as tf

    n_threads = os.environ.get("OMP_NUM_THREADS", "")
    if n_threads.isdigit() and "TF_NUM_INTRAOP_THREADS" not in os.environ:
        tf.config.threading.set_intra_op_parallelism_threads(int(n_threads))
    tf.zeros(())  # the first operation looks for devices and prints what it finds


@contextlib.contextmanager
def _quiet_start():
    """Keep TensorFlow's start-up messages off standard error.

    C++ writes some of them before it reads any log level, so the file descriptor itself
    is redirected. If TF_CPP_MIN_LOG_LEVEL is set, nothing is suppressed beyond it.
    """
    name = "TF_CPP_MIN_LOG_LEVEL"
    if name in os.environ:
        yield
        return
    os.environ[name] = "3"
    sys.stderr.flush()
    saved = os.dup(2)
    try:
        with open(os.devnull, "wb") as null:
            os.dup2(null.fileno(), 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        del os.environ[name]


def _note_fork():
    global _is_forked
    _is_forked = _is_forked or _tensorflow_has_started()


def _tensorflow_has_started():
    """Tell whether TensorFlow has run an operation; importing it starts no thread."""
    module = sys.modules.get("tensorflow.python.eager.context")
    context = getattr(module, "_context", None)
    return getattr(context, "_context_handle", None) is not None


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_note_fork)
