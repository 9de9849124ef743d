"""Display of the parts of an image that a prediction depends on."""

import math

import numpy as np

from skdigits.display._images import (
    as_images,
    caption_lines,
    caption_size,
    draw_image,
)
from skdigits.display._style import text_style

__all__ = ["SaliencyDisplay"]

_PATCHES_A_SIDE = 4  # a quarter of the side hides a stroke

_GAP, _TEXT_HEIGHT = 0.12, 0.36  # in cells
_INCHES = 1.5  # side of a cell in a new figure


class SaliencyDisplay:
    """Show which parts of an image a prediction depends on, by occlusion.

    A patch of background is placed at each position of the image, and the occluded
    image is predicted. The prediction depends on the parts where the probability of
    the label predicted for the whole image falls [1]_. These are dark orange; the
    outline is that of the digit.

    Create one with :meth:`from_estimator`.

    Parameters
    ----------
    images : array-like of shape (n_images, h, w)
        The images.

    drops : array-like of shape (n_images, h, w)
        Decrease of the probability, for each pixel the mean over all patches that
        cover it. Negative where the probability rises.

    y_pred : array-like of shape (n_images,), default=None
        Predicted labels of the whole images.

    confidence : array-like of shape (n_images,), default=None
        Their probabilities.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Axes of all images, after `plot`.

    figure_ : matplotlib.figure.Figure
        Figure of the axes.

    images_ : list of matplotlib.image.AxesImage
        The drops, on the same scale for all images. Negative values are drawn as 0.

    texts_ : list of matplotlib.text.Text
        The caption of each image: label and probability.

    colorbar_ : matplotlib.colorbar.Colorbar
        The colour bar.

    See Also
    --------
    DigitGridDisplay : Show images with their predicted labels.

    References
    ----------
    .. [1] M. D. Zeiler and R. Fergus, "Visualizing and understanding convolutional
       networks", European Conference on Computer Vision, 2014, section 4.2.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skdigits.display import SaliencyDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> classifier = LogisticRegression(max_iter=1000).fit(X / 16, y)
    >>> display = SaliencyDisplay.from_estimator(classifier, X[:3] / 16)
    >>> display.drops.shape
    (3, 8, 8)
    """

    def __init__(self, images, drops, y_pred=None, confidence=None):
        self.images = images
        self.drops = drops
        self.y_pred = y_pred
        self.confidence = confidence

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        *,
        patch_size=None,
        stride=1,
        ax=None,
        n_columns=None,
        text_kw=None,
    ):
        """Occlude each part of the images and show how the prediction changes.

        With the defaults, an image of 28x28 pixels is predicted 485 times. Pass framed
        images and the classifier alone: a :class:`~skdigits.DigitPreprocessor` would
        frame each occluded digit again.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier with `predict_proba`.
        X : array-like of shape (n_images, n_pixels) or (n_images, h, w)
            Input of the estimator: rows of square images or a stack of grey images.
        patch_size : int, default=None
            Side of the square patch in pixels. If None, a quarter of the image's
            shorter side. Its value is the median along the border of the image.
        stride : int, default=1
            Distance of neighbouring patches in pixels, at most `patch_size`.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure is created.
        n_columns : int, default=None
            Images in a row. If None, up to six.
        text_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.text`, for the caption of each image.

        Returns
        -------
        SaliencyDisplay

        Raises
        ------
        ValueError
            If `X` holds no grey images of one size, or the patches do not cover them.
        """
        images = as_images(X)
        shapes = {np.shape(image) for image in images}
        if len(shapes) != 1 or {len(shape) for shape in shapes} != {2}:
            raise ValueError(
                "`X` must hold at least one row or grey image of shape (h, w), all "
                f"of one size; got {sorted(shapes)}."
            )
        images = np.asarray(images)
        side = min(images.shape[1:])
        if patch_size is None:
            patch_size = max(1, side // _PATCHES_A_SIDE)
        if not 1 <= stride <= patch_size <= side:
            raise ValueError(
                "`patch_size` must be at most the side of the images and `stride` "
                "between 1 and `patch_size`, so that every pixel is covered; got "
                f"patch_size={patch_size} and stride={stride} for images of "
                f"{images.shape[1]}x{images.shape[2]} pixels."
            )
        patches = _make_patches(images.shape[1:], patch_size, stride)

        def predict_proba(stack):
            return estimator.predict_proba(
                stack.reshape(len(stack), -1) if np.ndim(X) == 2 else stack
            )

        proba = predict_proba(images)
        drops = [
            _drop(image, patches, predict_proba, code)
            for image, code in zip(images, proba.argmax(axis=1), strict=True)
        ]
        return cls(
            images,
            np.stack(drops),
            estimator.classes_[proba.argmax(axis=1)],
            proba.max(axis=1),
        ).plot(ax=ax, n_columns=n_columns, text_kw=text_kw)

    def plot(self, *, ax=None, n_columns=None, text_kw=None):
        """Draw the drops of each image and the outline of its digit.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure is created.
        n_columns : int, default=None
            Images in a row. If None, up to six.
        text_kw : dict, default=None
            Arguments for `matplotlib.axes.Axes.text`, for the caption of each image.

        Returns
        -------
        SaliencyDisplay
            This display, with `ax_`, `figure_`, `images_`, `texts_` and `colorbar_`.
        """
        n_images = len(self.images)
        n_columns = n_columns or min(6, n_images)
        n_rows = math.ceil(n_images / n_columns)
        pitch_x, pitch_y = 1 + _GAP, 1 + _TEXT_HEIGHT + _GAP
        size = n_columns * pitch_x, n_rows * pitch_y
        if ax is None:
            import matplotlib.pyplot as plt

            inches = (_INCHES * size[0] + 1, _INCHES * size[1])
            _, ax = plt.subplots(figsize=inches, layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        ax.set(xlim=(0, size[0]), ylim=(size[1], 0), aspect="equal")
        ax.set_axis_off()
        text_kw = text_style(text_kw, size=caption_size(ax, *size))
        highest = max(np.max(self.drops), 1e-6)
        self.images_, self.texts_ = [], []
        for i, text in enumerate(self._write_captions()):
            row, column = divmod(i, n_columns)
            drawn = draw_image(
                ax,
                np.clip(self.drops[i], 0, None),
                column * pitch_x + _GAP / 2,
                row * pitch_y + _GAP / 2,
                cmap="Oranges",  # from light to dark in greyscale too
                vmin=0,
                vmax=highest,
                caption=text,
                text_kw=text_kw,
            )
            _draw_outline(ax, self.images[i], drawn.frame.get_xy())
            self.images_.append(drawn.image)
            self.texts_.append(drawn.text)
        self.colorbar_ = ax.figure.colorbar(
            self.images_[0],
            ax=ax,
            label="Decrease of the probability",
            aspect=12 * n_rows,
        )
        return self

    def _write_captions(self):
        labels = [""] * len(self.images) if self.y_pred is None else self.y_pred
        return caption_lines(labels, self.confidence)


def _draw_outline(ax, image, corner):
    """Draw the outline of a digit, in an image with the given upper left corner."""
    image = np.asarray(image, dtype=float)
    if np.ptp(image) == 0:
        return
    pixel = 1 / max(image.shape)
    x = corner[0] + pixel * (np.arange(image.shape[1]) + 0.5)
    y = corner[1] + pixel * (np.arange(image.shape[0]) + 0.5)
    middle = (image.min() + image.max()) / 2
    ax.contour(x, y, image, levels=[middle], colors="black", linewidths=1.2)


def _make_patches(shape, size, stride):
    """Create a mask of the given shape for each position of a square patch."""
    inside = []  # for each axis, the pixels covered at each position
    for n_pixels in shape:
        starts = np.arange(0, n_pixels - size + 1, stride)
        starts = np.union1d(starts, n_pixels - size)[:, None]  # covers the last pixel
        pixels = np.arange(n_pixels)
        inside.append((starts <= pixels) & (pixels < starts + size))
    rows, columns = inside
    return (rows[:, None, :, None] & columns[None, :, None, :]).reshape(-1, *shape)


def _drop(image, patches, predict_proba, code):
    """Compute how much the probability of a class falls if each pixel is covered."""
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    background = np.median(border).astype(image.dtype)
    stack = np.concatenate([image[None], np.where(patches, background, image)])
    whole, *covered = predict_proba(stack)[:, code]
    falls = whole - np.array(covered)
    return np.tensordot(falls, patches, axes=1) / patches.sum(axis=0)
