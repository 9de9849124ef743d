"""What happens after each epoch of a fit."""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from scipy.special import log_softmax
from sklearn.exceptions import ConvergenceWarning

from skdigits._messages import warn_caller
from skdigits._network.early_stopping import EarlyStopping
from skdigits._network.engine import Trainer, compute_logits
from skdigits._network.rows import LabelledRows
from skdigits._network.spec import FittedNetwork

# Larger losses count as divergence.
_LARGEST_LOSS = 1e6

# With all weights within this bound, logits do not overflow.
_LARGEST_HARMLESS_WEIGHT = 100.0


class TrainedState(NamedTuple):
    """What a fit has learned after an epoch.

    Attributes
    ----------
    weights : list of ndarray
    optimizer_state : list of ndarray or None
    history : dict of list of float
        Curves up to this epoch.
    """

    weights: list
    optimizer_state: list | None
    history: dict


@dataclass
class EpochReporter:
    """Measure, publish and show the epochs of one fit, and say when to stop.

    Parameters
    ----------
    trainer : Trainer
    network : FittedNetwork
        The network that the fit started from.
    history : dict of list of float
        Curves of the epochs so far.
    keeps_optimizer : bool
        Whether a later fit may go on with the optimizer's state.
    rows : LabelledRows
        Training data; a few of them are predicted to detect divergence.
    validation : LabelledRows or None
    early_stopping : EarlyStopping or None
    publish : callable
        Called with the `TrainedState` after each epoch, before the callbacks.
    show : callable
        Called with the history after each epoch.
    context : sklearn.callback.CallbackContext
        Of the fit.
    task : dict
        Arguments of the callbacks' hooks.

    Attributes
    ----------
    n_epochs : int
        Epochs published.
    fault : str or None
        Why the last epoch was not published: how its network has diverged.
    """

    trainer: Trainer
    network: FittedNetwork
    history: dict
    keeps_optimizer: bool
    rows: LabelledRows
    validation: LabelledRows | None
    early_stopping: EarlyStopping | None
    publish: Any
    show: Any
    context: Any
    task: dict
    n_epochs: int = field(default=0, init=False)
    fault: str | None = field(default=None, init=False)

    def begin_epoch(self):
        """Tell the callbacks that an epoch begins."""
        self._epoch = self.context.subcontext("epoch")
        self._epoch.call_on_fit_task_begin(**self.task)

    def end_epoch(self, result):
        """Publish an epoch, unless the network has diverged.

        Parameters
        ----------
        result : EpochResult

        Returns
        -------
        bool
            Whether to stop.
        """
        network = replace(self.network, weights=self.trainer.get_weights())
        curves = vars(result)
        if self.validation is not None:
            curves = curves | measure(network, self.validation)
        self.fault = find_fault(network, curves, self.rows)
        if self.fault:
            return True
        self.n_epochs += 1
        self.history = extend_history(self.history, curves)
        state = TrainedState(
            network.weights,
            self.trainer.get_optimizer_state() if self.keeps_optimizer else None,
            self.history,
        )
        self._state = state
        # From here on the estimator is as if the fit had stopped here: callbacks can
        # predict with it, and an interrupted fit leaves its last full epoch.
        self.publish(state)
        self.show(self.history)
        stop = self._epoch.call_on_fit_task_end(
            **self.task, reconstruction_attributes={}
        )
        if self.early_stopping is not None:
            stop |= self.early_stopping.update(curves["val_accuracy"], state)
        return stop

    def end_fit(self, advice):
        """Report a divergence; go back to the best epoch if there is early stopping.

        Parameters
        ----------
        advice : str
            What the user can do about a divergence.

        Raises
        ------
        ValueError
            If the network has diverged in the first epoch. If it has diverged later, or
            gives the same answer for every image, a `ConvergenceWarning` is given.
        """
        if self.fault:
            message = (
                f"The training diverged in epoch {self.n_epochs + 1}: {self.fault}. "
                f"{advice}"
            )
            if not self.n_epochs:
                raise ValueError(message)
            if self.early_stopping is None:
                message += f" The classifier is as after epoch {self.n_epochs}."
            else:
                message += " The classifier is as after its best epoch."
            warn_caller(message, ConvergenceWarning)
        if self.early_stopping is not None:
            self._state = self.early_stopping.best_state._replace(history=self.history)
            self.publish(self._state)
        fitted = replace(self.network, weights=self._state.weights)
        if is_constant(fitted, self.rows):
            warn_caller(
                "The training collapsed: the network gives the same answer for every "
                f"image. {advice}",
                ConvergenceWarning,
            )


def measure(network, rows):
    """Measure loss and accuracy on validation data.

    Parameters
    ----------
    network : FittedNetwork
    rows : LabelledRows
        The labels are numbers of classes.

    Returns
    -------
    dict of str to float
        `val_loss` and `val_accuracy`.
    """
    logits = compute_logits(network, rows.gather())
    codes, weights = rows.labels, rows.weights
    losses = -log_softmax(logits, axis=1)[np.arange(len(codes)), codes]
    hits = logits.argmax(axis=1) == codes
    return {
        "val_loss": float(np.average(losses, weights=weights)),
        "val_accuracy": float(np.average(hits, weights=weights)),
    }


def find_fault(network, curves, rows):
    """Find how a network has diverged.

    Parameters
    ----------
    network : FittedNetwork
    curves : dict of str to float
        Losses and accuracies of the epoch.
    rows : LabelledRows
        Some images to predict, where large weights make it necessary.

    Returns
    -------
    str or None
        A clause such as "its loss is nan"; None if all is well.
    """
    if not curves["loss"] < _LARGEST_LOSS:
        return f"its loss is {curves['loss']:.3g}"
    largest = max(
        float(np.abs(weights).max())
        for weights in network.weights
        if weights.dtype.kind == "f" and weights.size
    )
    if not np.isfinite(largest):
        return "its weights are not finite"
    if largest <= _LARGEST_HARMLESS_WEIGHT:
        return None
    if not np.isfinite(compute_logits(network, _gather_few(rows))).all():
        return f"its weights, of up to {largest:.3g}, predict no finite numbers"
    return None


def is_constant(network, rows):
    """Tell whether different images get equal logits, as when all units are dead.

    Parameters
    ----------
    network : FittedNetwork
        Own networks are not examined: a compiled predictor would be needed.
    rows : LabelledRows
        Some images to predict.

    Returns
    -------
    bool
    """
    few = _gather_few(rows)
    if network.spec.network is not None or not (few != few[0]).any():
        return False
    logits = compute_logits(network, few)
    return bool((logits == logits[0]).all())


def _gather_few(rows):
    return rows.take(np.linspace(0, len(rows.labels) - 1, 5, dtype=int)).gather()


def extend_history(history, curves):
    """Append an epoch to copies of the curves; NaN where nothing was measured.

    Parameters
    ----------
    history : dict of list of float
    curves : dict of str to float

    Returns
    -------
    dict of list of float

    Examples
    --------
    >>> extend_history({"loss": [0.5]}, {"loss": 0.25, "val_loss": 0.75})
    {'loss': [0.5, 0.25], 'val_loss': [nan, 0.75]}
    """
    n_before = len(history["loss"])
    missing = [float("nan")] * n_before
    return {
        name: [*history.get(name, missing), curves.get(name, float("nan"))]
        for name in {**history, **curves}
    }
