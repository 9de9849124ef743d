"""``skdigits train``: train a model, report on its quality and save it."""

import sys

from sklearn.pipeline import Pipeline

from skdigits import RECIPES, load_pretrained, make_digit_pipeline
from skdigits._cli.console import status
from skdigits._cli.data import load_split, match_labels
from skdigits._cli.evaluate import save_and_report
from skdigits._cli.files import check_file, check_folder
from skdigits._cli.models import frame_for_training
from skdigits._network.backend import import_keras


def run(args):
    """Train a model.

    Parameters
    ----------
    args : argparse.Namespace
        Arguments of the command.

    Returns
    -------
    int
        Exit status: 1 if the model had to be saved in another place.
    """
    # Checked before a long training, whose result could not be saved.
    check_file(args.output, "--output")
    if args.plots:
        check_folder(args.plots)
    with status("loading the data"):
        pipeline = _start_pipeline(args)
        X_train, X_test, y_train, y_test = load_split(args.data, args.data_home)
        if args.from_pretrained:
            classes = pipeline.classes_
            y_train = match_labels(y_train, classes, args.data)
            y_test = match_labels(y_test, classes, args.data)

    try:
        _fit(pipeline, X_train, y_train, len(X_test), args)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            "before the training was over; no model saved"
        ) from None
    pipeline.set_params(classifier__verbose=0)
    return save_and_report(pipeline, X_test, y_test, args)


def _start_pipeline(args):
    """Make the pipeline to train: a new one, or the pretrained one."""
    if args.from_pretrained:
        # Without `card_`, which describes the pretrained model only.
        pipeline = Pipeline(load_pretrained().steps)
        return pipeline.set_params(
            classifier__random_state=args.seed, classifier__verbose=1
        )
    params = dict(RECIPES[args.recipe])
    if args.epochs is not None:
        params["epochs"] = args.epochs
    return make_digit_pipeline(**params, random_state=args.seed, verbose=1)


def _fit(pipeline, X, y, n_test, args):
    preprocessor, classifier = pipeline
    X = frame_for_training(preprocessor, X, args.data)
    with status("loading TensorFlow"):
        import_keras()
    print(
        f"Training on {len(X)} digits, then testing on {n_test} others.",
        file=sys.stderr,
    )
    if args.from_pretrained:
        for _ in range(args.epochs or 1):
            classifier.partial_fit(X, y)
    else:
        classifier.fit(X, y)
