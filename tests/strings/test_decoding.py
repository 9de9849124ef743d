"""The search and the alignment, against sums over all paths."""

import itertools
import re

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skdigits._strings.decoding import (
    BLANK,
    align,
    beam_search,
    steps_needed,
    text_log_probabilities,
)


def random_steps(n_steps, seed=0, n_digits=10):
    """Output of a network that is unsure of everything, of the first digits only."""
    logits = np.random.default_rng(seed).normal(scale=2, size=(n_steps, 11))
    logits[:, n_digits:BLANK] = -np.inf
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def spell(symbols, sure=0.99):
    """Output of a network that reads these symbols, one at each step; - is a blank."""
    steps = np.full((len(symbols), 11), (1 - sure) / 10)
    for step, symbol in zip(steps, symbols, strict=True):
        step[BLANK if symbol == "-" else int(symbol)] = sure
    return np.log(steps)


def collapse(path):
    return "".join(str(k) for k, _ in itertools.groupby(path) if k != BLANK)


def enumerate_texts(steps, digits):
    """Probability of each text over these digits, by a sum over all paths."""
    texts = {}
    for path in itertools.product([*digits, BLANK], repeat=len(steps)):
        p = np.exp(sum(steps[i, k] for i, k in enumerate(path)))
        texts[collapse(path)] = texts.get(collapse(path), 0) + p
    return texts


def probabilities(candidates):
    return {each.text: np.exp(each.log_probability) for each in candidates}


@pytest.mark.parametrize("seed", range(5))
def test_texts_are_the_best_of_all_with_the_probability_of_all_their_paths(seed):
    steps = random_steps(6, seed, n_digits=3)
    every = enumerate_texts(steps, range(3))
    best = sorted(every, key=every.get)[:-9:-1]
    found = probabilities(beam_search(steps, top=8, beam_width=1000))
    assert list(found) == best
    assert_allclose(list(found.values()), [every[text] for text in best], rtol=1e-6)


@pytest.mark.parametrize(
    "constraints", [{"n_digits": 3}, {"pattern": "(01|12?)*"}, {"pattern": "2.+"}]
)
def test_constrained_probability_is_the_share_among_allowed_texts(constraints):
    steps = random_steps(6, n_digits=3)
    pattern = constraints.get("pattern", ".{3}")
    every = enumerate_texts(steps, range(3))
    allowed = {t: p for t, p in every.items() if re.fullmatch(pattern, t)}
    among = sum(allowed.values()) + 0.01 * (1 - sum(allowed.values()))
    found = probabilities(beam_search(steps, **constraints, top=5, beam_width=1000))
    assert list(found) == sorted(allowed, key=allowed.get)[:-6:-1]
    assert_allclose(
        list(found.values()), [allowed[text] / among for text in found], rtol=1e-6
    )


def test_narrow_beam_finds_what_a_wide_one_finds_first():
    for seed in range(10):
        steps = np.logaddexp(spell("--1--22-33-4--5-66--"), random_steps(20, seed) - 1)
        steps -= np.log(np.exp(steps).sum(axis=1, keepdims=True))
        wide = beam_search(steps, top=5, beam_width=1000)
        assert beam_search(steps, top=5) == wide


def test_more_texts_do_not_change_the_best_ones():
    steps = random_steps(12)
    for check in (None, lambda text: int(text) % 7 == 0):
        many = beam_search(steps, check=check, top=10)
        assert beam_search(steps, check=check, top=3) == many[:3]


def test_allowed_text_is_found_against_all_odds():
    steps = spell("-1-2-3-" + 30 * "-", sure=1 - 1e-11)
    [best] = beam_search(steps, n_digits=12, top=1, beam_width=1)
    assert len(best.text) == 12
    [best] = beam_search(steps, pattern="0*9", top=1)
    assert re.fullmatch("0*9", best.text)


def test_picture_that_does_not_obey_the_constraints_gets_a_low_probability():
    steps = spell("-1--2--3-")
    assert probabilities(beam_search(steps))["123"] > 0.8
    assert max(probabilities(beam_search(steps, n_digits=5)).values()) < 0.1
    assert max(probabilities(beam_search(steps, pattern="9{3}")).values()) < 0.01


