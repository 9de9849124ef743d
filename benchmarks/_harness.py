"""What the benchmarks share: interleaved timings and tables."""

import importlib.metadata
import os
import platform
import statistics
import time

from rich.console import Console
from rich.table import Table

console = Console(width=140, highlight=False)


def interleave(contestants, n_repeats):
    """Time each contestant in turn, several times over.

    Machines drift: what runs side by side can be compared, what runs one after the
    other cannot.

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


def median(values):
    """Return the median."""
    return statistics.median(values)


def median_ratio(numerators, denominators):
    """Return the median of the ratios of runs made side by side."""
    return median(a / b for a, b in zip(numerators, denominators, strict=True))


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
    from rich.box import MARKDOWN

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
    """Print what the figures were measured on.

    Parameters
    ----------
    *packages : str
        Distributions whose versions matter, besides the usual ones.
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
