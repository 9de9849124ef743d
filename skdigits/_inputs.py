"""What the estimators take as images: rows, stacks and lists of pictures.

Images are checked here and by `read_image`, once; `_imaging` and `_network` rely on it.
"""

import math
import os

import numpy as np
from PIL import Image

from skdigits._io import PATHS_AND_BYTES, is_file, read_named
from skdigits._messages import shorten, warn_caller
from skdigits.exceptions import ImageShapeWarning

MUST_BE_IMAGES = (
    "must be rows of pixels (n, n_pixels), a stack of pictures (n, height, width) or "
    "(n, height, width, channels), or a list of pictures"
)
_N_CHANNELS = (1, 2, 3, 4)
# An array of fewer rows or columns is not checked for being one picture.
_LEAST_LINES = 24
# An array of more rows and columns than this is hardly a table of strips.
_LEAST_PHOTO = 64
# A square array of this side can be a picture such as MNIST's, but hardly strips.
_LEAST_SQUARE = 20
# Number of lines that are compared.
_N_LINES = 256


def as_rows(X, image_shape=None, name="X"):
    """Flatten images to rows, as the classifier takes them.

    Parameters
    ----------
    X : array-like of shape (n, n_pixels), (n, h, w), (n, h, w, 1) or (n, 1, h, w)
        A list may hold Pillow images; they are read as `read_image` reads them.

    image_shape : tuple of (int, int) or None, default=None
        Height and width that the images have, if known. With it, images of width 3
        or 4 are not taken for colour pictures.

    name : str, default="X"
        The argument that holds the images, for messages.

    Returns
    -------
    rows : array-like
        Shape (n, h * w) for stacked images, a view where possible; rows as they are.
    image_shape : tuple of (int, int) or None
        The shape of stacked images.

    Raises
    ------
    ValueError
        If `X` holds no images, images of different sizes, colour images or complex
        numbers, or looks like a single image.
    UnreadableImageError
        If a Pillow image is damaged.

    Examples
    --------
    >>> rows, shape = as_rows(np.zeros((5, 28, 28, 1)))
    >>> rows.shape, shape
    ((5, 784), (28, 28))
    """
    items = X if isinstance(X, (list, tuple)) else [X]
    files = [item for item in items if is_file(item)]
    if files:
        raise ValueError(
            f"{name} must hold pixels, as an array of shape (n, n_pixels) or (n, "
            f"height, width). Got {shorten(files[0])}; read files with "
            "skdigits.read_images, or pass a list of them to make_digit_pipeline()."
        )
    X = open_container(X, name)
    if isinstance(X, list):
        X = _check_table(_stack(X, name), name)
    _check_not_complex(X, name)
    shape = getattr(X, "shape", ())
    image_shape = None if image_shape is None else tuple(image_shape)
    _check_not_one_image(X, shape, image_shape, name)
    if len(shape) < 3:
        return X, None
    images = _channels_last(X) if X.ndim == 4 else X
    n_channels = images.shape[3] if images.ndim == 4 else 1
    if shape[1:] != image_shape and _looks_like_one_color_picture(shape):
        n_channels = shape[2]
    if n_channels != 1 or images.ndim > 4:
        raise ValueError(
            f"{name} must hold grey images, as an array of shape (n, n_pixels), "
            f"(n, height, width) or (n, height, width, 1). Got shape {shape}; "
            "DigitPreprocessor turns colour pictures into such rows, and "
            "make_digit_pipeline() puts it in front of the classifier."
        )
    n_images, height, width = images.shape[:3]
    return images.reshape(n_images, height * width), (height, width)


def _stack(images, name):
    """Return a list of images of one size as an array."""
    images = [
        read_picture(image, f"Picture {i}") if isinstance(image, Image.Image) else image
        for i, image in enumerate(images)
    ]
    try:
        return np.asarray(images)
    except ValueError as err:
        raise ValueError(
            f"{name} must hold images of one size, as an array of shape (n, n_pixels) "
            "or (n, height, width). Got rows of different lengths; "
            "DigitPreprocessor brings images of any size to one."
        ) from err


