import numpy as np
import pytest
from sklearn.datasets import load_digits

from skdigits._imaging.framing import (
    framing_steps,
    harden,
    place_in_frame,
    shear_upright,
    shrink,
    thicken,
)
from skdigits._imaging.ink import ink_window

WHITE = 255
INK_TOLERANCE = 1e-5 * WHITE


def frame_digit(image, **options):
    return framing_steps(image, **options).framed


def draw_seven(height=120, width=90, stroke=9, top=20, left=15):
    """A "7" of ink 1 on background 0."""
    ink = np.zeros((height, width), dtype=np.float32)
    ink[top : top + stroke, left : left + 50] = 1
    for row in range(top, top + 70):
        start = left + 45 - (row - top) // 3
        ink[row, start : start + stroke] = 1
    return ink


def center_of_mass(frame):
    rows, columns = np.indices(frame.shape)
    return (rows * frame).sum() / frame.sum(), (columns * frame).sum() / frame.sum()


def covariance(frame):
    rows, columns = np.indices(frame.shape)
    mean_row, mean_column = center_of_mass(frame)
    return ((rows - mean_row) * (columns - mean_column) * frame).sum()


def test_harden_keeps_every_grey_at_the_scale_of_the_box():
    ink = np.linspace(0, 1, 11, dtype=np.float32)[None]

    np.testing.assert_allclose(harden(ink, 0.4, 1), ink, atol=1e-6)


def test_harden_makes_large_pictures_black_and_white():
    ink = np.array([[0.1, 0.39, 0.41, 0.9]])

    assert harden(ink, 0.4, 1e4).tolist() == [[0, 0, 1, 1]]


@pytest.mark.parametrize("scale", [5, 10, 17.3])
def test_thicken_widens_thin_lines_to_the_least_stroke(scale):
    line = np.zeros((200, 101), dtype=np.float32)
    line[:, 50] = 1

    width = thicken(line, scale)[100].sum()

    assert width == pytest.approx(2.2 * scale, abs=2)


@pytest.mark.parametrize("scale", [1, 4])
def test_thicken_leaves_wide_strokes_alone(scale):
    ink = draw_seven(stroke=12)

    assert (thicken(ink, scale) == ink).all()


def test_shear_upright_sets_a_slanted_stroke_upright():
    slanted = np.zeros((21, 11), dtype=np.float32)
    for row in range(21):
        slanted[row, 10 - row // 2] = 1

    upright = shear_upright(slanted)

    assert abs(covariance(upright)) < 0.02 * abs(covariance(slanted))
    assert upright.sum() == pytest.approx(slanted.sum(), rel=1e-4)
    assert np.ptp(ink_window(upright > 0.2)[1].indices(99)[:2]) <= 3


def test_shear_upright_leaves_a_single_row_alone():
    row = np.array([[0.0, 1.0, 1.0]])
    assert shear_upright(row) is row


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (17, 5), (33, 40), (40, 31)])
@pytest.mark.parametrize("scale", [1, 1.3, 2, 3.7, 5])
def test_shrink_keeps_the_total_and_the_middle(shape, scale):
    image = np.random.default_rng(0).random(shape)

    small = shrink(image, scale)

    # Margins are added by whole pixels only.
    error = 0.5 / np.array(small.shape) / scale
    assert small.sum() * scale**2 == pytest.approx(image.sum(), rel=error.sum() + 1e-6)
    for axis in (0, 1):
        n, n_small = image.shape[axis], small.shape[axis]
        middle = center_of_mass(image)[axis] - (n - 1) / 2
        middle_small = center_of_mass(small)[axis] - (n_small - 1) / 2
        assert abs(middle_small * scale - middle) <= 0.5 * scale + 0.5


def test_shrink_by_a_whole_number_is_the_mean_of_blocks():
    image = np.random.default_rng(0).random((12, 8))

    np.testing.assert_allclose(
        shrink(image, 4), image.reshape(3, 4, 2, 4).mean(axis=(1, 3)), rtol=1e-5
    )


def test_shrink_enlarges_by_repeating_pixels():
    enlarged = shrink(np.array([[1.0, 3.0]]), 0.5)

    np.testing.assert_allclose(enlarged, [[1, 1, 3, 3], [1, 1, 3, 3]])


@pytest.mark.parametrize(("side", "middle"), [(28, 14), (29, 14), (32, 16), (64, 32)])
def test_place_in_frame_brings_the_centre_of_mass_to_the_middle_pixel(side, middle):
    rng = np.random.default_rng(side)
    for _ in range(20):
        image = rng.random((20, 13)) * np.linspace(0, 1, 13)

        frame = place_in_frame(image, (side, side))

        for coordinate in center_of_mass(frame):
            assert middle - 0.5 < coordinate <= middle + 0.5 + INK_TOLERANCE


