"""Display of loss and accuracy over the epochs of a training."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skdigits.display._style import BLUE, VERMILION, line_style

__all__ = ["TrainingHistoryDisplay"]

# Lines and markers differ in greyscale too.
_STYLES = {
    "training": {"color": BLUE, "linestyle": "-", "marker": "o"},
    "validation": {"color": VERMILION, "linestyle": "--", "marker": "s"},
}


class TrainingHistoryDisplay:
    """Plot the loss and accuracy of each epoch.

    Create one with :meth:`from_estimator` or from a history.

    Parameters
    ----------
    history : dict of list of float
        `loss` and `accuracy` of each epoch and, with validation data, `val_loss` and
        `val_accuracy`. Other entries are ignored, so the ``history`` of a
        `keras.callbacks.History` is accepted.

    Attributes
    ----------
    best_epoch : int or None
        First epoch with the highest validation accuracy, counted from 1. None without
        validation data.

    axes_ : ndarray of shape (2,)
        Axes of loss and accuracy, after `plot`.

    figure_ : matplotlib.figure.Figure
        Figure of the axes.

    lines_ : dict of matplotlib.lines.Line2D
        Curves by their name in `history`. A ring on the validation curves marks the
        best epoch.

    See Also
    --------
    DigitGridDisplay : Show images with their predicted labels.

    Examples
    --------
    >>> from skdigits.display import TrainingHistoryDisplay
    >>> display = TrainingHistoryDisplay(
    ...     {
    ...         "loss": [0.41, 0.12, 0.05],
    ...         "accuracy": [0.88, 0.96, 0.98],
    ...         "val_loss": [0.2, 0.1, 0.11],
    ...         "val_accuracy": [0.94, 0.97, 0.97],
    ...     }
    ... )
    >>> display.best_epoch
    2
    >>> display.plot()  # doctest: +SKIP
    """

    def __init__(self, history):
        self.history = history

    @classmethod
    def from_estimator(cls, estimator, *, axes=None, line_kw=None):
        """Plot the training of a fitted estimator.

        Parameters
        ----------
        estimator : estimator
            A fitted :class:`~skdigits.CNNDigitClassifier`, a pipeline that ends with
            one, or a search over either with `refit=True`.
        axes : array-like of two matplotlib Axes, default=None
            Where to draw loss and accuracy. If None, a new figure is created.
        line_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.plot`, used for all curves.

        Returns
        -------
        TrainingHistoryDisplay

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the estimator is not fitted.
        TypeError
            If it has no `history_`.
        """
        return cls(_find_history(estimator)).plot(axes=axes, line_kw=line_kw)

    @property
    def best_epoch(self):
        """First epoch with the highest validation accuracy, counted from 1."""
        scores = self.history.get("val_accuracy")
        return int(np.nanargmax(scores)) + 1 if scores is not None else None

    def plot(self, *, axes=None, line_kw=None):
        """Draw the curves.

        Parameters
        ----------
        axes : array-like of two matplotlib Axes, default=None
            Where to draw loss and accuracy. If None, a new figure is created.
        line_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.plot`, used for all curves.

        Returns
        -------
        TrainingHistoryDisplay
            This display, with `axes_`, `figure_` and `lines_`.
        """
        _check_history(self.history)
        if axes is None:
            import matplotlib.pyplot as plt

            _, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
        axes = np.ravel(axes)
        if len(axes) != 2:
            raise ValueError(
                "`axes` must be two Axes, for loss and accuracy; got "
                f"{len(axes)}. `plt.subplots(1, 2)` creates two."
            )
        self.axes_ = axes
        self.figure_ = axes[0].figure
        self.lines_ = {}
        for ax, quantity in zip(axes, ("loss", "accuracy"), strict=True):
            self._plot_quantity(ax, quantity, line_kw)
        # Losses fall, so the upper right corner is free.
        axes[0].legend(loc="upper right", frameon=False)
        return self

    def _plot_quantity(self, ax, quantity, line_kw):
        from matplotlib.ticker import MaxNLocator

        for part, name in (("training", quantity), ("validation", f"val_{quantity}")):
            if name not in self.history:
                continue
            values = self.history[name]
            style = line_style(line_kw, label=part, markersize=4, **_STYLES[part])
            epochs = np.arange(1, len(values) + 1)
            (self.lines_[name],) = ax.plot(epochs, values, **style)
        best, values = self.best_epoch, self.history.get(f"val_{quantity}")
        if best is not None and values is not None:
            ring = {"marker": "o", "markersize": 12, "fillstyle": "none"}
            ring |= {"color": "0.2", "linestyle": "none"}
            label = f"best accuracy (epoch {best})"
            ax.plot(best, values[best - 1], label=label, **ring)
        ax.set(xlabel="Epoch", ylabel=quantity.capitalize())
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(alpha=0.3)


def _find_history(estimator):
    check_is_fitted(estimator)
    inner = estimator
    while not hasattr(inner, "history_"):
        if hasattr(inner, "best_estimator_"):
            inner = inner.best_estimator_
        elif hasattr(inner, "steps"):
            inner = inner.steps[-1][1]
        else:
            raise TypeError(
                "`estimator` must have an attribute `history_`, as CNNDigitClassifier "
                "has, or be a pipeline or a search that contains such an estimator; "
                f"got {type(estimator).__name__}."
            )
    return inner.history_


def _check_history(history):
    curves = [
        history[name]
        for name in ("loss", "accuracy", "val_loss", "val_accuracy")
        if name in history
    ]
    lengths = {len(curve) for curve in curves}
    if "loss" not in history or "accuracy" not in history or len(lengths) != 1:
        raise ValueError(
            "`history` must hold 'loss' and 'accuracy', and curves of equal length; "
            f"got { {name: len(curve) for name, curve in history.items()} }."
        )
    if lengths == {0}:
        raise ValueError("`history` must hold at least one epoch; got none.")
