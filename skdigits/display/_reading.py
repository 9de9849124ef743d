"""Display of a number that was read: the picture, boxes, digits and probability."""

from skdigits._io import read_image
from skdigits.display._images import as_drawable
from skdigits.display._style import BLUE, VERMILION, text_style

__all__ = ["ReadingDisplay"]

_SURE = 0.9  # probability below which a digit is marked
_INCHES = 6  # width of a new figure
_TITLE_PAD = 18  # points between picture and title, for the labels


class ReadingDisplay:
    """Draw what was read into the picture.

    Each digit has a box, with its label above. The title is the number with its
    probability, followed by "rejected" if the reader did not answer with it. Digits of
    a probability below 0.9 have a thicker box in another colour.

    Create one with :meth:`from_estimator` or from a picture and its reading.

    Parameters
    ----------
    picture : array-like of shape (h, w) or (h, w, channels)
        The picture, as in :func:`matplotlib.pyplot.imshow`.

    reading : Reading
        Result of :meth:`DigitReader.predict_readings
        <skdigits.DigitReader.predict_readings>` for it.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Axes of the picture, after `plot`.

    figure_ : matplotlib.figure.Figure
        Figure of the axes.

    image_ : matplotlib.image.AxesImage
        The picture.

    boxes_ : list of matplotlib.patches.Rectangle
        The boxes of the digits.

    texts_ : list of matplotlib.text.Text
        Their labels.

    See Also
    --------
    skdigits.DigitReader : Read numbers in pictures.

    Examples
    --------
    >>> import numpy as np
    >>> from skdigits import load_pretrained
    >>> from skdigits.datasets import load_digits28
    >>> from skdigits.display import ReadingDisplay
    >>> X, y = load_digits28(return_X_y=True)
    >>> picture = 255 - np.hstack(X[:4].reshape(-1, 28, 28))
    >>> [reading] = load_pretrained("numbers").predict_readings([picture])
    >>> display = ReadingDisplay(picture, reading)
    >>> display.reading.text
    '0123'
    >>> display.plot()  # doctest: +SKIP
    """

    def __init__(self, picture, reading):
        self.picture = picture
        self.reading = reading

    @classmethod
    def from_estimator(cls, reader, image, *, ax=None, text_kw=None):
        """Read a picture and draw what was read.

        Parameters
        ----------
        reader : DigitReader
            Fitted.
        image : str, path-like, bytes, binary file object, PIL.Image.Image or ndarray
            The picture, as :func:`~skdigits.read_image` takes it.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure is created.
        text_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.text`, for the label of each digit.

        Returns
        -------
        ReadingDisplay
        """
        picture = read_image(image)
        [reading] = reader.predict_readings([picture])
        return cls(picture, reading).plot(ax=ax, text_kw=text_kw)

    def plot(self, *, ax=None, text_kw=None):
        """Draw the picture with boxes and labels.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure is created.
        text_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.text`, for the label of each digit.

        Returns
        -------
        ReadingDisplay
            This display, with `ax_`, `figure_`, `image_`, `boxes_` and `texts_`.
        """
        from matplotlib.patches import Rectangle

        picture = as_drawable(self.picture)
        height, width = picture.shape[:2]
        if ax is None:
            import matplotlib.pyplot as plt

            size = _INCHES, min(_INCHES, _INCHES * height / width) + 0.6
            _, ax = plt.subplots(figsize=size, layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        # Bytes have a known white level; other pixels are scaled to their own range.
        levels = {"vmin": 0, "vmax": 255} if picture.dtype == "uint8" else {}
        self.image_ = ax.imshow(picture, cmap="gray", **levels)
        ax.set_axis_off()
        ax.set_title(self._write_title(), pad=_TITLE_PAD)
        self.boxes_, self.texts_ = [], []
        for digit in self.reading.digits:
            left, top, right, bottom = digit.box
            corner, size = (left - 0.5, top - 0.5), (right - left, bottom - top)
            color, line = BLUE, 1.2
            if digit.probability < _SURE:
                color, line = VERMILION, 2.4
            box = Rectangle(corner, *size, fill=False, edgecolor=color, linewidth=line)
            self.boxes_.append(ax.add_patch(box))
            style = text_style(
                text_kw, color=color, weight="bold", ha="center", va="bottom"
            )
            x, y = (left + right - 1) / 2, top - 0.5
            self.texts_.append(ax.text(x, y, digit.label, **style))
        return self

    def _write_title(self):
        if not self.reading.alternatives:
            return "no number"
        best = self.reading.alternatives[0].text
        rejected = "" if self.reading.text == best else ", rejected"
        return f"{best}  ({self.reading.probability:.1%}{rejected})"
