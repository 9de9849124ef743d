"""The pictures of a report, as PNG files."""

import contextlib
from pathlib import Path

import numpy as np

from skdigits.display import DigitGridDisplay, TrainingHistoryDisplay
from skdigits.display._images import as_drawable

_SAMPLE_ROWS, _WORST_ROWS, _SAMPLE_COLUMNS = 5, 3, 8

# The sheet of readings. Lengths are in sides of a picture.
_MOST_READINGS = 400
_READING_COLUMNS, _READING_WIDTH, _READING_HEIGHT = 4, 2.5, 1.75
_SURE = 0.9  # confidence from which an answer stands without a mark
_BLUE, _VERMILION = "#0072B2", "#D55E00"  # of Okabe and Ito


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
    X : ndarray of shape (n_images, n_pixels)
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
            f"{report.n_wrong} of {report.n_images} wrong (thick frame): the "
            f"{len(worst)} least probable true labels, then others as they come",
            fontsize="medium",
        )


def write_readings(readings, path):
    """Write a sheet of pictures, what the network saw of them and its answers.

    Parameters
    ----------
    readings : list of Reading
        No more than 400 of them are drawn; the title says so.
    path : pathlib.Path
    """
    with _png(path, _size_of_readings(readings)) as figure:
        draw_readings(readings, figure.subplots())


def can_show():
    """Tell whether a window can be opened here."""
    from matplotlib import pyplot
    from matplotlib.backends import BackendFilter, backend_registry

    interactive = backend_registry.list_builtin(BackendFilter.INTERACTIVE)
    try:
        pyplot.switch_backend(pyplot.get_backend())
    except ImportError:  # what is configured needs a display
        return False
    return pyplot.get_backend().lower() in interactive


def show_readings(readings):
    """Open a window with the sheet of `write_readings`, and wait for its end.

    Parameters
    ----------
    readings : list of Reading
    """
    from matplotlib import pyplot

    figure = pyplot.figure(figsize=_size_of_readings(readings), layout="constrained")
    draw_readings(readings, figure.subplots())
    pyplot.show()


def draw_readings(readings, ax):
    """Draw pictures, what the network saw of them and its answers.

    The length of a bar is the confidence. An answer of less than 90 % has a question
    mark, and a thick frame around the picture.

    Parameters
    ----------
    readings : list of Reading
    ax : matplotlib.axes.Axes
    """
    drawn = readings[:_MOST_READINGS]
    n_rows, n_columns = _shape_of_readings(drawn)
    for i, reading in enumerate(drawn):
        row, column = divmod(i, n_columns)
        _draw_reading(ax, reading, column * _READING_WIDTH, row * _READING_HEIGHT)
    ax.set(xlim=(-0.1, n_columns * _READING_WIDTH - 0.25), aspect="equal")
    ax.set(ylim=(n_rows * _READING_HEIGHT, -0.1))
    ax.set_axis_off()
    title = "Each picture, what the network saw, and the answer"
    if len(drawn) < len(readings):
        title += f" (the first {len(drawn)} of {len(readings)})"
    ax.set_title(title, fontsize="medium")


def _draw_reading(ax, reading, left, top):
    from matplotlib.patches import Rectangle

    is_sure = bool(reading.ranking) and reading.ranking[0][1] >= _SURE
    color, width = ("0.6", 0.6) if is_sure else (_VERMILION, 2.5)
    for x, image in [(left, reading.picture), (left + 1.1, reading.framed)]:
        if image is not None:
            _draw_image(ax, image, x, top, is_ink=image is reading.framed)
        frame = {"fill": False, "edgecolor": color, "linewidth": width}
        ax.add_patch(Rectangle((x, top), 1, 1, **frame))
    name = Path(reading.file).name
    details = [name if len(name) <= 32 else f"…{name[-31:]}"]
    if reading.error:
        answer, share = "× not read", 0.0
    else:
        (label, share), *others = reading.ranking
        answer = f"{label}{'' if is_sure else ' ?'}   {share:.1%}"
        if others:
            then = ", ".join(f"{label} {p:.1%}" for label, p in others[:3])
            details.append(f"then {then}")
        if reading.note:
            details.append(f"! {reading.note}")
    bars = [(2.1, "0.88"), (2.1 * share, _BLUE if is_sure else _VERMILION)]
    for length, shade in bars:
        bar = Rectangle((left, top + 1.05), length, 0.06, facecolor=shade, linewidth=0)
        ax.add_patch(bar)
    style = {"ha": "left", "va": "top", "parse_math": False}
    ax.text(left, top + 1.15, answer, fontsize=10, fontweight="bold", **style)
    ax.text(left, top + 1.35, "\n".join(details), fontsize=6.5, color="0.25", **style)


def _draw_image(ax, image, left, top, *, is_ink):
    """Draw an image into the middle of a square of side one."""
    height, width = np.array(image.shape[:2]) / max(image.shape[:2])
    x, y = left + (1 - width) / 2, top + (1 - height) / 2
    levels = {"vmin": 0, "vmax": 255} if is_ink or image.dtype == np.uint8 else {}
    ax.imshow(
        as_drawable(image),
        cmap="gray_r" if is_ink else "gray",
        extent=(x, x + width, y + height, y),
        **levels,
    )


def _shape_of_readings(readings):
    n_columns = min(_READING_COLUMNS, len(readings))
    return -(-len(readings) // n_columns), n_columns


def _size_of_readings(readings):
    """Inches of the sheet."""
    n_rows, n_columns = _shape_of_readings(readings[:_MOST_READINGS])
    return n_columns * _READING_WIDTH, 0.4 + n_rows * _READING_HEIGHT


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
    # Beside hundreds of right predictions, one wrong is as pale as none.
    for i, j in np.ndindex(counts.shape):
        if counts[i, j] == 0:
            display.text_[i, j].set_text("")
        elif i != j:
            display.text_[i, j].set_fontweight("bold")
            outline = {"fill": False, "edgecolor": "#D55E00", "linewidth": 2}
            ax.add_patch(Rectangle((j - 0.45, i - 0.45), 0.9, 0.9, **outline))


@contextlib.contextmanager
def _png(path, size):
    """Make a figure without pyplot, and so without a display, and save it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    yield figure
    figure.savefig(path, dpi=150, bbox_inches="tight", pad_inches=0.15)
