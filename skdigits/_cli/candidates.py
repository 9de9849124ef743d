"""The candidates of a search as text: a line, a table or a CSV file."""

import csv

from skdigits._cli.console import naming
from skdigits._cli.tables import WIDE, add_row, make_table

_N_SHOWN = 10


def describe_params(params):
    """Describe a candidate in one line.

    Parameters
    ----------
    params : dict

    Returns
    -------
    str

    Examples
    --------
    >>> describe_params({"learning_rate": 0.0123456, "filters": (16, 32)})
    'learning_rate=0.0123, filters=(16, 32)'
    """
    return ", ".join(f"{name}={_format(value)}" for name, value in params.items())


def print_ranking(ranking):
    """Print the best candidates as a table.

    Parameters
    ----------
    ranking : list of Rank
    """
    from rich.console import Console

    names = list(ranking[0].params)
    table = make_table("rank", "accuracy", "±", "epochs", "s", *names)
    for place, each in enumerate(ranking[:_N_SHOWN], 1):
        numbers = f"{each.accuracy:.4f}", f"{each.deviation:.4f}"
        values = [_format(each.params[name]) for name in names]
        add_row(table, place, *numbers, each.epochs, f"{each.seconds:.1f}", *values)
    with naming("standard output"):
        Console(width=WIDE, highlight=False, emoji=False).print(table)
        if len(ranking) > _N_SHOWN:
            print(f"… and {len(ranking) - _N_SHOWN} more")


def write_csv(ranking, path):
    """Write all candidates as a CSV file.

    Parameters
    ----------
    ranking : list of Rank
    path : pathlib.Path
    """
    names = list(ranking[0].params)
    with naming(path), path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        columns = ["rank", "accuracy", "deviation", "epochs", "seconds"]
        writer.writerow([*columns, *names])
        for place, each in enumerate(ranking, 1):
            numbers = each.accuracy, each.deviation, each.epochs, each.seconds
            writer.writerow([place, *numbers, *(each.params[name] for name in names)])


def _format(value):
    return f"{value:.3g}" if isinstance(value, float) else str(value)
