"""Temperature scaling, so that texts are right as often as their probabilities say."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_expit, logsumexp, softmax

_LOG_TEMPERATURES = np.log([0.2, 20])


def calibrate(log_probabilities, temperature):
    """Apply a temperature to the probabilities of the best texts.

    All other texts together count as one more text.

    Parameters
    ----------
    log_probabilities : array-like of shape (n_texts,)
        Of different texts.
    temperature : float
        Divisor of the logarithms. The higher it is, the less confident are the
        probabilities.

    Returns
    -------
    ndarray of shape (n_texts,)
        Their sum is at most one.

    Examples
    --------
    >>> calibrate(np.log([0.9]), 2.0)
    array([0.75])
    """
    return softmax(_with_rest(log_probabilities) / temperature)[:-1]


def fit_temperature(log_probabilities, is_right):
    """Find the temperature at which the probabilities of the best texts hold.

    It has the least log loss as a forecast of which texts are right. The targets are
    not 1 and 0 but a little between, so that few texts that are all right do not make
    the reader sure of everything [1]_.

    Parameters
    ----------
    log_probabilities : list of array-like of shape (n_texts,)
        Of the best texts of each line, the best first.
    is_right : array-like of shape (n_lines,), dtype bool
        Whether the best text is the number that is written there.

    Returns
    -------
    float
        From 0.2 to 20.

    References
    ----------
    .. [1] J. Platt, "Probabilistic outputs for support vector machines and comparisons
       to regularized likelihood methods", in Advances in Large Margin Classifiers,
       1999.

    Examples
    --------
    >>> all_sure = [np.log([0.999])] * 100
    >>> half_right = np.arange(100) % 2 == 0
    >>> temperature = fit_temperature(all_sure, half_right)
    >>> calibrate(all_sure[0], temperature) < 0.7
    array([ True])
    """
    is_right = np.asarray(is_right, dtype=bool)
    n_right, n_wrong = is_right.sum(), (~is_right).sum()
    targets = np.where(is_right, (n_right + 1) / (n_right + 2), 1 / (n_wrong + 2))
    best, others = _stack([_with_rest(line) for line in log_probabilities])

    def loss(log_temperature):
        temperature = np.exp(log_temperature)
        odds = best / temperature - logsumexp(others / temperature, axis=1)
        return -np.mean(targets * log_expit(odds) + (1 - targets) * log_expit(-odds))

    found = minimize_scalar(loss, bounds=_LOG_TEMPERATURES, method="bounded")
    return float(np.exp(found.x))


def _with_rest(log_probabilities):
    """Append the probability of all texts that are not listed."""
    values = np.asarray(log_probabilities, dtype=np.float64)
    # In float64, the rest of what is certain is about 1e-16 rather than 0.
    rest = max(1 - np.exp(values).sum(), np.finfo(float).eps)
    return np.append(values, np.log(rest))


def _stack(lines):
    """Return the first value of each line, and the others as rows of one length."""
    others = np.full((len(lines), max(map(len, lines)) - 1), -np.inf)
    for row, line in zip(others, lines, strict=True):
        row[: len(line) - 1] = line[1:]
    return np.array([line[0] for line in lines]), others
