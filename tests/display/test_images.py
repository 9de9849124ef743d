import numpy as np
import pytest

from skdigits.display._images import (
    as_drawable,
    as_images,
    caption_lines,
    caption_size,
    draw_image,
)


def test_rows_become_square_images():
    rows = np.arange(18).reshape(2, 9)
    np.testing.assert_array_equal(as_images(rows), rows.reshape(2, 3, 3))
    np.testing.assert_array_equal(as_images(rows.tolist()), rows.reshape(2, 3, 3))


def test_images_are_returned_unchanged():
    stack, pictures = np.zeros((2, 3, 4)), [np.zeros((3, 4)), np.zeros((5, 6, 3))]
    assert as_images(stack) is stack
    assert as_images(pictures) is pictures


@pytest.mark.parametrize("shape", [(2, 15), (16,)], ids=str)
def test_rows_of_images_that_are_not_square_are_refused(shape):
    with pytest.raises(ValueError, match=r"rows of square images.*got shape \("):
        as_images(np.zeros(shape))


@pytest.mark.parametrize(("n_channels", "n_drawn"), [(1, None), (2, 4), (3, 3), (4, 4)])
def test_channels_are_converted_to_those_that_matplotlib_draws(n_channels, n_drawn):
    image = np.random.default_rng(0).random((3, 4, n_channels))
    drawn = as_drawable(image)
    assert drawn.shape == ((3, 4) if n_drawn is None else (3, 4, n_drawn))
    last = drawn if n_drawn is None else drawn[..., -1]
    np.testing.assert_array_equal(last, image[..., -1])


@pytest.mark.parametrize("shape", [(4, 8), (8, 4), (8, 8), (4, 8, 2)], ids=str)
def test_image_and_frame_lie_in_the_middle_of_their_cell(pyplot, shape):
    drawn = draw_image(pyplot.gca(), np.zeros(shape), 3, 5)
    left, right, bottom, top = drawn.image.get_extent()
    assert (right - left, bottom - top) == (shape[1] / 8, shape[0] / 8)
    assert ((left + right) / 2, (bottom + top) / 2) == (3.5, 5.5)
    assert drawn.frame.get_xy() == (left, top)
    assert drawn.frame.get_width() == right - left
    assert drawn.frame.get_height() == bottom - top
    assert drawn.text is None


def test_cell_without_an_image_has_a_frame(pyplot):
    drawn = draw_image(pyplot.gca(), None, 3, 5, frame={"linewidth": 7})
    assert drawn.image is None
    assert drawn.frame.get_bbox().bounds == (3, 5, 1, 1)
    assert drawn.frame.get_linewidth() == 7


def test_caption_is_centred_below_or_above_its_cell(pyplot):
    image = np.zeros((4, 8))
    below = draw_image(pyplot.gca(), image, 3, 5, caption="7").text
    above = draw_image(
        pyplot.gca(), image, 3, 5, caption="7", is_caption_above=True
    ).text
    assert below.get_position()[0] == above.get_position()[0] == 3.5
    assert below.get_position()[1] > 6
    assert above.get_position()[1] < 5
    assert below.get_horizontalalignment() == "center"


def test_caption_takes_the_short_names_of_text_properties(pyplot):
    text_kw = {"ha": "left", "va": "bottom", "size": 7}
    text = draw_image(pyplot.gca(), np.eye(2), 0, 0, caption="7", text_kw=text_kw).text
    assert text.get_horizontalalignment() == "left"
    assert text.get_verticalalignment() == "bottom"
    assert text.get_fontsize() == 7


def test_captions_hold_label_and_confidence():
    assert caption_lines(np.array([7, 1])) == ["7", "1"]
    assert caption_lines(["a", "b"], [1, 0.123]) == ["a\n100.0%", "b\n12.3%"]


def test_captions_shrink_with_cells_of_less_than_an_inch(pyplot):
    ax = pyplot.figure(figsize=(4, 2)).add_axes((0, 0, 1, 1))
    assert caption_size(ax, 2, 1) == caption_size(ax, 1, 1)
    assert caption_size(ax, 8, 1) == pytest.approx(caption_size(ax, 4, 1) / 2)
    assert caption_size(ax, 4, 8) == pytest.approx(caption_size(ax, 4, 1) / 4)
