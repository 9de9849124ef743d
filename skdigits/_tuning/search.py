"""Which candidates to fit: a grid, a random sample, or successive halving."""

import math
from statistics import fmean, pstdev
from typing import NamedTuple

from sklearn.model_selection import ParameterGrid, ParameterSampler

from skdigits import search_space
from skdigits._tuning.fits import Job
from skdigits._tuning.record import key_of

# A halving search keeps one in three candidates, and trains them three times as long.
_FACTOR = 3


class Rank(NamedTuple):
    """A candidate with its scores.

    Attributes
    ----------
    params : dict
    epochs : int
        Of its longest fits.
    accuracy : float
        Mean over the folds.
    deviation : float
        Standard deviation over the folds.
    seconds : float
        Mean time of a fit.
    """

    params: dict
    epochs: int
    accuracy: float
    deviation: float
    seconds: float


def list_candidates(kind, focus, n_iter, seed):
    """List the candidates that a search begins with.

    Parameters
    ----------
    kind : {"grid", "random", "halving"}
    focus : {"training", "network", "all"}
    n_iter : int
        Number of candidates, which a grid does not need.
    seed : int

    Returns
    -------
    list of dict
        Parameters of `CNNDigitClassifier`, as plain values.

    Examples
    --------
    >>> list_candidates("grid", "training", None, 0)[0]
    {'batch_size': 32, 'learning_rate': 0.005}
    """
    if kind == "grid":
        return list(ParameterGrid(search_space("grid", focus=focus, prefix="")))
    space = search_space("random", focus=focus, prefix="")
    sampler = ParameterSampler(space, n_iter, random_state=seed)
    return [
        {
            # Scalars of NumPy cannot be written as JSON.
            name: value.item() if hasattr(value, "item") else value
            for name, value in candidate.items()
        }
        for candidate in sampler
    ]


def plan_rungs(kind, n_candidates, epochs):
    """Plan how many candidates are fitted for how many epochs.

    Parameters
    ----------
    kind : {"grid", "random", "halving"}
    n_candidates : int
    epochs : int
        Of the last fits.

    Returns
    -------
    list of (int, int)
        Candidates and epochs; one pair, unless the search is halving.

    Examples
    --------
    >>> plan_rungs("grid", 9, 10), plan_rungs("halving", 9, 10)
    ([(9, 10)], [(9, 1), (3, 3), (1, 10)])
    """
    if kind != "halving":
        return [(n_candidates, epochs)]
    n_rungs = 1
    while epochs >= _FACTOR**n_rungs and n_candidates > _FACTOR ** (n_rungs - 1):
        n_rungs += 1
    return [
        (
            math.ceil(n_candidates / _FACTOR**rung),
            max(epochs // _FACTOR ** (n_rungs - 1 - rung), 1),
        )
        for rung in range(n_rungs)
    ]


def missing_jobs(candidates, epochs, n_folds, fits):
    """List the jobs that have no result yet.

    Parameters
    ----------
    candidates : list of dict
    epochs, n_folds : int
    fits : dict of str to Fit
        By the key of their job.

    Returns
    -------
    list of Job
    """
    jobs = [Job(each, epochs, k) for each in candidates for k in range(n_folds)]
    return [job for job in jobs if key_of(job) not in fits]


def rank(fits, n_folds):
    """Rank the candidates by accuracy, those that were trained longest first.

    Parameters
    ----------
    fits : iterable of Fit
    n_folds : int
        Candidates that have not been scored on all folds are left out.

    Returns
    -------
    list of Rank
    """
    of_candidate = {}
    for fit in fits:
        key = key_of(fit.job._replace(epochs=0, fold=0))
        of_epochs = of_candidate.setdefault(key, {})
        of_epochs.setdefault(fit.job.epochs, []).append(fit)
    ranks = []
    for of_epochs in of_candidate.values():
        whole = [epochs for epochs, each in of_epochs.items() if len(each) == n_folds]
        if whole:
            each = of_epochs[max(whole)]
            accuracies = [fit.accuracy for fit in each]
            ranks.append(
                Rank(
                    params=each[0].job.params,
                    epochs=max(whole),
                    accuracy=fmean(accuracies),
                    deviation=pstdev(accuracies),
                    seconds=fmean(fit.seconds for fit in each),
                )
            )
    # Candidates of one accuracy keep their order, whichever was fitted first.
    return sorted(ranks, key=lambda r: (-r.epochs, -r.accuracy, key_of(r.params)))
