import numpy as np
import pytest

from skdigits.display import SaliencyDisplay

pytestmark = pytest.mark.usefixtures("pyplot")


class OnePixel:
    """Predict "bright" with the value of one pixel as its probability."""

    classes_ = np.array(["dark", "bright"])

    def __init__(self, pixel, shape):
        self.pixel, self.shape = pixel, shape

    def predict_proba(self, X):
        value = np.asarray(X).reshape(-1, *self.shape)[:, *self.pixel].astype(float)
        return np.stack([1 - value, value], axis=1)


def bright_image(*shape):
    image = np.zeros(shape)
    image[2:-2, 2:-2] = 1
    return image


def test_probability_falls_only_at_the_pixel_that_decides():
    image = bright_image(8, 8)
    display = SaliencyDisplay.from_estimator(
        OnePixel((3, 4), (8, 8)), image[None], patch_size=1
    )
    expected = np.zeros((8, 8))
    expected[3, 4] = 1
    np.testing.assert_array_equal(display.drops[0], expected)
    assert display.y_pred.tolist() == ["bright"]
    assert display.confidence.tolist() == [1]


def test_drop_of_a_pixel_is_the_mean_over_the_patches_that_cover_it():
    image = bright_image(8, 8)
    drops = SaliencyDisplay.from_estimator(
        OnePixel((3, 4), (8, 8)), image[None], patch_size=3
    ).drops[0]
    # Nine patches cover both pixels, or six, four, ... of those that cover the second.
    assert drops[3, 4] == 1
    assert drops[3, 5] == pytest.approx(6 / 9)
    assert drops[4, 5] == pytest.approx(4 / 9)
    assert drops[0, 0] == 0
    assert not drops[7].any()


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_every_pixel_is_covered_for_any_stride(stride):
    ends = [(0, 0), (0, 6), (8, 0), (8, 6)]
    for pixel in ends:
        image = np.zeros((9, 7))
        image[pixel] = 1
        drops = SaliencyDisplay.from_estimator(
            OnePixel(pixel, (9, 7)), image[None], patch_size=3, stride=stride
        ).drops[0]
        assert drops[pixel] == 1


def test_drop_is_negative_where_the_probability_rises_and_drawn_as_zero():
    image = np.zeros((8, 8))
    image[4, 4] = 0.25  # so that "dark" is predicted
    display = SaliencyDisplay.from_estimator(
        OnePixel((4, 4), (8, 8)), image[None], patch_size=1
    )
    assert display.drops[0, 4, 4] == -0.25
    assert display.images_[0].get_array().min() == 0


def test_patches_have_the_median_value_of_the_border():
    seen = []

    class Watching(OnePixel):
        def predict_proba(self, X):
            seen.append(np.unique(X))
            return super().predict_proba(X / 255)

    image = np.full((8, 8), 200, dtype=np.uint8)
    image[3:5, 3:5] = 20
    SaliencyDisplay.from_estimator(Watching((4, 4), (8, 8)), image[None])
    assert [values.tolist() for values in seen] == [[20, 200], [20, 200]]
    assert {values.dtype for values in seen} == {np.dtype(np.uint8)}


def test_rows_and_stacks_of_images_agree(fitted, digits):
    X = digits[1][:3]
    rows = SaliencyDisplay.from_estimator(fitted, X, patch_size=4, stride=2)
    stack = SaliencyDisplay.from_estimator(
        fitted, X.reshape(-1, 8, 8), patch_size=4, stride=2
    )
    np.testing.assert_array_equal(rows.drops, stack.drops)
    np.testing.assert_array_equal(rows.y_pred, fitted.predict(X))
    np.testing.assert_array_equal(rows.confidence, fitted.predict_proba(X).max(axis=1))


def test_drops_of_a_network_lie_on_the_digit(fitted, digits):
    X = digits[1][:20]
    drops = SaliencyDisplay.from_estimator(fitted, X).drops
    strokes = X.reshape(-1, 8, 8) / 16
    assert np.average(drops, weights=strokes) > 1.5 * drops.mean()


def test_images_share_one_scale_and_have_captions():
    images = np.stack([bright_image(8, 8), np.zeros((8, 8))])
    drops = np.stack([np.full((8, 8), 0.5), np.zeros((8, 8))])
    display = SaliencyDisplay(images, drops, ["1", "7"], [0.9, 0.5]).plot()
    assert [image.get_clim() for image in display.images_] == [(0, 0.5)] * 2
    texts = [text.get_text() for text in display.texts_]
    assert texts == ["1\n90.0%", "7\n50.0%"]
    display.figure_.draw_without_rendering()


def test_drops_alone_are_drawn_on_given_axes_with_given_style(pyplot):
    figure, ax = pyplot.subplots()
    display = SaliencyDisplay(np.zeros((3, 6, 8)), np.zeros((3, 6, 8)))
    assert display.plot(ax=ax, n_columns=2, text_kw={"color": "red"}) is display
    assert display.ax_ is ax
    assert display.figure_ is figure
    assert display.texts_[0].get_text() == ""
    assert display.texts_[0].get_color() == "red"
    assert len({image.get_extent()[0] for image in display.images_}) == 2
    left, right, bottom, top = display.images_[0].get_extent()
    assert (right - left) / (bottom - top) == pytest.approx(8 / 6)
    assert pyplot.get_fignums() == [figure.number]


@pytest.mark.parametrize("n_images", [1, 5, 8])
def test_captions_and_images_do_not_overlap(pyplot, n_images):
    images = np.stack([bright_image(8, 8)] * n_images)
    display = SaliencyDisplay(images, images, ["seven"] * n_images, [1] * n_images)
    for ax in (None, pyplot.subplots(figsize=(3, 2))[1]):
        display.plot(ax=ax).figure_.draw_without_rendering()
        assert not displays_overlap(display)


def displays_overlap(display):
    things = [*display.texts_, *display.images_]
    boxes = [thing.get_window_extent() for thing in things]
    return any(
        box.overlaps(other) for i, box in enumerate(boxes) for other in boxes[i + 1 :]
    )


@pytest.mark.parametrize(
    "X",
    [np.zeros((0, 8, 8)), np.zeros((2, 8, 8, 3)), [np.zeros((3, 4)), np.zeros((5, 4))]],
    ids=["none", "colour", "sizes"],
)
def test_other_input_than_grey_images_of_one_size_is_refused(X):
    with pytest.raises(ValueError, match=r"at least one row or grey image"):
        SaliencyDisplay.from_estimator(OnePixel((0, 0), (8, 8)), X)


@pytest.mark.parametrize(
    "params", [{"patch_size": 9}, {"patch_size": 2, "stride": 3}, {"stride": 0}]
)
def test_patches_that_do_not_cover_the_image_are_refused(params):
    with pytest.raises(ValueError, match=r"every pixel is covered; got patch_size="):
        SaliencyDisplay.from_estimator(
            OnePixel((0, 0), (8, 8)), np.zeros((1, 8, 8)), **params
        )
