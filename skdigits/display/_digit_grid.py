"""Images of digits in a grid, with their predicted and true labels."""

import math

import numpy as np

from skdigits.display._images import (
    FRAME,
    MARKED_FRAME,
    as_images,
    caption_lines,
    caption_size,
    draw_image,
)
from skdigits.display._style import text_style

__all__ = ["DigitGridDisplay"]

_ORDERS = ("given", "worst_first")

# In cells: between images, for two lines of text, and the width of a character.
_GAP, _TEXT_HEIGHT, _CHARACTER = 0.16, 0.38, 0.1
_INCHES = 0.95  # side of a cell in a new figure


class DigitGridDisplay:
    """Images with the label predicted for each, the wrong ones marked.

    Below each image stand the predicted label and its probability. A wrong one has
    a thick frame, and reads "× 1, not 7" where a 7 was taken for a 1. Grey images are
    drawn with dark ink on light paper, whichever way round they are.

    Create one with :meth:`from_estimator` or :meth:`from_predictions`.

    Parameters
    ----------
    images : sequence of array-like
        Images as :func:`matplotlib.pyplot.imshow` takes them: grey or in colour,
        and of any size.

    y_true : array-like of shape (n_images,) or None
        Labels of the images. If None, nothing is known to be wrong.

    y_pred : array-like of shape (n_images,)
        Labels predicted for them.

    confidence : array-like of shape (n_images,), default=None
        Probability of each predicted label.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes, once plotted; one for all images.

    figure_ : matplotlib.figure.Figure
        The figure that holds them.

    images_ : list of matplotlib.image.AxesImage
        The images drawn.

    frames_ : list of matplotlib.patches.Rectangle
        Their frames.

    texts_ : list of matplotlib.text.Text
        The text below each.

    See Also
    --------
    TrainingHistoryDisplay : Loss and accuracy over the epochs.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skdigits.display import DigitGridDisplay
    >>> digits = load_digits()
    >>> display = DigitGridDisplay(
    ...     digits.images[:3], y_true=[0, 1, 2], y_pred=[0, 1, 7]
    ... )
    >>> display.is_wrong
    array([False, False,  True])
    >>> display.plot()  # doctest: +SKIP
    """

    def __init__(self, images, y_true, y_pred, confidence=None):
        self.images = images
        self.y_true = y_true
        self.y_pred = y_pred
        self.confidence = confidence

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y=None,
        *,
        order="given",
        max_images=40,
        ax=None,
        n_columns=None,
        text_kw=None,
    ):
        """Predict the images in X and show them.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier with `predict_proba`, or a pipeline that ends in one.
        X : array-like of shape (n_images, n_pixels) or (n_images, h, w), or list
            What the estimator predicts: rows of square images, a stack of images or,
            for a pipeline that starts with a :class:`~skdigits.DigitPreprocessor`, a
            list of pictures.
        y : array-like of shape (n_images,), default=None
            Labels of the images.
        order : {"given", "worst_first"}, default="given"
            "worst_first" starts with the image whose true label is the least
            probable (without `y`: whose predicted label is).
        max_images : int, default=40
            Show no more than this many, the first of that order.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure is made.
        n_columns : int, default=None
            Images in a row. If None, a number that makes the grid wider than high.
        text_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.text`, for the text below each image.

        Returns
        -------
        DigitGridDisplay
        """
        return cls.from_predictions(
            X,
            y,
            estimator.predict_proba(X),
            classes=estimator.classes_,
            order=order,
            max_images=max_images,
            ax=ax,
            n_columns=n_columns,
            text_kw=text_kw,
        )

    @classmethod
    def from_predictions(
        cls,
        X,
        y_true,
        proba,
        *,
        classes=None,
        order="given",
        max_images=40,
        ax=None,
        n_columns=None,
        text_kw=None,
    ):
        """Show images with probabilities predicted before.

        Parameters
        ----------
        X : array-like of shape (n_images, n_pixels) or (n_images, h, w), or list
            Rows of square images, a stack of images, or a list of them.
        y_true : array-like of shape (n_images,) or None
            Labels of the images.
        proba : array-like of shape (n_images, n_classes)
            Probabilities of the classes, as `predict_proba` gives them.
        classes : array-like of shape (n_classes,), default=None
            The classes; if None, numbers from 0 on.
        order : {"given", "worst_first"}, default="given"
            "worst_first" starts with the image whose true label is the least
            probable (without `y_true`: whose predicted label is).
        max_images : int, default=40
            Show no more than this many, the first of that order.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure is made.
        n_columns : int, default=None
            Images in a row. If None, a number that makes the grid wider than high.
        text_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.text`, for the text below each image.

        Returns
        -------
        DigitGridDisplay
        """
        if order not in _ORDERS:
            raise ValueError(f"`order` must be one of {_ORDERS}. Got {order!r}.")
        proba = np.asarray(proba)
        classes = np.arange(proba.shape[1]) if classes is None else np.asarray(classes)
        images = as_images(X)
        _check_lengths(images, y_true=y_true, proba=proba)

        chosen = np.arange(len(images))
        if order == "worst_first":
            chosen = np.argsort(_plausibility(y_true, proba, classes), kind="stable")
        chosen = chosen[:max_images]
        return cls(
            [images[i] for i in chosen],
            None if y_true is None else np.asarray(y_true)[chosen],
            classes[proba[chosen].argmax(axis=1)],
            proba[chosen].max(axis=1),
        ).plot(ax=ax, n_columns=n_columns, text_kw=text_kw)

    @property
    def is_wrong(self):
        """Whether each predicted label differs from the true one."""
        if self.y_true is None:
            return np.zeros(len(self.y_pred), dtype=bool)
        return np.asarray(self.y_true) != np.asarray(self.y_pred)

    def plot(self, *, ax=None, n_columns=None, text_kw=None):
        """Draw the grid.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure is made.
        n_columns : int, default=None
            Images in a row. If None, a number that makes the grid wider than high.
        text_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.text`, for the text below each image.

        Returns
        -------
        DigitGridDisplay
            This display, with `ax_`, `figure_`, `images_`, `frames_` and `texts_`.
        """
        _check_lengths(
            self.images,
            y_true=self.y_true,
            y_pred=self.y_pred,
            confidence=self.confidence,
        )
        if len(self.images) == 0:
            raise ValueError("`images` must hold at least one image. Got none.")
        captions = self._write_captions()
        n_columns = n_columns or min(10, math.ceil(math.sqrt(1.6 * len(captions))))
        n_rows = math.ceil(len(captions) / n_columns)
        longest = max(len(line) for text in captions for line in text.split("\n"))
        pitch_x = max(1, _CHARACTER * longest) + _GAP
        pitch_y = 1 + _TEXT_HEIGHT + _GAP / 2
        size = n_columns * pitch_x, n_rows * pitch_y

        if ax is None:
            import matplotlib.pyplot as plt

            inches = [_INCHES * side for side in size]
            _, ax = plt.subplots(figsize=inches, layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        ax.set(xlim=(0, size[0]), ylim=(size[1], 0), aspect="equal")
        ax.set_axis_off()
        font_size = caption_size(ax, *size)
        drawn = []
        for i, (image, text) in enumerate(zip(self.images, captions, strict=True)):
            row, column = divmod(i, n_columns)
            left = column * pitch_x + (pitch_x - 1) / 2
            top = row * pitch_y + _GAP / 4
            is_wrong = self.is_wrong[i]
            weight = "bold" if is_wrong else "normal"
            drawn.append(
                draw_image(
                    ax,
                    image,
                    left,
                    top,
                    cmap=_dark_strokes(image),
                    frame=MARKED_FRAME if is_wrong else FRAME,
                    caption=text,
                    text_kw=text_style(text_kw, size=font_size, weight=weight),
                )
            )
        self.images_, self.frames_, self.texts_ = map(list, zip(*drawn, strict=True))
        return self

    def _write_captions(self):
        labels = [str(label) for label in np.asarray(self.y_pred)]
        for i in np.flatnonzero(self.is_wrong):
            labels[i] = f"× {labels[i]}, not {np.asarray(self.y_true)[i]}"
        return caption_lines(labels, self.confidence)


def _dark_strokes(image):
    """Choose the colour map that draws the strokes of a grey image dark.

    Most pixels are background, so dark strokes pull the mean below the median.
    """
    return "gray" if np.mean(image) < np.median(image) else "gray_r"


def _check_lengths(images, **others):
    lengths = {
        name: len(values) for name, values in others.items() if values is not None
    }
    if set(lengths.values()) - {len(images)}:
        raise ValueError(
            f"There must be one entry for each of the {len(images)} images. Got "
            f"{', '.join(f'{n} in `{name}`' for name, n in lengths.items())}."
        )


def _plausibility(y_true, proba, classes):
    """Probability of the true label, 0 for one unknown; without labels, the highest."""
    if y_true is None:
        return proba.max(axis=1)
    return (proba * (np.asarray(y_true)[:, None] == classes)).sum(axis=1)
