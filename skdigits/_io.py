"""Read pictures from paths, bytes, file objects and Pillow images into arrays."""

import errno
import io
import os
import struct
import warnings

import numpy as np
from PIL import Image, ImageOps

from skdigits._messages import shorten
from skdigits.exceptions import UnreadableImageError

# Larger pictures are refused before they are decoded: a few kilobytes of PNG can
# unpack to gigabytes. Photos of 50 megapixels (8160 x 6120) pass.
MAX_PIXELS = 50_000_000
# What systems say of a path without a file, or of a name that no file can have.
_NO_SUCH_FILE = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL}
_ORIENTATION = 0x0112  # the EXIF tag

_FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "GIF", "WEBP")
_KNOWN = "PNG, JPEG, BMP, TIFF, GIF or WebP"
_BUFFERS = (bytes, bytearray, memoryview)
# Sources that `read_image` opens; worker processes can open them, too.
PATHS_AND_BYTES = (str, os.PathLike, *_BUFFERS)
_SOURCES = "a path, bytes, a file opened for reading bytes, a Pillow image or an array"


def read_image(source):
    """Read one picture into an array of pixels.

    PNG, JPEG, BMP, TIFF, GIF and WebP are read: the first of several frames or pages.
    Photos are rotated according to their EXIF orientation. Transparency is kept as a
    last channel; palettes and CMYK become RGB. Reading takes less than 1.3
    gigabytes of memory, whatever a file holds or claims to hold.

    Parameters
    ----------
    source : str, path-like, bytes, binary file object, PIL.Image.Image or ndarray
        The picture. A path may start with ``~``, the home folder. A file object is read
        from its current position and left open. An array of shape (h, w) or
        (h, w, channels) is returned as it is.

    Returns
    -------
    image : ndarray of shape (h, w) or (h, w, channels)
        Grey (two-dimensional), or with a last axis of 2 (grey and alpha), 3 (RGB) or
        4 (RGBA) channels. The dtype is uint8 (black and white comes as 0 and 255);
        uint16 for grey pictures of 16 bits; float32 for grey pictures of 32 bits.

    Raises
    ------
    FileNotFoundError
        If there is no file at that path.
    OSError
        If the file cannot be opened or read.
    UnreadableImageError
        If the file or buffer holds no picture, or a damaged one, or one of more than
        50 million pixels.
    TypeError
        If `source` has none of these types.

    See Also
    --------
    read_images : Read several pictures.
    skdigits.datasets.load_image_folder : Read a folder of labelled pictures.

    Examples
    --------
    >>> import io
    >>> from PIL import Image
    >>> from skdigits import read_image
    >>> buffer = io.BytesIO()
    >>> Image.new("RGB", (3, 2), "white").save(buffer, "PNG")
    >>> read_image(buffer.getvalue()).shape
    (2, 3, 3)
    """
    if isinstance(source, np.ndarray):
        return _check_array(source)
    if isinstance(source, Image.Image):
        return _decode(source, "The Pillow image")
    if isinstance(source, (str, os.PathLike)):
        return _read_path(os.fspath(source))
    if isinstance(source, _BUFFERS):
        return _read_bytes(bytes(source), f"The buffer of {len(source)} bytes")
    if hasattr(source, "read"):
        name = getattr(source, "name", None)
        name = shorten(name) if isinstance(name, str) else "The file object"
        data = source.read()
        if not isinstance(data, bytes):
            raise TypeError(
                f"{name} must give bytes. Got {type(data).__name__}; open the file "
                "in binary mode, `open(path, 'rb')`."
            )
        return _read_bytes(data, name)
    raise TypeError(
        f"`source` must be {_SOURCES}. Got {type(source).__name__}; turn other "
        "containers into an array with `numpy.asarray`."
    )


def read_images(sources):
    """Read several pictures, of equal or different sizes.

    Parameters
    ----------
    sources : iterable of sources
        Each is what `read_image` takes.

    Returns
    -------
    images : list of ndarray
        One array for each source, in the same order.

    Raises
    ------
    FileNotFoundError, OSError, UnreadableImageError, TypeError
        As in `read_image`, for the first source that cannot be read; the message
        counts the sources from 0.

    See Also
    --------
    read_image : Read one picture.

    Examples
    --------
    >>> import numpy as np
    >>> from skdigits import read_images
    >>> images = read_images([np.zeros((28, 28)), np.zeros((40, 30, 3))])
    >>> [image.shape for image in images]
    [(28, 28), (40, 30, 3)]
    """
    if is_file(sources):
        raise TypeError(
            f"`sources` must be a list of pictures. Got one {type(sources).__name__}; "
            "use `read_image` for a single picture."
        )
    return [read_named(source, f"Picture {i}") for i, source in enumerate(sources)]


def is_file(source):
    """Tell paths, bytes and file objects."""
    return isinstance(source, PATHS_AND_BYTES) or hasattr(source, "read")


def read_named(source, name):
    """Read one of several pictures; its name starts the message of every error."""
    try:
        return read_image(source)
    except (OSError, UnreadableImageError, TypeError) as err:
        # The classes of other libraries need not take one argument.
        ours = ("builtins", UnreadableImageError.__module__)
        kind = next(kind for kind in type(err).__mro__ if kind.__module__ in ours)
        raise kind(f"{name}: {err}") from err


