"""The models that commands start from, and how they read many pictures."""

import secrets
import tempfile
from pathlib import Path

from joblib import parallel_config
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from skdigits import DigitPreprocessor, load, load_pretrained, save
from skdigits._cli.console import CommandError, describe, say, status
from skdigits._cli.data import FRAMED
from skdigits.exceptions import ModelFileError

# Worker processes take about a second to start, as long as this many digits take.
_MANY_PICTURES = 2000


def load_model(path=None, trusted=()):
    """Load a fitted pipeline from pictures to probabilities.

    Parameters
    ----------
    path : pathlib.Path, default=None
        A saved pipeline, or a search over one. If None, the pretrained model is loaded.
    trusted : sequence of str, default=()
        Types that the file may hold besides the usual ones.

    Returns
    -------
    sklearn.pipeline.Pipeline

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    CommandError
        If the file cannot be loaded, or holds something other than such a pipeline.
    """
    if path is None:
        return load_pretrained()
    try:
        model = load(path, trusted=trusted)
    except ModelFileError as err:
        message = str(err)
        if err.untrusted:
            message = (
                f"{str(path)!r} holds types, or calls functions, that skdigits does "
                f"not trust: {', '.join(err.untrusted)}. If you know where the file "
                "comes from, pass --trust TYPE for each."
            )
        raise CommandError(message) from err
    model = getattr(model, "best_estimator_", model)  # of a search
    if not (
        isinstance(model, Pipeline)
        and isinstance(model[0], DigitPreprocessor)
        and hasattr(model, "predict_proba")
    ):
        raise CommandError(
            f"{path} must hold a pipeline from pictures to probabilities, such as "
            f"skdigits.make_digit_pipeline() returns; got a {type(model).__name__}."
        )
    try:
        check_is_fitted(model)
    except NotFittedError as err:
        raise CommandError(
            f"{path} must hold a fitted pipeline; got one that is not fitted."
        ) from err
    return model


def save_or_keep(model, path):
    """Save a model, in another place if it cannot be saved in the one asked for.

    Parameters
    ----------
    model : estimator
    path : pathlib.Path

    Returns
    -------
    pathlib.Path
        Where it is.

    Raises
    ------
    OSError
        If it can be saved nowhere.
    """
    try:
        save(model, path)
        return path
    except OSError as err:
        failure = err
    for folder in (Path(tempfile.gettempdir()), Path.home(), Path.cwd()):
        other = folder / f"{path.stem}-{secrets.token_hex(4)}{path.suffix}"
        try:
            save(model, other)
        except OSError:
            continue
        say(f"error: {describe(failure)}. The model is saved as {other} instead")
        return other
    raise failure


def frame(preprocessor, pictures):
    """Apply a preprocessor, in parallel if there are many pictures.

    Parameters
    ----------
    preprocessor : DigitPreprocessor
    pictures : ndarray of shape (n, height, width) or list of ndarray

    Returns
    -------
    ndarray of shape (n, n_pixels)
    """
    with parallel_config(n_jobs=-1 if len(pictures) > _MANY_PICTURES else 1):
        return preprocessor.transform(pictures)


def frame_for_training(preprocessor, X, data):
    """Bring training digits into the form that the classifier of a pipeline gets.

    The preprocessor is not fitted, which would let it refuse other forms of pictures.

    Parameters
    ----------
    preprocessor : DigitPreprocessor
    X : ndarray of shape (n, height, width) or list of ndarray
    data : str
        What --data names.

    Returns
    -------
    ndarray of shape (n, n_pixels)
    """
    if data in FRAMED:
        return X.reshape(len(X), -1)
    with status("framing the digits"):
        return frame(preprocessor, X)