def test_place_in_frame_pushes_no_ink_over_the_edge():
    image = np.ones((1, 20))
    image[0, :2] = 1000

    frame = place_in_frame(image, (28, 28))

    assert frame.sum() == image.sum()


def test_place_in_frame_by_box_ignores_the_weight():
    image = np.array([[1.0, 0.1, 0.1, 0.1]])

    frame = place_in_frame(image, (5, 8), center="box")

    assert frame[2, 2:6].tolist() == pytest.approx([1, 0.1, 0.1, 0.1])


def test_frame_digit_leaves_a_framed_digit_alone():
    digits = [
        frame_digit(image, polarity="light") for image in load_digits().images[:100]
    ]

    for digit in digits:
        np.testing.assert_allclose(frame_digit(digit), digit, atol=INK_TOLERANCE)


@pytest.mark.parametrize("center", ["mass", "box"])
def test_frame_digit_forgets_place_size_and_contrast(center):
    reference = frame_digit(draw_seven(), center=center)

    moved = draw_seven(height=200, width=150, top=90, left=60)
    larger = np.kron(draw_seven(), np.ones((3, 3)))
    paler = 0.9 - 0.3 * draw_seven()

    for picture in (moved, larger, paler):
        frame = frame_digit(picture, center=center)
        np.testing.assert_allclose(frame, reference, atol=0.05 * WHITE)


def test_frame_digit_reads_both_polarities_alike():
    ink = draw_seven()

    np.testing.assert_allclose(
        frame_digit(1 - ink), frame_digit(ink), atol=INK_TOLERANCE
    )


def test_frame_digit_fits_the_longest_side_into_the_box():
    for box_size, image_shape in [(20, (28, 28)), (26, (28, 28)), (12, (16, 20))]:
        frame = frame_digit(draw_seven(), box_size=box_size, image_shape=image_shape)

        rows, columns = ink_window(frame)
        assert frame.shape == image_shape
        assert rows.stop - rows.start == box_size
        assert columns.stop - columns.start < box_size
        assert frame.max() == WHITE


def test_frame_digit_shows_hair_lines_bright():
    hair_line = np.zeros((1200, 900))
    hair_line[300:1000, 450] = 1

    rows = frame_digit(hair_line).max(axis=1)

    assert np.count_nonzero(rows) == 20
    assert (rows[rows > 0] > 0.75 * WHITE).all()


