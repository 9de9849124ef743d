"""Display of the error of a classifier that may reject images."""

import numpy as np

from skdigits.display._style import BLACK, BLUE, GREEN, PURPLE, VERMILION, line_style

__all__ = ["ErrorCoverageDisplay"]

_COLORS = [BLUE, VERMILION, GREEN, PURPLE, BLACK]
# Curves differ in greyscale too.
_DASHES = ["-", "--", "-.", ":"]

# The first points cover a few images, of which one error is a large share. They do not
# scale the axis.
_SCALED_FROM = 0.1


class ErrorCoverageDisplay:
    """Plot the error among the accepted images against their share.

    A classifier with a reject option answers only if its confidence, the highest
    class probability, reaches a threshold. Each point of the curve is a threshold.
    At the right end all images are answered; towards the left, only those with the
    highest confidence. The curve falls quickly to the left if errors have a low
    confidence, and stays level if the confidence is not informative.

    Create one with :meth:`from_estimator` or :meth:`from_predictions`.

    Parameters
    ----------
    coverage : ndarray of shape (n_thresholds,)
        Share of the images that are answered, increasing to 1.

    error : ndarray of shape (n_thresholds,)
        Share of wrong labels among the answered images.

    aurc : float, default=None
        Area under the curve. If None, it is not shown.

    name : str, default=None
        Name of the curve in the legend. If None, it has no name.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Axes of the curve, after `plot`.

    figure_ : matplotlib.figure.Figure
        Figure of the axes.

    line_ : matplotlib.lines.Line2D
        The curve.

    See Also
    --------
    sklearn.calibration.CalibrationDisplay : Calibration curves.

    Notes
    -----
    The curve is the risk-coverage curve of El-Yaniv and Wiener [1]_, with the
    probability of the predicted label as the confidence [2]_. The area under the
    curve (AURC) [3]_ is the mean, over all images, of the error among the images of at
    least the same confidence. The best value is 0.

    References
    ----------
    .. [1] R. El-Yaniv and Y. Wiener, "On the foundations of noise-free selective
       classification", Journal of Machine Learning Research 11, 2010.

    .. [2] Y. Geifman and R. El-Yaniv, "Selective classification for deep neural
       networks", Advances in Neural Information Processing Systems 30, 2017.

    .. [3] Y. Geifman, G. Uziel and R. El-Yaniv, "Bias-reduced uncertainty estimation
       for deep neural classifiers", International Conference on Learning
       Representations, 2019.

    Examples
    --------
    Of four images, the one with the lowest confidence is misclassified:

    >>> from skdigits.display import ErrorCoverageDisplay
    >>> proba = [[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [0.3, 0.7]]
    >>> display = ErrorCoverageDisplay.from_predictions([0, 1, 0, 1], proba)
    >>> display.coverage
    array([0.25, 0.5 , 0.75, 1.  ])
    >>> display.error
    array([0.  , 0.  , 0.  , 0.25])
    >>> print(display.aurc)
    0.0625
    """

    def __init__(self, coverage, error, *, aurc=None, name=None):
        self.coverage = coverage
        self.error = error
        self.aurc = aurc
        self.name = name

    @classmethod
    def from_estimator(cls, estimator, X, y, *, name=None, ax=None, line_kw=None):
        """Plot the curve of an estimator.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier with `predict_proba`, or a pipeline that ends with one.
        X : array-like of shape (n_images, n_pixels) or (n_images, h, w), or list
            Input of the estimator.
        y : array-like of shape (n_images,)
            True labels. Labels unknown to the estimator count as errors.
        name : str, default=None
            Name of the curve in the legend. If None, the estimator's class.
        ax : matplotlib Axes, default=None
            Where to draw; existing curves stay. If None, a new figure is created.
        line_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.plot`.

        Returns
        -------
        ErrorCoverageDisplay
        """
        return cls.from_predictions(
            y,
            estimator.predict_proba(X),
            classes=estimator.classes_,
            name=type(estimator).__name__ if name is None else name,
            ax=ax,
            line_kw=line_kw,
        )

    @classmethod
    def from_predictions(
        cls, y_true, proba, *, classes=None, name=None, ax=None, line_kw=None
    ):
        """Plot the curve of given probabilities.

        Parameters
        ----------
        y_true : array-like of shape (n_images,)
            True labels.
        proba : array-like of shape (n_images, n_classes)
            Probabilities of the classes, from `predict_proba`.
        classes : array-like of shape (n_classes,), default=None
            Labels of the columns of `proba`. If None, 0, 1, ...
        name : str, default=None
            Name of the curve in the legend. If None, it has no name.
        ax : matplotlib Axes, default=None
            Where to draw; existing curves stay. If None, a new figure is created.
        line_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.plot`.

        Returns
        -------
        ErrorCoverageDisplay

        Raises
        ------
        ValueError
            If there are no images, or `y_true` and `proba` differ in length.
        """
        y_true, proba = np.asarray(y_true), np.asarray(proba)
        if len(y_true) != len(proba) or len(proba) == 0:
            raise ValueError(
                "`y_true` and `proba` must have the same length, at least 1; got "
                f"{len(y_true)} and {len(proba)}."
            )
        classes = np.arange(proba.shape[1]) if classes is None else np.asarray(classes)
        is_wrong = classes[proba.argmax(axis=1)] != y_true
        coverage, error, aurc = _error_by_coverage(is_wrong, proba.max(axis=1))
        return cls(coverage, error, aurc=aurc, name=name).plot(ax=ax, line_kw=line_kw)

    def plot(self, *, ax=None, name=None, line_kw=None):
        """Draw the curve.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; existing curves stay. If None, a new figure is created.
        name : str, default=None
            Name of the curve in the legend. If None, the display's `name`.
        line_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.plot`.

        Returns
        -------
        ErrorCoverageDisplay
            This display, with `ax_`, `figure_` and `line_`.
        """
        from matplotlib.ticker import PercentFormatter

        if ax is None:
            import matplotlib.pyplot as plt

            _, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        n_before = len(ax.lines)
        style = line_style(
            line_kw,
            color=_COLORS[n_before % len(_COLORS)],
            linestyle=_DASHES[n_before % len(_DASHES)],
            label=self._write_label(self.name if name is None else name),
        )
        is_scaled = np.asarray(self.coverage) >= _SCALED_FROM
        top = 1.1 * np.max(self.error, where=is_scaled, initial=0)
        if n_before:
            top = max(top, ax.get_ylim()[1])
        (self.line_,) = ax.plot(self.coverage, self.error, **style)
        top = top or 1
        ax.set(xlim=(0, 1), ylim=(-0.01 * top, top))  # errors of 0 stay visible
        ax.set(xlabel="Share answered", ylabel="Error among the answered")
        ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        ax.yaxis.set_major_formatter(PercentFormatter(1))
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(alpha=0.3)
        if style["label"] is not None:
            ax.legend(loc="upper left", frameon=False)
        return self

    def _write_label(self, name):
        area = None if self.aurc is None else f"AURC = {self.aurc:.2g}"
        if name is None or area is None:
            return name or area
        return f"{name} ({area})"


def _error_by_coverage(is_wrong, confidence):
    """Compute coverage, error and area, in the order of falling confidence.

    Images of equal confidence share one threshold.
    """
    order = np.argsort(-confidence, kind="stable")
    n_answered = np.arange(1, len(order) + 1)
    error = np.cumsum(is_wrong[order]) / n_answered
    ends = np.flatnonzero(np.append(np.diff(confidence[order]) != 0, True))
    group_sizes = np.diff(ends, prepend=-1)
    aurc = np.average(error[ends], weights=group_sizes)
    return n_answered[ends] / len(order), error[ends], float(aurc)
