"""Draw pen strokes as pictures."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils._param_validation import Interval, validate_params

from skdigits._messages import shorten

__all__ = ["render_strokes"]

_OVERSAMPLING = 4  # sub-pixels along each axis, for anti-aliasing


@validate_params(
    {
        "strokes": ["array-like"],
        "pen_width": [Interval(Real, 0, None, closed="neither")],
        "size": [Interval(Integral, 1, 4096, closed="both")],
        "margin": [Interval(Real, 0, None, closed="left")],
    },
    prefer_skip_nested_validation=True,
)
def render_strokes(strokes, *, pen_width=4.0, size=64, margin=4.0):
    """Draw pen strokes as a picture, with a round pen.

    Parameters
    ----------
    strokes : sequence of array-like of shape (n_points, 2)
        Points (x, y) of each stroke in the order of writing, in any unit; x grows to
        the right and y downwards. Points that follow each other are joined by a
        straight line. A stroke of one point is a dot.

    pen_width : float, default=4.0
        Diameter of the pen, in pixels of the picture, to within a quarter of a pixel.

    size : int, default=64
        Side of the square picture, in pixels, at most 4096.

    margin : float, default=4.0
        Pixels that stay empty between the drawing and the nearest edges. The drawing is
        scaled to the rest without a change of its aspect ratio, and centred.

    Returns
    -------
    image : ndarray of shape (size, size), uint8
        0 is background and 255 is foreground, with smooth edges between them.

    Raises
    ------
    ValueError
        If there are no strokes, a stroke has no points, is not of shape (n_points, 2)
        or holds NaN or infinity, or if the pen and the margins leave no space.

    See Also
    --------
    fetch_uji_strokes : Pen strokes of digits by 60 writers.

    Examples
    --------
    >>> from skdigits.datasets import render_strokes
    >>> seven = [[(0, 0), (6, 0), (2, 9)], [(2, 5), (6, 5)]]  # crossed
    >>> (render_strokes(seven, pen_width=1, size=9, margin=0) > 127).astype(int)
    array([[0, 1, 1, 1, 1, 1, 1, 1, 0],
           [0, 0, 0, 0, 0, 0, 1, 0, 0],
           [0, 0, 0, 0, 0, 0, 1, 0, 0],
           [0, 0, 0, 0, 0, 1, 0, 0, 0],
           [0, 0, 0, 1, 1, 1, 1, 1, 0],
           [0, 0, 0, 1, 1, 1, 1, 0, 0],
           [0, 0, 0, 0, 1, 0, 0, 0, 0],
           [0, 0, 0, 1, 0, 0, 0, 0, 0],
           [0, 0, 0, 1, 0, 0, 0, 0, 0]])

    The picture is read like any other:

    >>> from skdigits import load_pretrained
    >>> load_pretrained().predict([render_strokes(seven)])
    array([7])
    """
    strokes = _as_strokes(strokes)
    room = size - 2 * margin - pen_width
    if room <= 0:
        raise ValueError(
            "`size` must be greater than `pen_width` and twice the `margin` together; "
            f"got size={size}, pen_width={pen_width} and margin={margin}, which leave "
            "no space to draw in."
        )
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    extent = (high - low).max()
    scale = room / extent if extent > 0 else 0.0  # 0 for a single dot
    middle = (low + high) / 2
    paths = [(stroke - middle) * scale + size / 2 for stroke in strokes]
    return _draw(paths, pen_width, size)


def _as_strokes(strokes):
    """Check strokes, and return them as arrays of float64."""
    try:
        arrays = [np.asarray(stroke, dtype=np.float64) for stroke in strokes]
    except (TypeError, ValueError) as err:
        raise ValueError(
            "`strokes` must be a sequence of strokes, each a sequence of points "
            f"(x, y); got {shorten(strokes)}."
        ) from err
    if not arrays:
        raise ValueError("`strokes` must hold at least one stroke; got none.")
    for number, array in enumerate(arrays):
        if array.ndim != 2 or array.shape[1] != 2 or not len(array):
            raise ValueError(
                "Each stroke must be of shape (n_points, 2), with at least one point; "
                f"got shape {array.shape} for strokes[{number}]. A digit of one stroke "
                "is a list of that stroke."
            )
        if not np.isfinite(array).all():
            raise ValueError(
                f"`strokes` must be finite; got NaN or infinity in strokes[{number}]."
            )
    return arrays


def _draw(paths, pen_width, size):
    """Draw paths, in pixels from the upper left corner, at a multiple of the size."""
    from PIL import Image, ImageDraw

    canvas = Image.new("L", (size * _OVERSAMPLING,) * 2)
    draw = ImageDraw.Draw(canvas)
    radius = pen_width * _OVERSAMPLING / 2
    for path in paths:
        path = path * _OVERSAMPLING - 0.5  # Pillow counts from the middle of a pixel
        if len(path) > 1:
            draw.line(path.ravel().tolist(), fill=255, width=max(round(2 * radius), 1))
        for x, y in path:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.array(canvas.reduce(_OVERSAMPLING))
