"""Display of images in a grid, with their predicted and true labels."""

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
    """Show images with their predicted labels and mark the wrong ones.

    The predicted label and its probability are below each image. A wrong prediction
    has a thick frame and a caption such as "× 1, not 7", for a 7 read as 1. Grey
    images are drawn with dark strokes, whatever their polarity.

    Create one with :meth:`from_estimator` or :meth:`from_predictions`.

    Parameters
    ----------
    images : sequence of array-like
        Grey or colour images as in :func:`matplotlib.pyplot.imshow`, of any size.

    y_true : array-like of shape (n_images,) or None
        True labels. If None, no image is marked as wrong.

    y_pred : array-like of shape (n_images,)
        Predicted labels.

    confidence : array-like of shape (n_images,), default=None
        Probabilities of the predicted labels.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Axes of all images, after `plot`.

    figure_ : matplotlib.figure.Figure
        Figure of the axes.

    images_ : list of matplotlib.image.AxesImage
        The images.

    frames_ : list of matplotlib.patches.Rectangle
        Their frames.

    texts_ : list of matplotlib.text.Text
        Their captions.

    See Also
    --------
    TrainingHistoryDisplay : Plot the loss and accuracy of each epoch.

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
        """Show the images of X with the predictions of an estimator.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier with `predict_proba`, or a pipeline that ends with one.
        X : array-like of shape (n_images, n_pixels) or (n_images, h, w), or list
            Input of the estimator: rows of square images, a stack of images or, for a
            pipeline that starts with a :class:`~skdigits.DigitPreprocessor`, a list of
            pictures.
        y : array-like of shape (n_images,), default=None
            True labels.
        order : {"given", "worst_first"}, default="given"
            "worst_first" starts with the image whose true label (without `y`,
            predicted label) has the lowest probability.
        max_images : int, default=40
            Maximum number of images, taken from the start of that order.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure is created.
        n_columns : int, default=None
            Images in a row. If None, chosen so that the grid is wider than high.
        text_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.text`, for the caption of each image.

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
        """Show images with given probabilities.

        Parameters
        ----------
        X : array-like of shape (n_images, n_pixels) or (n_images, h, w), or list
            Rows of square images, a stack of images, or a list of them.
        y_true : array-like of shape (n_images,) or None
            True labels.
        proba : array-like of shape (n_images, n_classes)
            Probabilities of the classes, from `predict_proba`.
        classes : array-like of shape (n_classes,), default=None
            Labels of the columns of `proba`. If None, 0, 1, ...
        order : {"given", "worst_first"}, default="given"
            "worst_first" starts with the image whose true label (without `y_true`,
            predicted label) has the lowest probability.
        max_images : int, default=40
            Maximum number of images, taken from the start of that order.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure is created.
        n_columns : int, default=None
            Images in a row. If None, chosen so that the grid is wider than high.
        text_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.text`, for the caption of each image.

        Returns
        -------
        DigitGridDisplay
        """
        if order not in _ORDERS:
            raise ValueError(f"`order` must be one of {_ORDERS}; got {order!r}.")
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
        """Tell whether each predicted label differs from the true one."""
        if self.y_true is None:
            return np.zeros(len(self.y_pred), dtype=bool)
        return np.asarray(self.y_true) != np.asarray(self.y_pred)

    def plot(self, *, ax=None, n_columns=None, text_kw=None):
        """Draw the grid.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure is created.
        n_columns : int, default=None
            Images in a row. If None, chosen so that the grid is wider than high.
        text_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.text`, for the caption of each image.

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
            raise ValueError("`images` must hold at least one image; got none.")
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
            f"There must be one entry for each of the {len(images)} images; got "
            f"{', '.join(f'{n} in `{name}`' for name, n in lengths.items())}."
        )


def _plausibility(y_true, proba, classes):
    """Return the probability of each true label, or else the highest probability.

    The probability of a label that is not in `classes` is 0.
    """
    if y_true is None:
        return proba.max(axis=1)
    return (proba * (np.asarray(y_true)[:, None] == classes)).sum(axis=1)
