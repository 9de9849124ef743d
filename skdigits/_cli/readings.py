"""What a model read in pictures, and its printed forms."""

import csv
import dataclasses
import json
import sys

import numpy as np

from skdigits._cli.tables import WIDE, add_row, make_table


@dataclasses.dataclass(frozen=True)
class Reading:
    """What a model read in one picture.

    Parameters
    ----------
    file : str
        The picture, as the user names it.
    ranking : list of (label, probability)
        The most probable labels, the best first; empty if the picture was not read.
    note : str
        Why the answer may be wrong, if there is a reason.
    error : str
        Why the picture was not read.
    picture : ndarray of shape (h, w) or (h, w, channels) or None
        The picture, large ones reduced.
    framed : ndarray of shape (h, w) or None
        The preprocessed picture, which the network sees.
    details : dict
        Further entries of the JSON record.
    """

    file: str
    ranking: list = dataclasses.field(default_factory=list)
    note: str = ""
    error: str = ""
    picture: np.ndarray | None = dataclasses.field(default=None, compare=False)
    framed: np.ndarray | None = dataclasses.field(default=None, compare=False)
    details: dict = dataclasses.field(default_factory=dict)


def print_readings(
    readings, n_best=1, form="table", file=None, names=("digit", "confidence")
):
    """Print what was read, one line for each picture.

    Parameters
    ----------
    readings : list of Reading
    n_best : int, default=1
        Number of labels to print for each.
    form : {"table", "json", "csv", "submission"}, default="table"
        "submission" is the CSV file that Kaggle's digit competition takes.
    file : text file, default=None
        Where to print. If None, standard output.
    names : tuple of (str, str), default=("digit", "confidence")
        What labels and their probabilities are called.

    Examples
    --------
    >>> readings = [Reading("a.png", [(7, 0.98)]), Reading("b.png", error="is empty")]
    >>> print_readings(readings, form="csv")
    file,digit,confidence,note,error
    a.png,7,0.98,,
    b.png,,,,is empty
    >>> print_readings(readings[:1], form="submission")
    ImageId,Label
    1,7
    """
    file = file or sys.stdout
    readings = [
        dataclasses.replace(reading, ranking=reading.ranking[:n_best])
        for reading in readings
    ]
    printers = {
        "table": _print_table,
        "json": _print_json,
        "csv": _print_csv,
        "submission": _print_submission,
    }
    printers[form](readings, n_best, file, names)


def _print_table(readings, n_best, file, names):
    from rich.console import Console
    from rich.text import Text

    has_notes = any(reading.note or reading.error for reading in readings)
    table = make_table()
    table.add_column("file", overflow="fold")
    for rank in range(1, n_best + 1):
        table.add_column(names[0] if rank == 1 else f"{rank}.", justify="right")
        table.add_column(names[1] if rank == 1 else "", justify="right")
    if has_notes:
        table.add_column("note", overflow="fold")
    for reading in readings:
        cells = [
            Text(text, style="bold" if rank == 0 else "")
            for rank, (label, share) in enumerate(reading.ranking)
            for text in (str(label) or "-", f"{share:.1%}")
        ]
        cells += ["-"] * (2 * n_best - len(cells))
        note = Text("not read", style="bold red") if reading.error else reading.note
        add_row(table, reading.file, *cells, *([note] if has_notes else []))
    console = Console(file=file, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = WIDE
    console.print(table)


def _print_json(readings, n_best, file, names):
    lines = []
    for reading in readings:
        ranking = [
            dict(zip(names, (label, round(share, 6)), strict=True))
            for label, share in reading.ranking
        ]
        best = ranking[0] if ranking else dict.fromkeys(names)
        record = {"file": reading.file, **best, **reading.details}
        record |= {"alternatives": ranking[1:]}
        record |= {"note": reading.note or None, "error": reading.error or None}
        lines.append(json.dumps(record))
    print("[", ",\n".join(lines), "]", sep="\n", file=file)


def _print_csv(readings, n_best, file, names):
    writer = csv.writer(file, lineterminator="\n")
    columns = [f"{name}{end}" for end in _ends(n_best) for name in names]
    writer.writerow(["file", *columns, "note", "error"])
    for reading in readings:
        cells = [cell for label, p in reading.ranking for cell in (label, round(p, 6))]
        cells += [""] * (len(columns) - len(cells))
        writer.writerow([reading.file, *cells, reading.note, reading.error])


def _ends(n_best):
    """Return the suffixes of the columns: none for the best, then _2 and so on."""
    return ["", *(f"_{i}" for i in range(2, n_best + 1))]


def _print_submission(readings, n_best, file, names):
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["ImageId", "Label"])
    writer.writerows(
        [i, reading.ranking[0][0]] for i, reading in enumerate(readings, 1)
    )
