"""Tables of text, drawn by rich."""

# Rich wraps and cuts what is wider than its console. Numbers must stay whole, and
# rows that are piped into a file or a program must stay on one line.
WIDE = 10_000


def make_table(*names):
    """Make a table with a right-aligned column for each name.

    Parameters
    ----------
    *names : object

    Returns
    -------
    rich.table.Table
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in names:
        table.add_column(Text(str(name)), justify="right")
    return table


def add_row(table, *cells):
    """Add a row whose cells are printed as they are.

    Parameters
    ----------
    table : rich.table.Table
    *cells : object
    """
    from rich.text import Text

    # Names of folders and files may look like rich's markup.
    table.add_row(
        *(cell if isinstance(cell, Text) else Text(str(cell)) for cell in cells)
    )
