import numpy as np
import pytest

from skdigits._imaging.ink import (
    background_level,
    digit_mask,
    find_ink,
    ink_threshold,
    ink_window,
)


def test_ink_threshold_parts_two_groups_of_greys():
    rng = np.random.default_rng(0)
    background, strokes = rng.normal(0.2, 0.02, 900), rng.normal(0.8, 0.05, 100)

    level = ink_threshold(np.concatenate([background, strokes]))

    assert background.max() < level < strokes.min()


def test_ink_threshold_of_a_number_is_a_share_of_the_peak():
    assert ink_threshold(np.array([0.0, 0.4]), 0.5) == pytest.approx(0.2)


def test_ink_threshold_is_zero_without_ink():
    assert ink_threshold(np.zeros((3, 3))) == 0


def test_background_level_finds_the_noise_of_the_background():
    ink = np.random.default_rng(0).normal(0.3, 0.02, (100, 100))
    ink[40:60, 40:60] = 1

    background, noise = background_level(ink, 0.6)

    assert background == pytest.approx(0.3, abs=0.002)
    assert noise == pytest.approx(0.02, rel=0.1)


def keep(*parts, shape=(40, 40)):
    """Run `digit_mask` on rectangles and tell which of them it keeps."""
    mask = np.zeros(shape, dtype=bool)
    for rows, columns in parts:
        mask[slice(*rows), slice(*columns)] = True
    digit, _ = digit_mask(mask.astype(float), mask, mask)
    return [bool(digit[rows[0], columns[0]]) for rows, columns in parts]


def test_digit_mask_keeps_the_bar_of_a_five():
    assert keep([(15, 35), (10, 20)], [(10, 13), (12, 25)]) == [True, True]


def test_digit_mask_drops_specks():
    assert keep([(10, 30), (10, 20)], [(5, 6), (30, 31)]) == [True, False]


def test_digit_mask_keeps_small_parts_of_a_broken_stroke():
    body, part = [(10, 30), (10, 20)], [(32, 34), (12, 20)]
    assert keep(body, part) == [True, True]


def test_digit_mask_drops_parts_far_away():
    assert keep([(2, 22), (2, 10)], [(2, 22), (30, 34)]) == [True, False]


def test_digit_mask_drops_a_heavier_table_edge():
    assert keep([(10, 30), (5, 8)], [(0, 40), (32, 40)]) == [True, False]


def test_digit_mask_drops_a_frame_a_hundred_times_as_large_as_the_digit():
    frame = [(0, 100), (50, 100)]
    assert keep([(40, 60), (20, 23)], frame, shape=(100, 100)) == [True, False]


def test_digit_mask_drops_a_box_drawn_around_the_digit():
    mask = np.zeros((60, 50), dtype=bool)
    mask[5:55, 5:45] = True
    mask[7:53, 7:43] = False
    box = mask.copy()
    mask[20:40, 20:24] = True

    digit, _ = digit_mask(mask * 1.0, mask, mask)

    assert (digit == (mask & ~box)).all()


def test_digit_mask_keeps_a_zero_with_a_dot():
    y, x = np.mgrid[-1:1:60j, -1:1:44j]
    mask = (np.hypot(y, x) < 0.9) & (np.hypot(y, x) > 0.8)
    mask[28:32, 20:24] = True

    assert (digit_mask(mask * 1.0, mask, mask)[0] == mask).all()


def test_digit_mask_keeps_a_digit_that_touches_the_border_alone():
    assert keep([(0, 40), (10, 30)], [(5, 6), (5, 6)]) == [True, False]


def test_digit_mask_drops_parts_without_strokes():
    mask = np.zeros((10, 10), dtype=bool)
    mask[2:8, 2:5] = mask[2:8, 6:8] = True
    strokes = mask.copy()
    strokes[:, 6:] = False

    digit, _ = digit_mask(mask * 1.0, mask, strokes)

    assert (digit == strokes).all()


def test_digit_mask_reads_strips():
    mask = np.array([[True, True, False, False, False, False, True]])
    assert digit_mask(mask * 1.0, mask, mask)[0].sum() == 2


def count(*parts, shape=(50, 60)):
    """Count the digits that `digit_mask` sees in rectangles."""
    mask = np.zeros(shape, dtype=bool)
    for rows, columns in parts:
        mask[slice(*rows), slice(*columns)] = True
    return digit_mask(mask.astype(float), mask, mask)[1]


@pytest.mark.parametrize(
    "others",
    [
        [[(11, 28), (22, 30)]],  # beside
        [[(12, 29), (22, 30)], [(9, 31), (34, 37)]],  # a "1" behind
        [[(31, 40), (18, 30)]],  # below and overlapping by little, as if slanted
        [[(10, 30), (45, 50)]],  # far away
        [[(2, 8), (35, 50)], [(25, 36), (35, 50)]],  # one of them a bar
    ],
)
def test_digit_mask_counts_other_digits_and_leaves_them_out(others):
    largest = [(10, 30), (8, 20)]

    assert count(largest, *others) == 1 + len(others) - ([(2, 8), (35, 50)] in others)
    assert keep(largest, others[-1], shape=(50, 60)) == [True, False]


@pytest.mark.parametrize(
    "parts",
    [
        [[(15, 35), (10, 20)], [(10, 13), (12, 25)]],  # the bar of a 5
        [[(10, 30), (10, 20)], [(32, 34), (12, 20)]],  # a foot broken off
        [[(4, 18), (10, 20)], [(20, 34), (10, 20)]],  # the two loops of an 8
        [[(5, 35), (20, 24)], [(5, 20), (12, 23)]],  # two strokes of a 4, slanted
        [[(10, 30), (10, 20)], [(5, 7), (30, 32)], [(33, 35), (2, 4)]],  # specks
        [[(10, 30), (10, 20)], [(0, 50), (50, 60)]],  # the edge of a table
        [[(10, 30), (10, 20)], [(36, 38), (4, 40)]],  # a line below
        [[(10, 17), (10, 20)], [(10, 17), (25, 30)]],  # too low to tell
    ],
)
def test_digit_mask_counts_no_parts_of_a_digit(parts):
    assert count(*parts) == 1


def test_find_ink_reads_little_ink_on_noisy_background():
    gray = np.random.default_rng(0).normal(0.8, 0.02, (200, 200)).astype(np.float32)
    gray[90:110, 99:102] = 0.2

    _, mask, level, _ = find_ink(gray)

    assert ink_window(mask) == (slice(90, 110), slice(99, 102))
    assert 0.1 < level < 0.6


def test_find_ink_masks_nothing_on_empty_background():
    ink, mask, level, n_digits = find_ink(np.full((9, 9), 0.8, dtype=np.float32))

    assert not mask.any()
    assert level == n_digits == 0
    assert ink.shape == (9, 9)
