"""Load USPS, 16x16 digits cut from envelopes."""

import hashlib
import os
from http.client import HTTPException

import numpy as np
from sklearn.datasets import fetch_openml, load_svmlight_file
from sklearn.utils._param_validation import StrOptions, validate_params

from skdigits.datasets._bunch import digit_bunch
from skdigits.datasets._download import (
    HOME_VARIABLE,
    TIMEOUT_SECONDS,
    default_timeout,
    find,
    not_on_disk,
    resolve_data_home,
)
from skdigits.exceptions import CorruptDataError, DownloadError

__all__ = ["fetch_usps"]

_OPENML_ID = 41082
_OPENML_CACHE = "openml/openml.org/data/v1/download/*/USPS.arff.gz"
_N_PIXELS = 256
# The files of LIBSVM, of which OpenML has a copy, with the MD5 that torchvision checks.
_FILES = {
    "train": ("usps.bz2", "ec16c51db3855ca6c91edd34d0e9b197"),
    "test": ("usps.t.bz2", "8ea070ee2aca1ac39742fdd1ef5ed118"),
}
# Published counts of the digits 0 to 9. OpenML joins the subsets in this order.
_COUNTS = {
    "train": (1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644),
    "test": (359, 264, 198, 166, 200, 160, 170, 147, 166, 177),
}

_DESCR = """\
USPS handwritten digits
-----------------------

:Number of Instances: 9298 (7291 in the subset "train", 2007 in "test")
:Number of Attributes: 256, the pixels of a 16x16 image, row by row
:Attribute Information: integers in the range 0..255; 0 is background, 255 is foreground
:Missing Attribute Values: None
:Creators: J. J. Hull for the US Postal Service; Y. LeCun and others at AT&T
:Source: https://www.openml.org/d/41082, from
    https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass.html#usps
:License: none is stated; the digits are distributed for research

Digits scanned from envelopes, deslanted and normalized to grey images that they fill.
The pixels of the source are between -1 and 1. The subset "test" is harder than "train".

J. J. Hull (1994). A database for handwritten text recognition research. IEEE
Transactions on Pattern Analysis and Machine Intelligence, 16(5), 550-554.

Y. LeCun et al. (1990). Handwritten digit recognition with a back-propagation network.
Advances in Neural Information Processing Systems 2, 396-404.
"""


