"""What becomes of one picture on its way into MNIST framing."""

import numpy as np

__all__ = ["PreprocessingDisplay"]

_TITLES = {
    "gray": "grey levels",
    "ink": "ink, even light",
    "mask": "digit",
    "crop": "crop",
    "framed": "framed",
}
_INCHES = 1.9  # side of a panel in a figure of our own


class PreprocessingDisplay:
    """The steps from a picture to a digit in MNIST framing, side by side.

    They show where a framing went wrong: whether the polarity was mistaken, a shadow
    taken for ink or a stroke for a speck.

    Create one with :meth:`from_estimator`, or from the steps themselves.

    Parameters
    ----------
    steps : FramingSteps
        What :meth:`DigitPreprocessor.explain <skdigits.DigitPreprocessor.explain>`
        returns.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes, once plotted; one for all steps.

    figure_ : matplotlib.figure.Figure
        The figure that holds them.

    images_ : dict of matplotlib.image.AxesImage
        The steps drawn, by their name.

    texts_ : dict of matplotlib.text.Text
        Their titles, by the name of the step.

    See Also
    --------
    DigitGridDisplay : Images with the labels predicted for them.

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
        """Frame a picture and show the steps.

        Parameters
        ----------
        preprocessor : DigitPreprocessor
            It need not be fitted.
        image : array-like of shape (h, w) or (h, w, channels)
            One picture.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure is made.
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
            Where to draw. If None, a new figure is made.
        text_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.text`, for the title of each step.

        Returns
        -------
        PreprocessingDisplay
            This display, with `ax_`, `figure_`, `images_` and `texts_`.
        """
        from matplotlib.patches import Rectangle

        if ax is None:
            import matplotlib.pyplot as plt

            size = len(_TITLES) * _INCHES, 1.15 * _INCHES
            _, ax = plt.subplots(figsize=size, layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        self.images_, self.texts_ = {}, {}
        style = {"ha": "center", "va": "bottom"} | (text_kw or {})
        # Lengths are in sides of a panel, which each step fills with its longer side.
        for i, (name, title) in enumerate(_TITLES.items()):
            image = np.asarray(getattr(self.steps, name))
            height, width = np.array(image.shape) / max(image.shape)
            x, y = 1.08 * i + 0.5, 0.5
            left, top = x - width / 2, y - height / 2
            # Ink is drawn dark as on paper, but grey levels as they are.
            self.images_[name] = ax.imshow(
                image,
                cmap="gray" if name == "gray" else "gray_r",
                vmin=0,
                vmax=1 if name == "gray" else max(image.max(), 1e-6),
                extent=(left, left + width, top + height, top),
            )
            edge = {"fill": False, "edgecolor": "0.7", "linewidth": 0.6}
            ax.add_patch(Rectangle((left, top), width, height, **edge))
            self.texts_[name] = ax.text(x, -0.05, title, **style)
        ax.set(xlim=(-0.04, 1.08 * len(_TITLES) - 0.04), ylim=(1.04, -0.25))
        ax.set(aspect="equal")
        ax.set_axis_off()
        return self
