"""Pictures of handwritten numbers, generated from pictures of digits."""

from numbers import Integral

import numpy as np
from sklearn.utils import Bunch, check_random_state
from sklearn.utils._param_validation import Interval, validate_params

from skdigits._messages import shorten
from skdigits.datasets._paper import put_on_paper
from skdigits.datasets._writing import write_number

__all__ = ["make_number_images"]

# Pictures without a number, if there may be any.
_SHARE_EMPTY = 1 / 12
# Pictures with less light than this have another range than 0 to 255.
_LEAST_PEAK = 17


@validate_params(
    {
        "X": ["array-like"],
        "y": ["array-like"],
        "n_images": [Interval(Integral, 0, None, closed="left")],
        "groups": ["array-like", None],
        "n_digits": [tuple],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def make_number_images(
    X, y, n_images=1000, *, groups=None, n_digits=(1, 9), random_state=None
):
    """Generate pictures of handwritten numbers on paper of many kinds.

    The digits of a number are put side by side: apart, touching or overlapping, slanted
    and drifting, sometimes with commas, points, dashes and other signs as found on
    forms and cheques. The paper is plain, ruled, squared, boxed or printed with wavy
    lines, in even or uneven light; beside the number there may be page edges,
    underlines, crosses, printed words and parts of other lines.

    Parameters
    ----------
    X : array-like of shape (n_samples, height, width) or (n_samples, n_pixels)
        Pictures of single digits; 0 is background and 255 is foreground, as in MNIST.
        Rows of pixels are square pictures.

    y : array-like of shape (n_samples,)
        The digits, integers from 0 to 9.

    n_images : int, default=1000
        Number of pictures.

    groups : array-like of shape (n_samples,), default=None
        Writer of each digit. The digits of a number then come from one writer, as far
        as this writer has them. By default they are drawn from all.

    n_digits : tuple of (int, int), default=(1, 9)
        Least and greatest number of digits, both included. With a least number of 0,
        one in twelve pictures has other marks or none, and its text is "".

    random_state : int, RandomState instance or None, default=None
        Pass an int for the same pictures in each call.

    Returns
    -------
    numbers : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the following attributes.

        images : list of ndarray of shape (height, width), uint8
            Grey pictures of different sizes, dark ink on light paper. Most digits are
            14 to 48 pixels high.
        target : ndarray of shape (n_images,), str
            The digits of each number, without other signs.
        boxes : ndarray of shape (n_images, 4), float64
            Left, top, right and bottom edge of the digits, in pixels; NaN where there
            are none.

    Raises
    ------
    ValueError
        If `X` is not as described, `y` holds anything but integers from 0 to 9 or lacks
        one of them, the lengths differ, or `n_digits` is not a pair in increasing
        order.

    See Also
    --------
    skdigits.DigitReader : Reads numbers, and is trained on such pictures.

    Examples
    --------
    >>> from skdigits.datasets import load_digits28, make_number_images
    >>> X, y = load_digits28(return_X_y=True)
    >>> numbers = make_number_images(X, y, n_images=2, n_digits=(4, 4), random_state=0)
    >>> [len(text) for text in numbers.target]
    [4, 4]
    """
    X, y = _check_digits(X, y)
    groups = np.zeros(len(y), dtype=int) if groups is None else np.asarray(groups)
    if len(groups) != len(y):
        raise ValueError(
            "`groups` must hold the writer of each digit; got "
            f"{len(groups)} writers of {len(y)} digits."
        )
    _check_n_digits(n_digits)
    rng = _as_generator(random_state)
    index = DigitIndex(y, groups)
    images, texts, boxes = [], [], []
    for _ in range(n_images):
        text = draw_text(n_digits, rng)
        digits = [X[number] for number in index.draw(text, rng)]
        writing = write_number(digits, rng)
        image, box = put_on_paper(writing, rng)
        images.append(image)
        texts.append(text)
        boxes.append(box)
    return Bunch(
        images=images,
        target=np.array(texts, dtype=str),
        boxes=np.array(boxes, dtype=np.float64).reshape(-1, 4),
    )


def _check_digits(X, y):
    """Return pictures as a stack, and labels, both checked."""
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim == 2:
        side = round(np.sqrt(X.shape[1]))
        X = X.reshape(len(X), side, side) if side * side == X.shape[1] else X
    if X.ndim != 3 or not len(X) or X.dtype.kind not in "uif":
        raise ValueError(
            "`X` must be pictures of shape (n_samples, height, width), or rows of "
            f"square pictures; got shape {X.shape} of {X.dtype}."
        )
    if y.ndim != 1 or len(y) != len(X):
        raise ValueError(
            "`y` must hold the digit of each picture; got shape "
            f"{y.shape} for {len(X)} pictures."
        )
    if y.dtype.kind not in "ui" or y.min() < 0 or y.max() > 9:
        raise ValueError(f"`y` must be integers from 0 to 9; got {shorten(y)}.")
    labels = np.unique(y).tolist()
    if len(labels) < 10:
        raise ValueError(f"`y` must hold all digits from 0 to 9; got only {labels}.")
    if not (X.min() >= 0 and _LEAST_PEAK <= X.max() <= 255):
        raise ValueError(
            f"`X` must have pixels from 0 to 255; got {X.min()} to {X.max()}. Rescale "
            "it, for example with `255 * X` if it reaches 1."
        )
    return X.astype(np.uint8), y


def _check_n_digits(n_digits):
    if not (
        len(n_digits) == 2
        and all(isinstance(number, Integral) for number in n_digits)
        and 0 <= n_digits[0] <= n_digits[1]
        and n_digits[1] > 0
    ):
        raise ValueError(
            "`n_digits` must be the least and the greatest number of digits, such as "
            f"(1, 9); got {shorten(n_digits)}."
        )


def _as_generator(random_state):
    """Return NumPy's new generator, seeded from any of scikit-learn's random states."""
    seed = check_random_state(random_state).randint(2**31, size=4)
    return np.random.default_rng(seed)


class DigitIndex:
    """Finds digits of one writer.

    Parameters
    ----------
    y : ndarray of shape (n,), int
    groups : ndarray of shape (n,)
    """

    def __init__(self, y, groups):
        _, groups = np.unique(groups, return_inverse=True)
        self._writers = groups
        order = np.lexsort((y, groups))
        places = np.split(
            order, np.searchsorted(groups[order], range(1, groups.max() + 1))
        )
        self._of_writer = [
            {label: own[y[own] == label] for label in np.unique(y[own])}
            for own in places
        ]
        self._of_all = {label: np.flatnonzero(y == label) for label in np.unique(y)}

    def draw(self, text, rng):
        """Draw the number of a picture for each digit of a text."""
        # Writers of many digits are drawn more often, so that all digits are used.
        writer = self._of_writer[self._writers[rng.integers(len(self._writers))]]
        chosen = []
        for label in map(int, text):
            own = writer.get(label, self._of_all[label])
            chosen.append(int(own[rng.integers(len(own))]))
        return chosen


def draw_text(n_digits, rng):
    """Draw a number: any digits, with more round amounts and years than by chance."""
    least, most = n_digits
    if least == 0:
        if rng.random() < _SHARE_EMPTY:
            return ""
        least = 1
    # The number of digits has its peak at about 4.
    lengths = np.arange(least, most + 1)
    weights = 1 / (1 + ((lengths - 4) / 3.0) ** 2)
    length = int(rng.choice(lengths, p=weights / weights.sum()))
    digits = rng.integers(10, size=length)
    draw = rng.random()
    if length >= 3 and draw < 0.2:
        digits[rng.integers(1, length - 1) :] = 0
        digits[0] = rng.integers(1, 10)
    elif length == 4 and draw < 0.3:
        digits[:2] = rng.choice([(1, 7), (1, 8), (1, 9), (2, 0)])
    return "".join(map(str, digits))
