"""``skdigits predict``: read the digit in each picture."""

import os
import sys
import warnings

import numpy as np

from skdigits import read_image
from skdigits._cli.console import CommandError, describe, naming, say, status
from skdigits._cli.data import is_csv, load_csv_images
from skdigits._cli.files import check_figure, find_pictures
from skdigits._cli.models import frame, load_model
from skdigits._cli.readings import Reading, print_readings
from skdigits._cli.sheet import N_RANKED, can_show, show_readings, write_readings
from skdigits._cli.thumbnails import shrink
from skdigits.exceptions import (
    NoDigitFoundWarning,
    PixelRangeWarning,
    SeveralDigitsWarning,
)

_NOTES = {
    NoDigitFoundWarning: "no digit found",
    PixelRangeWarning: "pixels unlike those of the training data",
    SeveralDigitsWarning: "several digits? the largest was read",
}
_THUMBNAIL = 400  # pixels of the longer side, at least


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
    with status("loading the model"):
        model = load_model(args.model, args.trust)
    n_best = min(args.top, len(model.classes_))
    n_ranked = max(n_best, N_RANKED)
    with status("reading the pictures"):
        readings = [r for name in args.images for r in _read(model, name, n_ranked)]
    if args.plots:  # before printing, because the reader of the output may close it
        write_readings(readings, args.plots)
    with naming("standard output"):
        print_readings(readings, n_best, _choose_form(args, readings))
        sys.stdout.flush()
    failures = [reading for reading in readings if reading.error]
    for reading in failures:
        say(f"error: {reading.error}")
    if args.show:
        if not can_show():
            raise CommandError(
                "No window can be opened here. Write the sheet to a file with --plots "
                "FILE."
            )
        show_readings(readings)
    return 1 if failures else 0


def _choose_form(args, readings):
    """Choose the form of the output: that of Kaggle's submissions for one CSV file."""
    is_submission = (
        (args.format, args.top, len(args.images)) == ("csv", 1, 1)
        and is_csv(args.images[0])
        and os.path.isfile(args.images[0])  # not a pattern of several files
        and not any(reading.error for reading in readings)
    )
    return "submission" if is_submission else args.format


def _read(model, name, n_ranked):
    """Read what an argument stands for; an error becomes a reading, too."""
    try:
        sources = find_pictures(name)
    except (CommandError, OSError) as err:
        return [Reading(name, error=describe(err))]
    readings = []
    for file, source in sources:
        if is_csv(file):
            readings += _read_csv(model, file, n_ranked)
        else:
            readings.append(_read_picture(model, file, source, n_ranked))
    return readings


def _read_picture(model, name, source, n_ranked):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        try:
            picture = read_image(source)
            framed = model[0].transform([picture])
            (proba,) = model[1:].predict_proba(framed)
        except (ValueError, OSError) as err:
            return Reading(name, error=describe(err))
    return Reading(
        name,
        _rank(model.classes_, proba, n_ranked),
        "; ".join(_NOTES.get(item.category, str(item.message)) for item in caught),
        picture=shrink(picture, _THUMBNAIL)[0],
        framed=np.reshape(framed, model[0].image_shape),
    )


def _read_csv(model, name, n_ranked):
    """Read all images of a CSV file, whose labels are ignored."""
    try:
        images, _ = load_csv_images(name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NoDigitFoundWarning)  # noted with each row
            framed = frame(model[0], images)
        probas = model[1:].predict_proba(framed)
    except (CommandError, ValueError, OSError) as err:
        return [Reading(name, error=describe(err))]
    framed = np.reshape(framed, (-1, *model[0].image_shape))
    return [
        Reading(
            f"{name}, row {i}",
            _rank(model.classes_, proba, n_ranked),
            "" if seen.any() else _NOTES[NoDigitFoundWarning],
            picture=image,
            framed=seen,
        )
        for i, (image, seen, proba) in enumerate(
            zip(images, framed, probas, strict=True), 1
        )
    ]


def _rank(classes, proba, n_ranked):
    order = (-proba).argsort(kind="stable")[:n_ranked]
    return list(zip(classes[order].tolist(), proba[order].tolist(), strict=True))
