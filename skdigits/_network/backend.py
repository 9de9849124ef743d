"""The one door through which Keras, TensorFlow and scikeras come in, quietly."""

import contextlib
import functools
import os
import random
import sys
import threading

from skdigits.exceptions import BackendError

# Reentrant: a network may be built by fitting another classifier.
_python_random = threading.RLock()
_importing = threading.RLock()


@functools.cache
def import_keras():
    """Import Keras on its TensorFlow backend without TensorFlow's start-up noise.

    Returns
    -------
    keras : module

    Raises
    ------
    BackendError
        If Keras is set to another backend.
    """
    if "keras" not in sys.modules:
        _check_backend(os.environ.get("KERAS_BACKEND", "tensorflow"))
    with _importing:
        is_first = "tensorflow" not in sys.modules
        with _quiet_start() if is_first else contextlib.nullcontext():
            try:
                import keras
            except ModuleNotFoundError as err:
                if err.name in (
                    "jax",
                    "torch",
                    "openvino",
                ):  # as keras.json may ask for
                    _check_backend(err.name)
                raise
            _check_backend(keras.config.backend())
            if is_first:
                _start_tensorflow()
    return keras


@functools.cache
def import_tensorflow():
    """Import TensorFlow as `import_keras` does.

    Returns
    -------
    tensorflow : module
    """
    import_keras()
    import tensorflow

    return tensorflow


@functools.cache
def import_scikeras():
    """Import `scikeras.wrappers` and leave Keras as it was.

    scikeras replaces the pickling of `keras.Model` and its friends for the whole
    process when it is imported. The models of our users are not ours to change.

    Returns
    -------
    wrappers : module
    """
    keras = import_keras()
    patched = [
        (keras.Model, "__reduce__"),
        (keras.Model, "__deepcopy__"),
        (keras.losses.Loss, "__reduce__"),
        (keras.metrics.Metric, "__reduce__"),
        (keras.optimizers.Optimizer, "__reduce__"),
    ]
    own = [(owner, name, vars(owner).get(name)) for owner, name in patched]
    already_patched = "scikeras" in sys.modules
    import scikeras.wrappers

    if not already_patched:
        for owner, name, value in own:
            if value is not None:
                setattr(owner, name, value)
            elif name in vars(owner):
                delattr(owner, name)
    return scikeras.wrappers


@contextlib.contextmanager
def seeded_layers(seed):
    """Make Keras layers built inside reproducible, whoever builds them.

    Layers and initialisers without a seed draw one from Python's `random` when they
    are made, and all they do follows from it. The generator is put back afterwards.

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


def _check_backend(backend):
    if backend != "tensorflow":
        raise BackendError(
            "skdigits needs Keras on the TensorFlow backend, but Keras is set to "
            f"{backend!r}. Unset the environment variable KERAS_BACKEND (and "
            "`backend` in ~/.keras/keras.json) or set it to 'tensorflow' before "
            "Keras is imported."
        )


def _start_tensorflow():
    """Start TensorFlow with as many threads as the process is meant to have.

    That is what OMP_NUM_THREADS says, by which joblib keeps its worker processes from
    crowding each other out. TensorFlow itself does not read it.
    """
    import tensorflow as tf

    n_threads = os.environ.get("OMP_NUM_THREADS", "")
    if n_threads.isdigit() and "TF_NUM_INTRAOP_THREADS" not in os.environ:
        tf.config.threading.set_intra_op_parallelism_threads(int(n_threads))
    tf.zeros(())  # the first operation looks for devices, and talks about it


@contextlib.contextmanager
def _quiet_start():
    """Keep TensorFlow's start-up messages off standard error.

    Some are written by C++ before any log level is read, so the file descriptor
    itself is pointed elsewhere. Whoever sets TF_CPP_MIN_LOG_LEVEL wants to see
    what that level lets through.
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
