"""The arguments of the command line, with their help."""

import argparse
import os
from pathlib import Path

from skdigits import RECIPES, __version__
from skdigits._cli.console import one_line

_DATA_HELP = (
    "'digits' (default): the 1,797 digits of scikit-learn, %(digits)s; 'semeion': "
    "1,593 scans from Italy, likewise; 'mnist', 'optdigits' or 'usps': %(mnist)s; the "
    "path of a folder with one sub-folder of pictures per label, or of "
    "a CSV file with a column 'label' and one column per pixel, as on Kaggle (.csv, "
    ".csv.gz), %(own)s"
)


def build_parser():
    """Build the parser of the command line.

    Returns
    -------
    argparse.ArgumentParser
        The parsed arguments hold the name of the command as `command`.
    """
    parser = _Parser(
        prog="skdigits",
        description="Recognise handwritten digits.",
        epilog="See `skdigits COMMAND --help` for the options of a command.",
    )
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {__version__}"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_train(commands)
    _add_tune(commands)
    _add_evaluate(commands)
    _add_predict(commands)
    _add_read(commands)
    _add_draw(commands)
    return parser


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, like those of the commands."""

    def __init__(self, **kwargs):
        super().__init__(allow_abbrev=False, **kwargs)

    def error(self, message):
        self.exit(
            2, f"skdigits: error: {one_line(message)}. See `{self.prog} --help`.\n"
        )


def _add_train(commands):
    parser = commands.add_parser(
        "train",
        help="train a model, report on its quality and save it",
        description="Train a network, report on its quality with held-out digits, and "
        "save it as a pipeline that reads pictures. The test runs the whole pipeline, "
        "so the report says how well `skdigits predict` reads such pictures.",
    )
    _add_data_options(
        parser,
        {
            "digits": "a fifth of them held out for the test",
            "mnist": "its training and test digits",
            "own": "a fifth of which is held out for the test",
        },
    )
    start = parser.add_mutually_exclusive_group()
    start.add_argument(
        "--recipe",
        choices=sorted(RECIPES),
        default="default",
        help="parameters of the network and its training (default: %(default)s)",
    )
    start.add_argument(
        "--from-pretrained",
        action="store_true",
        help="continue the training of the model that comes with the package, which "
        "reads the digits 0 to 9, to adapt it to a handwriting",
    )
    parser.add_argument(
        "--epochs",
        type=_whole_number(1),
        metavar="N",
        help="passes over the training data (default: those of the recipe, and 1 with "
        "--from-pretrained, where more reduce the accuracy on other handwriting)",
    )
    parser.add_argument(
        "--seed",
        type=_whole_number(0, 2**32 - 1),
        default=0,
        metavar="N",
        help="random seed; the same seed gives the same model (default: %(default)s)",
    )
    parser.add_argument(
        "--output",
        type=_path,
        default=Path("models", "digits.skops"),
        metavar="FILE",
        help="where to save the model (default: %(default)s)",
    )
    _add_plots_option(
        parser, "learning curves, confusion matrix and sample predictions"
    )


def _add_tune(commands):
    parser = commands.add_parser(
        "tune",
        help="search for the best parameters and train with them",
        description="Fit candidates on three folds of the training digits, rank them "
        "by their mean accuracy, train with the best parameters on all of them, report "
        "on the quality of the model with held-out digits, and save it. Beside the "
        "model, FILE.jsonl records each fit and FILE.csv the ranking. Ctrl-C keeps "
        "what is done.",
    )
    _add_data_options(
        parser,
        {
            "digits": "a fifth of them held out for the test",
            "mnist": "its training and test digits",
            "own": "a fifth of which is held out for the test",
        },
    )
    parser.add_argument(
        "--search",
        choices=["grid", "random", "halving"],
        default="random",
        help="grid: all combinations of a few values; random: N combinations; halving: "
        "N combinations for few epochs, the best third of them for three times as "
        "many, and so on (default: %(default)s)",
    )
    parser.add_argument(
        "--focus",
        choices=["training", "network", "all"],
        default="training",
        help="what is searched: learning rate and batch size; the layers, each "
        "combination of which has to be compiled; or both (default: %(default)s)",
    )
    parser.add_argument(
        "--n-iter",
        type=_whole_number(1),
        metavar="N",
        help="candidates of a random or halving search (default: 12)",
    )
    parser.add_argument(
        "--epochs",
        type=_whole_number(1),
        default=10,
        metavar="N",
        help="passes over the training data, in a halving search those of the last "
        "candidates (default: %(default)s)",
    )
    workers = parser.add_mutually_exclusive_group()
    workers.add_argument(
        "--n-jobs",
        type=_whole_number(1),
        default=1,
        metavar="N",
        help="worker processes of this machine (default: %(default)s, in which a fit "
        "uses all processors)",
    )
    workers.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="run the fits on the Dask cluster of this scheduler, such as "
        "tcp://scheduler:8786",
    )
    parser.add_argument(
        "--seed",
        type=_whole_number(0, 2**32 - 1),
        default=0,
        metavar="N",
        help="random seed of candidates, folds and fits (default: %(default)s)",
    )
    parser.add_argument(
        "--output",
        type=_path,
        default=Path("models", "tuned.skops"),
        metavar="FILE",
        help="where to save the model (default: %(default)s)",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on with the search that FILE.jsonl records, without fitting again",
    )
    _add_plots_option(
        parser, "the ranking, learning curves, confusion matrix and sample predictions"
    )


def _add_evaluate(commands):
    parser = commands.add_parser(
        "evaluate",
        help="report on the quality of a model",
        description="Report on how well a model reads labelled digits. It reads them "
        "as `skdigits predict` does: all of them, those of MNIST too, pass the model's "
        "own preprocessor first.",
    )
    _add_model_option(parser)
    _add_data_options(
        parser,
        {
            "digits": "the fifth that `train` holds out",
            "mnist": "its test digits",
            "own": "all of which are read",
        },
    )
    _add_plots_option(parser, "confusion matrix and sample predictions")


def _add_predict(commands):
    parser = commands.add_parser(
        "predict",
        help="read the digit in each picture",
        description="Read the digit in each picture. The exit status is 1 if any "
        "picture could not be read.",
    )
    parser.add_argument(
        "images",
        nargs="+",
        metavar="IMAGE",
        type=os.path.expanduser,
        help="a photo, scan or drawing of one digit (PNG, JPEG, BMP, TIFF, GIF, WebP); "
        "a folder of them; a pattern such as 'scans/*.png'; a CSV file with one column "
        "per pixel, as on Kaggle (.csv, .csv.gz); or - for a picture on standard input",
    )
    _add_model_option(parser)
    parser.add_argument(
        "--top",
        type=_whole_number(1),
        default=1,
        metavar="K",
        help="print the K most probable digits (default: %(default)s)",
    )
    parser.add_argument(
        "--format",
        choices=["table", "json", "csv"],
        default="table",
        help="form of the output (default: %(default)s); for one CSV file, csv is what "
        "Kaggle takes as a submission, ImageId and Label, unless K is greater than 1",
    )
    parser.add_argument(
        "--plots",
        type=_path,
        metavar="FILE",
        help="write a sheet with each picture, what the network saw of it and the "
        "answer to this file, whose ending gives the format (.png, .pdf, .svg, …)",
    )
    parser.add_argument(
        "--show", action="store_true", help="show that sheet in a window"
    )


def _add_read(commands):
    parser = commands.add_parser(
        "read",
        help="read the number in each picture",
        description="Read the most prominent number of several digits in each picture. "
        "The exit status is 1 if any picture could not be read.",
    )
    parser.add_argument(
        "images",
        nargs="+",
        metavar="IMAGE",
        type=os.path.expanduser,
        help="a photo, scan or drawing of a number (PNG, JPEG, BMP, TIFF, GIF, WebP); "
        "a folder of them; a pattern such as 'scans/*.png'; or - for a picture on "
        "standard input",
    )
    parser.add_argument(
        "--digits",
        type=_whole_number(1, 100),
        metavar="N",
        help="number of digits that each number has (default: any)",
    )
    parser.add_argument(
        "--pattern",
        metavar="RE",
        help="regular expression over digits that each number matches as a whole, such "
        "as '(19|20)[0-9]{2}' for years",
    )
    parser.add_argument(
        "--reject-below",
        type=_share,
        default=0.0,
        metavar="P",
        help="give no answer where its probability is below P, from 0 to 1 (default: "
        "always answer)",
    )
    parser.add_argument(
        "--top",
        type=_whole_number(1, 10),
        default=1,
        metavar="K",
        help="print the K most probable numbers, at most 10 (default: %(default)s)",
    )
    parser.add_argument(
        "--format",
        choices=["table", "json", "csv"],
        default="table",
        help="form of the output (default: %(default)s); json has the place of each "
        "digit, too",
    )
    parser.add_argument(
        "--plots",
        type=_path,
        metavar="FILE",
        help="write the pictures with a box around each digit to this file, whose "
        "ending gives the format (.png, .pdf, .svg, …)",
    )


def _add_draw(commands):
    parser = commands.add_parser(
        "draw",
        help="draw digits in the browser and see them read",
        description="Write a page on which one draws digits and sees them read, and "
        "open it in the browser. The page is one file that holds the model; it needs "
        "neither a server nor network access.",
    )
    _add_model_option(parser)
    parser.add_argument(
        "--output",
        type=_path,
        default=Path("draw.html"),
        metavar="FILE",
        help="where to save the page (default: %(default)s)",
    )
    parser.add_argument(
        "--no-open",
        dest="open",
        action="store_false",
        help="do not open the page",
    )


def _add_model_option(parser):
    parser.add_argument(
        "--model",
        type=_path,
        metavar="FILE",
        help="a saved model (default: the one that comes with the package)",
    )
    parser.add_argument(
        "--trust",
        action="append",
        default=[],
        metavar="TYPE",
        help="allow this type in the model file, such as my_package.my_network; only "
        "for files whose origin you know; can be repeated",
    )


def _add_data_options(parser, parts):
    parser.add_argument(
        "--data",
        default="digits",
        metavar="NAME|PATH",
        help=_DATA_HELP % parts,
    )
    parser.add_argument(
        "--data-home",
        type=_path,
        metavar="DIR",
        help="folder of these data sets, where missing ones are downloaded to "
        "(default: the environment variable SKDIGITS_DATA_HOME, else scikit-learn's "
        "data home)",
    )


def _add_plots_option(parser, what):
    parser.add_argument(
        "--plots",
        type=_path,
        metavar="DIR",
        help=f"write {what} into this folder, as PNG files",
    )


def _path(text):
    # Shells leave the ~ of --output=~/model.skops as it is.
    return Path(os.path.expanduser(text))


def _share(text):
    try:
        share = float(text)
    except ValueError:
        share = None
    if share is None or not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(
            f"must be a number from 0 to 1; got {one_line(text, 40)!r}"
        )
    return share


def _whole_number(lowest, highest=None):
    """Make a parser of whole numbers within bounds."""
    bounds = f"of at least {lowest}" if highest is None else f"{lowest} to {highest}"

    def parse(text):
        try:
            number = int(text)
        except ValueError:
            number = None
        if number is None or number < lowest or (highest and number > highest):
            raise argparse.ArgumentTypeError(
                f"must be a whole number {bounds}; got {one_line(text, 40)!r}"
            )
        return number

    return parse