def photograph(ink, noise, seed=0):
    """Ink on unevenly lit, noisy background with a hard shadow, as 8-bit RGB."""
    rng = np.random.default_rng(seed)
    height, width = ink.shape
    light = 120 + 80 * np.linspace(0, 1, width) * np.linspace(0.4, 1, height)[:, None]
    light[:, : width // 4] *= 0.75
    photo = light * (1 - 0.7 * ink) + rng.normal(0, noise, ink.shape)
    return np.clip(photo[:, :, None] * [1, 0.97, 0.9], 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("size", "noise"), [(1, 3), (3, 6)])
def test_frame_digit_reads_a_photo_as_it_reads_the_drawing(size, noise):
    ink = np.kron(draw_seven(stroke=10), np.ones((size, size)))
    scene = np.zeros((900, 1200), dtype=np.float32)
    scene[300 : 300 + ink.shape[0], 500 : 500 + ink.shape[1]] = ink

    frame = frame_digit(photograph(scene, noise))

    assert np.abs(frame - frame_digit(ink)).mean() < 0.03 * WHITE


@pytest.mark.parametrize("shade", [0, 0.5])
def test_frame_digit_looks_closely_at_a_small_digit_in_a_large_picture(shade):
    y, x = np.indices((1100, 1400), dtype=np.float32) / 1400
    scene = 1 - shade * ((x + y) / 2) ** 2
    scene[600:720, 700:790] *= 1 - 0.8 * draw_seven()

    frame = frame_digit(scene)

    reference = frame_digit(1 - draw_seven())
    assert np.abs(frame - reference).mean() < 0.02 * WHITE


def test_frame_digit_drops_the_edge_of_the_table():
    ink = draw_seven()
    scene = np.pad(1 - ink, ((0, 0), (0, 30)), constant_values=1)
    scene[:, -12:] = 0.1

    np.testing.assert_allclose(frame_digit(scene), frame_digit(ink), atol=INK_TOLERANCE)


@pytest.mark.parametrize("stroke", [0.2, 0.6])
@pytest.mark.parametrize("is_dark", [True, False])
@pytest.mark.parametrize("slope", [0, 0.2])
def test_frame_digit_reads_a_close_crop_as_it_reads_the_drawing(stroke, is_dark, slope):
    y, x = np.mgrid[-1:1:120j, -1:1:90j]
    zero = ((np.hypot(y, x) < 1) & (np.hypot(y, x) > 1 - stroke)).astype(np.float32)
    scene = 0.8 - 0.6 * zero if is_dark else 0.1 + 0.6 * zero

    frame = frame_digit(scene + slope * x / 2)

    reference = frame_digit(np.pad(zero, 30))
    assert np.abs(frame - reference).mean() < 0.02 * WHITE


def test_frame_digit_drops_the_box_of_a_form():
    ink = draw_seven()
    form = np.pad(np.pad(ink, 4, constant_values=1), 20)

    np.testing.assert_allclose(frame_digit(1 - form), frame_digit(ink), atol=1e-3)


def test_frame_digit_sees_ink_as_bright_as_its_background():
    ink = draw_seven()[..., None]
    scene = ink * [0.8, 0.2, 0.2] + (1 - ink) * [0.33, 0.33, 0.33]

    np.testing.assert_allclose(frame_digit(scene), frame_digit(ink), atol=1e-2 * WHITE)


@pytest.mark.parametrize(
    "background",
    [
        np.ones((50, 40)),
        np.zeros((28, 28)),
        np.full((30, 30, 3), 200, dtype=np.uint8),
        np.random.default_rng(0).normal(0.8, 0.03, (120, 80)).clip(0, 1),
        np.linspace(0.3, 0.9, 100)[:, None] * np.ones((1, 80)),
        np.zeros((30, 30, 4), dtype=np.uint8),
    ],
    ids=["white", "black", "grey", "noise", "shade", "transparent"],
)
def test_frame_digit_finds_no_digit_on_empty_background(background):
    assert not frame_digit(background).any()


def test_frame_digit_without_centre_keeps_the_place():
    ink = np.zeros((56, 56))
    ink[8:24, 4:10] = 1

    frame = frame_digit(ink, center=None)

    assert ink_window(frame) == (slice(4, 12), slice(2, 5))


@pytest.mark.parametrize("center", ["mass", "box", None])
@pytest.mark.parametrize("deskew", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (40, 2), (7, 300), (700, 31)])
def test_frame_digit_frames_any_shape(shape, deskew, center):
    image = np.random.default_rng(0).random(shape)

    frame = frame_digit(image, center=center, deskew=deskew)

    assert frame.shape == (28, 28)
    assert frame.dtype == np.float32
    assert np.isfinite(frame).all()
    assert frame.min() >= 0
    assert frame.max() <= WHITE


def test_frame_digit_survives_random_scenes():
    rng = np.random.default_rng(0)
    for _ in range(40):
        height, width = rng.integers(20, 700, 2)
        scene = np.full((height, width, 3), rng.integers(0, 256), dtype=np.uint8)
        for _ in range(rng.integers(1, 6)):
            row, column = rng.integers(0, height), rng.integers(0, width)
            scene[row : row + 90, column : column + 60] = rng.integers(0, 256, 3)

        frame = frame_digit(scene)

        assert frame.max() in (0, WHITE)
        assert np.isfinite(frame).all()


def test_frame_digit_leaves_its_input_alone():
    image = draw_seven()
    before = image.copy()

    frame_digit(image, deskew=True)

    assert (image == before).all()


@pytest.mark.parametrize("touching", [False, True])
def test_framing_steps_count_digits_side_by_side(touching):
    row = np.zeros((120, 330), dtype=np.float32)
    for left in (0, 90, 180):
        row[:, left : left + 90] += draw_seven(left=15)
    if touching:
        row[86:90, 30:210] = 1

    assert framing_steps(draw_seven()).n_digits == 1
    assert framing_steps(row).n_digits == (2 if touching else 3)


def test_framing_steps_count_digits_of_a_large_picture_that_are_far_apart():
    page = np.zeros((1500, 2000), dtype=np.float32)
    page[200:320, 300:390] = draw_seven()
    page[1100:1220, 1500:1590] = draw_seven()

    steps = framing_steps(page)

    assert steps.n_digits == 2
    np.testing.assert_allclose(steps.framed, frame_digit(draw_seven()), atol=25)
