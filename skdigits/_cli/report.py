"""What the command line found out: as numbers and as text."""

import csv
import dataclasses
import json
import sys

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    log_loss,
    precision_recall_fscore_support,
)

__all__ = [
    "Reading",
    "Report",
    "make_report",
    "print_readings",
    "print_report",
]

# Rich folds and cuts what is wider than its console: numbers must never be, and
# whatever is piped into a file or a program must stay in its line.
_WIDE = 10_000


@dataclasses.dataclass(frozen=True, eq=False)
class Report:
    """What a classifier got right and wrong.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        The labels.
    accuracy : float
        Share of right predictions.
    loss : float
        Logarithmic loss, the mean of ``-log(probability of the true label)``.
    precision, recall, f1 : ndarray of shape (n_classes,)
        Scores of each label; NaN where there is nothing to divide by.
    support : ndarray of shape (n_classes,)
        How many images have each label.
    confusion_matrix : ndarray of shape (n_classes, n_classes)
        Counts; rows are true labels, columns predicted ones.
    """

    classes: np.ndarray
    accuracy: float
    loss: float
    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray
    confusion_matrix: np.ndarray

    @property
    def n_images(self):
        """Number of images."""
        return int(self.confusion_matrix.sum())

    @property
    def n_wrong(self):
        """Number of wrong predictions."""
        return self.n_images - int(np.trace(self.confusion_matrix))


@dataclasses.dataclass(frozen=True)
class Reading:
    """What was read in one picture.

    Parameters
    ----------
    file : str
        The picture, as the user calls it.
    ranking : list of (label, probability)
        The most probable labels, the best first; empty if nothing could be read.
    note : str
        What to keep in mind about the result, if anything.
    error : str
        Why nothing could be read, if so.
    picture : ndarray of shape (h, w) or (h, w, channels) or None
        The picture, perhaps smaller than it is.
    framed : ndarray of shape (h, w) or None
        What the classifier saw of it.
    """

    file: str
    ranking: list = dataclasses.field(default_factory=list)
    note: str = ""
    error: str = ""
    picture: np.ndarray | None = dataclasses.field(default=None, compare=False)
    framed: np.ndarray | None = dataclasses.field(default=None, compare=False)


def make_report(y_true, proba, classes):
    """Report on probabilities predicted before.

    Parameters
    ----------
    y_true : array-like of shape (n_images,)
        The true labels.
    proba : ndarray of shape (n_images, n_classes)
        Probability of each class.
    classes : ndarray of shape (n_classes,)
        The classes, sorted.

    Returns
    -------
    Report

    Raises
    ------
    ValueError
        If there are no images, or if `y_true` holds labels that are no classes.

    Examples
    --------
    >>> proba = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    >>> report = make_report([3, 8, 8], proba, np.array([3, 8]))
    >>> report.confusion_matrix
    array([[1, 0],
           [1, 1]])
    >>> report.n_wrong, round(report.loss, 3)
    (1, 0.415)
    """
    y_true, classes = np.asarray(y_true), np.asarray(classes)
    if not len(y_true):
        raise ValueError("`y_true` must hold at least one label. Got none.")
    unknown = np.setdiff1d(y_true, classes)
    if unknown.size:
        raise ValueError(
            f"`y_true` must hold labels among {classes.tolist()} only. Got "
            f"{unknown.tolist()} as well."
        )
    y_pred = classes[np.argmax(proba, axis=1)]
    precision, recall, f1, support = precision_recall_fscore_support(
        y_true, y_pred, labels=classes, zero_division=np.nan
    )
    return Report(
        classes=classes,
        accuracy=float(accuracy_score(y_true, y_pred)),
        loss=float(log_loss(y_true, proba, labels=classes)),
        precision=precision,
        recall=recall,
        f1=f1,
        support=support,
        confusion_matrix=confusion_matrix(y_true, y_pred, labels=classes),
    )


def print_report(report, file=None):
    """Print accuracy, loss, the scores of each label and the confusion matrix.

    Parameters
    ----------
    report : Report
        The numbers.
    file : text file, default=None
        Where to print: in colour if it is a terminal. If None, standard output.
    """
    from rich.console import Console

    console = Console(file=file, width=_WIDE, highlight=False, emoji=False)
    console.print(f"images    {report.n_images}, {report.n_wrong} of them wrong")
    console.print(f"accuracy  {report.accuracy:.4f}", style="bold")
    console.print(f"loss      {report.loss:.4f}")
    console.print()
    console.print(_tabulate_scores(report))
    console.print()
    console.print("Confusion matrix (rows: true label, columns: predicted label)")
    console.print()
    console.print(_tabulate_confusion(report))


