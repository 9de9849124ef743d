"""Saving and loading fitted estimators, without running code from the file."""

import inspect
import pkgutil
from pathlib import Path

import skops.io

from skdigits._messages import shorten
from skdigits._partials import replacing
from skdigits._saving.archive import serialize
from skdigits._saving.inflating import inflate
from skdigits._saving.trust import TRUSTED_TYPES, untrusted_names
from skdigits.exceptions import ModelFileError

__all__ = ["TRUSTED_TYPES", "load", "save"]


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
        If `path` is a folder, or `load` could not read the file: the estimator holds a
        lambda, a function defined in another function, or types that are not trusted.

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
    _check_names(trusted)
    path = _as_file_path(path)
    content = _serialize_loadable(estimator, trusted)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(content)


def load(path, *, trusted=()):
    """Load an estimator that `save` wrote.

    No code from the file is run: only objects of the types in `TRUSTED_TYPES` are
    built, and functions are referred to, but not called.

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
        If the file was not written by `save`, is damaged, inflates to far more than a
        model can hold, or holds types that are not trusted.

    Examples
    --------
    >>> import tempfile
    >>> from skdigits import CNNDigitClassifier, load, save
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(CNNDigitClassifier(epochs=3), f"{folder}/digits.skops")
    ...     load(f"{folder}/digits.skops")
    CNNDigitClassifier(epochs=3)
    """
    _check_names(trusted)
    path = _as_file_path(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError as err:
        raise FileNotFoundError(
            f"There is no model file {str(path)!r}. Train and save one first, with "
            "`skdigits train` or skdigits.save(estimator, path)."
        ) from err
    try:
        content = inflate(content)
        untrusted = untrusted_names(content, trusted)
        if not untrusted:
            return skops.io.loads(content, trusted=[*TRUSTED_TYPES, *trusted])
    except ModelFileError as err:
        raise ModelFileError(f"{str(path)!r} cannot be loaded: {err}") from err
    except Exception as err:  # whatever a corrupt or foreign file leads skops into
        raise ModelFileError(
            f"{str(path)!r} is not a model file of skdigits (a skops archive): "
            f"{type(err).__name__}: {err}. Save models with skdigits.save(estimator, "
            "path)."
        ) from err
    raise ModelFileError(
        f"{str(path)!r} holds types, or calls functions, that skdigits does not trust: "
        f"{untrusted}. If you know where the file comes from, load it with "
        "skdigits.load(path, trusted=[...]).",
        untrusted=untrusted,
    )


def _check_names(trusted):
    if isinstance(trusted, str) or not all(isinstance(name, str) for name in trusted):
        raise TypeError(
            "`trusted` must be a sequence of full names such as "
            f'["my_package.my_network"]; got {shorten(trusted)}.'
        )


def _as_file_path(path):
    path = Path(path).expanduser()
    if path.is_dir():
        raise ModelFileError(
            f"{str(path)!r} must be a model file; got a folder. Name the file in it."
        )
    return path


def _serialize_loadable(estimator, trusted):
    """Serialize an estimator, and refuse what `load` would refuse."""
    name = type(estimator).__name__
    try:
        content = serialize(estimator)
        foreign = untrusted_names(content)
    except Exception as err:  # skops has several for what it cannot write
        raise ModelFileError(
            f"{name} holds an object that cannot be saved: {err}"
        ) from err
    unnamed = [each for each in foreign if not _is_importable(each)]
    unnamed += _nested_functions(estimator)
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
            "the same names.",
            untrusted=untrusted,
        )
    try:
        skops.io.loads(inflate(content), trusted=[*TRUSTED_TYPES, *trusted])
    except Exception as err:  # whatever an object raises when it is built
        raise ModelFileError(
            f"{name} cannot be saved, because it could not be loaded again: "
            f"{type(err).__name__}: {err}"
        ) from err
    return content


def _nested_functions(estimator):
    """List the parameters that are functions inside functions, lambdas apart.

    skops writes their plain name, which can be that of another function.
    """
    params = getattr(estimator, "get_params", dict)()
    functions = [getattr(value, "func", value) for value in params.values()]
    names = [
        f"{function.__module__}.{function.__qualname__}"
        for function in functions
        if inspect.isfunction(function)
    ]
    return [name for name in names if "<locals>" in name and "<lambda>" not in name]


def _is_importable(name):
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError, ValueError):
        return False
    return True
