import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skdigits._strings.parts import find_parts


def page(height=100, width=160):
    return np.full((height, width), 0.9, dtype=np.float32)


def test_parts_have_the_boxes_of_their_ink():
    gray = page()
    gray[30:60, 40:45] = gray[20:50, 100:110] = 0.1
    parts = find_parts(gray)
    order = np.argsort(parts.left)
    boxes = np.transpose([parts.left, parts.top, parts.right, parts.bottom])[order]
    assert_array_equal(boxes, [[40, 30, 45, 60], [100, 20, 110, 50]])
    assert_array_equal(parts.area[order], [150, 300])
    assert not parts.touches.any()


def test_rulings_are_no_parts():
    gray = page()
    gray[30:60, 40:45] = 0.1
    gray[70:72] = 0.1
    parts = find_parts(gray)
    assert (parts.height, parts.width) == ([30], [5])


def test_digit_that_crosses_a_ruling_stays_whole():
    gray = page()
    gray[30:80, 40:45] = 0.1
    gray[70:72] = 0.1
    assert_array_equal(find_parts(gray).height, [50])


def test_specks_are_no_parts():
    gray = page()
    gray[30:60, 40:45] = 0.1
    gray[10:13, 10:13] = 0.1
    assert len(find_parts(gray).left) == 1


def test_long_part_at_the_border_is_an_edge():
    gray = page()
    gray[30:60, 40:45] = 0.1
    gray[:60, :4] = 0.1
    assert_array_equal(find_parts(gray).left, [40])


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_blank_pages_have_no_parts(level):
    assert not len(find_parts(np.full((40, 40), level, dtype=np.float32)).left)


def test_faint_strokes_hold_together():
    gray = page()
    gray[30:60, 40:45] = 0.1
    gray[40:44, 40:45] = 0.4
    assert_array_equal(find_parts(gray).height, [30])
