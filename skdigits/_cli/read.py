"""``skdigits read``: read the number in each picture."""

import dataclasses
import sys
import warnings
from pathlib import Path

import numpy as np

from skdigits import load_pretrained, read_image
from skdigits._cli.console import CommandError, describe, naming, say, status
from skdigits._cli.files import check_figure, find_pictures
from skdigits._cli.readings import Reading, print_readings
from skdigits._cli.thumbnails import shrink
from skdigits._strings.pattern import make_language
from skdigits._strings.reading import Box
from skdigits.display import ReadingDisplay
from skdigits.exceptions import NoDigitFoundWarning

_NAMES = ("number", "probability")
_MAX_DRAWN, _N_COLUMNS = 60, 3
_LONGEST_SIDE = 500  # pixels of a picture in the figure, at least
_MAX_NAME = 36  # characters of a file name in it


@dataclasses.dataclass(frozen=True)
class _Drawing:
    """A reduced picture and its reading, with boxes to match."""

    name: str
    picture: np.ndarray
    reading: object


def run(args):
    """Read pictures.

    Parameters
    ----------
    args : argparse.Namespace
        Arguments of the command.

    Returns
    -------
    int
        Exit status: 1 if a picture could not be read.
    """
    if args.plots:
        check_figure(args.plots)
    try:
        make_language(args.digits, args.pattern)
    except ValueError as err:
        raise CommandError(str(err)) from err
    with status("loading the model"):
        reader = load_pretrained("numbers").set_params(
            n_digits=args.digits, pattern=args.pattern, reject_below=args.reject_below
        )
    drawings = [] if args.plots else None
    with status("reading the pictures"):
        readings = [r for name in args.images for r in _read(reader, name, drawings)]
    if args.plots:  # before printing, because the reader of the output may close it
        _write_figure(drawings, args.plots)
    with naming("standard output"):
        print_readings(readings, args.top, args.format, names=_NAMES)
        sys.stdout.flush()
    failures = [reading for reading in readings if reading.error]
    for reading in failures:
        say(f"error: {reading.error}")
    return 1 if failures else 0


def _read(reader, name, drawings):
    """Read what an argument stands for; an error becomes a reading, too."""
    try:
        sources = find_pictures(name)
    except (CommandError, OSError) as err:
        return [Reading(name, error=describe(err))]
    return [_read_picture(reader, file, source, drawings) for file, source in sources]


def _read_picture(reader, name, source, drawings):
    try:
        picture = read_image(source)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NoDigitFoundWarning)
            [found] = reader.predict_readings([picture])
    except (ValueError, OSError) as err:
        return Reading(name, error=describe(err))
    if drawings is not None and len(drawings) < _MAX_DRAWN:
        drawings.append(_Drawing(Path(name).name, *_shrink(picture, found)))
    note = ""
    if not found.alternatives:
        note = "no number found"
    elif not found.text:
        note = f"rejected: {found.alternatives[0].text}?"
    return Reading(
        name,
        [(found.text, found.probability), *found.alternatives[1:]],
        note,
        details={
            "box": found.box,
            "digits": [dataclasses.asdict(digit) for digit in found.digits],
        },
    )


def _shrink(picture, reading):
    """Shrink a picture for the figure, and the boxes with it."""
    picture, factor = shrink(picture, _LONGEST_SIDE)
    digits = [
        dataclasses.replace(digit, box=Box(*(side / factor for side in digit.box)))
        for digit in reading.digits
    ]
    return picture, dataclasses.replace(reading, digits=tuple(digits))


def _write_figure(drawings, path):
    """Write the pictures with a box around each digit."""
    from matplotlib.figure import Figure

    n_columns = min(len(drawings), _N_COLUMNS) or 1
    n_rows = -(-len(drawings) // n_columns) or 1
    figure = Figure(figsize=(4 * n_columns, 2.6 * n_rows), layout="constrained")
    grid = figure.subplots(n_rows, n_columns, squeeze=False)
    for ax in grid.flat:
        ax.set_axis_off()
    for ax, drawing in zip(grid.flat, drawings, strict=False):
        ReadingDisplay(drawing.picture, drawing.reading).plot(ax=ax)
        name = drawing.name
        if len(name) > _MAX_NAME:
            name = f"…{name[1 - _MAX_NAME :]}"
        ax.title.set(text=f"{name}\n{ax.get_title()}", size=9, parse_math=False)
    with naming(path):
        figure.savefig(path, dpi=150)
