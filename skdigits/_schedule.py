"""Learning rates of a training run, one for each step."""

import numpy as np


def learning_rates(schedule, peak, n_steps):
    """Learning rate of every optimisation step.

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
    # Each step takes the rate at its middle, so neither end is spent at zero.
    progress = (np.arange(n_steps) + 0.5) / n_steps
    if schedule == "one_cycle":
        rates = np.minimum(progress / 0.25, (1 - progress) / 0.75)
    elif schedule == "cosine":
        rates = (1 + np.cos(np.pi * progress)) / 2
    else:
        rates = np.ones(n_steps)
    return (peak * rates).astype(np.float32)
