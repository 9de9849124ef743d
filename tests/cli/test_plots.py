import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from skdigits._cli.plots import (
    draw_confusion_matrix,
    write_confusion_matrix,
    write_learning_curves,
    write_samples,
)
from skdigits._cli.report import make_report

CLASSES = np.arange(10)


def random_predictions(n_images=200, classes=CLASSES):
    rng = np.random.default_rng(0)
    y = rng.choice(classes, n_images)
    return y, rng.dirichlet(np.ones(len(classes)), n_images)


def test_mistakes_are_outlined_in_the_confusion_matrix():
    y, proba = random_predictions()
    report = make_report(y, proba, CLASSES)
    ax = Figure().subplots()
    draw_confusion_matrix(report, ax)
    off_diagonal = report.confusion_matrix - np.diag(np.diag(report.confusion_matrix))
    assert len(ax.patches) == np.count_nonzero(off_diagonal)
    texts = [text.get_text() for text in ax.texts]
    assert texts == [str(n) if n else "" for n in report.confusion_matrix.ravel()]


@pytest.mark.parametrize(("word", "rotation"), [("", 0), ("number ", 90)])
def test_long_labels_of_the_confusion_matrix_stand_upright(word, rotation):
    classes = np.array([f"{word}{i}" for i in range(10)])
    ax = Figure().subplots()
    draw_confusion_matrix(make_report(*random_predictions(50, classes), classes), ax)
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {rotation}


def test_pictures_are_written_as_png(fitted, digits, tmp_path):
    X, y = digits[1][:20], digits[3][:20]
    proba = fitted.predict_proba(X)
    report = make_report(y, proba, fitted.classes_)
    write_learning_curves(fitted, tmp_path)
    write_confusion_matrix(report, tmp_path)
    write_samples(report, X, y, proba, tmp_path)
    names = ["confusion_matrix.png", "learning_curves.png", "predictions.png"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    for name in names:
        picture = imread(tmp_path / name)
        assert picture.shape[1] > 600
        assert np.ptp(picture) == 1  # strokes and background


def test_writing_leaves_no_figure_of_pyplot_open(fitted, tmp_path):
    from matplotlib import pyplot

    before = pyplot.get_fignums()
    write_learning_curves(fitted, tmp_path)
    assert pyplot.get_fignums() == before
