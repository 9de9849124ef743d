import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skdigits._imaging.rulings import without_rules


def draw_lines(height, width, rows=(), columns=(), stroke=2):
    lines = np.zeros((height, width), dtype=bool)
    for row in rows:
        lines[int(row * height) :][:stroke] = True
    for column in columns:
        lines[:, int(column * width) :][:, :stroke] = True
    return lines


@pytest.mark.parametrize("width", [1, 2])
def test_rulings_are_removed_in_both_directions(width):
    lines = draw_lines(120, 200, rows=[0.2, 0.8], columns=[0.1], stroke=width)
    assert not without_rules(lines).any()


def test_ruling_that_rises_by_some_pixels_is_removed():
    strokes = np.zeros((120, 200), dtype=bool)
    strokes[40 + np.arange(200) // 80, np.arange(200)] = True
    assert not without_rules(strokes).any()


@pytest.mark.parametrize("shape", [(28, 28), (60, 60), (100, 200), (400, 300)])
def test_one_in_most_of_its_picture_is_no_ruling(shape):
    strokes = np.zeros(shape, dtype=bool)
    height = int(0.8 * shape[0])
    strokes[2 : 2 + height, 10 : 10 + max(2, height // 14)] = True
    assert_array_equal(without_rules(strokes), strokes)


def test_stroke_at_the_other_border_does_not_cross_a_ruling():
    strokes = np.zeros((120, 200), dtype=bool)
    strokes[0] = True
    strokes[110:, 100:105] = strokes[1:4, 100:105] = True
    assert not without_rules(strokes)[0].any()


def test_stroke_across_a_ruling_stays_whole():
    strokes = np.zeros((120, 200), dtype=bool)
    strokes[60:62] = True
    strokes[40:80, 100:105] = True
    kept = without_rules(strokes)
    assert kept[40:80, 100:105].all()
    assert kept.sum() == 40 * 5
