"""How well a model reads labelled digits: the numbers and the printed report."""

import dataclasses

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    log_loss,
    precision_recall_fscore_support,
)

from skdigits._cli.tables import WIDE, add_row, make_table


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

    console = Console(file=file, width=WIDE, highlight=False, emoji=False)
    console.print(f"images    {report.n_images}, {report.n_wrong} of them wrong")
    console.print(f"accuracy  {report.accuracy:.4f}", style="bold")
    console.print(f"loss      {report.loss:.4f}")
    console.print()
    console.print(_tabulate_scores(report))
    console.print()
    console.print("Confusion matrix (rows: true label, columns: predicted label)")
    console.print()
    console.print(_tabulate_confusion(report))


def _tabulate_scores(report):
    scores = np.stack([report.precision, report.recall, report.f1], axis=1)
    table = make_table("label", "precision", "recall", "F1", "images")
    for label, row, n_images in zip(
        report.classes, scores, report.support, strict=True
    ):
        add_row(table, label, *map(_format_score, row), n_images)
    table.add_section()
    add_row(table, "mean", *map(_format_score, _nanmean(scores)), report.n_images)
    return table


def _tabulate_confusion(report):
    table = make_table("", *report.classes)
    for column in table.columns[1:]:
        column.min_width = len(str(report.confusion_matrix.max()))
    for i, counts in enumerate(report.confusion_matrix):
        cells = [_format_count(count, i == j) for j, count in enumerate(counts)]
        add_row(table, report.classes[i], *cells)
    return table


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
