"""Write estimators as skops archives that are safe to load and always the same.

Importing this module teaches skops to write three kinds of objects as calls of
functions of this module, which build them anew when they are loaded. By default, skops
restores their attributes instead. That would run code of the file: the distributions of
scipy.stats execute a string that they store, and a `ScoringMonitor` connects to an
address that it stores and unpickles the answers. Requests for metadata refer to their
estimator, and skops cannot write such circles.

skops names objects by their addresses in memory and dates the parts of its archive.
`serialize` numbers them instead, so that equal estimators give equal bytes.

Both rest on private parts of skops, so pyproject.toml bounds its version.
"""

import collections
import io
import itertools
import json
import zipfile

import numpy as np
import skops.io
from scipy import stats
from scipy.stats.distributions import rv_frozen
from sklearn.callback import ScoringMonitor
from sklearn.utils.metadata_routing import MetadataRequest
from skops.io._utils import _get_state, get_state

from skdigits._messages import shorten

__all__ = ["distribution", "metadata_request", "scoring_monitor", "serialize"]


def serialize(estimator):
    """Return the bytes of a skops archive of an estimator.

    Parameters
    ----------
    estimator : estimator

    Returns
    -------
    bytes
    """
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(estimator))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    numbers, files = collections.defaultdict(itertools.count(1).__next__), {}
    schema = _renumber(json.loads(parts["schema.json"]), numbers, files)
    parts = {new: parts[old] for old, new in files.items()}
    parts["schema.json"] = json.dumps(schema, indent=2)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in parts.items():
            # A ZipInfo without a date is the same at any time.
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _renumber(node, numbers, files):
    """Copy a part of skops' schema with numbers in place of addresses.

    `numbers` maps addresses to numbers, and `files` the names in skops' archive to
    those in ours; both grow.
    """
    if isinstance(node, list):
        return [_renumber(item, numbers, files) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {}
    for key, value in node.items():
        # Keys of the user's dicts stand here too, but their values are never plain.
        if key == "__id__" and isinstance(value, int):
            value = numbers[str(value)]
        elif key == "file" and isinstance(value, str):
            address, dot, suffix = value.partition(".")
            files[value] = f"{numbers[address]}{dot}{suffix}"
            value = files[value]
        else:
            value = _renumber(value, numbers, files)
        copy[key] = value
    return copy


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

    Raises
    ------
    ValueError
        If scipy.stats has no distribution of this name, or an argument is not numeric.

    Examples
    --------
    >>> float(distribution("uniform", (0.0, 0.5), {}).mean())
    0.25
    """
    public = getattr(stats, name, None) if isinstance(name, str) else None
    if not isinstance(public, stats.rv_continuous | stats.rv_discrete):
        raise ValueError(
            f"`name` must be a distribution of scipy.stats; got {shorten(name)}."
        )
    if args is None:
        return public
    kwds = kwds or {}
    # Objects of other types could bring methods of their own into scipy.
    if any(np.asarray(x).dtype.kind not in "biuf" for x in (*args, *kwds.values())):
        raise ValueError(f"The arguments of {name} must be numbers or arrays.")
    return public(*args, **kwds)


def scoring_monitor(scoring, log):
    """Build a `ScoringMonitor` with what it logged.

    Parameters
    ----------
    scoring : str, callable, list, tuple, dict or None
    log : list

    Returns
    -------
    sklearn.callback.ScoringMonitor
    """
    monitor = ScoringMonitor(scoring=scoring)
    monitor._log.extend(log)
    return monitor


def metadata_request(owner, requests):
    """Build the requests for metadata of an estimator or scorer.

    Parameters
    ----------
    owner : str
        The name of its type, which scikit-learn shows in messages.
    requests : dict of dict
        The requests of each method.

    Returns
    -------
    sklearn.utils.metadata_routing.MetadataRequest
    """
    request = MetadataRequest(owner=owner)
    for method, params in requests.items():
        getattr(request, method).requests.update(params)
    return request


def _as_call(function, arguments, save_context):
    return {
        "__class__": function.__name__,
        "__module__": function.__module__,
        "__loader__": "ConstructorFromReduceNode",
        "content": get_state(arguments, save_context),
    }


@_get_state.register(stats.rv_continuous)
@_get_state.register(stats.rv_discrete)
def _distribution_state(dist, save_context):
    return _as_call(distribution, (_public_name(dist),), save_context)


@_get_state.register(rv_frozen)
def _frozen_state(frozen, save_context):
    arguments = (_public_name(frozen.dist), frozen.args, frozen.kwds)
    return _as_call(distribution, arguments, save_context)


@_get_state.register(ScoringMonitor)
def _scoring_monitor_state(monitor, save_context):
    state = monitor.__getstate__()
    arguments = (state["_scoring"], state["_log"])
    return _as_call(scoring_monitor, arguments, save_context)


@_get_state.register(MetadataRequest)
def _metadata_request_state(request, save_context):
    owner = request.owner
    name = owner if isinstance(owner, str) else type(owner).__name__
    methods = {key: value for key, value in vars(request).items() if key != "owner"}
    requests = {method: each.requests for method, each in methods.items()}
    return _as_call(metadata_request, (name, requests), save_context)


def _public_name(dist):
    """Return the name by which scipy.stats has the very same distribution."""
    public = getattr(stats, dist.name or "", None)
    if (
        type(public) is not type(dist)
        or public._updated_ctor_param() != dist._updated_ctor_param()
    ):
        raise TypeError(
            f"{type(dist).__module__}.{type(dist).__name__} is not a distribution of "
            "scipy.stats; give a list of its values instead."
        )
    return dist.name
