"""The most probable numbers in the output of a network trained with CTC.

The network gives, for each step along a line of text, the probabilities of the ten
digits and of a blank, which separates them. A path takes one of them at each step; its
text has each run of a digit once, and no blanks. The probability of a text is the sum
over its paths [1]_.

The search goes through prefixes of texts, one digit further at a time, and keeps the
best of each length [2]_. What makes a prefix good is the exact probability of all
allowed texts that begin with it. So the search never follows a prefix that cannot be
completed, and finds an allowed text wherever there is one.

References
----------
.. [1] A. Graves, S. Fernández, F. Gomez and J. Schmidhuber, "Connectionist temporal
   classification: labelling unsegmented sequence data with recurrent neural networks",
   ICML 2006.

.. [2] A. Graves, "Supervised sequence labelling with recurrent neural networks",
   chapter 7.5 (prefix search decoding), Springer 2012.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.special import softmax

from skdigits._messages import shorten
from skdigits._strings.layout import BLANK
from skdigits._strings.pattern import make_language

# Prefixes of each length that are kept; more where a check refuses most texts.
_BEAM_WIDTH, _BEAM_WIDTH_TO_CHECK = 16, 64
# The search stops where further texts are this much less probable than the best.
_NEGLIGIBLE = np.log(1e-9)
# Longer texts are texture: they are sought only if the constraints ask for them.
_MANY_DIGITS = 50
# Lower probabilities of a step are raised to this: their product stays a float.
_LEAST = np.log(1e-12)
# Prior probability of a text that violates the constraints. So a picture in which no
# allowed text can be read gets a low probability, which it would not get if other texts
# were impossible.
_VIOLATION = 0.01


@dataclass(frozen=True)
class Candidate:
    """A text and its probability.

    Parameters
    ----------
    text : str
    log_probability : float
        Natural logarithm.
    """

    text: str
    log_probability: float


class AlignedDigit(NamedTuple):
    """Where a digit of a text lies.

    Attributes
    ----------
    first, last : int
        Its first and its last step.
    log_probability : float
        Logarithm of the probability of this digit, given the others of the text.
    """

    first: int
    last: int
    log_probability: float


def beam_search(
    log_probabilities,
    *,
    n_digits=None,
    pattern=None,
    check=None,
    beam_width=None,
    top=10,
):
    """Find the most probable of the allowed texts.

    Parameters
    ----------
    log_probabilities : ndarray of shape (n_steps, 11)
        Of the digits 0 to 9 and the blank; each row is a distribution.
    n_digits : int, default=None
        Number of digits that texts have.
    pattern : str, default=None
        Regular expression that texts match as a whole.
    check : callable, default=None
        ``check(text)`` tells whether a text is allowed. It is not asked about the
        empty text.
    beam_width : int, default=None
        Number of prefixes of each length that the search follows. If None, 16, and 64
        with a `check`.
    top : int, default=10
        Number of texts to find.

    Returns
    -------
    candidates : list of Candidate
        At most `top`, the best first; none if there is no allowed text of so few
        steps, or `check` refuses all. A probability is that of all paths of the text.
        Under constraints it is divided by the probability of all allowed texts, to
        which a hundredth of that of the other texts is added. Among the texts that
        `check` refuses, those count as other texts that are more probable than the
        best allowed one. Texts of more than 50 digits are found only if `n_digits` or
        `pattern` asks for them.

    Examples
    --------
    >>> steps = np.full((4, 11), 0.01)
    >>> steps[[0, 1, 2, 3], [1, 10, 7, 10]] = 0.9  # 1, blank, 7, blank
    >>> [best] = beam_search(np.log(steps), top=1)
    >>> best.text, round(float(np.exp(best.log_probability)), 2)
    ('17', 0.68)
    """
    language = make_language(n_digits, pattern)
    steps = _clip(log_probabilities)
    completions, total = _completions(steps, language)
    if total == -np.inf:
        return []
    width = beam_width or (_BEAM_WIDTH_TO_CHECK if check else _BEAM_WIDTH)
    accepted, refused = [], []
    prefixes, states = _empty_prefix(steps), np.zeros(1, dtype=int)
    while len(states):
        scores = prefixes.log_probabilities()
        least = _bound(accepted, refused, top)
        for i in np.flatnonzero(language.accepts[states] & (scores > least)):
            text = prefixes.text(i)
            is_allowed = check is None or not text or _allows(check, text)
            (accepted if is_allowed else refused).append((scores[i], text))
        accepted.sort(key=lambda found: -found[0])
        is_long = prefixes.digits.shape[1] >= _MANY_DIGITS
        if is_long and (accepted or len(language.table) == 1):
            break
        following = language.table[states]
        masses = _masses_of_longer(prefixes, following, completions, steps)
        chosen = np.argsort(-masses, axis=None, kind="stable")[:width]
        chosen = chosen[masses.flat[chosen] > _bound(accepted, refused, top)]
        rows, digits = np.unravel_index(chosen, masses.shape)
        prefixes = prefixes.append(rows, digits, steps)
        states = following[rows, digits]
    return _normalise(accepted[:top], refused, total)


def allowed_probability(log_probabilities, *, n_digits=None, pattern=None):
    """Compute how probable it is that a text obeys the constraints.

    Parameters
    ----------
    log_probabilities : ndarray of shape (n_steps, 11)
        Of the digits 0 to 9 and the blank.
    n_digits : int, default=None
    pattern : str, default=None
        As in `beam_search`.

    Returns
    -------
    float
        From 0 to 1, which it is if every text is allowed.

    Examples
    --------
    >>> steps = np.log(np.full((1, 11), 1 / 11))
    >>> round(allowed_probability(steps, n_digits=1) * 11, 6)
    10.0
    """
    language = make_language(n_digits, pattern)
    return float(np.exp(_completions(_clip(log_probabilities), language)[1]))


def align(log_probabilities, text, temperature=1.0):
    """Find where the digits of a text lie, by forced alignment.

    Parameters
    ----------
    log_probabilities : ndarray of shape (n_steps, 11)
        Of the digits 0 to 9 and the blank.
    text : str
        Digits, of as many steps as they need at most.
    temperature : float, default=1.0
        Divisor of the logarithms by which each digit is compared with the nine others
        in its place.

    Returns
    -------
    list of AlignedDigit
        From the most probable path of the text.

    Examples
    --------
    >>> steps = np.full((4, 11), 0.01)
    >>> steps[[0, 1, 2, 3], [1, 10, 7, 7]] = 0.9  # 1, blank, 7, 7
    >>> [(digit.first, digit.last) for digit in align(np.log(steps), "17")]
    [(0, 0), (2, 3)]
    """
    if not text:
        return []
    steps, digits = _clip(log_probabilities), np.array([int(digit) for digit in text])
    path = _best_path(steps, digits)
    places = np.arange(len(digits))
    scores = softmax(_score_replaced(steps, digits) / temperature, axis=1)
    with np.errstate(divide="ignore"):
        scores = np.log(scores[places, digits])
    spans = [np.flatnonzero(path == 2 * place + 1)[[0, -1]] for place in places]
    return [
        AlignedDigit(int(first), int(last), float(score))
        for (first, last), score in zip(spans, scores, strict=True)
    ]


def text_log_probabilities(log_probabilities, texts):
    """Compute the probability of each of several texts of one length.

    This is the forward algorithm of CTC.

    Parameters
    ----------
    log_probabilities : ndarray of shape (n_steps, 11)
    texts : ndarray of shape (n_texts, n_digits), dtype int

    Returns
    -------
    ndarray of shape (n_texts,)
        Natural logarithms; -inf for a text that needs more steps.

    Examples
    --------
    >>> steps = np.log(np.full((1, 11), 1 / 11))
    >>> np.exp(text_log_probabilities(steps, np.array([[3], [4]]))) * 11
    array([1., 1.])
    """
    steps = _clip(log_probabilities)
    prefixes = _empty_prefix(steps)
    rows = np.zeros(len(texts), dtype=int)
    for digits in texts.T:
        prefixes = prefixes.append(rows, digits, steps)
        rows = np.arange(len(texts))
    return prefixes.log_probabilities()[rows]


def steps_needed(text):
    """Return the least number of steps of a text: equal neighbours need a blank.

    Examples
    --------
    >>> steps_needed("1223")
    5
    """
    return len(text) + sum(a == b for a, b in pairwise(text))


def _allows(check, text):
    answer = check(text)
    if not isinstance(answer, (bool, np.bool_)):
        raise ValueError(
            f"`check` must return True or False; got {shorten(answer)} for {text!r}."
        )
    return answer


class _Prefixes(NamedTuple):
    """Texts of one length, and the paths that lead to them.

    Attributes
    ----------
    digits : ndarray of shape (n, length), dtype int
    after_blank, after_digit : ndarray of shape (n, n_steps + 1)
        Logarithm of the probability that the first t steps come from the text, where
        the last one is a blank, or the last digit.
    """

    digits: np.ndarray
    after_blank: np.ndarray
    after_digit: np.ndarray

    def text(self, i):
        return "".join(map(str, self.digits[i]))

    def log_probabilities(self):
        """Return the probability of each text, shape (n,)."""
        return np.logaddexp(self.after_blank[:, -1], self.after_digit[:, -1])

    def log_probabilities_of_entry(self, steps):
        """Return the probability that each digit follows from step t on.

        Of shape (n, n_steps, 10).
        """
        before = np.logaddexp(self.after_blank, self.after_digit)[:, :-1]
        entry = before[:, :, None] + steps[:, :BLANK]
        if self.digits.shape[1]:
            # A digit is repeated only after a blank.
            last = self.digits[:, -1]
            again = self.after_blank[:, :-1] + steps[:, last].T
            entry[np.arange(len(last)), :, last] = again
        return entry

    def append(self, rows, digits, steps):
        """Append a digit to each of the chosen texts."""
        before = np.logaddexp(self.after_blank, self.after_digit)[rows]
        if self.digits.shape[1]:
            again = self.digits[rows, -1] == digits
            before[again] = self.after_blank[rows[again]]
        # The recursion over the steps, solved: sums of what enters at each of them.
        of_digit = np.cumsum(steps[:, digits], axis=0).T
        of_blank = np.cumsum(steps[:, BLANK])
        entry = before[:, :-1] + steps[:, digits].T
        after_digit = of_digit + np.logaddexp.accumulate(entry - of_digit, axis=1)
        leaving = (after_digit - of_blank)[:, :-1]
        after_blank = of_blank[1:] + np.logaddexp.accumulate(leaving, axis=1)
        never = np.full((len(rows), 1), -np.inf)
        return _Prefixes(
            np.hstack([self.digits[rows], digits[:, None]]),
            np.hstack([never, never, after_blank]),
            np.hstack([never, after_digit]),
        )


def _empty_prefix(steps):
    after_blank = np.concatenate([[0.0], np.cumsum(steps[:, BLANK])])[None]
    return _Prefixes(
        np.zeros((1, 0), dtype=int), after_blank, np.full_like(after_blank, -np.inf)
    )


def _completions(steps, language):
    """Compute how probable it is that a prefix becomes an allowed text.

    Returns
    -------
    completions : ndarray of shape (n_steps, n_states, 10)
        Logarithm of the probability that the steps after a step complete an allowed
        text, where that step was a digit that led to a state.
    total : float
        Logarithm of the probability of all allowed texts.
    """
    n_steps, n_states = len(steps), len(language.table)
    if n_states == 1:  # every text is allowed
        return np.zeros((n_steps, 1, 10)), 0.0
    probabilities, others = np.exp(steps), 1 - np.eye(10)
    is_open, digits = language.table >= 0, np.arange(10)
    after_blank = language.accepts.astype(float)
    after_digit = np.repeat(after_blank[:, None], 10, axis=1)
    completions, scale = np.empty((n_steps, n_states, 10)), 0.0
    with np.errstate(divide="ignore"):  # the logarithm of 0
        for i in reversed(range(n_steps)):
            completions[i] = np.log(after_digit) + scale
            of_digits, of_blank = probabilities[i, :BLANK], probabilities[i, BLANK]
            further = of_digits * after_digit[language.table, digits] * is_open
            pause = of_blank * after_blank
            # The same digit again is the digit itself, unless a blank is between.
            after_digit = pause[:, None] + further @ others + of_digits * after_digit
            after_blank = pause + further.sum(axis=1)
            largest = max(after_digit.max(), after_blank.max())
            if largest == 0:
                return completions, -np.inf
            after_digit, after_blank = after_digit / largest, after_blank / largest
            scale += np.log(largest)
        return completions, np.log(after_blank[0]) + scale


def _masses_of_longer(prefixes, following, completions, steps):
    """Sum the probabilities of all allowed texts that begin with one more digit.

    Parameters
    ----------
    prefixes : _Prefixes
    following : ndarray of shape (n, 10), dtype int
        State of the automaton after each prefix and a digit.
    completions : ndarray of shape (n_steps, n_states, 10)
    steps : ndarray of shape (n_steps, 11)

    Returns
    -------
    ndarray of shape (n, 10)
        Logarithms: the digit comes in at any step, and the steps after it complete an
        allowed text.
    """
    rest = np.moveaxis(completions[:, following, np.arange(10)], 0, 1)
    masses = _log_sum(prefixes.log_probabilities_of_entry(steps) + rest, axis=1)
    return np.where(following < 0, -np.inf, masses)


def _bound(accepted, refused, top):
    """Return the probability above which further texts matter."""
    bounds = [found[0] + _NEGLIGIBLE for found in accepted[:1] + refused]
    bounds += [found[0] for found in accepted[top - 1 : top]]
    return max(bounds, default=-np.inf)


def _normalise(accepted, refused, total):
    if not accepted:
        return []
    best = accepted[0][0]
    allowed = np.exp(total) - sum(np.exp(p) for p, _ in refused if p > best)
    allowed = max(allowed, sum(np.exp(p) for p, _ in accepted))
    among = np.log(allowed + _VIOLATION * max(1 - allowed, 0))
    return [Candidate(text, float(min(p - among, 0))) for p, text in accepted]


def _score_replaced(steps, digits):
    """Compute the probability of a text with each digit in each place.

    Returns
    -------
    ndarray of shape (n_digits, 10)
        Logarithms: at each step from which on the digits behind the place come, paths
        up to this step and paths from it on are independent.
    """
    before = _prefixes_of(steps, digits)
    behind = _prefixes_of(steps[::-1], digits[::-1])
    scores = np.empty((len(digits), 10))
    for place in range(len(digits)):
        prefix = before[place].append(np.zeros(10, int), np.arange(10), steps)
        if place == len(digits) - 1:
            scores[place] = prefix.log_probabilities()
            continue
        upto = np.logaddexp(prefix.after_blank, prefix.after_digit)
        following = digits[place + 1]
        upto[following] = prefix.after_blank[following]
        since = behind[len(digits) - 1 - place].after_digit[0, ::-1]
        scores[place] = _log_sum(upto + since, axis=1)
    return scores


def _prefixes_of(steps, digits):
    """Return the prefixes of a text, from the empty one to the whole."""
    prefixes = [_empty_prefix(steps)]
    for digit in digits:
        prefixes.append(prefixes[-1].append(np.array([0]), np.array([digit]), steps))
    return prefixes


def _best_path(steps, digits):
    """Find the most probable path of a text, by the Viterbi algorithm.

    Returns
    -------
    ndarray of shape (n_steps,)
        Odd numbers stand for the digits, in their order, and even ones for the blanks
        around them.
    """
    symbols = np.full(2 * len(digits) + 1, BLANK)
    symbols[1::2] = digits
    may_skip = np.zeros(len(symbols), dtype=bool)  # from the digit two places before
    may_skip[3::2] = digits[1:] != digits[:-1]
    best = np.full(len(symbols), -np.inf)
    best[:2] = steps[0, symbols[:2]]
    moves = np.zeros((len(steps), len(symbols)), dtype=int)
    for i in range(1, len(steps)):
        ways = np.full((3, len(symbols)), -np.inf)
        ways[0], ways[1, 1:] = best, best[:-1]
        ways[2, 2:] = np.where(may_skip[2:], best[:-2], -np.inf)
        moves[i] = ways.argmax(axis=0)
        best = ways.max(axis=0) + steps[i, symbols]
    path = np.empty(len(steps), dtype=int)
    path[-1] = len(symbols) - 2 + best[-2:].argmax()
    for i in reversed(range(1, len(steps))):
        path[i - 1] = path[i] - moves[i, path[i]]
    return path


def _clip(log_probabilities):
    return np.maximum(np.asarray(log_probabilities, dtype=np.float64), _LEAST)


def _log_sum(values, axis):
    """Sum probabilities given by their logarithms; faster than scipy's function."""
    largest = values.max(axis=axis, keepdims=True)
    largest = np.where(np.isfinite(largest), largest, 0)
    with np.errstate(divide="ignore"):
        return np.log(np.exp(values - largest).sum(axis=axis)) + largest.squeeze(axis)
