import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skdigits.datasets import load_digits28, make_number_images


@pytest.fixture(scope="module")
def digits():
    return load_digits28(return_X_y=True)


def test_same_seed_makes_the_same_pictures(digits):
    first, second = (
        make_number_images(*digits, n_images=5, random_state=3) for _ in range(2)
    )
    assert_array_equal(first.target, second.target)
    for image, other in zip(first.images, second.images, strict=True):
        assert_array_equal(image, other)


def test_other_seed_makes_other_pictures(digits):
    first, second = (
        make_number_images(*digits, n_images=5, random_state=seed) for seed in (0, 1)
    )
    assert first.target.tolist() != second.target.tolist()


def test_texts_have_the_numbers_of_digits_asked_for(digits):
    numbers = make_number_images(*digits, 60, n_digits=(2, 5), random_state=0)
    assert {len(text) for text in numbers.target} == {2, 3, 4, 5}


def test_least_number_of_zero_makes_pictures_without_a_number(digits):
    numbers = make_number_images(*digits, 100, n_digits=(0, 3), random_state=0)
    is_empty = numbers.target == ""
    assert 1 <= is_empty.sum() <= 25
    assert_array_equal(np.isnan(numbers.boxes).all(axis=1), is_empty)


def test_pictures_are_grey_and_boxes_lie_inside(digits):
    numbers = make_number_images(*digits, 40, random_state=0)
    for image, box in zip(numbers.images, numbers.boxes, strict=True):
        assert image.dtype == np.uint8
        height, width = image.shape
        left, top, right, bottom = box
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height


def test_digits_are_darker_than_their_paper(digits):
    numbers = make_number_images(*digits, 60, random_state=0)
    contrasts = []
    for image, box in zip(numbers.images, numbers.boxes, strict=True):
        left, top, right, bottom = box.astype(int)
        inside = image[top:bottom, left:right]
        contrasts.append(float(np.median(image)) - np.percentile(inside, 3))
    assert np.median(contrasts) > 40
    assert np.mean(np.array(contrasts) > 5) > 0.95


def test_digits_of_a_number_come_from_one_writer():
    # Each writer has a grey level, so that digits tell who wrote them.
    levels = np.repeat([120, 255], 10)
    X = np.zeros((20, 28, 28), dtype=np.uint8)
    X[:, 4:24, 12:16] = levels[:, None, None]
    y = np.tile(np.arange(10), 2)
    from skdigits.datasets._numbers import DigitIndex

    index = DigitIndex(y, levels)
    rng = np.random.default_rng(0)
    for _ in range(20):
        chosen = index.draw("0123456789", rng)
        assert len(set(levels[chosen])) == 1
        assert_array_equal(y[chosen], np.arange(10))


def test_writer_without_a_digit_borrows_it(digits):
    X, y = digits
    groups = np.where(y == 7, 1, 0)
    numbers = make_number_images(X, y, 30, groups=groups, random_state=0)
    assert any("7" in text for text in numbers.target)


def test_rows_and_pictures_are_the_same(digits):
    X, y = digits
    rows = make_number_images(X, y, 2, random_state=0)
    pictures = make_number_images(X.reshape(-1, 28, 28), y, 2, random_state=0)
    assert_array_equal(rows.images[0], pictures.images[0])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"X": np.zeros((3, 10))}, r"`X` must be pictures .* got shape \(3, 10\)"),
        ({"y": [1, 2]}, r"`y` must hold the digit of each picture; got shape \(2,\)"),
        ({"y": [*range(9), 10]}, r"`y` must be integers from 0 to 9; got"),
        ({"y": list("0123456789")}, r"`y` must be integers from 0 to 9; got"),
        ({"groups": [1]}, r"`groups` must hold the writer of each digit; got 1"),
        ({"n_digits": (3, 1)}, r"`n_digits` must be the least and the greatest"),
        ({"n_digits": (0, 0)}, r"`n_digits` must be the least and the greatest"),
        ({"n_digits": (1.5, 2)}, r"`n_digits` must be the least and the greatest"),
    ],
)
def test_wrong_arguments_are_named(changes, message):
    digits = {"X": np.full((10, 16), 255), "y": range(10)}
    with pytest.raises(ValueError, match=message):
        make_number_images(**digits | {"n_images": 1} | changes)


def test_missing_digits_are_named():
    sentence = r"`y` must hold all digits from 0 to 9; got only \[1, 2\]"
    with pytest.raises(ValueError, match=sentence):
        make_number_images(np.full((2, 28, 28), 255), [1, 2])


def test_other_ranges_than_bytes_are_refused(digits):
    X, y = digits
    with pytest.raises(
        ValueError, match=r"must have pixels from 0 to 255; got 0\.0 to 1"
    ):
        make_number_images(X / 255, y)