def _check_not_one_image(X, shape, image_shape, name):
    if image_shape is not None and image_shape[0] > 1:
        if shape in (image_shape, (*image_shape, 1)):
            raise ValueError(
                f"{name} must hold a row for each image. Got one image of shape "
                f"{shape}; pass {name}[np.newaxis] to predict a single image."
            )
        if isinstance(X, np.ndarray) and looks_like_one_picture(X, image_shape):
            raise ValueError(
                f"{name} must hold a row of pixels for each image. Got shape {shape}, "
                "which looks like one grey picture; frame it with "
                f"`DigitPreprocessor().transform([{name}])`, and pass rows of pixels "
                f"as a stack, `{name}.reshape(-1, {image_shape[0]}, {image_shape[1]})`."
            )


def open_container(X, name="X"):
    """Return images as a list, an array, or a table of rows as it is.

    Parameters
    ----------
    X : array-like or list

    name : str, default="X"
        The argument that holds the images, for messages.

    Returns
    -------
    images : list, ndarray or array-like of two dimensions
        Sequences of objects (a list, a tuple, a column of paths) become a list;
        stacks of any library become an ndarray.

    Raises
    ------
    ValueError
        If `X` is a single picture, empty, or no array, list or table.
    """
    if _is_source(X):
        raise ValueError(
            f"{name} {MUST_BE_IMAGES}. Got one picture, {shorten(X)}; pass it in "
            f"a list, `[{name}]`."
        )
    if isinstance(X, (list, tuple)):
        return _check_list(list(X), name)
    shape = getattr(X, "shape", None)
    if shape is not None and len(shape) == 1 and not _holds_numbers(X):
        return _check_list(list(X), name)
    if shape is not None and len(shape) == 1:
        raise ValueError(
            f"{name} {MUST_BE_IMAGES}. Got one array of shape {tuple(shape)}. "
            f"Reshape your data: one row of pixels is `{name}.reshape(1, -1)`."
        )
    if shape is not None and len(shape) <= 2:
        return _check_table(X, name)
    if shape is None and not hasattr(X, "__array__"):
        raise ValueError(
            f"{name} {MUST_BE_IMAGES}. Got {type(X).__name__}; collect its pictures "
            f"first, for example `{name} = np.stack([np.asarray(picture) for picture, "
            "label in dataset])`, or `np.concatenate` if it yields batches."
        )
    return np.asarray(X)  # quietly, for tensors too


def _check_table(X, name):
    """Refuse a table that holds texts, such as a column of paths."""
    if len(X.shape) == 2 and 0 not in X.shape and not hasattr(X, "toarray"):
        corner = np.asarray(X[:1]).ravel().tolist()[0]
        if isinstance(corner, (str, bytes, os.PathLike)) and not _is_number(corner):
            raise ValueError(
                f"{name} {MUST_BE_IMAGES}. Got a table that holds {shorten(corner)}; "
                "pass paths as a list or a single column."
            )
    return X


def _check_not_complex(X, name):
    """Refuse complex numbers; scikit-learn's message would show all of them."""
    for dtype in getattr(X, "dtypes", [getattr(X, "dtype", None)]):
        if getattr(dtype, "kind", None) == "c":
            raise ValueError(
                f"Complex data not supported: {name} must hold booleans, integers or "
                f"floats. Got dtype {dtype}; pass its real part or its absolute values."
            )


def _is_number(text):
    try:
        return float(text) is not None
    except (TypeError, ValueError):
        return False


def _holds_numbers(column):
    dtype = getattr(column, "dtype", None)
    return isinstance(dtype, np.dtype) and dtype.kind in "buifc"


def _check_list(X, name):
    """Refuse a list that cannot hold images, whatever its items are."""
    if not X:
        raise ValueError(f"{name} {MUST_BE_IMAGES}. Got no picture, the list is empty.")
    for i, item in enumerate(X):
        if item is None:
            raise ValueError(
                f"{name} {MUST_BE_IMAGES}. Got None as picture {i}; that is "
                "what OpenCV's `imread` returns for a file that is missing or "
                "that it cannot read."
            )
    first = X[0]
    is_pair = isinstance(first, tuple) and len(first) == 2
    if is_pair and _is_image(first[0]) and not _is_image(first[1]):
        raise ValueError(
            f"{name} {MUST_BE_IMAGES}. Got pairs of a picture and its label; pass the "
            f"pictures alone, `[picture for picture, label in {name}]`."
        )
    return X


