"""The errors and warnings of skdigits.

Every error is a `SkdigitsError` and also the built-in error that a caller would
expect: `ValueError` for bad data, `OSError` for a failed download.
"""

__all__ = [
    "BackendError",
    "CorruptDataError",
    "DownloadError",
    "ImageShapeWarning",
    "ModelFileError",
    "NoDigitFoundWarning",
    "PixelRangeWarning",
    "SeveralDigitsWarning",
    "SkdigitsError",
    "UnreadableImageError",
]


class SkdigitsError(Exception):
    """Base class of the errors that skdigits defines."""


class BackendError(SkdigitsError, ImportError):
    """TensorFlow cannot be used: Keras is set to another backend, or after a fork."""


class CorruptDataError(SkdigitsError, ValueError):
    """A data file (IDX, CSV) does not match its format."""


class DownloadError(SkdigitsError, OSError):
    """A data set is not on disk and no mirror could deliver it."""


class ModelFileError(SkdigitsError, ValueError):
    """A file is not a model saved by skdigits, or holds untrusted types.

    Parameters
    ----------
    message : str
        What is wrong with the file.
    untrusted : iterable of str, default=()
        Full names of those types and functions.

    Attributes
    ----------
    untrusted : tuple of str
        The same names.
    """

    def __init__(self, message, untrusted=()):
        super().__init__(message)
        self.untrusted = tuple(untrusted)


class UnreadableImageError(SkdigitsError, ValueError):
    """A file or buffer could not be read as an image."""


class ImageShapeWarning(UserWarning):
    """Rows of pixels do not make square images and were read as strips."""


class NoDigitFoundWarning(UserWarning):
    """Pictures without a digit became rows of 0, or empty readings."""


class PixelRangeWarning(UserWarning):
    """Pixels lie in a range clearly different from the one seen in `fit`."""


class SeveralDigitsWarning(UserWarning):
    """Pictures seem to hold several digits, of which only the largest was read."""
