"""When to stop, and which epoch was best."""


class EarlyStopping:
    """Watch a validation score by the rules of scikit-learn's `MLPClassifier`.

    Parameters
    ----------
    tol : float
        Improvement below which an epoch counts as no improvement.
    n_iter_no_change : int
        Number of such epochs in a row after which to stop.

    Attributes
    ----------
    best_score : float
        Highest score so far.
    best_state : object
        The state that reached it first; None before the first epoch.

    Examples
    --------
    >>> watch = EarlyStopping(tol=0.01, n_iter_no_change=2)
    >>> [watch.update(score, state=[]) for score in (0.8, 0.9, 0.905, 0.9)]
    [False, False, False, True]
    >>> watch.best_score
    0.905
    """

    def __init__(self, tol, n_iter_no_change):
        self.best_score = float("-inf")
        self.best_state = None
        self._tol = tol
        self._patience = n_iter_no_change
        self._n_idle = 0

    def update(self, score, state):
        """Record the score of an epoch.

        Parameters
        ----------
        score : float
        state : object
            What to go back to if no later epoch is better.

        Returns
        -------
        bool
            Whether to stop.
        """
        self._n_idle = self._n_idle + 1 if score < self.best_score + self._tol else 0
        if score > self.best_score:
            self.best_score = score
            self.best_state = state
        return self._n_idle >= self._patience
