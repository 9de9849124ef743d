"""Interleaved timings and tables for the benchmarks."""

import contextlib
import importlib.metadata
import os
import platform
import subprocess
import sys
import time
from statistics import median

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

console = Console(width=140, highlight=False)


def interleave(contestants, n_repeats):
    """Time each contestant in turn, several times.

    The speed of a machine drifts, so only runs close in time can be compared.

    Parameters
    ----------
    contestants : dict of str to callable
    n_repeats : int

    Returns
    -------
    dict of str to list of float
        Seconds of each run.
    """
    seconds = {name: [] for name in contestants}
    for _ in range(n_repeats):
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return seconds


@contextlib.contextmanager
def busy_cores():
    """Keep every core busy with another process."""
    loop = "import os; parent = os.getppid()\nwhile os.getppid() == parent: pass"
    command = [sys.executable, "-c", loop]
    processes = [subprocess.Popen(command) for _ in os.sched_getaffinity(0)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def median_ratio(numerators, denominators):
    """Return the median of the ratios of runs close in time."""
    pairs = zip(numerators, denominators, strict=True)
    return median(a / b for a, b in pairs)


def print_table(title, columns, rows, note=None):
    """Print a table that can be pasted into RESULTS.md.

    Parameters
    ----------
    title : str
    columns : list of str
    rows : list of list
    note : str, default=None
        A line below the table.
    """
    table = Table(box=MARKDOWN, title=None)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right")
    for row in rows:
        table.add_row(*map(str, row))
    console.print(f"\n### {title}\n")
    console.print(table)
    if note:
        console.print(f"\n{note}")


def print_machine(*packages):
    """Print processor, cores and versions.

    Parameters
    ----------
    *packages : str
        Distributions to list besides the usual ones.
    """
    usual = ["skdigits", "keras", "tensorflow", "scikeras", "scikit-learn", "numpy"]
    versions = []
    for name in [*usual, *packages]:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"{name} missing")
    cores = len(os.sched_getaffinity(0))
    console.print(f"{_processor()}, {cores} cores; Python {platform.python_version()}")
    console.print(", ".join(versions))


def _processor():
    try:
        with open("/proc/cpuinfo") as file:
            names = [
                line.split(":")[1].strip() for line in file if "model name" in line
            ]
        return names[0]
    except (OSError, IndexError):
        return platform.processor() or platform.machine()
