import itertools

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skdigits._network.feed import BATCHES_PER_BLOCK, Feed, choose_batch_size
from skdigits._network.rows import LabelledRows


def make_feed(n_samples, batch_size, n_epochs=2, rows=None, average=False):
    if rows is None:
        rows = np.arange(n_samples).astype(np.uint8)[:, np.newaxis]
    numbers = np.arange(n_samples)
    return Feed(
        LabelledRows(rows, numbers, numbers, numbers / 2),
        batch_size=batch_size,
        n_epochs=n_epochs,
        rates=lambda n_steps: np.arange(n_steps, dtype=np.float32),
        average=average,
        rng=np.random.default_rng(0),
    )


@pytest.mark.parametrize(("n_samples", "batch_size"), [(200, 1), (129, 128), (7, 100)])
def test_epoch_holds_every_row_once(n_samples, batch_size):
    feed = make_feed(n_samples, batch_size)
    rows, codes, weights, *_ = (
        np.concatenate(part)
        for part in zip(*itertools.islice(feed, feed.n_blocks), strict=True)
    )
    assert_array_equal(np.sort(codes), np.arange(n_samples))
    assert_array_equal(rows[:, 0], codes)
    assert_array_equal(weights, codes / 2)


def test_batches_are_of_equal_size_give_or_take_one():
    sizes = np.diff(next(iter(make_feed(129, 128)))[3])
    assert sorted(sizes) == [64, 65]


def test_batches_are_no_larger_than_asked_for():
    for n_samples in range(1, 60):
        assert np.diff(next(iter(make_feed(n_samples, 7)))[3]).max() <= 7


def test_epochs_differ_in_order_and_go_on_with_the_rates():
    first, second = make_feed(BATCHES_PER_BLOCK * 2, 2)
    assert not np.array_equal(first[1], second[1])
    assert_array_equal(first[4], np.arange(BATCHES_PER_BLOCK))
    assert_array_equal(second[4], np.arange(BATCHES_PER_BLOCK) + BATCHES_PER_BLOCK)


def test_steps_of_the_last_quarter_have_a_share_in_the_mean():
    parts = [block[5] for block in make_feed(8, 1, n_epochs=2, average=True)]
    assert_array_equal(np.concatenate(parts) > 0, np.arange(16) >= 12)
    for block in make_feed(8, 1):
        assert not block[5].any()


def test_data_are_never_held_whole_in_another_type():
    rows = np.zeros((BATCHES_PER_BLOCK * 3, 5), dtype=np.uint8)
    feed = make_feed(len(rows), 1, rows=rows)
    assert feed.rows.pixels is rows
    *_, block = feed
    assert block[0].shape == (BATCHES_PER_BLOCK, 5)
    assert block[0].dtype == np.float32


@pytest.mark.parametrize(
    ("n_samples", "size"), [(5, 8), (200, 8), (2000, 25), (20_000, 128)]
)
def test_batch_size_is_an_eightieth_of_the_data_within_bounds(n_samples, size):
    assert choose_batch_size(n_samples) == size
    assert make_feed(n_samples, "auto").n_batches == -(-n_samples // size)
