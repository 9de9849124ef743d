"""The automaton of allowed numbers, against Python's own regular expressions."""

import itertools
import re

import pytest

from skdigits._strings.pattern import make_language

TEXTS = [
    "".join(digits)
    for length in range(5)
    for digits in itertools.product("0129", repeat=length)
]


@pytest.mark.parametrize(
    "pattern",
    [
        "12",
        "1|2|",
        r"\d{2}",
        ".{1,3}",
        "0{,2}9",
        "(0|1)*2",
        "(?:01)+",
        "[0-2]{2,}",
        "[^09]+?",
        r"[\d]?",
        "(1?2?)*9",
        "((0|12)(9|)){1,2}",
        "^1.$",
        "0[1-9]|[12][0-9]",
        "[^\\d]|2",
        "0{,}1",
    ],
)
def test_same_texts_match_as_in_python(pattern):
    language = make_language(pattern=pattern)
    for text in TEXTS:
        assert (text in language) == bool(re.fullmatch(pattern, text)), text


def test_without_constraints_every_text_is_allowed_in_one_state():
    language = make_language()
    assert language.table.tolist() == [[0] * 10]
    assert language.accepts.tolist() == [True]


def test_number_of_digits_and_pattern_hold_together():
    language = make_language(3, "1.*|2")
    allowed = [text for text in TEXTS if text in language]
    assert allowed == [text for text in TEXTS if len(text) == 3 and text[0] == "1"]


def test_states_that_cannot_end_in_an_allowed_text_are_marked():
    language = make_language(2, "(12)*")
    assert (language.table[0] >= 0).tolist() == [k == 1 for k in range(10)]


@pytest.mark.parametrize(
    "pattern",
    [
        "a",
        r"\w",
        r"1\b",
        "(?=1)2",
        r"(1)\1",
        "[1-a]",
        "1^2",
        "-5",
        "(?i:1)",
        "1++",
        "1{}",
    ],
)
def test_what_is_not_supported_is_named(pattern):
    with pytest.raises(
        ValueError,
        match=r"`pattern` must be made of digits, .* where one of these is expected",
    ):
        make_language(pattern=pattern)


def test_what_is_no_regular_expression_is_an_error():
    with pytest.raises(
        ValueError, match=r"must be a regular expression\. Got '\(1': .*unterminated"
    ):
        make_language(pattern="(1")


def test_pattern_that_allows_no_number_is_an_error():
    with pytest.raises(
        ValueError, match=r"must allow at least one number\. Got n_digits=3 and .*'12'"
    ):
        make_language(3, "12")
    with pytest.raises(ValueError, match="must allow at least one number"):
        make_language(pattern="")


def test_patterns_that_are_too_large_are_errors():
    with pytest.raises(ValueError, match=r"must repeat at most 100 times in braces"):
        make_language(pattern="1{101}")
    for pattern in (".*1.{20}", "((1{99}){99}){99}", "(.{1,50}){1,50}"):
        with pytest.raises(ValueError, match=r"must need at most 1000 states"):
            make_language(pattern=pattern)
