"""How much less often a classifier errs if it may leave images unanswered."""

import numpy as np

from skdigits.display._style import BLACK, BLUE, GREEN, PURPLE, VERMILION, line_style

__all__ = ["ErrorCoverageDisplay"]

_COLORS = [BLUE, VERMILION, GREEN, PURPLE, BLACK]
# Curves differ in print without colour, too.
_DASHES = ["-", "--", "-.", ":"]

# The most confident few images decide the curve's beginning, where one mistake is an
# error of 100 %: the axis is scaled to what comes after them.
_SCALED_FROM = 0.1


class ErrorCoverageDisplay:
    """Error among the answered images against the share answered.

    A classifier that may say "I don't know" answers only where its confidence, the
    highest of its probabilities, reaches some threshold. Each point of the curve is
    such a threshold: to the right all images are answered, and the error is that of
    the classifier as it is; to the left only the surest ones. A curve that falls
    quickly to the left belongs to a classifier that knows what it does not know; one
    whose confidence says nothing stays level.

    Create one with :meth:`from_estimator` or :meth:`from_predictions`.

    Parameters
    ----------
    coverage : ndarray of shape (n_thresholds,)
        Share of the images answered, increasing up to 1.

    error : ndarray of shape (n_thresholds,)
        Share of wrong labels among them.

    aurc : float, default=None
        Area under the curve. If None, it is not shown.

    name : str, default=None
        What the curve is called in the legend. If None, it has no name.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes, once plotted.

    figure_ : matplotlib.figure.Figure
        The figure that holds them.

    line_ : matplotlib.lines.Line2D
        The curve.

    See Also
    --------
    sklearn.calibration.CalibrationDisplay : Whether probabilities are what they say.

    Notes
    -----
    The curve is the risk-coverage curve of El-Yaniv and Wiener [1]_, with the
    probability of the predicted label as the confidence [2]_. The area under it
    (AURC) [3]_ is the mean, over all images, of the error among those that are
    answered with at least the confidence of that image. It is 0 at best.

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
    Four images, of which the one answered with the least confidence is wrong:

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
        """Predict the images in X and draw the curve.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier with `predict_proba`, or a pipeline that ends in one.
        X : array-like of shape (n_images, n_pixels) or (n_images, h, w), or list
            What the estimator predicts.
        y : array-like of shape (n_images,)
            Labels of the images. Those that the estimator does not know count as
            answered wrongly.
        name : str, default=None
            What the curve is called in the legend. If None, the estimator's class.
        ax : matplotlib Axes, default=None
            Where to draw, beside the curves that are there. If None, a new figure is
            made.
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
        """Draw the curve of probabilities predicted before.

        Parameters
        ----------
        y_true : array-like of shape (n_images,)
            Labels of the images.
        proba : array-like of shape (n_images, n_classes)
            Probabilities of the classes, as `predict_proba` gives them.
        classes : array-like of shape (n_classes,), default=None
            The classes; if None, numbers from 0 on.
        name : str, default=None
            What the curve is called in the legend. If None, it has no name.
        ax : matplotlib Axes, default=None
            Where to draw, beside the curves that are there. If None, a new figure is
            made.
        line_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.plot`.

        Returns
        -------
        ErrorCoverageDisplay

        Raises
        ------
        ValueError
            If there are no images, or not as many labels as rows of probabilities.
        """
        y_true, proba = np.asarray(y_true), np.asarray(proba)
        if len(y_true) != len(proba) or len(proba) == 0:
            raise ValueError(
                "`y_true` and `proba` must hold an entry for each image, and at least "
                f"one. Got {len(y_true)} and {len(proba)}."
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
            Where to draw, beside the curves that are there. If None, a new figure is
            made.
        name : str, default=None
            What the curve is called in the legend. If None, the display's `name`.
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
        ax.set(xlim=(0, 1), ylim=(-0.01 * top, top))  # shows a curve along the axis
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
    """Compute share answered, error and area, from the surest images to all.

    Images of equal confidence are answered together.
    """
    order = np.argsort(-confidence, kind="stable")
    n_answered = np.arange(1, len(order) + 1)
    error = np.cumsum(is_wrong[order]) / n_answered
    ends = np.flatnonzero(np.append(np.diff(confidence[order]) != 0, True))
    group_sizes = np.diff(ends, prepend=-1)
    aurc = np.average(error[ends], weights=group_sizes)
    return n_answered[ends] / len(order), error[ends], float(aurc)
