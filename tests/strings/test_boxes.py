import numpy as np
import pytest

from skdigits._strings.boxes import enclose, find_digit_windows, to_picture_box
from skdigits._strings.reading import Box


def sides(window):
    rows, columns = window
    return columns.start, rows.start, columns.stop, rows.stop


def test_window_holds_all_strokes_of_a_broken_digit_and_no_comma_beside_it():
    strip = np.zeros((32, 40))
    strip[4:7, 10:18] = strip[10:28, 9:14] = 1  # the bar of a 5 is apart
    strip[26:31, 22:24] = 1
    assert [sides(w) for w in find_digit_windows(strip, [(12, 16)])] == [(9, 4, 18, 28)]


def test_touching_digits_are_cut_where_there_is_least_ink():
    strip = np.zeros((32, 40))
    strip[4:28, 5:15] = strip[4:28, 17:30] = 1
    strip[12:14, 15:17] = 1
    left, right = find_digit_windows(strip, [(8, 12), (20, 24)])
    assert sides(left)[2] == sides(right)[0]
    assert sides(left)[2] in (15, 16, 17)


def test_windows_of_digits_that_overlap_do_not():
    strip = np.ones((32, 40))
    left, right = find_digit_windows(strip, [(12, 16), (16, 20)])
    assert sides(left)[2] <= sides(right)[0]


def test_digit_without_strokes_has_a_window_of_full_height():
    [window] = find_digit_windows(np.zeros((32, 60)), [(28, 32)])
    assert sides(window) == (10, 0, 50, 32)


@pytest.mark.parametrize("columns", [[(0, 4)], [(36, 40)], [(0, 4), (36, 40)]])
def test_windows_lie_inside_of_the_strip(columns):
    for strip in (np.zeros((32, 40)), np.ones((32, 40))):
        for left, top, right, bottom in map(sides, find_digit_windows(strip, columns)):
            assert 0 <= left < right <= 40
            assert 0 <= top < bottom <= 32


def test_box_follows_a_rotated_line():
    quarter = np.array([[0.0, -1.0, 50.0], [1.0, 0.0, 10.0]])
    window = (slice(0, 4), slice(2, 12))
    assert to_picture_box(window, quarter, (100, 100)) == Box(46, 12, 50, 22)


def test_box_of_a_whole_strip_is_the_picture_that_it_was_cut_from():
    tenfold = np.array([[10.0, 0, 0], [0, 10, 0]])
    window = (slice(0, 32), slice(0, 40))
    assert to_picture_box(window, tenfold, (500, 500)) == Box(0, 0, 400, 320)


def test_box_is_clipped_to_the_picture_and_never_empty():
    same = np.eye(2, 3)
    window = (slice(0, 32), slice(0, 40))
    assert to_picture_box(window, same, (20, 30)) == Box(0, 0, 30, 20)
    far = np.array([[1.0, 0, -100], [0, 1, 500]])
    assert to_picture_box(window, far, (20, 30)) == Box(0, 19, 1, 20)


def test_enclosing_box_holds_all():
    assert enclose([Box(3, 3, 4, 4)]) == Box(3, 3, 4, 4)
    assert enclose([Box(0, 5, 2, 9), Box(1, 4, 8, 6)]) == Box(0, 4, 8, 9)
