"""Limit BLAS to one thread around products that are too small to share."""

import contextlib
import functools
import os
import threading
from typing import NamedTuple

from threadpoolctl import ThreadpoolController


@contextlib.contextmanager
def single_blas_thread():
    """Run the block with BLAS on one thread.

    The products of one image are so small that a second thread gains nothing. Where
    other work keeps the cores busy, BLAS waits tens of milliseconds for this thread.
    Entering and leaving takes about 0.03 ms.

    Most BLAS libraries keep one number of threads for the whole process. The first of
    several concurrent blocks sets it to one and the last restores it, in whatever
    threads they run, so that no block restores a number that another one has set.
    Meanwhile, products elsewhere in the process run on one thread, too.

    Examples
    --------
    >>> import numpy as np
    >>> with single_blas_thread():
    ...     np.eye(2) @ np.ones(2)
    array([1., 1.])
    """
    with _find_libraries().by_thread.limit(limits=1):
        _shared_limit.enter()
        try:
            yield
        finally:
            _shared_limit.leave()


class _SharedLimit:
    """The limit of the libraries with one number of threads for the process."""

    def __init__(self):
        self.reset()

    def reset(self):
        """Forget the blocks of other threads, which a forked process does not have."""
        self._lock = threading.Lock()
        self._n_blocks = 0
        self._limit = None

    def enter(self):
        libraries = _find_libraries()
        # threadpoolctl lets one thread at a time set the number of OpenBLAS's threads,
        # until this thread leaves a `with` block: here an empty one.
        with self._lock, libraries.none.limit(limits=1):
            if self._n_blocks == 0:
                self._limit = libraries.process_wide.limit(limits=1)
            self._n_blocks += 1

    def leave(self):
        with self._lock, _find_libraries().none.limit(limits=1):
            self._n_blocks -= 1
            if self._n_blocks == 0:
                self._limit.restore_original_limits()


_shared_limit = _SharedLimit()
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_shared_limit.reset)


class _Libraries(NamedTuple):
    """BLAS libraries by how they count their threads."""

    process_wide: ThreadpoolController
    by_thread: ThreadpoolController
    none: ThreadpoolController


@functools.cache
def _find_libraries():
    """Find the BLAS libraries, once: it takes milliseconds."""
    blas = ThreadpoolController().select(user_api="blas")
    process_wide, by_thread = [], []
    for library in blas.info():
        on_openmp = library.get("threading_layer") == "openmp"
        counts_by_thread = on_openmp and library["internal_api"] == "openblas"
        (by_thread if counts_by_thread else process_wide).append(library["filepath"])
    groups = (process_wide, by_thread, [])
    return _Libraries(*(blas.select(filepath=group) for group in groups))
