import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from skdigits._cli.readings import Reading
from skdigits._cli.sheet import can_show, draw_readings, write_readings
from skdigits.display._style import BLUE, VERMILION


def make_reading(probability=0.99, shape=(40, 30, 3), dtype=np.uint8, **kwargs):
    picture = np.full(shape, 200, dtype)
    ranking = [(7, probability), (1, 1 - probability)]
    framed = 255 * np.eye(28)
    return Reading("seven.png", ranking, picture=picture, framed=framed, **kwargs)


def draw(*readings):
    ax = Figure().subplots()
    draw_readings(list(readings), ax)
    return ax


def texts_of(*readings):
    """Texts of a sheet, without the titles of its columns."""
    texts = [text.get_text() for text in draw(*readings).texts]
    return [t for t in texts if t not in ("picture", "network input", "answer")]


def test_sheet_shows_picture_network_input_answer_and_probabilities():
    reading = make_reading()
    picture, framed = draw(reading).images
    assert (picture.get_array() == reading.picture).all()
    assert (framed.get_array() == reading.framed).all()
    assert texts_of(reading) == ["7", "7", "99.0%", "1", "1.0%", "seven.png"]


def test_bars_are_as_long_as_the_probabilities():
    bars = [bar for bar in draw(make_reading(0.7)).patches if bar.get_height() < 0.5]
    whole, first, _, second = (bar.get_width() for bar in bars)
    assert (first / whole, second / whole) == (pytest.approx(0.7), pytest.approx(0.3))


def test_columns_have_titles_in_the_first_row_only():
    texts = [text.get_text() for text in draw(*[make_reading()] * 5).texts]
    assert texts.count("network input") == 3


def test_unsure_answers_notes_and_errors_are_marked_without_colour():
    name = "the_rather_long_name_of_a_picture_with_$1$.png"
    assert texts_of(make_reading(0.5))[0] == "7 ?"
    noted = texts_of(make_reading(note="no digit found"))
    assert (noted[0], "no digit found" in noted) == ("7 ?", True)
    failed = texts_of(Reading(name, error="is empty"))
    assert failed == ["×", "not read", f"…{name[-35:]}"]


def test_unsure_answers_are_marked_by_colour_and_width_of_the_frame():
    for probability, color, width in [(0.95, BLUE, 0.6), (0.85, VERMILION, 2.5)]:
        ax = draw(make_reading(probability))
        answer = next(text for text in ax.texts if text.get_fontsize() == 30)
        assert answer.get_color() == color
        assert max(patch.get_linewidth() for patch in ax.patches) == width


def test_long_labels_stay_in_their_column():
    ranking = [("seventeen hundred", 0.85), ("eight", 0.15)]
    picture = np.zeros((9, 5), np.uint8)
    reading = Reading("a.png", ranking, picture=picture, framed=np.eye(28))
    figure = Figure((3.9, 1.9))
    ax = figure.add_axes((0, 0, 1, 1))
    draw_readings([reading], ax)
    figure.draw_without_rendering()
    for text in ax.texts:
        assert text.get_window_extent().x1 < figure.bbox.x1, text.get_text()


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


def test_long_sheet_says_how_many_it_leaves_out(monkeypatch):
    monkeypatch.setattr("skdigits._cli.sheet._MAX_READINGS", 3)
    ax = draw(*[make_reading()] * 5)
    assert len(ax.images) == 6
    assert ax.texts[-1].get_text() == "… and 2 more"


def test_window_cannot_be_opened_without_a_display():
    from matplotlib import pyplot

    assert pyplot.get_backend().lower() == "agg"
    assert not can_show()