def _check_array(image):
    """Return an array that has the shape of a picture."""
    if 0 not in image.shape and (
        image.ndim == 2 or (image.ndim == 3 and image.shape[2] in (1, 2, 3, 4))
    ):
        return image
    raise UnreadableImageError(
        "An array must be one picture, of shape (h, w) or (h, w, channels) with 1 to 4 "
        f"channels and at least one pixel. Got shape {image.shape}; move the channel "
        "axis last, and pass the pictures of a stack one by one."
    )


def _read_path(path):
    path = os.path.expanduser(path)
    name = shorten(os.fsdecode(path))
    if name.startswith("'data:"):
        raise UnreadableImageError(
            f"{name} must be the path of a picture. Got a data URL; pass its bytes, "
            "`base64.b64decode(url.partition(',')[2])`."
        )
    try:
        file = open(path, "rb")  # noqa: SIM115 - closed below, errors differ
    except IsADirectoryError as err:
        raise _is_a_folder(name) from err
    except PermissionError as err:
        if os.path.isdir(path):  # what Windows says about a folder
            raise _is_a_folder(name) from err
        raise PermissionError(
            f"{name} must be a picture that may be read. Permission denied."
        ) from err
    except OSError as err:
        if err.errno not in _NO_SUCH_FILE:
            raise
        raise FileNotFoundError(
            f"{name} must be the path of a picture. Got no such file; relative paths "
            f"start at {os.getcwd()!r}."
        ) from err
    except ValueError as err:
        raise UnreadableImageError(
            f"{name} must be the path of a picture. Got {err}; remove the character."
        ) from err
    with file:
        if not file.seekable():  # a pipe, such as the shell's <(...)
            return _read_bytes(file.read(), name)
        return _read_file(file, name)


def _is_a_folder(name):
    return UnreadableImageError(
        f"{name} must be one picture. Got a folder; read it with "
        "`skdigits.datasets.load_image_folder`, or its files with `read_images`."
    )


def _read_bytes(data, name):
    return _read_file(io.BytesIO(data), name)


def _read_file(file, name):
    head = file.read(32)
    if not head:
        raise UnreadableImageError(
            f"{name} must be a picture ({_KNOWN}). Got nothing, it is empty; save or "
            "download it again."
        )
    file.seek(0)
    # Pillow warns of odd metadata and large pictures; what matters is an error here.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(file, formats=_FORMATS)
        except Image.UnidentifiedImageError as err:
            raise UnreadableImageError(
                f"{name} must be a picture ({_KNOWN}). Got {_guess(head)}; "
                "convert it to PNG or JPEG first."
            ) from err
        except Image.DecompressionBombError as err:
            raise _too_large(name, "more than twice that") from err
        except Exception as err:  # a decoder may fail in any way on damaged bytes
            raise _damaged(name, err) from err
        with image:
            return _decode(image, name)


def _guess(head):
    """Describe what a file of unknown format may be."""
    if head[4:8] == b"ftyp":
        return "a HEIC, AVIF or video file"
    if head.startswith(b"%PDF"):
        return "a PDF file"
    if head.lstrip().startswith((b"<svg", b"<?xml", b"<!DOCTYPE", b"<html")):
        return "an SVG or HTML file"
    if head.isascii() and all(byte >= 32 or byte in b"\t\n\r" for byte in head):
        return "what looks like text"
    return "bytes of no known format"


def _too_large(name, pixels):
    return UnreadableImageError(
        f"{name} must have at most {MAX_PIXELS // 1_000_000} million pixels. Got "
        f"{pixels}; scale the picture down or crop it to the digit."
    )


def _damaged(name, err):
    return UnreadableImageError(
        f"{name} must be a whole picture ({_KNOWN}). Got a damaged or truncated one "
        f"({type(err).__name__}: {err}); save or download it again."
    )


def _decode(image, name):
    """Return the pixels of a Pillow image, upright."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _too_large(name, f"{width} x {height}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image.load()
            pixels = np.array(_plain_mode(_upright(image)))
        except Exception as err:  # a decoder may fail in any way on damaged bytes
            raise _damaged(name, err) from err
    if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
        raise UnreadableImageError(
            f"{name} must hold finite pixels. Got NaN or infinity; replace them, for "
            "example with `numpy.nan_to_num`."
        )
    return pixels


def _upright(image):
    """Rotate a photo according to its EXIF orientation; ignore damaged EXIF."""
    try:
        if image.getexif().get(_ORIENTATION, 1) == 1:
            return image  # Pillow would copy it
        return ImageOps.exif_transpose(image)
    except (KeyError, OSError, SyntaxError, TypeError, ValueError, struct.error):
        return image


def _plain_mode(image):
    """Convert to grey or RGB, with alpha where there is transparency."""
    mode = image.mode
    if mode.startswith("I;16"):
        return np.asarray(image).astype(np.uint16)
    if mode == "I":
        pixels = np.asarray(image)
        fits = pixels.min() >= 0 and pixels.max() <= 65535
        return pixels.astype(np.uint16 if fits else np.float32)
    if mode in ("F", "LA", "RGBA") or (
        mode in ("L", "RGB") and "transparency" not in image.info
    ):
        return image
    if mode == "La":
        return image.convert("LA")
    if mode in ("L", "1"):
        return image.convert("LA" if "transparency" in image.info else "L")
    if mode in ("PA", "RGBa") or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("RGB")
