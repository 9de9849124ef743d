"""Find, check, download and load MNIST."""

import hashlib
import os
from typing import NamedTuple

import numpy as np
from sklearn.utils._param_validation import StrOptions, validate_params

from skdigits.datasets._bunch import digit_bunch
from skdigits.datasets._download import (
    download,
    find,
    not_on_disk,
    resolve_data_home,
)
from skdigits.datasets._idx import read_idx
from skdigits.exceptions import CorruptDataError

__all__ = ["fetch_mnist"]


class _MnistFile(NamedTuple):
    name: str
    sha256: str  # of the unpacked bytes, whatever the compression
    sha256_gz: str  # of the official download


_FILES = {
    "train": (
        _MnistFile(
            "train-images-idx3-ubyte",
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        ),
        _MnistFile(
            "train-labels-idx1-ubyte",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        ),
    ),
    "test": (
        _MnistFile(
            "t10k-images-idx3-ubyte",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        ),
        _MnistFile(
            "t10k-labels-idx1-ubyte",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
    ),
}
_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://raw.githubusercontent.com/fgnt/mnist/master/",
)

_DESCR = """\
MNIST database of handwritten digits
------------------------------------

:Number of Instances: 70000 (60000 in the subset "train", 10000 in "test")
:Number of Attributes: 784, the pixels of a 28x28 image, row by row
:Attribute Information: integers in the range 0..255; 0 is background, 255 is foreground
:Missing Attribute Values: None
:Creators: Yann LeCun, Corinna Cortes, Christopher J. C. Burges

Each digit, written by employees of the US Census Bureau or by high-school students,
fits a box of 20x20 pixels, and its centre of mass lies at the pixel (14, 14). No
writer is in both subsets: use "test" only for the final evaluation.

Y. LeCun, L. Bottou, Y. Bengio and P. Haffner (1998). Gradient-based learning applied
to document recognition. Proceedings of the IEEE, 86(11), 2278-2324.
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
def fetch_mnist(
    subset="train",
    *,
    data_home=None,
    return_X_y=False,
    as_images=False,
    download_if_missing=True,
):
    """Load MNIST from disk, or download it first.

    On every load, the SHA-256 of the unpacked files is compared with that of the
    official ones.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        The 60,000 training digits, the 10,000 test digits, or all of them, training
        digits first.

    data_home : str or path-like, default=None
        Folder that holds the IDX files, directly or in a sub-folder ``mnist``, plain
        or compressed with gzip; downloads go into that sub-folder. By default the
        environment variable ``SKDIGITS_DATA_HOME`` names it, else it is the folder
        ``skdigits`` in scikit-learn's data home.

    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a `Bunch`.

    as_images : bool, default=False
        Return `data` as images, shape (n, 28, 28), instead of rows, shape (n, 784).

    download_if_missing : bool, default=True
        If False, files that are not on disk are an error.

    Returns
    -------
    mnist : :class:`~sklearn.utils.Bunch`
        Dictionary-like object with the attributes `data` (uint8, 0 is background and
        255 is foreground), `target` (int64), `images` (`data` as (n, 28, 28), a view),
        `feature_names`, `target_names` and `DESCR`. With `return_X_y`, the tuple
        ``(data, target)``.

    Raises
    ------
    DownloadError
        If files are not on disk and no mirror provides them. It is an `OSError`, too.
    CorruptDataError
        If a file on disk is not the official one. It is a `ValueError`, too.

    See Also
    --------
    load_digits28 : Load 1,797 digits without a download.
    load_idx : Load another data set in the format of MNIST.

    Notes
    -----
    During a download, sockets that other threads open have a timeout of 30 seconds,
    too, unless `socket.setdefaulttimeout` was called before.

    Examples
    --------
    >>> from skdigits.datasets import fetch_mnist
    >>> X, y = fetch_mnist("test", return_X_y=True)  # doctest: +SKIP
    >>> X.shape, X.dtype, y[:5]  # doctest: +SKIP
    ((10000, 784), dtype('uint8'), array([7, 2, 1, 0, 4]))
    """
    home = resolve_data_home(data_home)
    names = ("train", "test") if subset == "all" else (subset,)
    pairs = [_FILES[name] for name in names]

    # Find all files before reading one, so that a missing one is reported early.
    paths = {
        file: _obtain(file, home, download_if_missing)
        for pair in pairs
        for file in pair
    }
    images = [_load_checked(paths[image_file], image_file) for image_file, _ in pairs]
    labels = [_load_checked(paths[label_file], label_file) for _, label_file in pairs]
    return digit_bunch(
        images[0] if len(images) == 1 else np.concatenate(images),
        np.concatenate(labels).astype(np.int64),
        return_X_y=return_X_y,
        as_images=as_images,
        descr=_DESCR,
    )


def _obtain(file, home, download_if_missing):
    """Return the path of a file, and download it if needed and allowed."""
    dotted = file.name.replace("-idx", ".idx")
    spellings = (file.name, f"{file.name}.gz", dotted, f"{dotted}.gz")
    path = find(spellings, home, "mnist")
    if path is not None:
        return path
    if not download_if_missing:
        raise not_on_disk(f"{file.name} (plain or .gz)", home, "mnist")
    return download(
        f"{file.name}.gz",
        _MIRRORS,
        home / "mnist",
        sha256=file.sha256_gz,
        title="MNIST",
        files="the four MNIST files",
    )


def _load_checked(path, file):
    digest = hashlib.sha256()
    try:
        values = read_idx(path, digest)
    except CorruptDataError as err:
        raise CorruptDataError(
            f"{err} Once it is deleted, `fetch_mnist` downloads the official file."
        ) from err
    if digest.hexdigest() != file.sha256:
        raise CorruptDataError(
            f"{path} is not the official MNIST file: the SHA-256 of its unpacked bytes "
            f"must be {file.sha256}. Got {digest.hexdigest()}. Delete it, and "
            "`fetch_mnist` downloads the official one; another data set in the same "
            "format, such as Fashion-MNIST, is read by `load_idx`."
        )
    return values
