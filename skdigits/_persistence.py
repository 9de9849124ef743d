"""Saving and loading fitted estimators, without running code from the file."""

import collections
import io
import itertools
import os
import re
import tempfile
import zipfile
from pathlib import Path

from skdigits.exceptions import ModelFileError

# What our estimators, and scikit-learn's searches, ensembles and calibration around
# them, put into a file besides what skops trusts anyway (other estimators of
# scikit-learn, NumPy arrays and plain values). None of these runs code when built.
_TRUSTED_TYPES = [
    "skdigits._classifier.CNNDigitClassifier",
    "skdigits._preprocessing.DigitPreprocessor",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._TemperatureScaling",
    "sklearn.metrics._scorer._PassthroughScorer",
    "sklearn.model_selection._search_successive_halving.HalvingGridSearchCV",
    "sklearn.model_selection._search_successive_halving.HalvingRandomSearchCV",
    "sklearn.model_selection._split.StratifiedKFold",
    "sklearn.utils._bunch.Bunch",
]


def save(estimator, path):
    """Save a fitted estimator in the skops format.

    The file is written beside its place and then moved into it, so that no
    half-written model is ever found there. It depends on the estimator and on the
    versions of skdigits' dependencies alone: the same fit gives the same bytes.

    Parameters
    ----------
    estimator : estimator
        A classifier, a pipeline or a search around them.
    path : str or path-like
        File to write, by custom with the ending ``.skops``. Its folder is made if
        it does not exist.

    See Also
    --------
    load : The way back.

    Examples
    --------
    >>> import tempfile
    >>> from skdigits import DigitPreprocessor, load, save
    >>> folder = tempfile.TemporaryDirectory()
    >>> save(DigitPreprocessor(box_size=18), f"{folder.name}/framing.skops")
    >>> load(f"{folder.name}/framing.skops")
    DigitPreprocessor(box_size=18)
    >>> folder.cleanup()
    """
    content = _serialize(estimator)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # mkstemp makes files for the owner's eyes only; a model is an ordinary file.
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(partial, 0o666 & ~umask)
        os.replace(partial, path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def load(path, *, trusted=()):
    """Load an estimator that `save` wrote.

    Loading runs no code from the file: it only builds objects of scikit-learn's
    and skdigits' own types.

    Parameters
    ----------
    path : str or path-like
        File to read.
    trusted : sequence of str, default=()
        Full names of further types that may be built, such as
        ``"my_package.my_network"`` for a classifier with a `network` of your own.

    Returns
    -------
    estimator

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ModelFileError
        If the file was not written by `save`, or holds types not trusted.

    Examples
    --------
    >>> import tempfile
    >>> from skdigits import CNNDigitClassifier, load, save
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(CNNDigitClassifier(epochs=3), f"{folder}/digits.skops")
    ...     load(f"{folder}/digits.skops")
    CNNDigitClassifier(epochs=3)
    """
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(
            f"There is no model file {str(path)!r}. Train and save one first, with "
            "`skdigits train` or skdigits.save(estimator, path)."
        )
    if path.is_dir():
        raise ModelFileError(
            f"{str(path)!r} must be a model file. Got a folder; name the file in it."
        )
    try:
        return skops.io.load(path, trusted=[*_TRUSTED_TYPES, *trusted])
    except UntrustedTypesFoundException as err:
        foreign = sorted(
            set(skops.io.get_untrusted_types(file=path)) - {*_TRUSTED_TYPES, *trusted}
        )
        raise ModelFileError(
            f"{str(path)!r} holds types that skdigits does not know: {foreign}. Load "
            "it with skdigits.load(path, trusted=[...]) only if you know where it "
            "comes from."
        ) from err
    except Exception as err:  # whatever a corrupt or foreign file leads skops into
        raise ModelFileError(
            f"{str(path)!r} is no model file of skdigits (a skops archive): "
            f"{type(err).__name__}: {err}. Save models with skdigits.save(estimator, "
            "path)."
        ) from err


def _serialize(estimator):
    """Write an estimator in the skops format, without the traces of the occasion.

    skops names objects by their addresses in memory and dates the parts of its
    archive. Here they are numbered in their order, and without a date.
    """
    import skops.io

    numbers = itertools.count(1)
    names = collections.defaultdict(lambda: str(next(numbers)))
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(estimator))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    schema = re.sub(
        r'("__id__": |"file": ")([\w-]+)',
        lambda match: match[1] + names[match[2]],
        parts.pop("schema.json").decode(),
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            address, dot, ending = name.partition(".")
            part_name = zipfile.ZipInfo(names[address] + dot + ending)
            archive.writestr(part_name, part, zipfile.ZIP_DEFLATED)
        archive.writestr(zipfile.ZipInfo("schema.json"), schema, zipfile.ZIP_DEFLATED)
    return content.getvalue()
