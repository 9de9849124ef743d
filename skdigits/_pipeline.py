"""The pipeline from picture to label, and search spaces for it."""

from scipy.stats import loguniform, uniform
from sklearn.pipeline import Pipeline
from sklearn.utils._param_validation import StrOptions, validate_params

from skdigits._classifier import CNNDigitClassifier
from skdigits._preprocessing import DigitPreprocessor


def make_digit_pipeline(**classifier_params):
    """Compose a `DigitPreprocessor` and a `CNNDigitClassifier`.

    Parameters
    ----------
    **classifier_params
        Parameters of :class:`~skdigits.CNNDigitClassifier`.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Pipeline with the steps "preprocessor" and "classifier".

    See Also
    --------
    search_space : Values to search for this pipeline.

    Examples
    --------
    >>> from skdigits import make_digit_pipeline
    >>> pipeline = make_digit_pipeline(epochs=3, random_state=0)
    >>> list(pipeline.named_steps)
    ['preprocessor', 'classifier']
    """
    return Pipeline(
        [
            ("preprocessor", DigitPreprocessor()),
            ("classifier", CNNDigitClassifier(**classifier_params)),
        ]
    )


_TRAINING = {"learning_rate": [0.005, 0.01, 0.02], "batch_size": [32, 64, 128]}

_NETWORK = {
    "filters": [(16, 32), (32, 64), (16, 32, 32, 64)],
    "dense_units": [(), (128,)],
    "dropout": [0.0, 0.3],
}


@validate_params(
    {
        "kind": [StrOptions({"grid", "random"})],
        "focus": [StrOptions({"training", "network", "all"})],
        "prefix": [str],
    },
    prefer_skip_nested_validation=True,
)
def search_space(kind="grid", *, focus="training", prefix="classifier__"):
    """Return a search space for `make_digit_pipeline`.

    Parameters
    ----------
    kind : {"grid", "random"}, default="grid"
        "grid" gives lists only, the `param_grid` of
        :class:`~sklearn.model_selection.GridSearchCV`; "random" gives distributions
        for real numbers, the `param_distributions` of
        :class:`~sklearn.model_selection.RandomizedSearchCV`.
    focus : {"training", "network", "all"}, default="training"
        "training" searches the learning rate and the batch size, with one compiled
        network; "network" searches the layers and compiles each candidate; "all"
        searches both.
    prefix : str, default: ``"classifier__"``
        Prefix of each name: the step of the pipeline, or ``""`` for a classifier
        without pipeline.

    Returns
    -------
    dict
        The values, or the distribution of values, to try for each parameter.

    Examples
    --------
    >>> from skdigits import search_space
    >>> search_space(prefix="")
    {'learning_rate': [0.005, 0.01, 0.02], 'batch_size': [32, 64, 128]}
    """
    space = {
        "training": _TRAINING,
        "network": _NETWORK,
        "all": _TRAINING | _NETWORK,
    }[focus]
    if kind == "random":
        distributions = {
            "learning_rate": loguniform(1e-3, 5e-2),
            "dropout": uniform(0.0, 0.5),
        }
        space = {
            name: distributions.get(name, values) for name, values in space.items()
        }
    return {prefix + name: values for name, values in space.items()}
