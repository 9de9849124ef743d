"""Load the pen strokes of UJI Pen Characters (Version 2)."""

import os
import re

import numpy as np
from sklearn.utils import Bunch
from sklearn.utils._param_validation import StrOptions, validate_params

from skdigits.datasets._uci import UciArchive, UciFile, read_uci_files

__all__ = ["fetch_uji_strokes"]

_ARCHIVE = UciArchive(
    title="UJI Pen Characters",
    fetcher="fetch_uji_strokes",
    folder="uji",
    number=177,
    name="uji+pen+characters+version+2.zip",
    sha256="0881b522911b99d9922820289441b50fd3d307f71cd7f9cc70e86872424a5f90",
)
_FILE = UciFile(
    "ujipenchars2.txt",
    "cc56f72f8477e763dd06a44746ba05a679e9232468aac93b3a7aad46a0300d61",
)
_SETS = {"train": ("trn",), "test": ("tst",), "all": ("trn", "tst")}

# A character of a writer, such as "WORD 7 trn_UJI_W03-01", and the strokes after it.
_HEADER = re.compile(r"WORD (\S) (trn|tst)_(?:UJI|UPV)_W(\d\d)-\d\d")
_STROKE = re.compile(r"POINTS \d+ # (.+)")

_DESCR = """\
UJI Pen Characters (Version 2)
------------------------------

:Number of Instances: 1200 digits (800 in the subset "train", 400 in "test"); 11640
    characters with letters and punctuation marks (7760 and 3880)
:Attribute Information: points (x, y) of pen strokes, integers; x grows to the right, y
    downwards, from the upper left corner of the box that was written in
:Missing Attribute Values: None
:Creators: F. Prat, M. J. Castro, D. Llorens, A. Marzal, J. M. Vilar
:Source: https://archive.ics.uci.edu/dataset/177/uji+pen+characters+version+2
:License: CC BY 4.0

60 writers in Castellon (UJI) and Valencia (UPV) wrote each character twice, with the
stylus of a Toshiba Portege M400 Tablet PC. 40 of them are the subset "train", 20 others
"test". A millimetre is 100 units at UJI and 152 at UPV. Points are often repeated.

F. Prat, M. J. Castro, D. Llorens, A. Marzal and J. M. Vilar (2008). UJI Pen Characters
(Version 2). UCI Machine Learning Repository. https://doi.org/10.24432/C5FG8S

D. Llorens et al. (2008). The UJIpenchars database: A pen-based database of isolated
handwritten characters. Proc. 6th International Conference on Language Resources and
Evaluation.
"""


@validate_params(
    {
        "subset": [StrOptions({"train", "test", "all"})],
        "digits_only": ["boolean"],
        "data_home": [str, os.PathLike, None],
        "return_X_y": ["boolean"],
        "download_if_missing": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def fetch_uji_strokes(
    subset="train",
    *,
    digits_only=True,
    data_home=None,
    return_X_y=False,
    download_if_missing=True,
):
    """Load the pen strokes of 60 writers from disk, or download them first.

    Each of the 60 writers wrote every digit twice on a tablet. `render_strokes` draws
    the strokes with any pen. The creators are F. Prat, M. J. Castro, D. Llorens, A.
    Marzal and J. M. Vilar [1]_; the licence is CC BY 4.0, which asks to name them.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        The 800 digits of 40 writers, the 400 digits of 20 others, or all of them.

    digits_only : bool, default=True
        If False, the letters and punctuation marks of the data set are loaded, too.

    data_home : str or path-like, default=None
        Folder that holds ``ujipenchars2.txt``, plain or compressed with gzip, or the
        archive ``uji+pen+characters+version+2.zip``, directly or in a sub-folder
        ``uji``; the download goes into that sub-folder. By default the environment
        variable ``SKDIGITS_DATA_HOME`` names it, else it is the folder ``skdigits`` in
        scikit-learn's data home.

    return_X_y : bool, default=False
        Return ``(strokes, target)`` instead of a `Bunch`.

    download_if_missing : bool, default=True
        If False, files that are not on disk are an error.

    Returns
    -------
    uji : :class:`~sklearn.utils.Bunch`
        Dictionary-like object with the attributes `strokes` (for each digit a list of
        its strokes, each an int64 array of shape (n_points, 2): x to the right, y
        downwards), `target` (int64; characters if not `digits_only`), `writer` (int64,
        1 to 60, such as the groups of
        :class:`~sklearn.model_selection.StratifiedGroupKFold`), `target_names` and
        `DESCR`. With `return_X_y`, the tuple ``(strokes, target)``.

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
    render_strokes : Draw pen strokes as a picture.

    References
    ----------
    .. [1] `F. Prat, M. J. Castro, D. Llorens, A. Marzal and J. M. Vilar (2008). UJI Pen
           Characters (Version 2). UCI Machine Learning Repository.
           <https://doi.org/10.24432/C5FG8S>`_

    Examples
    --------
    >>> from skdigits.datasets import fetch_uji_strokes, render_strokes
    >>> uji = fetch_uji_strokes("test")  # doctest: +SKIP
    >>> len(uji.strokes), len(set(uji.writer))  # doctest: +SKIP
    (400, 20)

    The pretrained model reads them as a pen of medium width draws them:

    >>> from skdigits import load_pretrained
    >>> X = [render_strokes(strokes) for strokes in uji.strokes]  # doctest: +SKIP
    >>> load_pretrained().score(X, uji.target)  # doctest: +SKIP
    0.9...
    """
    (content,), _ = read_uci_files(_ARCHIVE, [_FILE], data_home, download_if_missing)
    strokes, target, writer = [], [], []
    keeps = False
    for line in content.decode("utf-8").splitlines():
        if header := _HEADER.fullmatch(line.strip()):
            character, its_set, number = header.groups()
            keeps = its_set in _SETS[subset] and (
                character in "0123456789" or not digits_only
            )
            if keeps:
                strokes.append([])
                target.append(character)
                writer.append(int(number))
        elif keeps and (stroke := _STROKE.fullmatch(line.strip())):
            numbers = np.array(stroke[1].split(), dtype=np.int64)
            strokes[-1].append(numbers.reshape(-1, 2))
    target = np.array(target)
    if digits_only:
        target = target.astype(np.int64)
    if return_X_y:
        return strokes, target
    return Bunch(
        strokes=strokes,
        target=target,
        writer=np.array(writer),
        target_names=np.unique(target),
        DESCR=_DESCR,
    )