def _is_image(item):
    return _is_source(item) or len(getattr(item, "shape", ())) > 0


def _is_source(item):
    """Tell what `read_image` has to open: paths, bytes, files and Pillow images."""
    return is_file(item) or isinstance(item, Image.Image)


def holds_rows(X):
    """Tell rows of pixels from pictures, in what `open_container` returned.

    Examples
    --------
    >>> holds_rows([[0, 1], [1, 0]]), holds_rows([np.eye(2), np.eye(3)])
    (True, False)
    """
    if not isinstance(X, list):
        return X.ndim < 3 if isinstance(X, np.ndarray) else True
    if any(map(_is_source, X)):
        return False
    try:
        return np.ndim(X[0]) < 2
    except ValueError:  # a picture whose rows differ in length
        return False


def stack_rows(X):
    """Return rows in a list as an array, and other rows as they are."""
    if isinstance(X, list):
        X = _check_table(_equally_long(X), "X")
    _check_not_complex(X, "X")
    return X


def _equally_long(rows):
    try:
        return np.asarray(rows)
    except ValueError as err:
        raise ValueError(
            f"X {MUST_BE_IMAGES}. Got rows of different lengths; pass pictures of "
            "different sizes as a list of arrays of shape (h, w)."
        ) from err


def as_pictures(X, name="X"):
    """Check pictures, as `DigitPreprocessor` takes them.

    Parameters
    ----------
    X : list or ndarray
        What `open_container` returned, where it holds no rows.

    name : str, default="X"
        The argument that holds the pictures, for messages.

    Returns
    -------
    pictures : ndarray of shape (n, h, w) or (n, h, w, channels), or list
        The items of a list are arrays that hold a picture, or what `read_picture`
        opens: paths, bytes, file objects and Pillow images.

    Raises
    ------
    ValueError
        If an array cannot be pictures.
    """
    if isinstance(X, list):
        return [
            item if _is_source(item) else _check_picture(item, f"Picture {i}")
            for i, item in enumerate(X)
        ]
    if _looks_like_one_color_picture(X.shape):
        raise ValueError(
            f"{name} {MUST_BE_IMAGES}. Got shape {X.shape}, which looks like one "
            f"colour picture; pass it in a list, `[{name}]`, and a stack of grey "
            f"pictures as `{name}[..., None]`."
        )
    stack = _channels_last(X) if X.ndim == 4 else X
    if 0 in stack.shape or not (
        stack.ndim == 3 or (stack.ndim == 4 and stack.shape[3] in _N_CHANNELS)
    ):
        raise ValueError(
            f"{name} {MUST_BE_IMAGES}, with at least one picture, one pixel and 1 to "
            f"4 channels. Got shape {X.shape}; move the channel axis last, and leave "
            "empty crops out."
        )
    return _check_pixels(stack, name)


def read_picture(source, name):
    """Return one picture as an array, whatever `read_image` takes or an array-like.

    Parameters
    ----------
    source : array-like, path, bytes, file object or Pillow image

    name : str
        How messages call the picture.

    Returns
    -------
    picture : ndarray of shape (h, w) or (h, w, channels)
        Finite numbers.
    """
    if not _is_source(source):
        return _check_picture(source, name)
    return _check_pixels(read_named(source, name), name)


def prepare_to_send(picture, name):
    """Open what other processes cannot: file objects and Pillow images."""
    if isinstance(picture, (np.ndarray, *PATHS_AND_BYTES)):
        return picture
    return read_picture(picture, name)


def _check_picture(picture, name):
    """Return an array-like of one picture as an array."""
    try:
        picture = np.asarray(picture)
    except ValueError as err:
        raise ValueError(
            f"{name} must be an array of shape (h, w) or (h, w, channels). Got "
            f"{type(picture).__name__} with rows of different lengths; make them "
            "equally long."
        ) from err
    if picture.ndim == 3:
        picture = _channels_last(picture)
    return _check_pixels(read_named(picture, name), name)


