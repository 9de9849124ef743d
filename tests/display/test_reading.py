from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from skdigits._strings.reading import Alternative, Box, DigitReading, Reading
from skdigits.display import ReadingDisplay

pytestmark = pytest.mark.usefixtures("pyplot")

ONE = DigitReading("1", 0.99, Box(10, 20, 16, 50))
SEVEN = DigitReading("7", 0.6, Box(20, 20, 40, 52))
BEST = (Alternative("17", 0.55), Alternative("11", 0.3))
READING = Reading("17", 0.55, Box(10, 20, 40, 52), (ONE, SEVEN), BEST)
PICTURE = np.full((80, 60), 200, dtype=np.uint8)


def test_every_digit_has_its_box_and_its_label_above():
    display = ReadingDisplay(PICTURE, READING).plot()
    assert [text.get_text() for text in display.texts_] == ["1", "7"]
    for digit, box, text in zip(
        READING.digits, display.boxes_, display.texts_, strict=True
    ):
        left, top, right, bottom = digit.box
        # Pixels have their centres at whole numbers.
        assert box.get_xy() == (left - 0.5, top - 0.5)
        assert (box.get_width(), box.get_height()) == (right - left, bottom - top)
        assert left < text.get_position()[0] < right
        assert text.get_position()[1] <= top


def test_title_is_the_number_with_its_probability():
    assert ReadingDisplay(PICTURE, READING).plot().ax_.get_title() == "17  (55.0%)"
    rejected = Reading("", 0.55, READING.box, READING.digits, BEST)
    title = ReadingDisplay(PICTURE, rejected).plot().ax_.get_title()
    assert title == "17  (55.0%, rejected)"


def test_picture_without_a_number_is_drawn_alone():
    display = ReadingDisplay(PICTURE, Reading()).plot()
    assert display.ax_.get_title() == "no number"
    assert display.boxes_ == display.texts_ == []
    np.testing.assert_array_equal(display.image_.get_array(), PICTURE)


def test_digits_that_are_not_sure_differ_in_colour_and_width():
    sure, unsure = ReadingDisplay(PICTURE, READING).plot().boxes_
    assert sure.get_edgecolor() != unsure.get_edgecolor()
    assert sure.get_linewidth() < unsure.get_linewidth()


def test_existing_axes_and_text_style_are_used(pyplot):
    figure, ax = pyplot.subplots()
    display = ReadingDisplay(PICTURE, READING).plot(ax=ax, text_kw={"size": 5})
    assert display.ax_ is ax
    assert display.figure_ is figure
    assert [text.get_fontsize() for text in display.texts_] == [5, 5]


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_pictures_of_any_channels_are_drawn(channels):
    picture = np.zeros((80, 60, channels), dtype=np.uint8)
    ReadingDisplay(picture, READING).plot().figure_.draw_without_rendering()


def test_estimator_reads_the_picture_that_is_drawn(tmp_path):
    Image.fromarray(PICTURE).save(tmp_path / "17.png")
    asked = []

    def predict_readings(images):
        asked.extend(images)
        return [READING]

    reader = SimpleNamespace(predict_readings=predict_readings)
    display = ReadingDisplay.from_estimator(reader, tmp_path / "17.png")
    np.testing.assert_array_equal(asked[0], PICTURE)
    np.testing.assert_array_equal(display.image_.get_array(), PICTURE)
    assert display.reading is READING
