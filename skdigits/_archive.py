"""Write estimators as skops archives that are safe to load and always the same.

`skops.io.dumps` describes an estimator as a tree of nodes, each a dict with the keys
``__class__``, ``__module__``, ``__loader__`` and ``__id__``. Before it is written, the
tree is changed in two ways:

- Objects get consecutive numbers instead of memory addresses, so that equal estimators
  give equal bytes.
- Two kinds of objects would run code of the file if their attributes were restored: the
  distributions of scipy.stats execute a string that they store, and a `ScoringMonitor`
  connects to a stored address and unpickles the answer. They are written as calls of
  `distribution` and `scoring_monitor`, which build them anew.

This format is private to skops, so pyproject.toml bounds the version of skops.
"""

import collections
import io
import itertools
import json
import zipfile

import numpy as np

__all__ = ["distribution", "scoring_monitor", "serialize"]


def serialize(estimator):
    """Return the bytes of a skops archive of an estimator.

    Parameters
    ----------
    estimator : estimator

    Returns
    -------
    bytes
    """
    import skops.io

    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(estimator))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    numbers, files = collections.defaultdict(itertools.count(1).__next__), {}
    schema = _rewrite(json.loads(parts["schema.json"]), numbers, files)
    parts = {new: parts[old] for old, new in files.items()}
    parts["schema.json"] = json.dumps(schema, indent=2)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in parts.items():
            # A ZipInfo without a date is the same at any time.
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def distribution(name, args=None, kwds=None):
    """Build a distribution of scipy.stats, frozen if there are arguments.

    Parameters
    ----------
    name : str
        Such as "loguniform".
    args : sequence of numbers or arrays, default=None
        If None, the distribution is not frozen.
    kwds : dict of numbers or arrays, default=None

    Returns
    -------
    distribution

    Examples
    --------
    >>> distribution("uniform", (0.0, 0.5), {}).mean()
    np.float64(0.25)
    """
    from scipy import stats

    public = getattr(stats, name)
    if not isinstance(public, stats.rv_continuous | stats.rv_discrete):
        raise ValueError(
            f"`name` must be a distribution of scipy.stats; got {name[:80]!r}."
        )
    if args is None:
        return public
    if any(
        np.asarray(value).dtype.kind not in "biuf" for value in (*args, *kwds.values())
    ):
        raise ValueError("Parameters of distributions must be numbers or arrays.")
    return public(*args, **kwds)


def scoring_monitor(scoring, log):
    """Build a :class:`sklearn.callback.ScoringMonitor` with the scores it logged.

    Parameters
    ----------
    scoring : str, callable, list, tuple, dict or None
    log : list

    Returns
    -------
    sklearn.callback.ScoringMonitor
    """
    from sklearn.callback import ScoringMonitor

    monitor = ScoringMonitor(scoring=scoring)
    monitor._log.extend(log)
    return monitor


def _rewrite(node, numbers, files):
    """Copy a part of the schema, with calls and numbers in place.

    `numbers` maps addresses to numbers, `files` the names in skops' archive to ours.
    """
    if isinstance(node, list):
        return [_rewrite(item, numbers, files) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {}
    for key, value in _as_call(node).items():
        # The keys of a user's dict stand here too, but their values are nodes.
        if key == "__id__" and isinstance(value, int):
            value = numbers[str(value)]
        elif key == "file" and isinstance(value, str):
            address, dot, ending = value.partition(".")
            value = files[value] = f"{numbers[address]}{dot}{ending}"
        else:
            value = _rewrite(value, numbers, files)
        copy[key] = value
    return copy


def _as_call(node):
    """Replace the node of a distribution or `ScoringMonitor` by that of a call."""
    if node.get("__loader__") != "ObjectNode":
        return node
    name = _full_name(node)
    if name == "sklearn.callback._scoring_monitor.ScoringMonitor":
        attributes = node["content"]["content"]
        return _call_node(
            node, scoring_monitor, attributes["_scoring"], attributes["_log"]
        )
    if name.startswith("scipy.stats._distn_infrastructure.rv_") and name.endswith(
        "_frozen"
    ):
        attributes = node["content"]["content"]
        public = _public_distribution(attributes["dist"])
        arguments = public, attributes["args"], attributes["kwds"]
    else:
        public = _public_distribution(node)
        arguments = (public,)
    return node if public is None else _call_node(node, distribution, *arguments)


def _public_distribution(node):
    """Return the node of a distribution's name if scipy.stats has it by this name."""
    from scipy import stats

    if not node["__module__"].startswith("scipy.stats."):
        return None
    name = node["content"]["content"].get("name")
    if name is None:
        return None
    public = type(getattr(stats, json.loads(name["content"]), None))
    is_same = _full_name(node) == f"{public.__module__}.{public.__name__}"
    return name if is_same else None


def _call_node(node, function, *arguments):
    return {
        **node,  # "__id__", and what stands only at the root
        "__class__": function.__name__,
        "__module__": function.__module__,
        "__loader__": "ConstructorFromReduceNode",
        "content": {
            "__class__": "tuple",
            "__module__": "builtins",
            "__loader__": "TupleNode",
            "content": list(arguments),
        },
    }


def _full_name(node):
    return f"{node['__module__']}.{node['__class__']}"
