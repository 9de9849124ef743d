"""Run a training loop through scikeras; no other module imports it.

The loop is a generator that trains on one block of mini-batches at each step and
yields whether to stop. `run_steps` hands scikeras

- as `X` and `y` one number for each block, which are ignored, and ``batch_size=1``,
  so that each "batch" of Keras' `fit` asks the generator for one step;
- all epochs as one epoch: Keras needs some 30 ms to set up each of its epochs;
- the network and its optimizer in a `keras.Model` with a loss that is never computed
  (scikeras refuses a model without one) and a train function that takes the step.

scikeras also replaces the pickling of Keras' models for the whole process when it is
imported; `import_scikeras` undoes that, unless the user has imported it before.

Without scikeras, ``any(steps)`` does the same as ``run_steps(model, steps, n_steps)``:
the generator holds the whole loop (`Trainer.train` in engine.py).
"""

import functools
import sys
import threading

import numpy as np

from skdigits._network.backend import import_keras

_importing = threading.Lock()


def run_steps(model, steps, n_steps):
    """Take the steps of a training loop from within the `fit` of scikeras.

    Parameters
    ----------
    model : keras.Model
        As `make_loop_model` returns it.
    steps : generator of bool
        Takes one step of the training and yields whether it was the last.
    n_steps : int
        Number of steps if none of them stops the training.

    Raises
    ------
    RuntimeError
        If Keras ends the training before its last step.
    """
    wrapper = _wrapper_class()(model=model, batch_size=1, shuffle=False, verbose=0)
    numbers = np.zeros((n_steps, 1))
    model.steps, model.n_taken = steps, 0
    try:
        wrapper.fit(numbers, numbers[:, 0])
    finally:
        model.steps = None  # it refers to the training data
    if model.n_taken < n_steps and not model.stop_training:
        raise RuntimeError(
            "Keras ended the training before its last step. Does "
            "keras.config.set_max_steps_per_epoch limit the steps of a fit?"
        )


def make_loop_model(network, optimizer):
    """Make the model that `run_steps` hands to scikeras.

    Parameters
    ----------
    network : keras.Model
    optimizer : keras.optimizers.Optimizer

    Returns
    -------
    keras.Model
    """
    return _loop_model_class()(network, optimizer)


@functools.cache
def import_scikeras():
    """Import `scikeras.wrappers` and leave Keras as it was.

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
    with _importing:
        originals = [vars(owner).get(name) for owner, name in patched]
        already_patched = "scikeras" in sys.modules
        import scikeras.wrappers

        if not already_patched:
            for (owner, name), original in zip(patched, originals, strict=True):
                if original is not None:
                    setattr(owner, name, original)
                elif name in vars(owner):
                    delattr(owner, name)
    return scikeras.wrappers


@functools.cache
def _loop_model_class():
    class LoopModel(import_keras().Model):
        """A network whose `fit` takes the steps of a generator."""

        def __init__(self, network, optimizer):
            super().__init__()
            self.network = network
            self.steps, self.n_taken = None, 0
            self.built = True
            self.compile(optimizer=optimizer, jit_compile=False)
            self.loss = "mse"  # given to `compile`, Keras would try it out

        def make_train_function(self, force=False):
            self.train_function = self.take_step

        def take_step(self, iterator):
            self.stop_training = next(self.steps)
            self.n_taken += 1
            return {}

    return LoopModel


@functools.cache
def _wrapper_class():
    class Wrapper(import_scikeras().BaseWrapper):
        """A scikeras wrapper that passes the numbers on as they are."""

        feature_encoder = target_encoder = _Identity()

    return Wrapper


class _Identity:
    """Return X; unlike scikeras' encoder, whatever the `transform_output` option is."""

    def fit(self, X):
        return self

    def transform(self, X):
        return X
