"""The figures of a report, as PNG files."""

import contextlib

import numpy as np

from skdigits._cli.candidates import describe_params
from skdigits._cli.console import naming
from skdigits.display import DigitGridDisplay, TrainingHistoryDisplay
from skdigits.display._style import BLUE, VERMILION

_MAX_CANDIDATES = 20
_SAMPLE_ROWS, _WORST_ROWS, _SAMPLE_COLUMNS = 5, 3, 8


def write_learning_curves(estimator, folder):
    """Write ``learning_curves.png``: loss and accuracy of each epoch.

    Parameters
    ----------
    estimator : estimator
        A fitted classifier, or a pipeline that ends with one.
    folder : pathlib.Path
    """
    with _png(folder / "learning_curves.png", (9, 3.6)) as figure:
        axes = figure.subplots(1, 2)
        TrainingHistoryDisplay.from_estimator(estimator, axes=axes)


def write_ranking(ranking, folder):
    """Write ``ranking.png``: accuracy of the best candidates with its deviation.

    Parameters
    ----------
    ranking : list of Rank
    folder : pathlib.Path
    """
    shown = ranking[:_MAX_CANDIDATES]
    with _png(folder / "ranking.png", (9, 1 + 0.3 * len(shown))) as figure:
        ax = figure.subplots()
        places = range(1, len(shown) + 1)
        ax.errorbar(
            [each.accuracy for each in shown],
            places,
            xerr=[each.deviation for each in shown],
            fmt="o",
            color=BLUE,
            ecolor="0.7",
        )
        labels = [describe_params(each.params) for each in shown]
        ax.set_yticks(places, labels, fontsize="small")
        ax.invert_yaxis()
        ax.set(xlabel="accuracy (mean and standard deviation over the folds)")
        ax.set_title(f"The best {len(shown)} of {len(ranking)} candidates")


def write_confusion_matrix(report, folder):
    """Write ``confusion_matrix.png``: scikit-learn's display, mistakes outlined.

    Parameters
    ----------
    report : Report
    folder : pathlib.Path
    """
    side = 2 + 0.45 * len(report.classes)
    with _png(folder / "confusion_matrix.png", (side, side)) as figure:
        ax = figure.subplots()
        draw_confusion_matrix(report, ax)
        ax.set_title(f"{report.n_wrong} of {report.n_images} wrong")


def write_samples(report, X, y, proba, folder):
    """Write ``predictions.png``: the worst predictions, then samples of the others.

    Parameters
    ----------
    report : Report
    X : ndarray of shape (n_images, h, w)
        Preprocessed pictures.
    y : ndarray of shape (n_images,)
        True labels.
    proba : ndarray of shape (n_images, n_classes)
    folder : pathlib.Path
    """
    of_true_label = proba[np.arange(len(y)), np.searchsorted(report.classes, y)]
    n_worst = _WORST_ROWS * _SAMPLE_COLUMNS
    worst = np.argsort(of_true_label, kind="stable")[:n_worst]
    others = np.setdiff1d(np.arange(len(y)), worst)
    chosen = np.concatenate([worst, others])[: _SAMPLE_ROWS * _SAMPLE_COLUMNS]
    n_rows = -(-len(chosen) // _SAMPLE_COLUMNS)
    with _png(folder / "predictions.png", (10, 0.6 + 1.4 * n_rows)) as figure:
        ax = figure.subplots()
        DigitGridDisplay.from_predictions(
            X[chosen],
            y[chosen],
            proba[chosen],
            classes=report.classes,
            n_columns=_SAMPLE_COLUMNS,
            ax=ax,
        )
        ax.set_title(
            f"{report.n_wrong} of {report.n_images} wrong (thick frame). First the "
            f"{len(worst)} whose true labels are least probable, then others",
            fontsize="medium",
        )


def draw_confusion_matrix(report, ax):
    """Draw the confusion matrix with scikit-learn's own display, mistakes outlined.

    Parameters
    ----------
    report : Report
        The numbers.
    ax : matplotlib.axes.Axes
        Where to draw.
    """
    from matplotlib.patches import Rectangle
    from sklearn.metrics import ConfusionMatrixDisplay

    counts = report.confusion_matrix
    display = ConfusionMatrixDisplay(counts, display_labels=report.classes)
    has_words = max(len(str(label)) for label in report.classes) > 3
    display.plot(
        ax=ax,
        cmap="Blues",
        colorbar=False,
        values_format="d",
        xticks_rotation="vertical" if has_words else "horizontal",
    )
    # On the colour scale of hundreds, a count of one is as pale as zero.
    for i, j in np.ndindex(counts.shape):
        if counts[i, j] == 0:
            display.text_[i, j].set_text("")
        elif i != j:
            display.text_[i, j].set_fontweight("bold")
            outline = {"fill": False, "edgecolor": VERMILION, "linewidth": 2}
            ax.add_patch(Rectangle((j - 0.45, i - 0.45), 0.9, 0.9, **outline))


@contextlib.contextmanager
def _png(path, size):
    """Make a figure without pyplot, which may need a display, and save it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    yield figure
    with naming(path):
        figure.savefig(path, dpi=150, bbox_inches="tight", pad_inches=0.15)
