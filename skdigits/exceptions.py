"""The errors and warnings of skdigits.

Every error is a `SkdigitsError` and also the built-in error that a caller would
expect (`ValueError` for bad data, `OSError` for what could not be fetched).
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
    """Keras is set to a backend other than TensorFlow."""


class CorruptDataError(SkdigitsError, ValueError):
    """A data file (IDX, CSV) does not hold what its format promises."""


class DownloadError(SkdigitsError, OSError):
    """A data set is neither on disk nor to be had from any mirror."""


class ModelFileError(SkdigitsError, ValueError):
    """A file is no model that skdigits saved, or it holds foreign types."""


class UnreadableImageError(SkdigitsError, ValueError):
    """A file or buffer could not be read as an image."""


class ImageShapeWarning(UserWarning):
    """Rows of pixels make no square image and were read as strips."""


class NoDigitFoundWarning(UserWarning):
    """Pictures without any ink were turned into blank digits."""


class PixelRangeWarning(UserWarning):
    """Pixels lie in a range plainly different from the one seen in `fit`."""


class SeveralDigitsWarning(UserWarning):
    """Pictures seem to hold several digits, of which only the largest was read."""
