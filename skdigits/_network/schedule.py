"""Learning rates and averaging shares of all steps of a training run."""

import math

import numpy as np

# Share of the steps, at the end, whose weights are averaged.
_AVERAGED = 0.25


def learning_rates(schedule, peak, n_steps):
    """Compute the learning rate of every optimisation step.

    Parameters
    ----------
    schedule : {"one_cycle", "cosine", "constant"}
        "one_cycle" rises linearly to the peak over the first quarter of the steps
        and falls linearly to nearly zero [1]_; "cosine" falls from the peak along
        half a cosine [2]_.
    peak : float
        Highest rate.
    n_steps : int
        Number of steps of the whole run.

    Returns
    -------
    ndarray of shape (n_steps,), float32

    References
    ----------
    .. [1] L. N. Smith and N. Topin, "Super-convergence: very fast training of
       neural networks using large learning rates", 2018, arXiv:1708.07120.
    .. [2] I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with
       warm restarts", 2017, arXiv:1608.03983.

    Examples
    --------
    >>> learning_rates("one_cycle", peak=0.5, n_steps=4).round(2)
    array([0.25, 0.42, 0.25, 0.08], dtype=float32)
    """
    # Each step takes the rate at its middle, so that none has a rate of zero.
    progress = (np.arange(n_steps) + 0.5) / n_steps
    if schedule == "one_cycle":
        rates = np.minimum(progress / 0.25, (1 - progress) / 0.75)
    elif schedule == "cosine":
        rates = (1 + np.cos(np.pi * progress)) / 2
    else:
        rates = np.ones(n_steps)
    return (peak * rates).astype(np.float32)


def averaging_shares(n_steps):
    """Compute the share of each step's weights in their running mean.

    The mean is taken over the last quarter of the steps, each with equal weight, while
    the learning rate falls (stochastic weight averaging [1]_).

    Parameters
    ----------
    n_steps : int
        Number of steps of the whole run.

    Returns
    -------
    ndarray of shape (n_steps,), float32
        Zero before the last quarter, there the reciprocals of 1, 2, 3 and so on.

    References
    ----------
    .. [1] P. Izmailov et al., "Averaging weights leads to wider optima and better
       generalization", UAI 2018, arXiv:1803.05407.

    Examples
    --------
    >>> averaging_shares(8)
    array([0. , 0. , 0. , 0. , 0. , 0. , 1. , 0.5], dtype=float32)
    """
    n_averaged = math.ceil(_AVERAGED * n_steps)
    shares = np.zeros(n_steps, dtype=np.float32)
    shares[-n_averaged:] = 1 / np.arange(1, n_averaged + 1)
    return shares