def test_check_decides_between_texts_that_are_as_probable():
    steps = spell("1-2-3-")
    steps[4, [3, 8]] = np.log(0.45)
    steps[4, 3] += 0.01
    assert beam_search(steps)[0].text == "123"
    asked = []

    def is_even(text):
        asked.append(text)
        return int(text) % 2 == 0

    best, *others = beam_search(steps, check=is_even)
    assert best.text == "128"
    assert np.exp(best.log_probability) > 0.75  # 123, as probable, is refused
    assert all(int(each.text) % 2 == 0 for each in others if each.text)
    assert "" not in asked


def test_check_that_refuses_everything_leaves_the_empty_text_or_nothing():
    steps = spell("1-2-")
    assert [c.text for c in beam_search(steps, check=lambda text: False)] in ([""], [])
    assert beam_search(steps, n_digits=2, check=lambda text: False) == []


def test_no_text_is_found_where_the_steps_are_too_few():
    assert beam_search(spell("1-"), n_digits=3) == []
    assert beam_search(spell("1-1"), pattern="1{2}")[0].text == "11"
    assert beam_search(spell("1-"), pattern="1{2}") == []


def test_blank_steps_are_the_empty_text():
    best = beam_search(spell("-----"))[0]
    assert best.text == ""
    assert np.exp(best.log_probability) > 0.9


def test_probabilities_are_at_most_one():
    sure = spell("1-2-3", sure=1.0 - 1e-16)
    for constraints in ({}, {"n_digits": 3}, {"check": str.isdigit}):
        [best] = beam_search(sure, **constraints, top=1)
        assert best.text == "123"
        assert best.log_probability <= 0


def test_probability_of_a_text_is_that_of_all_its_paths():
    steps = random_steps(5, n_digits=2)
    every = enumerate_texts(steps, range(2))
    for text in ("0", "01", "00", "010", "11011"):
        digits = np.array([[int(digit) for digit in text]])
        expected = every.get(text, 0)
        assert_allclose(np.exp(text_log_probabilities(steps, digits)), [expected])


def test_alignment_is_the_most_probable_path_of_the_text():
    steps = random_steps(7, n_digits=2)
    for text in ("", "0", "011", "1001"):
        paths = [
            path
            for path in itertools.product([0, 1, BLANK], repeat=7)
            if collapse(path) == text
        ]
        best = max(paths, key=lambda path: sum(steps[range(7), path]))
        runs, start = [], 0
        for symbol, run in itertools.groupby(best):
            length = len(list(run))
            if symbol != BLANK:
                runs.append((start, start + length - 1))
            start += length
        assert [(d.first, d.last) for d in align(steps, text)] == runs


def test_probability_of_a_digit_is_its_share_among_the_ten_in_its_place():
    steps = spell("1--7--")
    steps[3, [7, 1]] = np.log([0.6, 0.3])
    one, seven = align(steps, "17")
    assert np.exp(one.log_probability) > 0.95
    assert 0.6 < np.exp(seven.log_probability) < 0.7
    unsure = align(steps, "17", temperature=2)[1]
    assert unsure.log_probability < seven.log_probability


def test_equal_neighbours_need_a_step_between_them():
    assert [steps_needed(text) for text in ("", "1", "12", "11", "1112")] == [
        0,
        1,
        2,
        3,
        6,
    ]


def test_probability_of_equal_neighbours_is_their_share_too():
    steps = random_steps(8, seed=3)
    for text in ("1", "11", "1123"):
        for place, digit in enumerate(align(steps, text)):
            texts = np.tile([int(label) for label in text], (10, 1))
            texts[:, place] = np.arange(10)
            shares = np.exp(text_log_probabilities(steps, texts))
            expected = shares[int(text[place])] / shares.sum()
            assert np.exp(digit.log_probability) == pytest.approx(expected)


def test_texture_is_not_read_as_an_endless_number():
    steps = np.full((300, 11), 0.01)
    steps[np.arange(300), np.tile([1, 2, 3], 100)] = 0.9
    [best] = beam_search(np.log(steps), top=1)
    assert len(best.text) <= 50
    [best] = beam_search(np.log(steps[:120]), n_digits=60, top=1)
    assert len(best.text) == 60
