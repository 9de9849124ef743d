"""The arguments of the command line, with their help."""

import argparse
from pathlib import Path

from skdigits import RECIPES, __version__

_DATA_HELP = (
    "'digits' (default) are the 1,797 digits that come with scikit-learn, %(part)s; "
    "'mnist' is %(mnist)s; anything else names a folder with one sub-folder of "
    "pictures per label%(folder)s"
)


def build_parser():
    """Build the parser of the command line.

    Returns
    -------
    argparse.ArgumentParser
        What it parses has the name of the command as `command`.
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
    _add_evaluate(commands)
    _add_predict(commands)
    return parser


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence, like all others."""

    def __init__(self, **kwargs):
        super().__init__(allow_abbrev=False, **kwargs)

    def error(self, message):
        self.exit(2, f"skdigits: error: {message}. See `{self.prog} --help`.\n")


def _add_train(commands):
    parser = commands.add_parser(
        "train",
        help="train a model, report on its quality and save it",
        description="Train a network, report on how well it reads digits that it was "
        "not trained on, and save it as a pipeline that reads pictures.",
    )
    _add_data_options(
        parser,
        {
            "part": "four fifths to train on and one to test",
            "mnist": "the official 60,000 to train on and 10,000 to test",
            "folder": ", four fifths to train on and one to test",
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
        help="go on, gently, from the model that comes with the package, which reads "
        "the digits 0 to 9: to adapt it to a handwriting",
    )
    parser.add_argument(
        "--epochs",
        type=_whole_number(1),
        metavar="N",
        help="passes over the training data (default: as the recipe says, and one "
        "from the pretrained model; more adapt it further and forget other hands)",
    )
    parser.add_argument(
        "--seed",
        type=_whole_number(0, 2**32 - 1),
        default=0,
        metavar="N",
        help="the same seed gives the same model again (default: %(default)s)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("models", "digits.skops"),
        metavar="FILE",
        help="where to save the model (default: %(default)s)",
    )
    _add_plots_option(
        parser, "learning curves, confusion matrix and sample predictions"
    )


def _add_evaluate(commands):
    parser = commands.add_parser(
        "evaluate",
        help="report on the quality of a model",
        description="Report on how well a model reads labelled digits.",
    )
    _add_model_option(parser)
    _add_data_options(
        parser,
        {
            "part": "of which the fifth that `train` leaves for the test is taken",
            "mnist": "the official 10,000 test digits",
            "folder": ", all of which are taken",
        },
    )
    _add_plots_option(parser, "confusion matrix and sample predictions")


def _add_predict(commands):
    parser = commands.add_parser(
        "predict",
        help="read the digit in each picture",
        description="Read the digit in each picture. The exit status is 1 if any "
        "of them could not be read.",
    )
    parser.add_argument(
        "images",
        nargs="+",
        metavar="IMAGE",
        help="a photo, scan or drawing of one digit (PNG, JPEG, BMP, TIFF, GIF, WebP); "
        "a folder of them; or a pattern such as 'scans/*.png'",
    )
    _add_model_option(parser)
    parser.add_argument(
        "--top",
        type=_whole_number(1),
        default=1,
        metavar="K",
        help="give the K most probable digits (default: %(default)s)",
    )
    parser.add_argument(
        "--format",
        choices=["table", "json", "csv"],
        default="table",
        help="form of the output (default: %(default)s)",
    )
    parser.add_argument(
        "--plots",
        type=Path,
        metavar="FILE",
        help="draw each picture, what the network saw of it and the answer on a sheet, "
        "and write it to this file (PNG, PDF or SVG)",
    )
    parser.add_argument(
        "--show", action="store_true", help="open a window with that sheet"
    )


def _add_model_option(parser):
    parser.add_argument(
        "--model",
        type=Path,
        metavar="FILE",
        help="a saved model (default: the one that comes with the package)",
    )


def _add_data_options(parser, parts):
    parser.add_argument(
        "--data",
        default="digits",
        metavar="{digits,mnist,FOLDER}",
        help=_DATA_HELP % parts,
    )
    parser.add_argument(
        "--data-home",
        type=Path,
        metavar="DIR",
        help="folder of the MNIST files; missing ones are downloaded into it (default: "
        "the environment variable SKDIGITS_DATA_HOME, else scikit-learn's data home)",
    )


def _add_plots_option(parser, what):
    parser.add_argument(
        "--plots",
        type=Path,
        metavar="DIR",
        help=f"write {what} into this folder, as PNG files",
    )


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
                f"must be a whole number {bounds}, got {text!r}"
            )
        return number

    return parse
