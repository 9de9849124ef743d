"""Train a copy of the classifier, which takes over its state after each epoch.

The classifier gets the new state in one assignment. Threads that predict with it during
a fit see the old state or the new one, never a mixture, and an error or an interrupt in
the first epoch leaves the old one.
"""

import functools

from skdigits._network import engine
from skdigits._network.early_stopping import EarlyStopping
from skdigits._network.progress import epoch_progress
from skdigits._network.reporter import EpochReporter
from skdigits._network.spec import TrainingSpec, find_weight_decay

_FITTED_STATE = {
    "n_features_in_",
    "feature_names_in_",
    "image_shape_",
    "classes_",
    "pixel_mean_",
    "pixel_scale_",
    "history_",
    "_network_config",
    "_weights",
    "_optimizer_state",
    "_partial_fit_rate",
}


def snapshot(classifier):
    """Copy a classifier; a fit in another thread does not change the copy.

    Parameters
    ----------
    classifier : CNNDigitClassifier

    Returns
    -------
    CNNDigitClassifier
        With the same arrays, which are never changed in place.
    """
    copied = object.__new__(type(classifier))
    copied.__dict__ = vars(classifier).copy()
    return copied


def train(classifier, new, feed, rng, task, validation=None, *, keeps_optimizer):
    """Train `new`, and let `classifier` take over its state after each epoch.

    Parameters
    ----------
    classifier : CNNDigitClassifier
        What the user fits and callbacks see.
    new : CNNDigitClassifier
        A `snapshot` of it that is ready for its first step.
    feed : Feed
    rng : numpy.random.Generator
        Source of the seeds of dropout and augmentation.
    task : dict
        `X`, `y` and `metadata` of the fit, for callbacks.
    validation : LabelledRows, default=None
    keeps_optimizer : bool
        Whether a later fit may go on with the optimizer's state.
    """
    task = {"estimator": classifier, **task}
    context = classifier._init_callback_context(max_subtasks=feed.n_epochs)
    context.call_on_fit_task_begin(**task)
    network = new._network
    optimizer, optimizer_state = new._optimizer_state or (None, None)
    if optimizer != new.optimizer:
        optimizer_state = None
    early_stopping = None
    if new.early_stopping and validation is not None:
        early_stopping = EarlyStopping(new.tol, new.n_iter_no_change)
    weight_decay = find_weight_decay(new)
    with (
        engine.trainers.borrow(TrainingSpec.of(new, network.spec)) as trainer,
        epoch_progress(feed.n_epochs, enabled=bool(new.verbose)) as show,
    ):
        trainer.load(
            network,
            optimizer_state,
            rng,
            is_trained=new.__sklearn_is_fitted__(),
            smoothing_per_rate=new.label_smoothing / new.learning_rate,
            weight_decay=weight_decay,
        )
        reporter = EpochReporter(
            trainer=trainer,
            network=network,
            history=new.history_,
            keeps_optimizer=keeps_optimizer,
            rows=feed.rows,
            validation=validation,
            early_stopping=early_stopping,
            publish=functools.partial(_publish, classifier, new),
            show=show,
            context=context,
            task=task,
        )
        trainer.train(feed, reporter.begin_epoch, reporter.end_epoch)
    decay = f" or weight_decay (got {weight_decay})" if weight_decay else ""
    reporter.end_fit(
        f"Lower learning_rate (got {new.learning_rate} for optimizer="
        f"{new.optimizer!r}){decay}, or look for extreme pixels and sample weights."
    )
    context.call_on_fit_task_end(**task, reconstruction_attributes={})


def _publish(classifier, new, state):
    new._weights, optimizer_state, new.history_ = state
    new._optimizer_state = optimizer_state and (new.optimizer, optimizer_state)
    others = {k: v for k, v in vars(classifier).items() if k not in _FITTED_STATE}
    learned = {k: v for k, v in vars(new).items() if k in _FITTED_STATE}
    classifier.__dict__ = others | learned
