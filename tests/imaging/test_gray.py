import numpy as np
import pytest

from skdigits._imaging.gray import block_mean, colors_to_gray, to_gray


@pytest.mark.parametrize(
    ("image", "white"),
    [
        (np.array([[False, True]]), 1),
        (np.array([[0, 1]], dtype=np.uint8), 1),
        (np.array([[0, 16]]), 16),
        (np.array([[0.0, 16.0]]), 16),
        (np.array([[0, 250]], dtype=np.uint8), 255),
        (np.array([[0.0, 255.0]], dtype=np.float32), 255),
        (np.array([[0, 4000]], dtype=np.uint16), 4095),
        (np.array([[0, 65000]], dtype=np.uint16), 65535),
        (np.array([[0, 65000]], dtype=np.int64), 65535),
        (np.array([[0, 10_000_000]]), 10_000_000),
    ],
)
def test_to_gray_finds_the_white_level_from_the_values(image, white):
    gray = to_gray(image)

    assert gray.dtype == np.float32
    np.testing.assert_allclose(gray, image.astype(float) / white, rtol=1e-6)


def test_to_gray_clips_values_that_overshoot_a_white_level():
    assert to_gray(np.array([[0.5, 1.04]])).tolist() == [[0.5, 1.0]]


def test_to_gray_stretches_standardised_pixels():
    assert to_gray(np.array([[-1.0, 0.0, 3.0]])).tolist() == [[0, 0.25, 1]]
    assert to_gray(np.full((2, 2), -3.0)).tolist() == [[0, 0], [0, 0]]


def test_to_gray_holds_values_beyond_float32():
    assert to_gray(np.array([[0.0, 1e300]])).tolist() == [[0, 1]]
    assert to_gray(np.array([[-1e308, 0, 1e308]])).tolist() == [[0, 0.5, 1]]
    assert to_gray(np.array([[-3e38, 3e38]], dtype=np.float32)).tolist() == [[0, 1]]


def test_to_gray_weighs_colours_by_luminance():
    red_green_blue = np.eye(3, dtype=np.uint8)[None] * 255

    np.testing.assert_allclose(
        to_gray(red_green_blue), [[0.2125, 0.7154, 0.0721]], atol=1e-6
    )


def paint_seven(ink, background):
    """A "7" of one colour on background of another, and where its ink is."""
    is_ink = np.zeros((30, 20), dtype=bool)
    is_ink[5:8, 4:16] = is_ink[8:25, 12:16] = True
    return np.where(is_ink[..., None], ink, background).astype(np.float32), is_ink


@pytest.mark.parametrize(
    ("ink", "background"),
    [
        ((0.8, 0.2, 0.2), (0.33, 0.33, 0.33)),
        ((1.0, 0.95, 0.2), (1.0, 1.0, 1.0)),
        ((0.0, 0.0, 0.6), (0.0, 0.0, 0.0)),
        ((0.2, 0.5, 0.2), (0.9, 0.3, 0.3)),
    ],
    ids=["red on grey", "yellow on white", "blue on black", "green on red"],
)
def test_colors_to_gray_shows_ink_that_luminance_would_lose(ink, background):
    colors, is_ink = paint_seven(ink, background)
    luminance = np.array([0.2125, 0.7154, 0.0721])

    gray = colors_to_gray(colors)

    assert abs(luminance @ np.subtract(ink, background)) < 0.1
    assert abs(gray[is_ink].mean() - gray[~is_ink].mean()) > 0.2
    assert gray.min() >= 0
    assert gray.max() <= 1 + 1e-6


def test_colors_to_gray_keeps_dark_ink_dark():
    colors, is_ink = paint_seven((1.0, 0.95, 0.2), (1.0, 1.0, 1.0))

    gray = colors_to_gray(colors)

    assert gray[is_ink].max() < gray[~is_ink].min()


def test_colors_to_gray_is_the_luminance_where_that_shows_the_ink():
    colors, is_ink = paint_seven((0.2, 0.3, 0.6), (0.9, 0.9, 0.9))

    gray = colors_to_gray(colors)

    assert gray[is_ink] == pytest.approx(0.3004, abs=1e-3)
    assert gray[~is_ink] == pytest.approx(0.9)


def test_to_gray_takes_a_last_axis_of_one_for_grey():
    image = np.arange(6, dtype=np.uint8).reshape(2, 3, 1) * 40

    assert (to_gray(image) == to_gray(image[:, :, 0])).all()


@pytest.mark.parametrize("n_channels", [2, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_to_gray_lays_dark_ink_on_white(n_channels, dtype):
    image = np.zeros((2, 2, n_channels), dtype=dtype)
    image[0, 0, -1] = np.iinfo(dtype).max

    np.testing.assert_allclose(to_gray(image), [[0, 1], [1, 1]], atol=1e-6)


def test_to_gray_keeps_white_ink_on_a_transparent_ground_visible():
    image = np.full((2, 2, 4), 255, dtype=np.uint8)
    image[:, 1, 3] = 0

    np.testing.assert_allclose(to_gray(image), [[1, 0], [1, 0]], atol=1e-6)


@pytest.mark.parametrize("background", [0, 1])
def test_to_gray_lays_transparent_pixels_on_the_background_it_is_told(background):
    image = np.full((2, 2, 4), 102, dtype=np.uint8)
    image[0, :, 3], image[1, :, 3] = 255, 0

    gray = to_gray(image, background=background)

    np.testing.assert_allclose(gray, [[0.4, 0.4], [background] * 2], atol=1e-6)


def test_to_gray_keeps_paper_white_where_only_its_rim_is_transparent():
    image = np.full((8, 8, 4), 255, dtype=np.uint8)
    image[0, :, 3] = 180
    image[3:5, 3:5, :3] = 0

    gray = to_gray(image)

    assert gray[0].min() > 0.99
    assert gray[3, 3] == 0


@pytest.mark.parametrize("n_channels", [1, 3])
def test_to_gray_reads_past_alpha_that_is_opaque(n_channels):
    image = np.random.default_rng(0).integers(0, 256, (4, 4, n_channels), np.uint8)
    opaque = np.full((4, 4, 1), 255, dtype=np.uint8)

    gray = to_gray(np.concatenate([image, opaque], axis=2), 2)

    assert (gray == to_gray(image, 2)).all()


@pytest.mark.parametrize("shape", [(6, 9), (6, 9, 3), (6, 9, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_to_gray_averages_blocks_as_it_would_afterwards(shape, dtype):
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, shape[:2]).reshape(shape[:2] + (1,) * (len(shape) - 2))
    image = (image + rng.integers(0, 9, shape)).clip(0, 255).astype(dtype)  # tinted
    gray = to_gray(image)

    averaged = to_gray(image, 3)

    np.testing.assert_allclose(
        averaged, gray.reshape(2, 3, 3, 3).mean(axis=(1, 3)), atol=1e-5
    )


def test_block_mean_averages_strips_along_their_length_only():
    assert block_mean(np.arange(8.0)[None], 4).tolist() == [[1.5, 5.5]]


def test_white_of_sixteen_bits_fits_half_precision():
    image = np.array([[0, 30000, 60000]], dtype=np.float16)
    assert to_gray(image).max() == pytest.approx(60000 / 65535, rel=1e-2)