@validate_params(
    {
        "subset": [StrOptions({"train", "test", "all"})],
        "data_home": [str, os.PathLike, None],
        "return_X_y": ["boolean"],
        "as_images": ["boolean"],
        "download_if_missing": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def fetch_usps(
    subset="train",
    *,
    data_home=None,
    return_X_y=False,
    as_images=False,
    download_if_missing=True,
):
    """Load USPS from disk, or download it from OpenML first.

    The digits were scanned from envelopes of the US Postal Service [1]_. No licence is
    stated; they are distributed for research.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        The 7,291 training digits, the 2,007 test digits, or all of them, training
        digits first.

    data_home : str or path-like, default=None
        Folder that holds the files ``usps.bz2`` and ``usps.t.bz2`` of LIBSVM, directly
        or in a sub-folder ``usps``, or the sub-folder ``openml`` in which
        :func:`~sklearn.datasets.fetch_openml` keeps its download. By default the
        environment variable ``SKDIGITS_DATA_HOME`` names it, else it is the folder
        ``skdigits`` in scikit-learn's data home.

    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a `Bunch`.

    as_images : bool, default=False
        Return `data` as images, shape (n, 16, 16), instead of rows, shape (n, 256).

    download_if_missing : bool, default=True
        If False, data that are not on disk are an error.

    Returns
    -------
    usps : :class:`~sklearn.utils.Bunch`
        Dictionary-like object with the attributes `data` (uint8, 0 is background and
        255 is foreground), `target` (int64), `images` (`data` as (n, 16, 16), a view),
        `feature_names`, `target_names` and `DESCR`. With `return_X_y`, the tuple
        ``(data, target)``.

    Raises
    ------
    DownloadError
        If the data are not on disk and OpenML does not provide them. It is an
        `OSError`, too.
    CorruptDataError
        If a file does not have the MD5 that torchvision (for LIBSVM's files) or OpenML
        publishes, or the data do not have the published number of each digit. It is a
        `ValueError`, too.

    See Also
    --------
    fetch_mnist : MNIST's 70,000 digits.

    References
    ----------
    .. [1] J. J. Hull (1994). A database for handwritten text recognition research. IEEE
           Transactions on Pattern Analysis and Machine Intelligence, 16(5), 550-554.

    Examples
    --------
    >>> from skdigits.datasets import fetch_usps
    >>> X, y = fetch_usps("test", return_X_y=True)  # doctest: +SKIP
    >>> X.shape, X.dtype, len(y)  # doctest: +SKIP
    ((2007, 256), dtype('uint8'), 2007)
    """
    home = resolve_data_home(data_home)
    names = ("train", "test") if subset == "all" else (subset,)
    paths = {name: find((_FILES[name][0],), home, "usps") for name in names}
    if None not in paths.values():
        parts = {name: _read_libsvm(path, name) for name, path in paths.items()}
    else:
        parts = _read_openml(home, download_if_missing)
    pixels = np.concatenate([parts[name][0] for name in names])
    return digit_bunch(
        np.rint((pixels + 1) * 127.5).astype(np.uint8).reshape(-1, 16, 16),
        np.concatenate([parts[name][1] for name in names]),
        return_X_y=return_X_y,
        as_images=as_images,
        descr=_DESCR,
    )


def _read_libsvm(path, name):
    """Read the pixels, from -1 to 1, and the digits of a subset."""
    md5 = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    expected = _FILES[name][1]
    if md5 != expected:
        raise CorruptDataError(
            f"{path} is not the official file of USPS: its MD5 must be {expected}. Got "
            f"{md5}. Delete it, and `fetch_usps` downloads the data from OpenML."
        )
    pixels, target = load_svmlight_file(path, n_features=_N_PIXELS)
    return pixels.toarray(), _as_digits(target)


def _read_openml(home, download_if_missing):
    """Read the pixels, from -1 to 1, and the digits of both subsets."""
    if not download_if_missing and not any(home.glob(_OPENML_CACHE)):
        files = " and ".join(file for file, _ in _FILES.values())
        raise not_on_disk(f"{files} or the sub-folder openml with USPS", home, "usps")
    try:
        with default_timeout(TIMEOUT_SECONDS):
            usps = fetch_openml(
                data_id=_OPENML_ID, data_home=home, as_frame=False, parser="liac-arff"
            )
    except (OSError, HTTPException) as err:
        raise DownloadError(
            f"USPS could not be downloaded from OpenML, or not be kept in {home}: "
            f"{err}. Check the network, or let `data_home` or the environment variable "
            f"{HOME_VARIABLE} name a folder that holds the data and that you may write "
            "to."
        ) from err
    except ValueError as err:
        raise CorruptDataError(
            f"USPS of OpenML in {home / 'openml'} cannot be read: {err} Delete that "
            "folder, and `fetch_usps` downloads the data again."
        ) from err
    pixels, target = usps.data, _as_digits(usps.target.astype(np.float64))
    n_train = sum(_COUNTS["train"])
    parts = {
        "train": (pixels[:n_train], target[:n_train]),
        "test": (pixels[n_train:], target[n_train:]),
    }
    for name, (_, digits) in parts.items():
        found = np.bincount(digits, minlength=10).tolist()
        if found != list(_COUNTS[name]):
            raise CorruptDataError(
                f"The subset {name!r} of USPS must hold {list(_COUNTS[name])} of the "
                f"digits 0 to 9; OpenML's data hold {found}. Put "
                f"{_FILES['train'][0]} and {_FILES['test'][0]} of LIBSVM into "
                f"{home / 'usps'} instead."
            )
    return parts


def _as_digits(target):
    """Convert the labels 1 to 10 to the digits 0 to 9."""
    return target.astype(np.int64) - 1
