import numpy as np
import pytest

from skdigits import DigitPreprocessor
from skdigits.display import PreprocessingDisplay

pytestmark = pytest.mark.usefixtures("pyplot")

STEPS = ["gray", "ink", "mask", "crop", "framed"]


def draw_one(height=90, width=60):
    picture = np.full((height, width), 200, dtype=np.uint8)
    picture[20:70, 25:31] = 30
    return picture


def test_every_step_has_a_panel_and_a_title():
    display = PreprocessingDisplay.from_estimator(DigitPreprocessor(), draw_one())

    assert list(display.images_) == list(display.texts_) == STEPS
    for name, image in display.images_.items():
        np.testing.assert_array_equal(
            image.get_array(), getattr(display.steps, name).astype(float)
        )
    titles = [text.get_text() for text in display.texts_.values()]
    assert len(set(titles)) == len(STEPS)
    assert max(map(len, titles)) < 16


@pytest.mark.parametrize("size", [(9, 2), (3, 2), (1, 1)], ids=str)
def test_panels_and_titles_do_not_overlap(pyplot, size):
    _, ax = pyplot.subplots(figsize=size)
    display = PreprocessingDisplay.from_estimator(
        DigitPreprocessor(), draw_one(), ax=ax
    )
    display.figure_.draw_without_rendering()

    things = [*display.images_.values(), *display.texts_.values()]
    boxes = [thing.get_window_extent() for thing in things]
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[i + 1 :])


def test_panels_keep_the_aspect_ratio_of_their_steps():
    display = PreprocessingDisplay.from_estimator(DigitPreprocessor(), draw_one())

    for name, image in display.images_.items():
        left, right, bottom, top = image.get_extent()
        height, width = getattr(display.steps, name).shape
        assert (bottom - top) / (right - left) == pytest.approx(height / width)
        assert max(bottom - top, right - left) == pytest.approx(1)


def test_strokes_are_drawn_dark_for_either_polarity():
    for picture in (draw_one(), 255 - draw_one()):
        display = PreprocessingDisplay.from_estimator(DigitPreprocessor(), picture)
        maps = {name: image.get_cmap().name for name, image in display.images_.items()}
        assert maps.pop("gray") == "gray"
        assert set(maps.values()) == {"gray_r"}


def test_steps_are_drawn_on_given_axes_with_given_style(pyplot):
    figure, ax = pyplot.subplots()
    display = PreprocessingDisplay(DigitPreprocessor().explain(draw_one()))

    assert display.plot(ax=ax, text_kw={"color": "red"}) is display
    assert display.ax_ is ax
    assert display.figure_ is figure
    assert display.texts_["crop"].get_color() == "red"
    assert pyplot.get_fignums() == [figure.number]


def test_steps_of_an_empty_picture_are_drawn():
    empty = np.full((40, 30), 200, dtype=np.uint8)

    display = PreprocessingDisplay.from_estimator(DigitPreprocessor(), empty)

    assert not display.images_["framed"].get_array().any()
