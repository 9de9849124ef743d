"""Load the 32x32 originals of scikit-learn's digits."""

import os

import numpy as np
from sklearn.utils._param_validation import StrOptions, validate_params

from skdigits.datasets._bunch import digit_bunch
from skdigits.datasets._uci import UciArchive, UciFile, read_uci_files
from skdigits.exceptions import CorruptDataError

__all__ = ["fetch_optdigits"]

_ARCHIVE = UciArchive(
    title="optdigits",
    fetcher="fetch_optdigits",
    folder="optdigits",
    number=80,
    name="optical+recognition+of+handwritten+digits.zip",
    sha256="0d7b054fea010270e9b3f06411c654c5e59547732ad626381980baffe0a23fb0",
)
# Parts of each subset, with their published counts of the digits 0 to 9, which have to
# do where a file is not in the archive: no checksums of the files are published.
_PARTS = {
    "train": {
        "tra": (189, 198, 195, 199, 186, 187, 195, 201, 180, 204),
        "cv": (87, 97, 92, 85, 114, 108, 87, 96, 91, 89),
        "wdep": (100, 94, 93, 105, 87, 81, 95, 90, 109, 89),
    },
    "test": {"windep": (178, 182, 177, 183, 181, 182, 181, 179, 174, 180)},
}
_SIDE = 32
_DIGITS = tuple(b"%d" % digit for digit in range(10))

_DESCR = """\
Optical recognition of handwritten digits, the originals
--------------------------------------------------------

:Number of Instances: 5620 (3823 in the subset "train", 1797 in "test")
:Number of Attributes: 1024, the pixels of a 32x32 image, row by row
:Attribute Information: 0 is background, 255 is foreground; no other values
:Missing Attribute Values: None
:Creators: E. Alpaydin, C. Kaynak, Bogazici University, Istanbul
:Source: https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits
:License: CC BY 4.0

Preprinted forms were scanned; programs of NIST cut out the digits and normalized them
to bitmaps that they fill. 30 people wrote the subset "train" (the parts tra, cv and
wdep, in this order), 13 others "test" (windep). It is not known who wrote which digit.

`sklearn.datasets.load_digits` holds the digits of "test" in the same order: each of its
8x8 pixels counts the foreground pixels in a block of 4x4 of these images.

E. Alpaydin and C. Kaynak (1998). Optical Recognition of Handwritten Digits. UCI Machine
Learning Repository. https://doi.org/10.24432/C50P49

C. Kaynak (1995). Methods of combining multiple classifiers and their applications to
handwritten digit recognition. MSc thesis, Bogazici University.
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
def fetch_optdigits(
    subset="train",
    *,
    data_home=None,
    return_X_y=False,
    as_images=False,
    download_if_missing=True,
):
    """Load the 32x32 originals of optdigits from disk, or download them first.

    These are the bitmaps from which `sklearn.datasets.load_digits` was made, and those
    of the writers that it leaves out. The creators are E. Alpaydin and C. Kaynak [1]_;
    the licence is CC BY 4.0, which asks to name them.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        The 3,823 digits of 30 writers, the 1,797 digits of 13 others, or all of them,
        training digits first.

    data_home : str or path-like, default=None
        Folder that holds ``optical+recognition+of+handwritten+digits.zip``, or its
        files ``optdigits-orig.tra``, ``.cv``, ``.wdep`` and ``.windep`` (plain, ``.Z``
        or ``.gz``), directly or in a sub-folder ``optdigits``; the download goes into
        that sub-folder. By default the environment variable ``SKDIGITS_DATA_HOME``
        names it, else it is the folder ``skdigits`` in scikit-learn's data home.

    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a `Bunch`.

    as_images : bool, default=False
        Return `data` as images, shape (n, 32, 32), instead of rows, shape (n, 1024).

    download_if_missing : bool, default=True
        If False, files that are not on disk are an error.

    Returns
    -------
    optdigits : :class:`~sklearn.utils.Bunch`
        Dictionary-like object with the attributes `data` (uint8, 0 is background and
        255 is foreground), `target` (int64), `images` (`data` as (n, 32, 32), a view),
        `feature_names`, `target_names` and `DESCR`. With `return_X_y`, the tuple
        ``(data, target)``.

    Raises
    ------
    DownloadError
        If files are not on disk and the UCI repository does not provide them. It is an
        `OSError`, too.
    CorruptDataError
        If the archive on disk is not the official one, by its SHA-256, or an unpacked
        file does not have the published number of each digit. It is a `ValueError`,
        too.

    See Also
    --------
    sklearn.datasets.load_digits : The digits of the subset "test" in 8x8 pixels.
    load_digits28 : These 8x8 digits in MNIST framing; no download.

    References
    ----------
    .. [1] `E. Alpaydin and C. Kaynak (1998). Optical Recognition of Handwritten Digits.
           UCI Machine Learning Repository. <https://doi.org/10.24432/C50P49>`_

    Examples
    --------
    >>> from skdigits.datasets import fetch_optdigits
    >>> X, y = fetch_optdigits("test", return_X_y=True)  # doctest: +SKIP
    >>> X.shape, X.dtype, y[:5]  # doctest: +SKIP
    ((1797, 1024), dtype('uint8'), array([0, 1, 2, 3, 4]))
    """
    names = ("train", "test") if subset == "all" else (subset,)
    counts = {part: _PARTS[name][part] for name in names for part in _PARTS[name]}
    contents, places = read_uci_files(
        _ARCHIVE,
        [UciFile(f"optdigits-orig.{part}.Z") for part in counts],
        data_home,
        download_if_missing,
    )
    parts = list(map(_parse, contents, counts.values(), places))
    return digit_bunch(
        np.concatenate([images for images, _ in parts]),
        np.concatenate([target for _, target in parts]),
        return_X_y=return_X_y,
        as_images=as_images,
        descr=_DESCR,
    )


def _parse(content, counts, place):
    """Read bitmaps of 32 lines of 0 and 1, with the label in a line after each."""
    words = content.split()
    start = next((i for i, word in enumerate(words) if len(word) == _SIDE), len(words))
    labels = words[start + _SIDE :: _SIDE + 1]
    del words[:start]  # the header
    del words[_SIDE :: _SIDE + 1]
    pixels = np.frombuffer(b"".join(words), np.uint8) - ord("0")
    if (
        pixels.size != _SIDE**2 * len(labels)
        or set(map(len, words)) != {_SIDE}
        or pixels.max() > 1
        or not set(labels) <= set(_DIGITS)
    ):
        raise CorruptDataError(
            f"{place} must hold bitmaps of {_SIDE} lines of {_SIDE} characters 0 and "
            "1, with a digit in a line after each; got something else. Download it "
            "again."
        )
    target = np.array(labels).astype(np.int64)
    found = np.bincount(target, minlength=10).tolist()
    if found != list(counts):
        raise CorruptDataError(
            f"{place} must hold {list(counts)} of the digits 0 to 9; got {found}: it "
            "is truncated or not the official file. Download it again."
        )
    return pixels.reshape(-1, _SIDE, _SIDE) * np.uint8(255), target
