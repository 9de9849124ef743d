"""Saving and loading fitted estimators, without running code from the file."""

import inspect
import os
import pkgutil
import reprlib
import tempfile
from pathlib import Path

import skops.io
from sklearn import feature_selection, gaussian_process, metrics, model_selection

from skdigits._archive import serialize
from skdigits.exceptions import ModelFileError


def _names(module, is_wanted):
    """Full names of those public functions or classes of scikit-learn in a module."""
    public = [x for name, x in vars(module).items() if not name.startswith("_")]
    return {
        f"{x.__module__}.{x.__name__}"
        for x in public
        if is_wanted(x) and x.__module__.startswith("sklearn.")
    }


def _is_splitter(x):
    return inspect.isclass(x) and hasattr(x, "split")


def _is_kernel(x):
    return inspect.isclass(x) and issubclass(x, gaussian_process.kernels.Kernel)


# In a file, a name can stand for a reference, for an object whose attributes are set,
# or for a call with any arguments from the file. All three must be harmless for each
# name here: functions that only compute, classes whose constructors only store their
# arguments and that execute nothing when their attributes are set. Trees
# (`sklearn.tree._tree.Tree`, `KDTree`, ...) are left out, as skops does: they read
# memory at the indices that the file gives.
_SCIKIT_LEARN = (
    _names(metrics, inspect.isfunction)
    | _names(feature_selection, inspect.isfunction)
    | _names(model_selection, _is_splitter)
    | _names(gaussian_process.kernels, _is_kernel)
)
_PRIVATE = {
    "numpy.dtype",
    "numpy.mean",
    "scipy.sparse._csr.csr_array",
    "scipy.sparse._csr.csr_matrix",
    "sklearn._loss.loss.HalfTweedieLoss",
    "sklearn._loss.loss.HalfTweedieLossIdentity",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.calibration._TemperatureScaling",
    "sklearn.callback._progressbar.ProgressBar",
    "sklearn.cluster._bisect_k_means._BisectingTree",
    "sklearn.cluster._kmeans._kmeans_single_elkan",
    "sklearn.cluster._kmeans._kmeans_single_lloyd",
    "sklearn.gaussian_process._gpc._BinaryGaussianProcessClassifierLaplace",
    "sklearn.impute._iterative.IterativeImputer",
    "sklearn.impute._iterative._ImputerTriplet",
    "sklearn.metrics._scorer._CurveScorer",
    "sklearn.metrics._scorer._MultimetricScorer",
    "sklearn.metrics._scorer._PassthroughScorer",
    "sklearn.metrics._scorer._Scorer",
    "sklearn.metrics._scorer.negative_likelihood_ratio",
    "sklearn.metrics._scorer.positive_likelihood_ratio",
    "sklearn.model_selection._search_successive_halving.HalvingGridSearchCV",
    "sklearn.model_selection._search_successive_halving.HalvingRandomSearchCV",
    "sklearn.multiclass._ConstantPredictor",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.utils._bunch.Bunch",
    "uuid.UUID",
}
_OWN = {
    "skdigits._archive.distribution",
    "skdigits._archive.metadata_request",
    "skdigits._archive.scoring_monitor",
    "skdigits._classifier.CNNDigitClassifier",
    "skdigits._preprocessing.DigitPreprocessor",
}

#: Full names of the types that `load` builds, besides those that skops trusts itself.
TRUSTED_TYPES = sorted(_SCIKIT_LEARN | _PRIVATE | _OWN)


