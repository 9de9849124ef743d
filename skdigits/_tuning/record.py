"""The record of a search: a file of JSON lines that it can be resumed from.

The first line says what was searched, each other line what one fit came to::

    {"format": 1, "data": "digits", "focus": "training", "sha256": "9f2…", …}
    {"params": {"learning_rate": 0.01}, "epochs": 4, "fold": 0, "accuracy": …}

A line is written when its fit ends. A last line that was cut off is ignored.
"""

import hashlib
import json

import numpy as np

from skdigits._tuning.fits import Fit, Job

_FORMAT = 1


class Record:
    """A file with the fits of a search.

    Parameters
    ----------
    path : pathlib.Path
    search : dict
        Plain values that all fits have in common. A record of other values cannot be
        resumed.

    Attributes
    ----------
    fits : dict of str to Fit
        By the key of their job.
    """

    def __init__(self, path, search):
        self.path = path
        self.fits = {}
        self._head = {"format": _FORMAT, **search}

    def start(self):
        """Begin a new file."""
        self.path.write_text(json.dumps(self._head) + "\n", encoding="utf-8")

    def resume(self):
        """Read the file of an earlier search.

        Raises
        ------
        ValueError
            If it is not a record, or one of another search.
        """
        # The text behind the last line break is empty, or a line that was cut off.
        head, *lines = self.path.read_text(encoding="utf-8").split("\n")[:-1] or [""]
        try:
            found = dict(json.loads(head))
            fits = [_from_line(line) for line in lines]
        except (AttributeError, KeyError, TypeError, ValueError) as err:
            raise ValueError(
                f"{self.path} must be the record of a search; got a file of another "
                f"kind or a damaged one ({err})."
            ) from err
        changed = {
            k for k in {*found, *self._head} if found.get(k) != self._head.get(k)
        }
        if changed:
            raise ValueError(
                f"{self.path} is the record of another search: "
                f"{', '.join(sorted(changed))} changed since. Use the same options, or "
                "another --output."
            )
        self.fits = {key_of(fit.job): fit for fit in fits}
        self.path.write_text("\n".join([head, *lines, ""]), encoding="utf-8")

    def add(self, fit):
        """Append a fit to the file.

        Parameters
        ----------
        fit : Fit
        """
        self.fits[key_of(fit.job)] = fit
        results = fit._asdict()
        entry = results.pop("job")._asdict() | results
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


def key_of(job):
    """Return a text that tells a job, or a candidate, from others.

    Parameters
    ----------
    job : Job or dict

    Returns
    -------
    str

    Examples
    --------
    >>> key_of(Job({"filters": (8,), "dropout": 0.5}, epochs=2, fold=0))
    '[{"dropout": 0.5, "filters": [8]}, 2, 0]'
    """
    return json.dumps(job, sort_keys=True)


def fingerprint(X, y):
    """Return the SHA-256 of images and labels.

    Parameters
    ----------
    X, y : ndarray

    Returns
    -------
    str
    """
    digest = hashlib.sha256(np.ascontiguousarray(X))
    digest.update(repr(y.tolist()).encode())
    return digest.hexdigest()


def _from_line(line):
    entry = json.loads(line)
    params = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in entry["params"].items()
    }
    job = Job(params, entry["epochs"], entry["fold"])
    return Fit(job, entry["accuracy"], entry["seconds"], entry["error"])
