"""Fitted models that come with the package."""

import hashlib
import json
from pathlib import Path

from sklearn.pipeline import Pipeline

from skdigits._messages import shorten
from skdigits._persistence import load
from skdigits.exceptions import ModelFileError

_FOLDER = Path(__file__).parent / "weights"


def load_pretrained(name="digits"):
    """Load a fitted model that reads pictures, without training or download.

    Parameters
    ----------
    name : {"digits", "mnist", "numbers"}, default="digits"
        "digits" was trained on MNIST, on digits of writers from other countries and on
        generated variants of both, for pictures from anywhere. "mnist" was trained on
        MNIST alone. Both read single digits, 0 to 9; "numbers" reads numbers of
        several digits.

    Returns
    -------
    model : sklearn.pipeline.Pipeline or DigitReader
        A new, fitted pipeline as `make_digit_pipeline` returns it or, for "numbers", a
        :class:`~skdigits.DigitReader`. Its attribute `card_` is the model card, a dict
        of plain values: the command that made the model, the SHA-256 of its data, the
        versions used, its accuracy on several data sets and its limits. It describes
        the model as it was loaded.

    Raises
    ------
    ValueError
        If there is no model of this name.
    ModelFileError
        If its weights are not those that the model card describes.

    See Also
    --------
    make_digit_pipeline : Make a pipeline to fit it yourself.
    DigitReader : Read numbers of several digits.
    load : Load your own model.

    Examples
    --------
    >>> from skdigits import load_pretrained
    >>> from skdigits.datasets import load_digits28
    >>> X, y = load_digits28(return_X_y=True)
    >>> pipeline = load_pretrained()
    >>> pipeline.score(X, y) > 0.95
    True
    >>> pipeline.card_["name"]
    'digits'

    Adapt it to your handwriting with a few digits of your own:

    >>> classifier = pipeline.named_steps["classifier"]
    >>> classifier.partial_fit(X[:20], y[:20]).score(X, y) > 0.95
    True
    """
    known = sorted(path.stem for path in _FOLDER.glob("*.json"))
    if name not in known:
        raise ValueError(f"`name` must be one of {known}. Got {shorten(name)} instead.")
    path = _FOLDER / f"{name}.skops"
    card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    if hashlib.sha256(path.read_bytes()).hexdigest() != card["weights"]["sha256"]:
        raise ModelFileError(
            f"{str(path)!r} is not the file that its model card describes: their "
            "SHA-256 differ. Install skdigits again."
        )
    model = load(path)
    if isinstance(model, Pipeline):
        # Its classifier was fitted on arrays, whatever `transform_output` is set to.
        model[0].set_output(transform="default")
    model.card_ = card
    return model
