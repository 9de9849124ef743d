"""Which numbers may be answered, as a finite automaton over the ten digits.

Brzozowski's derivatives turn a regular expression into an automaton: the derivative by
a digit is the expression of what may follow that digit, and each distinct derivative
is a state. Expressions are nested tuples that start with their kind.
"""

import functools
import re
from dataclasses import dataclass

import numpy as np

from skdigits._messages import shorten

# The time of a search grows with the states, and expressions nest by repetition.
_MAX_STATES, _MAX_REPEATS = 1000, 100
# Nested repetitions take long to derive: so many digits if all are written out.
_MAX_NESTED = 200

_NOTHING = ("or", frozenset())  # matches no text
_EMPTY = ("empty",)
_DIGIT = ("digit", frozenset(range(10)))
_ANY = ("star", _DIGIT)

_SUPPORTED = (
    r"digits, `.`, `\d`, classes such as `[0-5]` and `[^9]`, groups, `|` and the "
    "quantifiers `*`, `+`, `?`, `{n}`, `{n,}`, `{,m}` and `{n,m}`"
)


@dataclass(frozen=True)
class Language:
    """A set of texts over the digits, as a deterministic automaton.

    Parameters
    ----------
    table : ndarray of shape (n_states, 10), dtype int
        State after each digit, -1 where no allowed text begins like that. The first
        state is the initial one.
    accepts : ndarray of shape (n_states,), dtype bool
        Whether a text that ends in this state is allowed.
    """

    table: np.ndarray
    accepts: np.ndarray

    def __contains__(self, text):
        state = 0
        for digit in text:
            state = self.table[state, int(digit)]
            if state < 0:
                return False
        return bool(self.accepts[state])


@functools.lru_cache(maxsize=64)
def make_language(n_digits=None, pattern=None):
    """Make the automaton of the texts that have a length and match a pattern.

    Parameters
    ----------
    n_digits : int, default=None
        Number of digits. If None, any number of them, including none.
    pattern : str, default=None
        Regular expression that the whole text matches. If None, any text does.

    Returns
    -------
    Language

    Raises
    ------
    ValueError
        If the pattern is not a regular expression over digits, if it is too large, or
        if no text is allowed.

    Examples
    --------
    >>> months = make_language(pattern="1[0-2]|0?[1-9]")
    >>> [text in months for text in ("12", "9", "13", "")]
    [True, True, False, False]
    """
    try:
        expression = _ANY if pattern is None else _parse(pattern)
        if n_digits is not None:
            expression = _both(expression, _repeat(_DIGIT, n_digits, n_digits))
        table, accepts = _find_states(expression)
    except RecursionError as err:
        raise ValueError(
            f"`pattern` must need at most {_MAX_STATES} states as an automaton. Got "
            f"{shorten(pattern)}, which needs more; repeat less in it."
        ) from err
    is_alive = accepts
    while not np.array_equal(is_alive, grown := is_alive | is_alive[table].any(axis=1)):
        is_alive = grown
    if not is_alive[table[0]].any():
        raise ValueError(
            "`n_digits` and `pattern` must allow at least one number. Got "
            f"n_digits={n_digits} and pattern={shorten(pattern)}."
        )
    return Language(np.where(is_alive[table], table, -1), accepts)


def _find_states(expression):
    """Return the states that derivatives lead to, dead ones included."""
    places, states, table = {expression: 0}, [expression], []
    for state in states:  # which grows
        if len(states) > _MAX_STATES:
            raise RecursionError  # as deeply nested patterns do
        following = [_derive(state, digit) for digit in range(10)]
        for after in following:
            if after not in places:
                places[after] = len(states)
                states.append(after)
        table.append([places[after] for after in following])
    return np.array(table), np.array([_matches_empty(state) for state in states])


def _derive(expression, digit):
    """Return what may follow a digit; `_NOTHING` if the digit may not come first."""
    match expression:
        case ("digit", digits):
            return _EMPTY if digit in digits else _NOTHING
        case ("then", first, second):
            after = _then(_derive(first, digit), second)
            if not _matches_empty(first):
                return after
            return _either(after, _derive(second, digit))
        case ("or", parts):
            return _either(*(_derive(part, digit) for part in parts))
        case ("both", first, second):
            return _both(_derive(first, digit), _derive(second, digit))
        case ("star", part):
            return _then(_derive(part, digit), expression)
    return _NOTHING  # after the empty text


