import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from skdigits._cli.plots import (
    can_show,
    draw_confusion_matrix,
    draw_readings,
    write_confusion_matrix,
    write_learning_curves,
    write_readings,
    write_samples,
)
from skdigits._cli.report import Reading, make_report

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
        assert np.ptp(picture) == 1  # ink and paper


def test_writing_leaves_no_figure_of_pyplot_open(fitted, tmp_path):
    from matplotlib import pyplot

    before = pyplot.get_fignums()
    write_learning_curves(fitted, tmp_path)
    assert pyplot.get_fignums() == before


def make_reading(share=0.99, shape=(40, 30, 3), dtype=np.uint8, **kwargs):
    picture = np.full(shape, 200, dtype)
    ranking = [(7, share), (1, 1 - share)]
    return Reading("seven.png", ranking, picture=picture, framed=np.eye(28), **kwargs)


def texts_of(readings):
    ax = Figure().subplots()
    draw_readings(readings, ax)
    return [text.get_text() for text in ax.texts]


def test_reading_shows_picture_frame_answer_and_confidence():
    ax = Figure().subplots()
    draw_readings([make_reading()], ax)
    assert len(ax.images) == 2
    assert [text.get_text() for text in ax.texts] == [
        "7   99.0%",
        "seven.png\nthen 1 1.0%",
    ]
    whole, part = (bar.get_width() for bar in ax.patches[-2:])
    assert part / whole == pytest.approx(0.99)


def test_unsure_answers_notes_and_errors_are_marked_without_colour():
    noted = make_reading(note="no ink found")
    failed = Reading("a_rather_long_name_of_a_picture_$1$.png", error="is empty")
    texts = texts_of([make_reading(0.5), noted, failed])
    assert texts[0] == "7 ?   50.0%"
    assert texts[3].endswith("! no ink found")
    assert texts[4:] == ["× not read", "…_long_name_of_a_picture_$1$.png"]


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [
        *(((9, 5), dtype) for dtype in (np.uint8, np.uint16, np.float32)),
        *(((9, 5, n_channels), np.uint8) for n_channels in (1, 2, 3, 4)),
    ],
)
def test_pictures_of_any_kind_are_drawn(shape, dtype, tmp_path):
    write_readings([make_reading(shape=shape, dtype=dtype)], tmp_path / "sheet.png")
    assert np.ptp(imread(tmp_path / "sheet.png")) == 1


def test_long_sheet_says_how_many_it_leaves_out(tmp_path, monkeypatch):
    monkeypatch.setattr("skdigits._cli.plots._MOST_READINGS", 3)
    readings = [make_reading() for _ in range(5)]
    write_readings(readings, tmp_path / "sheet.png")
    ax = Figure().subplots()
    draw_readings(readings, ax)
    assert len(ax.images) == 6
    assert ax.get_title().endswith("(the first 3 of 5)")


def test_window_cannot_be_opened_without_a_display(monkeypatch):
    from matplotlib import pyplot

    assert pyplot.get_backend().lower() == "agg"
    assert not can_show()