def save(estimator, path, *, trusted=()):
    """Save a fitted estimator in the skops format.

    Nothing is written unless `load` can read it back. The file is moved into place
    when it is complete. Its bytes depend only on the estimator and on the versions of
    the dependencies of skdigits.

    Parameters
    ----------
    estimator : estimator
        A classifier, a pipeline, or a search, ensemble or calibration of them.
    path : str or path-like
        File to write, usually with the suffix ``.skops``. Missing folders are made,
        and ``~`` is the home folder.
    trusted : sequence of str, default=()
        Full names of types and functions outside `TRUSTED_TYPES` that the estimator
        may hold, such as ``"my_package.my_network"`` for a classifier with an own
        `network`; `load` needs the same names.

    Raises
    ------
    ModelFileError
        If `load` could not read the file: the estimator holds a lambda, a function
        defined in another function, or types that are not trusted.

    See Also
    --------
    load : Load what was saved.

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
    content = _serialize_loadable(estimator, _all_trusted(trusted))
    path = Path(path).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # mkstemp makes files that only their owner may read.
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(partial, 0o666 & ~umask)
        os.replace(partial, path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def load(path, *, trusted=()):
    """Load an estimator that `save` wrote.

    No code from the file is run: only objects of the types in `TRUSTED_TYPES` are
    built.

    Parameters
    ----------
    path : str or path-like
        File to read; ``~`` is the home folder.
    trusted : sequence of str, default=()
        Full names of further types and functions that may be built or called, such as
        ``"my_package.my_network"`` for a classifier with an own `network`.

    Returns
    -------
    estimator

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ModelFileError
        If the file was not written by `save`, or holds types that are not trusted.

    Examples
    --------
    >>> import tempfile
    >>> from skdigits import CNNDigitClassifier, load, save
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(CNNDigitClassifier(epochs=3), f"{folder}/digits.skops")
    ...     load(f"{folder}/digits.skops")
    CNNDigitClassifier(epochs=3)
    """
    trusted = _all_trusted(trusted)
    path = Path(path).expanduser()
    if path.is_dir():
        raise ModelFileError(
            f"{str(path)!r} must be a model file; got a folder. Name the file in it."
        )
    try:
        content = path.read_bytes()
    except FileNotFoundError as err:
        raise FileNotFoundError(
            f"There is no model file {str(path)!r}. Train and save one first, with "
            "`skdigits train` or skdigits.save(estimator, path)."
        ) from err
    try:
        untrusted = _untrusted(content, trusted)
        if not untrusted:
            return skops.io.loads(content, trusted=trusted)
    except Exception as err:  # whatever a corrupt or foreign file leads skops into
        raise ModelFileError(
            f"{str(path)!r} is not a model file of skdigits (a skops archive): "
            f"{type(err).__name__}: {err}. Save models with skdigits.save(estimator, "
            "path)."
        ) from err
    raise ModelFileError(
        f"{str(path)!r} holds types that skdigits does not trust: {untrusted}. If you "
        "know where the file comes from, load it with skdigits.load(path, "
        "trusted=[...])."
    )


def _all_trusted(trusted):
    """Add the names that the caller trusts to ours."""
    if isinstance(trusted, str) or not all(isinstance(name, str) for name in trusted):
        raise TypeError(
            "`trusted` must be a sequence of full names such as "
            f'["my_package.my_network"]; got {reprlib.repr(trusted)}.'
        )
    return [*TRUSTED_TYPES, *trusted]


def _untrusted(content, trusted):
    """List the names in an archive that neither skops nor the caller trusts."""
    return sorted({*skops.io.get_untrusted_types(data=content)} - {*trusted})


def _serialize_loadable(estimator, trusted):
    """Serialize an estimator, and refuse what `load` would refuse."""
    name = type(estimator).__name__
    try:
        content = serialize(estimator)
        foreign = _untrusted(content, TRUSTED_TYPES)
    except Exception as err:  # skops has several for what it cannot write
        raise ModelFileError(
            f"{name} holds an object that cannot be saved: {err}"
        ) from err
    unnamed = [each for each in foreign if not _is_importable(each)]
    if unnamed:
        raise ModelFileError(
            f"{name} holds functions or types that cannot be imported by their name, "
            f"so no file can refer to them: {unnamed}. Define them with `def` or "
            "`class` at the top level of a module, not as a lambda or in a function."
        )
    untrusted = [each for each in foreign if each not in trusted]
    if untrusted:
        raise ModelFileError(
            f"{name} holds types that `load` does not trust: {untrusted}. Save it with "
            f"skdigits.save(estimator, path, trusted={untrusted}), and load it with "
            "the same names."
        )
    try:
        skops.io.loads(content, trusted=trusted)
    except Exception as err:  # whatever an object raises when it is built
        raise ModelFileError(
            f"{name} cannot be saved, because it could not be loaded again: "
            f"{type(err).__name__}: {err}"
        ) from err
    return content


def _is_importable(name):
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError, ValueError):
        return False
    return True
