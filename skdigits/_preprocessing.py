"""Bringing pictures of any kind into MNIST framing."""

import math
import os
import warnings
from numbers import Integral, Real

import numpy as np
from joblib import effective_n_jobs
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import gen_even_slices
from sklearn.utils._param_validation import Interval, InvalidParameterError, StrOptions
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import (
    _check_feature_names_in,
    check_array,
    validate_data,
)

from skdigits._docs import DOC_LINK_TEMPLATE
from skdigits._imaging.framing import framing_steps
from skdigits._inputs import find_image_shape
from skdigits.exceptions import NoDigitFoundWarning, SeveralDigitsWarning

_WHAT_X_IS = (
    "X must be rows of pixels (n, n_pixels), a stack of pictures (n, height, width) or "
    "(n, height, width, channels), or a list of pictures"
)
# So many pictures a warning lists by their place in X.
_N_NAMED = 10


class DigitPreprocessor(CallbackSupportMixin, TransformerMixin, BaseEstimator):
    """Frame pictures of digits as MNIST frames them.

    Photos, scans and drawings of any size, dark ink on light paper, the other way
    round or in colour, become rows of pixels as :class:`~skdigits.CNNDigitClassifier`
    expects them: bright ink on black, the longest side of the digit averaged down to 20
    pixels, its centre of mass at the middle of 28x28 pixels, with values from 0 to 255.
    Uneven light, specks, the edges of tables and the boxes of forms are taken out on
    the way. Pictures that are in MNIST framing already come out nearly unchanged.

    Nothing is learned from data: :meth:`transform` works without :meth:`fit`, and each
    picture comes out the same whatever others are beside it.

    Parameters
    ----------
    image_shape : tuple of (int, int), default=(28, 28)
        Height and width of the framed pictures.

    box_size : int, default=20
        Longest side of the digit within the frame, in pixels.

    polarity : {"auto", "dark", "light"}, default="auto"
        "dark" is dark ink on light paper, "light" bright ink on a dark ground. "auto"
        finds out for each picture: ink is the smaller part of it and paper most of
        its border. Say which it is where a digit fills nearly all of its picture.

    threshold : "otsu" or float in (0, 1), default="otsu"
        The grey that parts ink from paper: chosen for each picture (Otsu's method),
        or a share of its darkest ink. Lower it where pale strokes get lost.

    center : {"mass", "box"} or None, default="mass"
        What comes to the middle of the frame: the digit's centre of mass, as in
        MNIST, or the middle of the rectangle around it. None leaves the digit where
        it is and fits the whole picture, not only the digit, into the frame.

    deskew : bool, default=False
        Whether to set slanted digits upright. It helps linear and nearest-neighbour
        models; a convolutional network learns slant by itself.

    n_jobs : int, default=None
        Number of processes that share the pictures. None is 1 unless in a
        `joblib.parallel_config` context, -1 means all processors. Worth its start-up
        (about a second) from tens of thousands of rows or some hundred photos on.

    Attributes
    ----------
    n_features_in_ : int
        Number of pixels in the rows seen in `fit`; only defined if `X` was rows.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns seen in `fit`; only defined if `X` was a data frame
        whose column names are all strings.

    See Also
    --------
    make_digit_pipeline : Compose a preprocessor and a classifier.
    read_images : Read picture files into arrays.
    skdigits.display.PreprocessingDisplay : The steps of the framing as pictures.

    Notes
    -----
    MNIST was made from black and white scans by averaging: the greys of its digits
    are the share of ink in each pixel. So larger pictures are made nearly black and
    white before they are averaged down by exact area, while in pictures as small as
    MNIST every grey is kept. The centre of mass is moved by whole pixels and then lies
    in (13.5, 14.5], counted from 0 at the middle of the first pixel.

    Examples
    --------
    >>> import numpy as np
    >>> from skdigits import DigitPreprocessor
    >>> photo = np.full((120, 90, 3), 200, dtype=np.uint8)
    >>> photo[30:90, 40:48] = (20, 30, 120)  # a "1" in blue ink
    >>> X = DigitPreprocessor().transform([photo])
    >>> X.shape, X.dtype
    ((1, 784), dtype('float32'))
    >>> rows, columns = X.reshape(28, 28).nonzero()
    >>> print(rows.min(), rows.max(), columns.min(), columns.max())
    5 24 13 15
    >>> print(X.min(), X.max())
    0.0 255.0
    """

    _doc_link_module = "skdigits"  # the HTML representation links to our page
    _doc_link_template = DOC_LINK_TEMPLATE

    _parameter_constraints = {
        "image_shape": [tuple, list],
        "box_size": [Interval(Integral, 1, None, closed="left")],
        "polarity": [StrOptions({"auto", "dark", "light"})],
        "threshold": [StrOptions({"otsu"}), Interval(Real, 0, 1, closed="neither")],
        "center": [StrOptions({"mass", "box"}), None],
        "deskew": ["boolean"],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        image_shape=(28, 28),
        box_size=20,
        polarity="auto",
        threshold="otsu",
        center="mass",
        deskew=False,
        n_jobs=None,
    ):
        self.image_shape = image_shape
        self.box_size = box_size
        self.polarity = polarity
        self.threshold = threshold
        self.center = center
        self.deskew = deskew
        self.n_jobs = n_jobs

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Check the parameters and the pictures; there is nothing to learn.

        Parameters
        ----------
        X : array-like of shape (n, n_pixels), (n, h, w) or (n, h, w, c), or list
            Pictures, as `transform` takes them.

        y : None
            Ignored, present for API consistency.

        Returns
        -------
        self : DigitPreprocessor
        """
        self._check_frame()
        self._check_pictures(X, reset=True)
        callback_ctx = self._init_callback_context()
        callback_ctx.call_on_fit_task_begin(estimator=self, X=X, y=y)
        callback_ctx.call_on_fit_task_end(
            estimator=self, X=X, y=y, reconstruction_attributes={}
        )
        return self

    def transform(self, X):
        """Frame each picture.

        Parameters
        ----------
        X : array-like of shape (n, n_pixels), (n, h, w) or (n, h, w, c), or list
            Pictures: rows of pixels of square images (data frames too), one stacked
            array, or a list or object array of arrays of shape (h, w) or (h, w, c)
            that may differ in size. They are grey, grey with alpha, RGB or RGBA, and
            their pixels are booleans, integers or floats of any usual range
            (0 to 1, 16, 255 or 65535).

        Returns
        -------
        X_framed : ndarray of shape (n, height * width), dtype float32
            One row for each picture, with ink up to 255 and paper 0, as in MNIST.

        Warns
        -----
        NoDigitFoundWarning
            If pictures hold no ink; their rows are 0.
        SeveralDigitsWarning
            If pictures seem to hold several digits; of each the largest is framed.
        ImageShapeWarning
            If rows of pixels make no square image; they are read as strips of
            height 1.
        """
        self._validate_params()
        self._check_frame()
        pictures = self._check_pictures(X, reset=False)
        framed, n_digits = self._frame_all(pictures)
        self._warn_of(n_digits)
        return framed

    def explain(self, image):
        """Show what becomes of one picture, step by step.

        Parameters
        ----------
        image : array-like of shape (h, w) or (h, w, channels)
            One picture, as `transform` takes them in a list.

        Returns
        -------
        steps : FramingSteps
            With these arrays as attributes, in their order:

            - `gray` of shape (h, w), float32: grey levels from 0 (black) to 1 (white).
              Pictures of more than 512 pixels a side are averaged down; of a small
              digit in a large picture this shows its surroundings only.
            - `ink` of shape (h, w), float32: ink is bright, up to 1, and paper about
              0, whatever the light.
            - `mask` of shape (h, w), bool: which pixels are the digit; none of a
              picture without ink.
            - `crop` of shape (h_crop, w_crop), float32: the digit as it is going to be
              averaged down, from 0 to 1.
            - `framed` of shape `image_shape`, float32: what `transform` returns, from
              0 to 255.

            And `n_digits`, how many digits the picture seems to hold.

        See Also
        --------
        skdigits.display.PreprocessingDisplay : The steps as pictures.

        Examples
        --------
        >>> import numpy as np
        >>> from skdigits import DigitPreprocessor
        >>> photo = np.full((120, 90, 3), 200, dtype=np.uint8)
        >>> photo[30:90, 40:48] = (20, 30, 120)  # a "1" in blue ink
        >>> steps = DigitPreprocessor().explain(photo)
        >>> int(steps.mask.sum()) == 60 * 8
        True
        >>> steps.crop.shape, steps.framed.shape
        ((60, 8), (28, 28))
        """
        self._validate_params()
        self._check_frame()
        return framing_steps(_check_picture(image, "The picture"), **self._options())

    def get_feature_names_out(self, input_features=None):
        """Name the pixels of the framed pictures, row by row.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Names of the columns seen in `fit`, or None. They are checked and have no
            influence: a framed pixel comes from many.

        Returns
        -------
        feature_names_out : ndarray of shape (height * width,), dtype object
            "pixel0", "pixel1" and so on. They do not depend on `fit`.
        """
        _check_feature_names_in(self, input_features, generate_names=False)
        n_pixels = math.prod(self.image_shape)
        return np.array([f"pixel{i}" for i in range(n_pixels)], dtype=object)

    def _check_frame(self):
        """Check what `_parameter_constraints` cannot say."""
        shape = self.image_shape
        if len(shape) != 2 or not all(
            isinstance(side, Integral) and side > 0 for side in shape
        ):
            raise InvalidParameterError(
                "`image_shape` must be the height and width of the frame, two positive "
                f"integers. Got {shape!r}; MNIST's is (28, 28)."
            )
        if self.box_size > min(shape):
            raise InvalidParameterError(
                "`box_size` must not exceed the sides of `image_shape`. Got "
                f"box_size={self.box_size} and image_shape={tuple(shape)!r}; MNIST "
                "leaves 4 pixels on each side, box_size=20 in 28x28."
            )

    def _check_pictures(self, X, *, reset):
        """Return `X` as a sequence of pictures, after checking each."""
        if _is_list_of_pictures(X):
            pictures = [
                _check_picture(picture, f"Picture {i} of X")
                for i, picture in enumerate(X)
            ]
        elif getattr(X, "ndim", 2) in (3, 4):
            pictures = _check_stack(np.asarray(X))
        else:
            return self._check_rows(X, reset=reset)
        if reset:
            self._saw_rows = False
            for name in ("n_features_in_", "feature_names_in_"):
                self.__dict__.pop(name, None)
        return pictures

    def _check_rows(self, X, *, reset):
        """Return rows of pixels as a stack of square images or strips."""
        if not reset and not getattr(self, "_saw_rows", True):
            raise ValueError(
                f"{_WHAT_X_IS}. Got one array of shape {np.shape(X)}, but `fit` saw "
                "pictures; pass a single picture in a list, `[X]`, and rows of pixels "
                "as a stack."
            )
        X = _rows_of_one_length(X)
        if reset or hasattr(self, "n_features_in_"):
            X = validate_data(self, X, reset=reset)
        else:
            X = check_array(X, input_name="X", estimator=self)
        if _looks_like_one_photo(X.shape):
            raise ValueError(
                f"{_WHAT_X_IS}. Got shape {X.shape}, which looks like one grey "
                "picture; pass it in a list, `[X]`, and strips of height 1 as a stack, "
                "`X[:, None]`."
            )
        if reset:
            self._saw_rows = True
        # The caller of `fit` or `transform`, past this method and their wrapper.
        height, width = find_image_shape(X.shape[1], stacklevel=6)
        return X.reshape(-1, height, width)

    def _frame_all(self, pictures):
        """Frame pictures in as many processes as there are jobs."""
        options = self._options()
        n_jobs = min(effective_n_jobs(self.n_jobs), len(pictures))
        if n_jobs == 1:
            return _frame_chunk(pictures, options)
        chunks = Parallel(n_jobs=n_jobs)(
            delayed(_frame_chunk)(pictures[chunk], options)
            for chunk in gen_even_slices(len(pictures), n_jobs)
        )
        return tuple(np.concatenate(parts) for parts in zip(*chunks, strict=True))

    def _warn_of(self, n_digits):
        """Warn of pictures without any digit and of pictures of several."""
        blank, crowded = np.flatnonzero(n_digits == 0), np.flatnonzero(n_digits > 1)
        # The caller, past `transform` and the wrapper of `set_output`.
        stacklevel = 4
        if len(blank):
            warnings.warn(
                f"{len(blank)} of {len(n_digits)} pictures hold no ink that stands out "
                f"from the paper ({_list(blank)}); their rows are 0. Look at them, or "
                "pass `polarity` if the digit fills its picture.",
                NoDigitFoundWarning,
                stacklevel=stacklevel,
            )
        if len(crowded):
            warnings.warn(
                f"{len(crowded)} of {len(n_digits)} pictures seem to hold several "
                f"digits ({_list(crowded)}); of each only the largest was read, or "
                "those that touch as one. Cut them apart and pass a picture of each.",
                SeveralDigitsWarning,
                stacklevel=stacklevel,
            )

    def _options(self):
        """Return the parameters of the framing itself."""
        return {
            "image_shape": tuple(self.image_shape),
            "box_size": self.box_size,
            "polarity": self.polarity,
            "threshold": self.threshold,
            "center": self.center,
            "deskew": self.deskew,
        }

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def _frame_chunk(pictures, options):
    """Frame pictures one after the other; return rows and numbers of digits."""
    rows, n_digits = [], []
    for picture in pictures:
        steps = framing_steps(picture, **options)
        rows.append(steps.framed.ravel())
        n_digits.append(steps.n_digits)
    return np.stack(rows), np.array(n_digits)


def _list(places):
    """List the places of pictures, the first of them if they are many."""
    named = ", ".join(map(str, places[:_N_NAMED]))
    return f"{named}, ..." if len(places) > _N_NAMED else named


def _is_list_of_pictures(X):
    """Tell a list or object array of pictures from rows of numbers."""
    if isinstance(X, np.ndarray):
        return X.dtype == object and X.ndim == 1 and len(X) > 0
    if isinstance(X, (str, bytes, os.PathLike)):
        raise _path_error(X)
    if not isinstance(X, (list, tuple)) or len(X) == 0:
        return False
    if isinstance(X[0], (str, bytes, os.PathLike)):
        return True  # and the first of them is going to be refused
    try:
        return np.ndim(X[0]) > 1
    except ValueError:  # a picture whose rows differ in length
        return True


def _rows_of_one_length(X):
    if not isinstance(X, (list, tuple)):
        return X
    try:
        return np.asarray(X)
    except ValueError as err:
        raise ValueError(
            f"{_WHAT_X_IS}. Got rows of different lengths; pass pictures of different "
            "sizes as a list of arrays of shape (h, w)."
        ) from err


def _looks_like_one_photo(shape):
    """Tell a grey photo from rows of pixels of square images, one column more or not.

    A table of rows with a column of labels left in has a warning of its own.
    """
    width = shape[1]
    squares = {math.isqrt(width) ** 2, math.isqrt(width) ** 2 + 1}
    return min(shape) > 64 and max(shape) <= 2 * min(shape) and width not in squares


def _path_error(path):
    return ValueError(
        f"{_WHAT_X_IS}. Got a path or bytes, {path!r}; read the files first, with "
        "`skdigits.read_images`."
    )


def _check_picture(picture, name):
    """Return one picture as an array."""
    if isinstance(picture, (str, bytes, os.PathLike)):
        raise _path_error(picture)
    try:
        picture = np.asarray(picture)
    except ValueError as err:
        raise ValueError(
            f"{name} must be an array of shape (h, w) or (h, w, channels). Got "
            f"{type(picture).__name__} with rows of different lengths; make them "
            "equally long."
        ) from err
    if not _is_shape_of_picture(picture.shape):
        raise ValueError(
            f"{name} must have shape (h, w) or (h, w, channels) with 1 to 4 "
            f"channels and at least one pixel. Got shape {picture.shape}; move the "
            "channel axis last, and leave empty crops out."
        )
    return _check_pixels(picture, name)


def _check_stack(X):
    """Return a three- or four-dimensional array as a sequence of pictures."""
    if X.ndim == 3 and X.shape[2] in (3, 4) and X.shape[1] > 4:
        raise ValueError(
            f"{_WHAT_X_IS}. Got shape {X.shape}, which looks like one colour picture; "
            "pass it in a list, `[X]`."
        )
    if not len(X) or not _is_shape_of_picture(X.shape[1:]):
        raise ValueError(
            f"{_WHAT_X_IS}, with at least one picture, one pixel and 1 to 4 channels. "
            f"Got shape {X.shape}; move the channel axis last."
        )
    return _check_pixels(X, "X")


def _is_shape_of_picture(shape):
    return (
        len(shape) in (2, 3)
        and 0 not in shape
        and (len(shape) == 2 or shape[2] in (1, 2, 3, 4))
    )


def _check_pixels(pixels, name):
    """Return an array whose pixels are finite numbers."""
    if pixels.dtype.kind not in "buif":
        raise ValueError(
            f"{name} must hold booleans, integers or floats. Got dtype {pixels.dtype}; "
            "convert the pixels with `astype(float)`."
        )
    if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
        raise ValueError(
            f"{name} must hold finite pixels. Got NaN or infinity; replace them, for "
            "example with `numpy.nan_to_num`."
        )
    return pixels
