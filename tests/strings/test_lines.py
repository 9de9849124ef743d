import numpy as np
import pytest
from numpy.testing import assert_allclose
from skimage.transform import rotate

from skdigits._strings.lines import find_text_lines
from skdigits.datasets import load_digits28


@pytest.fixture(scope="module")
def digits():
    return load_digits28()


def write(digits, texts, *, scale=1, pitch=24, line_height=60, margin=30):
    """Write texts one above the other, dark on light."""
    width = max(map(len, texts)) * pitch + 2 * margin
    ink = np.zeros((line_height * len(texts) + 2 * margin, width), dtype=np.float32)
    for row, text in enumerate(texts):
        for place, label in enumerate(map(int, text)):
            digit = digits.images[np.flatnonzero(digits.target == label)[place]]
            y, x = margin + row * line_height, margin + place * pitch
            window = ink[y : y + 28, x : x + 28]
            np.maximum(window, digit / 255, out=window)
    gray = 0.9 - 0.7 * ink
    return np.kron(gray, np.ones((scale, scale), dtype=np.float32))


@pytest.mark.parametrize("scale", [1, 3, 40])
def test_row_of_digits_is_one_line(digits, scale):
    lines = find_text_lines(write(digits, ["3141592"], scale=scale))
    longest = max(lines, key=lambda line: line.prominence)
    left, top, right, bottom = np.array(longest.box) / scale
    assert (left, right) == pytest.approx((35, 193), abs=8)
    assert (top, bottom) == pytest.approx((34, 54), abs=4)


@pytest.mark.parametrize("ink", [0, 255])
@pytest.mark.parametrize("scale", [1, 40])
def test_ink_on_a_transparent_ground_is_cut_out_as_on_paper(digits, ink, scale):
    opacity = np.uint8(255 * (0.9 - write(digits, ["3141592"], scale=scale)) / 0.7)
    picture = np.full((*opacity.shape, 4), ink, dtype=np.uint8)
    picture[:, :, 3] = opacity
    paper = 255 - opacity if ink == 0 else opacity
    lines = find_text_lines(picture), find_text_lines(paper)
    assert len(lines[0]) == len(lines[1]) > 0
    for transparent, opaque in zip(*lines, strict=True):
        assert transparent.box == opaque.box
        assert_allclose(transparent.strip, opaque.strip, atol=0.02)


def test_rows_are_found_from_top_to_bottom(digits):
    lines = find_text_lines(write(digits, ["12345", "678", "90123"]))
    tops = [line.box[1] for line in lines if line.strip.shape[1] > 60]
    assert len(tops) == 3
    assert tops == sorted(tops)


def test_pieces_of_a_broken_digit_are_one_line(digits):
    gray = write(digits, ["3"], scale=3)
    gray[92:94] = gray[0, 0]  # through its middle
    [line] = find_text_lines(gray)
    assert np.array(line.box[1::2]) / 3 == pytest.approx((34, 54), abs=2)


def test_larger_writing_is_more_prominent(digits):
    large = write(digits, ["123"], scale=2)
    small = write(digits, ["45678"])
    gray = np.full((large.shape[0] + small.shape[0], 300), 0.9, dtype=np.float32)
    gray[: large.shape[0], : large.shape[1]] = large
    gray[large.shape[0] :, : small.shape[1]] = small
    lines = find_text_lines(gray)
    assert max(lines, key=lambda line: line.prominence).box[1] < large.shape[0]


@pytest.mark.parametrize("angle", [-25, -10, 10, 25])
def test_sloping_row_is_turned_level(digits, angle):
    gray = write(digits, ["12345678"], margin=60)
    turned = rotate(gray, angle, resize=True, mode="edge").astype(np.float32)
    lines = find_text_lines(turned)
    line = max(lines, key=lambda line: line.prominence)
    slope = line.to_picture[1, 0] / line.to_picture[0, 0]
    assert_allclose(slope, -np.tan(np.radians(angle)), atol=0.12)


def test_light_ink_on_dark_paper_gives_the_same_lines(digits):
    gray = write(digits, ["2718"])
    lines, inverted = find_text_lines(gray), find_text_lines(1 - gray)
    assert [line.box for line in lines] == [line.box for line in inverted]
    assert_allclose(lines[0].strip, inverted[0].strip, atol=1e-4)


def test_black_edge_of_the_page_is_no_line(digits):
    gray = write(digits, ["27"], margin=60)
    with_edge = np.hstack([np.full((len(gray), 50), 0.05, dtype=np.float32), gray])
    [line] = find_text_lines(gray)
    [other] = find_text_lines(with_edge)
    assert_allclose(np.array(other.box) - [50, 0, 50, 0], line.box, atol=1)


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (64, 64)])
def test_blank_picture_has_no_lines(shape):
    assert find_text_lines(np.full(shape, 0.8, dtype=np.float32)) == []


def test_noise_is_no_failure():
    rng = np.random.default_rng(0)
    for shape in [(2, 2), (20, 300), (200, 30), (300, 300)]:
        lines = find_text_lines(rng.random(shape, dtype=np.float32))
        assert all(np.isfinite(line.strip).all() for line in lines)


def test_squares_that_fade_in_the_shadow_are_no_digits(digits):
    page = np.full((320, 640), 0.92, dtype=np.float32)
    page[::40] = page[:, ::40] = 0.7
    number = np.kron(write(digits, ["20817"]), np.ones((4, 4), dtype=np.float32))
    ink = (0.9 - number[60:300, 100:640]) / 0.7
    page[40:280, 50:590] *= 1 - 0.75 * ink
    page *= np.linspace(1, 0.45, 640, dtype=np.float32)
    lines = find_text_lines(page)
    left, _, right, _ = max(lines, key=lambda line: line.prominence).box
    covered = np.flatnonzero((ink > 0.5).any(axis=0)) + 50
    assert left == pytest.approx(covered[0], abs=12)
    assert right == pytest.approx(covered[-1], abs=12)


def test_colours_and_transparency_change_no_line(digits):
    gray = np.round(255 * write(digits, ["31415"], scale=4)).astype(np.uint8)
    [line] = find_text_lines(gray)
    colors = np.stack([gray, gray, gray], axis=2)
    half_clear = np.dstack([colors, np.full(gray.shape, 255, dtype=np.uint8)])
    half_clear[:5, :, 3] = 0
    for picture in (colors, half_clear, gray / 255):
        [other] = find_text_lines(picture)
        assert_allclose(other.box, line.box, atol=4)
        assert np.abs(other.strip - line.strip).mean() < 0.02