def _channels_last(pictures):
    """Move the channels of PyTorch, (..., channels, h, w), behind height and width.

    Only where the last axis cannot be channels.

    Examples
    --------
    >>> _channels_last(np.zeros((5, 1, 28, 28))).shape
    (5, 28, 28, 1)
    """
    if pictures.shape[-3] in (1, 3) and pictures.shape[-1] not in _N_CHANNELS:
        return np.moveaxis(pictures, -3, -1)
    return pictures


def _looks_like_one_color_picture(shape):
    return len(shape) == 3 and shape[2] in (3, 4) and shape[1] > 4


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


def looks_like_one_picture(rows, image_shape=None):
    """Tell one grey picture from rows of pixels, by its shape and neighbouring pixels.

    In a picture neighbouring lines are alike, and pixels differ the more the further
    apart they are. In rows of pixels they are alike again at a distance of one image
    width: the pixel below is at that distance. So data sets that are
    sorted by label or hold copies of an image are not taken for a picture.

    Parameters
    ----------
    rows : ndarray of shape (n, n_pixels)

    image_shape : tuple of (int, int) or None, default=None
        Height and width of the images in the rows; None makes them square. Where they
        are strips, only the shape of `rows` decides.

    Returns
    -------
    looks_like_one_picture : bool

    Examples
    --------
    >>> y, x = np.mgrid[:64, :64]
    >>> disk = np.hypot(y - 32, x - 32) < 20
    >>> looks_like_one_picture(disk)
    True
    """
    if rows.ndim != 2 or rows.dtype.kind not in "buif":
        return False
    n_rows, n_pixels = rows.shape
    shorter, longer = sorted(rows.shape)
    height, width = image_shape or _square_or_strip(n_pixels)
    if height > 1:
        if shorter < _LEAST_LINES or longer > 4 * shorter:
            return False
        near, far = max(width // 2, 1), width
    else:
        # A table of square images with a column of labels has a warning of its own.
        has_label = math.isqrt(n_pixels - 1) ** 2 == n_pixels - 1
        if shorter > _LEAST_PHOTO and longer <= 2 * shorter and not has_label:
            return True
        if n_rows != n_pixels or n_rows < _LEAST_SQUARE:
            return False
        near, far = 1, n_pixels // 4
    chosen = np.linspace(0, n_rows - 2, min(n_rows - 1, _N_LINES)).astype(int)
    lines, following = rows[chosen].astype(float), rows[chosen + 1].astype(float)
    with np.errstate(all="ignore"):  # NaN and infinity are reported elsewhere
        if not _mean_square(following - lines) < lines.var():
            return False
        close, apart = (
            _mean_square(lines[:, distance:] - lines[:, :-distance])
            for distance in (near, far)
        )
    # The ratio is below 0.6 in sets of digits of one label, above 1.06 in pictures.
    return bool(apart > 1.05 * close)


def _mean_square(differences):
    return np.mean(differences * differences)


def find_image_shape(n_pixels):
    """Guess the shape of the images from the width of the rows.

    Parameters
    ----------
    n_pixels : int

    Returns
    -------
    tuple of (int, int)
        A square if `n_pixels` is a square number, else, with an
        `ImageShapeWarning`, a strip of height 1.

    Examples
    --------
    >>> find_image_shape(784)
    (28, 28)
    """
    image_shape = _square_or_strip(n_pixels)
    if image_shape[0] == image_shape[1]:
        return image_shape
    warn_caller(
        f"Rows of {n_pixels} pixels make no square image and are read as strips of "
        f"1 x {n_pixels}. Pass images of another shape as a stack (n, height, width), "
        "a single one in a list; one pixel too many is often a label column left in "
        "the table.",
        ImageShapeWarning,
    )
    return image_shape


def _square_or_strip(n_pixels):
    side = math.isqrt(n_pixels)
    return (side, side) if side * side == n_pixels else (1, n_pixels)
