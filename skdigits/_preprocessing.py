"""Frame pictures of any kind as MNIST does."""

import copy
import math
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

from skdigits._callbacks import tolerate_lost_listeners
from skdigits._docs import DOC_LINK_TEMPLATE
from skdigits._imaging.framing import framing_steps
from skdigits._inputs import (
    MUST_BE_IMAGES,
    as_pictures,
    find_image_shape,
    holds_rows,
    looks_like_one_picture,
    open_container,
    prepare_to_send,
    read_picture,
    stack_rows,
)
from skdigits._messages import list_places, shorten, warn_caller
from skdigits.exceptions import NoDigitFoundWarning, SeveralDigitsWarning

tolerate_lost_listeners()

# Pictures that a process frames at a time, so that few rows are ever held twice.
_LARGEST_CHUNK = 2000


class DigitPreprocessor(CallbackSupportMixin, TransformerMixin, BaseEstimator):
    """Frame pictures of digits as MNIST frames them.

    Photos, scans and drawings of any size, dark on light, light on dark or in colour,
    become rows of pixels as :class:`~skdigits.CNNDigitClassifier` expects them: a
    bright digit on black, its longest side averaged down to 20 pixels, its centre of
    mass at the middle of 28x28 pixels, with values from 0 to 255. Uneven light, specks,
    the edges of tables and the boxes of forms are removed. Pictures that are in MNIST
    framing already are nearly unchanged.

    Nothing is learned from data: :meth:`transform` works without :meth:`fit`, and the
    result for a picture does not depend on the others.

    Parameters
    ----------
    image_shape : tuple of (int, int), default=(28, 28)
        Height and width of the framed pictures.

    box_size : int, default=20
        Longest side of the digit within the frame, in pixels.

    polarity : {"auto", "dark", "light"}, default="auto"
        "dark" is a dark digit on a light background, "light" a light digit on a dark
        one. "auto" decides for each picture: the background is the larger part of it
        and most of its border. Set it where a digit fills nearly all of its picture.

    threshold : "otsu" or float in (0, 1), default="otsu"
        The level that separates foreground from background: chosen for each picture
        (Otsu's method), or a share of its strongest foreground. Lower it where pale
        strokes are lost.

    center : {"mass", "box"} or None, default="mass"
        What is placed at the middle of the frame: the digit's centre of mass, as in
        MNIST, or the middle of its bounding box. None leaves the digit where it is and
        fits the whole picture, not only the digit, into the frame.

    deskew : bool, default=False
        Whether to set slanted digits upright. This helps linear and nearest-neighbour
        models; a convolutional network learns slant by itself.

    n_jobs : int, default=None
        Number of processes that share the pictures. None is 1 unless in a
        `joblib.parallel_config` context, -1 means all processors. Starting them takes
        about a second, which pays off from tens of thousands of rows or some hundred
        photos on.

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
    read_images : Read picture files into arrays, once for several calls.
    skdigits.display.PreprocessingDisplay : The steps of the framing as pictures.

    Notes
    -----
    MNIST was made from black and white scans by averaging: its grey levels are the
    share of each pixel that a stroke covers. Larger pictures are therefore made nearly
    black and white before they are averaged down by exact area, while pictures as small
    as MNIST keep their grey levels. The digit is moved by whole pixels, so its centre
    of mass lies in (13.5, 14.5], counted from 0 at the middle of the first pixel.

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
        """Check the parameters and the pictures; nothing is learned.

        Parameters
        ----------
        X : array-like of shape (n, n_pixels), (n, h, w) or (n, h, w, c), or list
            Pictures, as `transform` takes them. Files are not opened.

        y : None
            Ignored, present for API consistency.

        Returns
        -------
        self : DigitPreprocessor
        """
        self._check_frame()
        # Threads that transform meanwhile see the old state or the new one.
        new = copy.copy(self)
        new._check_pictures(X, reset=True)
        self.__dict__ = vars(new)
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
            Pictures: rows of pixels of square images (data frames too), a stacked
            array, or a list (object array, column) of what `read_image` takes: arrays
            of shape (h, w) or (h, w, c) that may differ in size, paths, bytes, binary
            file objects and Pillow images. Pictures are grey, grey with alpha, RGB or
            RGBA; their pixels are booleans, integers or floats of any usual range (0
            to 1, 16, 255 or 65535). Channels may also come first, as in PyTorch,
            (n, 1, h, w) or (n, 3, h, w). If `fit` saw grey pictures of one shape,
            rows are pictures of that shape.

        Returns
        -------
        X_framed : ndarray of shape (n, height * width), dtype float32
            One row for each picture. The background is 0 and the digit up to 255, as
            in MNIST.

        Raises
        ------
        ValueError
            If `X` or an array in it cannot be pictures. If `X` looks like one picture
            that should be in a list.
        FileNotFoundError, UnreadableImageError, TypeError
            If a picture cannot be read; the message counts the pictures from 0.

        Warns
        -----
        NoDigitFoundWarning
            If pictures hold no digit; their rows are 0.
        SeveralDigitsWarning
            If pictures seem to hold several digits; the largest of each is framed.
        ImageShapeWarning
            If rows of pixels make no square image; they are read as strips of
            height 1.
        """
        self._validate_params()
        self._check_frame()
        fixed = copy.copy(self)  # a fit in another thread does not change it
        pictures = fixed._check_pictures(X, reset=False)
        framed, n_digits = fixed._frame_all(pictures)
        self._warn_of(n_digits)
        return framed

    def explain(self, image):
        """Frame one picture and return each step.

        Parameters
        ----------
        image : array-like of shape (h, w) or (h, w, channels), or a file
            One picture, as `transform` takes them in a list.

        Returns
        -------
        steps : FramingSteps
            With these arrays as attributes, in their order:

            - `gray` of shape (h, w), float32: grey levels from 0 (black) to 1 (white).
              Pictures of more than 512 pixels a side are averaged down. For a
              small digit in a large picture, only its surroundings are shown.
            - `ink` of shape (h, w), float32: foreground is bright, up to 1, and the
              background about 0, whatever the light.
            - `mask` of shape (h, w), bool: which pixels are the digit; none in a
              picture without a digit.
            - `crop` of shape (h_crop, w_crop), float32: the digit before it is
              averaged down, from 0 to 1.
            - `framed` of shape `image_shape`, float32: what `transform` returns, from
              0 to 255.

            And `n_digits`, the number of digits that the picture seems to hold.

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
        return framing_steps(read_picture(image, "The picture"), **self._options())

    def get_feature_names_out(self, input_features=None):
        """Name the pixels of the framed pictures, row by row.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Names of the columns seen in `fit`, or None. They are only checked: a
            framed pixel depends on many pixels of the picture.

        Returns
        -------
        feature_names_out : ndarray of shape (height * width,), dtype object
            "pixel0", "pixel1" and so on. They do not depend on `fit`.
        """
        _check_feature_names_in(self, input_features, generate_names=False)
        n_pixels = math.prod(self.image_shape)
        return np.array([f"pixel{i}" for i in range(n_pixels)], dtype=object)

    def _check_frame(self):
        """Check what `_parameter_constraints` cannot express."""
        shape = self.image_shape
        if len(shape) != 2 or not all(
            isinstance(side, Integral) and side > 0 for side in shape
        ):
            raise InvalidParameterError(
                "`image_shape` must be the height and width of the frame, two positive "
                f"integers. Got {shorten(shape)}; MNIST's is (28, 28)."
            )
        if self.box_size > min(shape):
            raise InvalidParameterError(
                "`box_size` must not exceed the sides of `image_shape`. Got "
                f"box_size={shorten(self.box_size)} and image_shape="
                f"{shorten(tuple(shape))}; MNIST leaves 4 pixels on each "
                "side, box_size=20 in 28x28."
            )

    def _check_pictures(self, X, *, reset):
        """Return `X` as a sequence of pictures, some of them not yet opened."""
        X = open_container(X)
        if holds_rows(X):
            return self._check_rows(X, reset=reset)
        pictures = as_pictures(X)
        if reset:
            self._saw_rows = False
            self._picture_shape = _common_shape(pictures)
            for name in ("n_features_in_", "feature_names_in_"):
                self.__dict__.pop(name, None)
        return pictures

    def _check_rows(self, X, *, reset):
        """Return rows of pixels as a stack of images."""
        X = stack_rows(X)
        saw_pictures = not reset and not getattr(self, "_saw_rows", True)
        image_shape = getattr(self, "_picture_shape", None) if saw_pictures else None
        if saw_pictures and (
            image_shape is None or np.shape(X)[-1:] != (math.prod(image_shape),)
        ):
            raise ValueError(
                f"X {MUST_BE_IMAGES}. Got one array of shape {np.shape(X)}, but "
                "`fit` saw pictures; pass a single picture in a list, `[X]`, and "
                "rows of pixels as a stack."
            )
        if reset or hasattr(self, "n_features_in_"):
            X = validate_data(self, X, reset=reset)
        else:
            X = check_array(X, input_name="X", estimator=self)
        if looks_like_one_picture(X, image_shape):
            raise ValueError(
                f"X {MUST_BE_IMAGES}. Got shape {X.shape}, which looks like one grey "
                "picture; pass it in a list, `[X]`, and rows of pixels as a stack, "
                "`X.reshape(n, height, width)`."
            )
        if reset:
            self._saw_rows = True
        return X.reshape(-1, *(image_shape or find_image_shape(X.shape[1])))

    def _frame_all(self, pictures):
        """Frame pictures in as many processes as there are jobs."""
        options = self._options()
        n_jobs = min(effective_n_jobs(self.n_jobs), len(pictures))
        if n_jobs == 1:
            return _frame_chunk(pictures, 0, options)
        if isinstance(pictures, list):
            pictures = [
                prepare_to_send(picture, f"Picture {i}")
                for i, picture in enumerate(pictures)
            ]
        n_chunks = max(n_jobs, math.ceil(len(pictures) / _LARGEST_CHUNK))
        chunks = list(gen_even_slices(len(pictures), n_chunks))
        framed = Parallel(n_jobs=n_jobs)(
            delayed(_frame_chunk)(pictures[chunk], chunk.start, options)
            for chunk in chunks
        )
        rows, n_digits = _allocate(len(pictures), options)
        for chunk in reversed(chunks):
            rows[chunk], n_digits[chunk] = framed.pop()  # frees it
        return rows, n_digits

    def _warn_of(self, n_digits):
        """Warn of pictures without any digit and of pictures of several."""
        blank, crowded = np.flatnonzero(n_digits == 0), np.flatnonzero(n_digits > 1)
        if len(blank):
            warn_caller(
                f"{len(blank)} of {len(n_digits)} pictures hold no digit "
                f"({list_places(blank)}): nothing stands out from the background, or "
                "only the lines of a form do. Their rows are 0. Look at them, or pass "
                "`polarity` if the digit fills its picture.",
                NoDigitFoundWarning,
            )
        if len(crowded):
            warn_caller(
                f"{len(crowded)} of {len(n_digits)} pictures seem to hold several "
                f"digits ({list_places(crowded)}). Only the largest of each was "
                "framed; touching digits were framed as one. Cut them apart and pass a "
                "picture of each.",
                SeveralDigitsWarning,
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


def _frame_chunk(pictures, start, options):
    """Frame pictures one after the other; return rows and numbers of digits."""
    rows, n_digits = _allocate(len(pictures), options)
    for i, picture in enumerate(pictures):
        if not isinstance(picture, np.ndarray):  # so that one is in memory at a time
            picture = read_picture(picture, f"Picture {start + i}")
        steps = framing_steps(picture, **options)
        rows[i], n_digits[i] = steps.framed.ravel(), steps.n_digits
    return rows, n_digits


def _allocate(n_pictures, options):
    n_pixels = math.prod(options["image_shape"])
    return np.empty((n_pictures, n_pixels), np.float32), np.empty(n_pictures, int)


def _common_shape(pictures):
    """Return height and width of grey pictures if all have the same, else None."""
    shapes = {getattr(picture, "shape", None) for picture in pictures}
    shape = shapes.pop()
    is_grey = shape is not None and shape[2:] in ((), (1,))
    return shape[:2] if is_grey and not shapes else None
