"""Display of the steps from a picture to a digit in MNIST framing."""

import numpy as np

from skdigits.display._images import caption_size, draw_image
from skdigits.display._style import text_style

__all__ = ["PreprocessingDisplay"]

_TITLES = {
    "gray": "grey levels",
    "ink": "foreground",
    "mask": "digit",
    "crop": "crop",
    "framed": "framed",
}
_PITCH, _TITLE_HEIGHT, _MARGIN = 1.08, 0.25, 0.04  # in panels
_INCHES = 1.9  # side of a panel in a new figure


class PreprocessingDisplay:
    """Show the steps from a picture to a digit in MNIST framing.

    They show why a framing failed: a wrong polarity, a shadow taken for foreground, or
    a stroke removed as a speck.

    Create one with :meth:`from_estimator` or from the steps.

    Parameters
    ----------
    steps : FramingSteps
        Result of :meth:`DigitPreprocessor.explain
        <skdigits.DigitPreprocessor.explain>`.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Axes of all steps, after `plot`.

    figure_ : matplotlib.figure.Figure
        Figure of the axes.

    images_ : dict of matplotlib.image.AxesImage
        The images of the steps, by name of the step.

    texts_ : dict of matplotlib.text.Text
        The titles, by name of the step.

    See Also
    --------
    DigitGridDisplay : Show images with their predicted labels.

    Examples
    --------
    >>> import numpy as np
    >>> from skdigits import DigitPreprocessor
    >>> from skdigits.display import PreprocessingDisplay
    >>> photo = np.full((120, 90), 200, dtype=np.uint8)
    >>> photo[30:90, 40:48] = 30
    >>> display = PreprocessingDisplay(DigitPreprocessor().explain(photo))
    >>> display.steps.framed.shape
    (28, 28)
    >>> display.plot()  # doctest: +SKIP
    """

    def __init__(self, steps):
        self.steps = steps

    @classmethod
    def from_estimator(cls, preprocessor, image, *, ax=None, text_kw=None):
        """Show how a preprocessor frames a picture.

        Parameters
        ----------
        preprocessor : DigitPreprocessor
            Fitted or not.
        image : array-like of shape (h, w) or (h, w, channels)
            The picture.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure is created.
        text_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.text`, for the title of each step.

        Returns
        -------
        PreprocessingDisplay
        """
        return cls(preprocessor.explain(image)).plot(ax=ax, text_kw=text_kw)

    def plot(self, *, ax=None, text_kw=None):
        """Draw the steps from left to right.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure is created.
        text_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.text`, for the title of each step.

        Returns
        -------
        PreprocessingDisplay
            This display, with `ax_`, `figure_`, `images_` and `texts_`.
        """
        if ax is None:
            import matplotlib.pyplot as plt

            size = len(_TITLES) * _INCHES, 1.15 * _INCHES
            _, ax = plt.subplots(figsize=size, layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        width, height = _PITCH * len(_TITLES), 1 + _MARGIN + _TITLE_HEIGHT
        ax.set(xlim=(-_MARGIN, width - _MARGIN), ylim=(1 + _MARGIN, -_TITLE_HEIGHT))
        ax.set(aspect="equal")
        ax.set_axis_off()
        text_kw = text_style(text_kw, size=caption_size(ax, width, height))
        self.images_, self.texts_ = {}, {}
        for i, (name, title) in enumerate(_TITLES.items()):
            image = np.asarray(getattr(self.steps, name))
            # Strokes are drawn dark, but grey levels as they are.
            levels = (
                {"cmap": "gray", "vmax": 1}
                if name == "gray"
                else {"cmap": "gray_r", "vmax": max(image.max(), 1e-6)}
            )
            self.images_[name], _, self.texts_[name] = draw_image(
                ax,
                image,
                _PITCH * i,
                0,
                vmin=0,
                caption=title,
                is_caption_above=True,
                text_kw=text_kw,
                **levels,
            )
        return self
