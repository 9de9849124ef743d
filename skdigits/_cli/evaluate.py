"""``skdigits evaluate``: report on the quality of a model."""

import shlex
import sys

import numpy as np

from skdigits._cli.console import CommandError, naming, status
from skdigits._cli.data import load_test, match_labels
from skdigits._cli.files import check_folder
from skdigits._cli.models import frame, load_model, save_or_keep
from skdigits._cli.plots import (
    write_confusion_matrix,
    write_learning_curves,
    write_samples,
)
from skdigits._cli.report import make_report, print_report


def run(args):
    """Evaluate a model.

    Parameters
    ----------
    args : argparse.Namespace
        Arguments of the command.

    Returns
    -------
    int
        Exit status.
    """
    if args.plots:
        check_folder(args.plots)
    with status("loading the data"):
        model = load_model(args.model, args.trust)
        X, y = load_test(args.data, args.data_home)
        y = match_labels(y, model.classes_, args.data)
    report_on(model, X, y, args.plots)
    return 0


def report_on(model, X, y, plots=None):
    """Read pictures as ``skdigits predict`` does, and print how well.

    Parameters
    ----------
    model : sklearn.pipeline.Pipeline
        From pictures to probabilities.
    X : ndarray of shape (n, height, width) or list of ndarray
        Pictures.
    y : ndarray of shape (n,)
        Labels of the model.
    plots : pathlib.Path, default=None
        Folder for figures.
    """
    with status("reading the digits"):
        try:
            framed = frame(model[0], X)
            proba = model[1:].predict_proba(framed)
        except ValueError as err:
            raise CommandError(f"The model cannot read the digits: {err}") from err
    report = make_report(y, proba, model.classes_)
    if plots:  # before printing, because the reader of the output may close it
        images = np.reshape(framed, (-1, *model[0].image_shape))
        write_confusion_matrix(report, plots)
        write_samples(report, images, y, proba, plots)
    with naming("standard output"):
        print_report(report)
        sys.stdout.flush()


def save_and_report(pipeline, X_test, y_test, args):
    """Save a pipeline that was just trained, report on it, and say where it is.

    Parameters
    ----------
    pipeline : sklearn.pipeline.Pipeline
    X_test : ndarray of shape (n, height, width) or list of ndarray
    y_test : ndarray of shape (n,)
    args : argparse.Namespace
        Arguments of the command, with `output` and `plots`.

    Returns
    -------
    int
        Exit status: 1 if the model had to be saved in another place.
    """
    saved_as = save_or_keep(pipeline, args.output)
    if args.plots:
        write_learning_curves(pipeline, args.plots)
    report_on(pipeline, X_test, y_test, args.plots)
    print(
        f"\nThe model is saved as {saved_as}. Try it: "
        f"skdigits predict my_digit.png --model {shlex.quote(str(saved_as))}"
    )
    return 0 if saved_as == args.output else 1
