import io
import warnings

import numpy as np
import pytest
from sklearn.metrics import classification_report, log_loss

from skdigits._cli.report import make_report, print_report

CLASSES = np.arange(10)


def random_predictions(n_images=200, classes=CLASSES, seed=0):
    rng = np.random.default_rng(seed)
    y = classes[rng.integers(len(classes), size=n_images)]
    logits = rng.normal(size=(n_images, len(classes))) + 2.0 * (y[:, None] == classes)
    proba = np.exp(logits)
    return y, proba / proba.sum(axis=1, keepdims=True)


def printed(report):
    file = io.StringIO()
    print_report(report, file)
    return file.getvalue()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_report_agrees_with_scikit_learn():
    y, proba = random_predictions()
    report = make_report(y, proba, CLASSES)
    expected = classification_report(y, proba.argmax(axis=1), output_dict=True)
    assert report.accuracy == expected["accuracy"]
    assert report.loss == pytest.approx(log_loss(y, proba))
    for i in CLASSES:
        row = expected[str(i)]
        found = report.precision[i], report.recall[i], report.f1[i], report.support[i]
        assert found == (
            *(row[k] for k in ("precision", "recall", "f1-score")),
            row["support"],
        )


def test_wrong_predictions_are_those_off_the_diagonal():
    y, proba = random_predictions()
    report = make_report(y, proba, CLASSES)
    assert report.n_images == 200
    assert report.n_wrong == np.sum(y != proba.argmax(axis=1))
    assert report.confusion_matrix.sum(axis=1).tolist() == report.support.tolist()


def test_scores_without_a_denominator_are_nan_and_print_as_a_dash():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = make_report(
            [0, 0], np.array([[0.9, 0.1, 0], [0.8, 0.2, 0]]), [0, 1, 2]
        )
        text = printed(report)
    assert np.isnan(report.recall[[1, 2]]).all()
    assert text.count(" -") >= 4
    assert "nan" not in text


def test_mean_leaves_out_labels_that_have_no_score():
    report = make_report([0, 0], np.array([[0.9, 0.1], [0.8, 0.2]]), [0, 1])
    mean = next(line for line in printed(report).splitlines() if "mean" in line)
    assert mean.split() == ["mean", "1.0000", "1.0000", "1.0000", "2"]


@pytest.mark.parametrize("classes", [np.array(["no", "yes"]), np.array([3, 8])])
def test_two_classes_of_any_type_are_reported(classes):
    y, proba = random_predictions(50, classes)
    assert make_report(y, proba, classes).n_images == 50


def test_printed_report_holds_every_number():
    y, proba = random_predictions(2000)
    report = make_report(y, proba, CLASSES)
    lines = printed(report).splitlines()
    assert lines[0].split() == [
        "images",
        "2000,",
        str(report.n_wrong),
        "of",
        "them",
        "wrong",
    ]
    assert lines[1].split() == ["accuracy", f"{report.accuracy:.4f}"]
    assert lines[2].split() == ["loss", f"{report.loss:.4f}"]
    rows = [line.split() for line in lines if line.strip()[:1].isdigit()]
    scores, confusion = rows[:10], rows[11:]
    for i in CLASSES:
        shares = report.precision[i], report.recall[i], report.f1[i]
        assert scores[i] == [
            str(i),
            *(f"{s:.4f}" for s in shares),
            str(report.support[i]),
        ]
        counts = [cell.replace(".", "0") for cell in confusion[i][1:]]
        assert counts == [str(n) for n in report.confusion_matrix[i]]


def test_printed_report_is_plain_text_in_a_file_and_coloured_on_a_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    report = make_report(*random_predictions(), CLASSES)
    terminal = Terminal()
    print_report(report, terminal)
    assert "\x1b[" not in printed(report)
    assert "\x1b[1;31m" in terminal.getvalue()


@pytest.mark.parametrize("file_type", [io.StringIO, Terminal])
def test_tables_wider_than_the_console_are_not_broken(monkeypatch, file_type):
    monkeypatch.setenv("COLUMNS", "40")
    classes = np.array([f"label number {i:02}" for i in range(20)])
    file = file_type()
    print_report(make_report(*random_predictions(300, classes), classes), file)
    lines = file.getvalue().splitlines()
    assert any(all(label in line for label in classes) for line in lines)


def test_labels_that_look_like_markup_are_printed_as_they_are():
    classes = np.array(["[bold]", "[red]x[/]"])
    text = printed(make_report(*random_predictions(20, classes), classes))
    assert all(label in text for label in classes)