def print_readings(readings, n_best=1, form="table", file=None):
    """Print what was read in pictures, one line for each.

    Parameters
    ----------
    readings : list of Reading
        The results.
    n_best : int, default=1
        Number of labels in the ranking of each.
    form : {"table", "json", "csv"}, default="table"
        For people or for programs.
    file : text file, default=None
        Where to print. If None, standard output.

    Examples
    --------
    >>> readings = [Reading("a.png", [(7, 0.98)]), Reading("b.png", error="is empty")]
    >>> print_readings(readings, form="csv")
    file,digit,confidence,note,error
    a.png,7,0.98,,
    b.png,,,,is empty
    """
    file = file or sys.stdout
    printers = {"table": _print_table, "json": _print_json, "csv": _print_csv}
    printers[form](readings, n_best, file)


def _print_table(readings, n_best, file):
    from rich.console import Console
    from rich.text import Text

    has_notes = any(reading.note or reading.error for reading in readings)
    table = _make_table()
    table.add_column("file", overflow="fold")
    for rank in range(1, n_best + 1):
        table.add_column("digit" if rank == 1 else f"{rank}.", justify="right")
        table.add_column("confidence" if rank == 1 else "", justify="right")
    if has_notes:
        table.add_column("note", overflow="fold")
    for reading in readings:
        cells = [
            Text(text, style="bold" if rank == 0 else "")
            for rank, (label, share) in enumerate(reading.ranking)
            for text in (str(label), f"{share:.1%}")
        ]
        cells += ["-"] * (2 * n_best - len(cells))
        note = Text("not read", style="bold red") if reading.error else reading.note
        _add_row(table, reading.file, *cells, *([note] if has_notes else []))
    console = Console(file=file, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDE
    console.print(table)


def _print_json(readings, n_best, file):
    lines = []
    for reading in readings:
        ranking = [
            {"digit": label, "confidence": round(share, 6)}
            for label, share in reading.ranking
        ]
        best = ranking[0] if ranking else {"digit": None, "confidence": None}
        record = {"file": reading.file, **best, "alternatives": ranking[1:]}
        record |= {"note": reading.note or None, "error": reading.error or None}
        lines.append(json.dumps(record))
    print("[", ",\n".join(lines), "]", sep="\n", file=file)


def _print_csv(readings, n_best, file):
    writer = csv.writer(file, lineterminator="\n")
    names = [
        f"{name}{end}" for end in _ends(n_best) for name in ("digit", "confidence")
    ]
    writer.writerow(["file", *names, "note", "error"])
    for reading in readings:
        cells = [cell for label, p in reading.ranking for cell in (label, round(p, 6))]
        cells += [""] * (len(names) - len(cells))
        writer.writerow([reading.file, *cells, reading.note, reading.error])


def _ends(n_best):
    """Give the endings of the columns' names: none for the best, then _2 and so on."""
    return ["", *(f"_{i}" for i in range(2, n_best + 1))]


def _tabulate_scores(report):
    scores = np.stack([report.precision, report.recall, report.f1], axis=1)
    table = _make_table("label", "precision", "recall", "F1", "images")
    for label, row, n_images in zip(
        report.classes, scores, report.support, strict=True
    ):
        _add_row(table, label, *map(_format_score, row), n_images)
    table.add_section()
    _add_row(table, "mean", *map(_format_score, _nanmean(scores)), report.n_images)
    return table


def _tabulate_confusion(report):
    table = _make_table("", *report.classes)
    for column in table.columns[1:]:
        column.min_width = len(str(report.confusion_matrix.max()))
    for i, counts in enumerate(report.confusion_matrix):
        cells = [_format_count(count, i == j) for j, count in enumerate(counts)]
        _add_row(table, report.classes[i], *cells)
    return table


def _make_table(*names):
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in names:
        table.add_column(Text(str(name)), justify="right")
    return table


def _add_row(table, *cells):
    from rich.text import Text

    # Labels are names of folders, and may look like rich's markup.
    table.add_row(
        *(cell if isinstance(cell, Text) else Text(str(cell)) for cell in cells)
    )


def _nanmean(scores):
    """Mean of each column over its numbers; NaN, without a warning, if it has none."""
    n_numbers = np.sum(~np.isnan(scores), axis=0)
    return np.where(
        n_numbers > 0, np.nansum(scores, axis=0) / np.maximum(n_numbers, 1), np.nan
    )


def _format_score(score):
    return "-" if np.isnan(score) else f"{score:.4f}"


def _format_count(count, is_right):
    from rich.text import Text

    if count == 0:
        return Text("0" if is_right else ".", style="dim")
    return Text(str(count), style="" if is_right else "bold red")
