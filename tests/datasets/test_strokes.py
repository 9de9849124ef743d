"""`skdigits.datasets._strokes`: pictures of pen strokes."""

import numpy as np
import pytest

from skdigits.datasets import render_strokes

LINE = [[(0, 0), (10, 0)]]
SEVEN = [[(0, 0), (6, 0), (2, 9)], [(2, 5), (6, 5)]]


def box(image):
    """First and last row, first and last column of the foreground."""
    rows, columns = np.nonzero(image > 127)
    return rows.min(), rows.max(), columns.min(), columns.max()


def test_picture_is_square_uint8_and_writable():
    image = render_strokes(SEVEN)

    assert (image.shape, image.dtype) == ((64, 64), np.uint8)
    assert image.flags.writeable
    assert (image.min(), image.max()) == (0, 255)


@pytest.mark.parametrize("diameter", [1, 3, 8, 20])
def test_dot_is_a_disc_in_the_middle(diameter):
    image = render_strokes([[(7, -3)]], pen_width=diameter, size=32)

    y, x = np.mgrid[:32, :32] + 0.5
    radius = np.hypot(x - 16, y - 16)
    assert np.all(image[radius < diameter / 2 - 1] == 255)
    assert np.all(image[radius > diameter / 2 + 1] == 0)


@pytest.mark.parametrize("width", [0.5, 1, 1.3, 2, 4, 7, 12])
@pytest.mark.parametrize("end", [(10, 0), (0, 10), (10, 10)])
def test_line_is_as_wide_as_the_pen(width, end):
    image = render_strokes([[(0, 0), end]], pen_width=width, size=128) / 255

    middle = image[:, 48:80] if end[0] else image[48:80]  # without the round ends
    length = 32 * np.hypot(*end) / 10
    assert middle.sum() / length == pytest.approx(width, abs=0.5)


def test_ends_of_a_line_are_round():
    image = render_strokes(LINE, pen_width=16, size=64, margin=8)

    assert box(image) == (24, 39, 8, 55)
    assert image[24:26, 8:10].max() == image[38:40, 54:56].max() == 0  # the corners


@pytest.mark.parametrize(
    ("sides", "expected"), [((30, 10), (24, 39, 9, 54)), ((1, 3), (9, 54, 24, 39))]
)
def test_aspect_ratio_is_kept_and_the_drawing_is_centred(sides, expected):
    width, height = sides
    corners = [(0, 0), (width, 0), (width, height), (0, height), (0, 0)]

    assert box(render_strokes([corners], pen_width=1, margin=9)) == expected


def test_margins_stay_empty():
    image = render_strokes(SEVEN, pen_width=5, size=40, margin=6)

    inside = image[6:-6, 6:-6]
    # A quarter of a pixel may lie outside.
    assert image.sum() - inside.sum() < 0.02 * image.sum()
    assert inside[[0, -1]].max() == 255
    assert np.all(image[:5] == 0)


def test_position_and_unit_of_the_strokes_do_not_matter():
    strokes = [np.array(stroke) for stroke in SEVEN]

    expected = render_strokes(strokes)

    # Powers of 2, so that rounding does not differ.
    moved = [stroke * 2.0**-40 + 2.0**-34 for stroke in strokes]
    np.testing.assert_array_equal(render_strokes(moved), expected)
    enlarged = [stroke * 1024 - 512 for stroke in strokes]
    np.testing.assert_array_equal(render_strokes(enlarged), expected)


def test_x_grows_to_the_right_and_y_downwards():
    image = render_strokes([[(0, 0), (0, 10), (5, 10)]])  # an L

    assert image[8, 20] > image[8, 40]
    assert image[-8, 40] > image[8, 40]


def test_strokes_are_not_joined():
    image = render_strokes([[(0, 0), (0, 10)], [(10, 0), (10, 10)]])

    assert image[32, 32] == 0
    assert image[32, 5] == image[32, -6] == 255


def test_forms_of_strokes_make_no_difference():
    expected = render_strokes(SEVEN)

    as_arrays = [np.array(stroke, dtype=np.int16) for stroke in SEVEN]
    np.testing.assert_array_equal(render_strokes(as_arrays), expected)
    np.testing.assert_array_equal(render_strokes(tuple(map(tuple, SEVEN))), expected)
    stack = np.array([[(0, 0), (6, 0)], [(2, 5), (6, 5)]])  # of equal lengths
    np.testing.assert_array_equal(render_strokes(stack), render_strokes(list(stack)))


def test_repeated_points_change_nothing():
    strokes = [[(0, 0), (0, 0), (6, 0), (6, 0), (2, 9)], SEVEN[1]]

    np.testing.assert_array_equal(render_strokes(strokes), render_strokes(SEVEN))


def test_strokes_of_the_caller_stay_as_they_are():
    stroke = np.array([(0.0, 0.0), (6.0, 0.0)])

    render_strokes([stroke])

    np.testing.assert_array_equal(stroke, [(0.0, 0.0), (6.0, 0.0)])


def test_smallest_picture_is_one_pixel():
    image = render_strokes(SEVEN, pen_width=0.5, size=1, margin=0)

    assert image.shape == (1, 1)
    assert image[0, 0] > 0


@pytest.mark.parametrize(
    ("parameters", "got"),
    [
        ({"size": 12}, "size=12, pen_width=4.0 and margin=4.0"),
        ({"size": 1}, "size=1, pen_width=4.0"),
        ({"pen_width": 56}, "pen_width=56"),
        ({"margin": 32}, "margin=32"),
    ],
)
def test_pen_and_margins_must_leave_space(parameters, got):
    with pytest.raises(
        ValueError, match=rf"`size` must be greater than .*got .*{got}.*no space"
    ):
        render_strokes(SEVEN, **parameters)


def test_no_strokes_are_refused():
    with pytest.raises(ValueError, match="must hold at least one stroke; got none"):
        render_strokes([])


@pytest.mark.parametrize(
    ("strokes", "shape", "number"),
    [
        ([(0, 0), (6, 0)], r"\(2,\)", 0),  # a stroke instead of a list of strokes
        ([SEVEN[0], []], r"\(0,\)", 1),
        ([np.empty((0, 2))], r"\(0, 2\)", 0),
        ([SEVEN[0], [(1, 2, 3)]], r"\(1, 3\)", 1),
        ([SEVEN], None, None),  # strokes of different lengths
        ([[[(0, 0)]]], r"\(1, 1, 2\)", 0),
    ],
)
def test_strokes_of_another_shape_are_refused(strokes, shape, number):
    sentence = "must be a sequence of strokes, each a sequence of points"
    if shape:
        sentence = rf"must be of shape \(n_points, 2\).*{shape} for strokes\[{number}\]"
    with pytest.raises(ValueError, match=sentence):
        render_strokes(strokes)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_points_must_be_finite(value):
    with pytest.raises(
        ValueError, match=r"must be finite; got NaN or infinity in strokes\[1\]"
    ):
        render_strokes([SEVEN[0], [(2, 5), (6, value)]])


def test_points_must_be_numbers():
    with pytest.raises(ValueError, match=r"each a sequence of points \(x, y\); got"):
        render_strokes([[("left", "top")]])


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("strokes", "7"),
        ("pen_width", 0),
        ("pen_width", np.nan),
        ("size", 0),
        ("size", 64.0),
        ("size", 5000),
        ("margin", -1),
    ],
)
def test_parameters_are_validated(parameter, value):
    arguments = {"strokes": SEVEN} | {parameter: value}
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of render_strokes"):
        render_strokes(**arguments)