def _matches_empty(expression):
    match expression:
        case ("digit", _):
            return False
        case ("then" | "both", first, second):
            return _matches_empty(first) and _matches_empty(second)
        case ("or", parts):
            return any(map(_matches_empty, parts))
    return True  # the empty text, or a repetition of any number


def _count_digits(expression):
    match expression:
        case ("digit", _):
            return 1
        case ("or", parts):
            return sum(map(_count_digits, parts))
    return sum(map(_count_digits, expression[1:]))


# The functions below bring expressions into one form, so that there are few states.


def _then(first, second):
    if _NOTHING in (first, second):
        return _NOTHING
    if first == _EMPTY:
        return second
    if second == _EMPTY:
        return first
    if first[0] == "then":
        return _then(first[1], _then(first[2], second))
    return ("then", first, second)


def _either(*expressions):
    parts = set()
    for each in expressions:
        parts |= each[1] if each[0] == "or" else {each}
    return parts.pop() if len(parts) == 1 else ("or", frozenset(parts))


def _both(first, second):
    if _NOTHING in (first, second):
        return _NOTHING
    if first == _ANY:
        return second
    return first if second == _ANY else ("both", first, second)


def _repeat(expression, least, most):
    """Repeat an expression; any number of times if `most` is None."""
    repeated = ("star", expression) if most is None else _EMPTY
    for _ in range(0 if most is None else most - least):
        repeated = _either(_EMPTY, _then(expression, repeated))
    for _ in range(least):
        repeated = _then(expression, repeated)
    return repeated


def _parse(pattern):
    """Parse a regular expression."""
    try:
        re.compile(pattern)
    except re.error as err:
        raise ValueError(
            f"`pattern` must be a regular expression. Got {shorten(pattern)}: {err}."
        ) from err
    # `^` and `$` around the whole change nothing: the whole text must match.
    return _Parser(pattern.removeprefix("^").removesuffix("$")).parse()


class _Parser:
    """Recursive descent through a pattern that `re` has compiled."""

    def __init__(self, pattern):
        self.pattern = pattern
        self.rest = pattern

    def parse(self):
        return self._parse_alternatives()

    def _parse_alternatives(self):
        parts = [self._parse_sequence()]
        while self._skip(r"\|"):
            parts.append(self._parse_sequence())
        return _either(*parts)

    def _parse_sequence(self):
        items = []
        while self.rest and self.rest[0] not in "|)":
            items.append(self._parse_repeated())
        return functools.reduce(
            lambda rest, item: _then(item, rest), items[::-1], _EMPTY
        )

    def _parse_repeated(self):
        before = self.rest
        item = self._parse_item()
        is_nested = re.search("[*+?{]", before[: len(before) - len(self.rest)])
        if sign := self._skip(r"[*+?]"):
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign[0]]
        elif braces := self._skip(r"\{(?!\})([0-9]*)(,?)([0-9]*)\}"):
            least = int(braces[1] or 0)
            most = int(braces[3]) if braces[3] else None if braces[2] else least
        else:
            return item
        self._skip(r"\?")  # a lazy quantifier matches the same texts
        if max(least, most or 0) > _MAX_REPEATS:
            raise ValueError(
                f"`pattern` must repeat at most {_MAX_REPEATS} times in braces. Got "
                f"{shorten(self.pattern)}."
            )
        if is_nested and max(least, most or 0) * _count_digits(item) > _MAX_NESTED:
            raise RecursionError
        return _repeat(item, least, most)

    def _parse_item(self):
        if self._skip(r"\((\?:)?(?!\?)"):
            group = self._parse_alternatives()
            self._skip(r"\)")
            return group
        if digit := self._skip(r"[0-9]"):
            return ("digit", frozenset({int(digit[0])}))
        if self._skip(r"\.|\\d"):
            return _DIGIT
        if items := self._skip(r"\[(\^?)((?:[0-9]-[0-9]|[0-9]|\\d)+)\]"):
            inside = re.compile(f"[{items[1]}{items[2]}]")
            return ("digit", frozenset(k for k in range(10) if inside.match(str(k))))
        raise ValueError(
            f"`pattern` must be made of {_SUPPORTED}. Got {shorten(self.pattern)}, "
            f"which has {shorten(self.rest)} where one of these is expected."
        )

    def _skip(self, expression):
        """Return the match of an expression at the current place, and go past it."""
        found = re.match(expression, self.rest)
        if found:
            self.rest = self.rest[found.end() :]
        return found
