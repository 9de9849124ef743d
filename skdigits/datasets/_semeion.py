"""Load Semeion, 16x16 scans from Italy."""

import os

import numpy as np
from sklearn.utils._param_validation import validate_params

from skdigits.datasets._bunch import digit_bunch
from skdigits.datasets._uci import UciArchive, UciFile, read_uci_files

__all__ = ["fetch_semeion"]

_ARCHIVE = UciArchive(
    title="Semeion",
    fetcher="fetch_semeion",
    folder="semeion",
    number=178,
    name="semeion+handwritten+digit.zip",
    sha256="6fb091394714cddda5751d4e1c2781ab094e7cf15de07917fb40e581f19efc75",
)
_FILE = UciFile(
    "semeion.data", "f43228ae3da5ea6a3c95069d53450b86166770e3b719dcc333182128fe08d4b1"
)
_N_PIXELS = 256  # the other columns tell which digit it is

_DESCR = """\
Semeion handwritten digits
--------------------------

:Number of Instances: 1593
:Number of Attributes: 256, the pixels of a 16x16 image, row by row
:Attribute Information: 0 is background, 255 is foreground; no other values
:Missing Attribute Values: None
:Creators: Massimo Buscema, Stefano Terzi, Tactile Srl and the Semeion Research Center
    of Sciences of Communication, Rome
:Source: https://archive.ics.uci.edu/dataset/178/semeion+handwritten+digit
:License: CC BY 4.0

Around 80 persons wrote all digits twice, first accurately and then fast. Each digit was
scanned, stretched to a box of 16x16 pixels and binarized; the aspect ratio is lost. It
is not known who wrote which digit.

Semeion Handwritten Digit (1994). UCI Machine Learning Repository.
https://doi.org/10.24432/C5SC8V

M. Buscema (1998). MetaNet: The theory of independent judges. Substance Use & Misuse,
33(2), 439-461.
"""


@validate_params(
    {
        "data_home": [str, os.PathLike, None],
        "return_X_y": ["boolean"],
        "as_images": ["boolean"],
        "download_if_missing": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def fetch_semeion(
    *, data_home=None, return_X_y=False, as_images=False, download_if_missing=True
):
    """Load Semeion's 1,593 scans from disk, or download them first.

    Around 80 persons wrote them; their 1, 4 and 9 often differ from those of MNIST.
    Each digit fills its 16x16 image. The creators are M. Buscema, S. Terzi, Tactile Srl
    and the Semeion Research Center [1]_; the licence is CC BY 4.0, which asks to name
    them.

    Parameters
    ----------
    data_home : str or path-like, default=None
        Folder that holds ``semeion.data``, plain or compressed with gzip, or the
        archive ``semeion+handwritten+digit.zip``, directly or in a sub-folder
        ``semeion``; the download goes into that sub-folder. By default the environment
        variable ``SKDIGITS_DATA_HOME`` names it, else it is the folder ``skdigits`` in
        scikit-learn's data home.

    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a `Bunch`.

    as_images : bool, default=False
        Return `data` as images, shape (1593, 16, 16), instead of rows, shape
        (1593, 256).

    download_if_missing : bool, default=True
        If False, files that are not on disk are an error.

    Returns
    -------
    semeion : :class:`~sklearn.utils.Bunch`
        Dictionary-like object with the attributes `data` (uint8, 0 is background and
        255 is foreground), `target` (int64), `images` (`data` as (1593, 16, 16), a
        view), `feature_names`, `target_names` and `DESCR`. With `return_X_y`, the tuple
        ``(data, target)``.

    Raises
    ------
    DownloadError
        If the files are not on disk and the UCI repository does not provide them. It
        is an `OSError`, too.
    CorruptDataError
        If a file on disk is not the official one, by its SHA-256. It is a
        `ValueError`, too.

    See Also
    --------
    fetch_optdigits : 5,620 digits by 43 other writers.
    fetch_mnist : MNIST's 70,000 digits.

    References
    ----------
    .. [1] `Semeion Handwritten Digit (1994). UCI Machine Learning Repository.
           <https://doi.org/10.24432/C5SC8V>`_

    Examples
    --------
    >>> from skdigits.datasets import fetch_semeion
    >>> X, y = fetch_semeion(return_X_y=True)  # doctest: +SKIP
    >>> X.shape, X.dtype, y[:5]  # doctest: +SKIP
    ((1593, 256), dtype('uint8'), array([0, 0, 0, 0, 0]))

    The pretrained model reads the images, whatever their size:

    >>> from skdigits import load_pretrained
    >>> X, y = fetch_semeion(return_X_y=True, as_images=True)  # doctest: +SKIP
    >>> load_pretrained().score(X, y)  # doctest: +SKIP
    0.9...
    """
    (content,), _ = read_uci_files(_ARCHIVE, [_FILE], data_home, download_if_missing)
    table = np.loadtxt(content.decode("ascii").splitlines(), ndmin=2)
    images = table[:, :_N_PIXELS].reshape(-1, 16, 16) * 255
    return digit_bunch(
        images.astype(np.uint8),
        table[:, _N_PIXELS:].argmax(axis=1),
        return_X_y=return_X_y,
        as_images=as_images,
        descr=_DESCR,
    )
