import io

from rich.console import Console

from skdigits._cli.tables import WIDE, add_row, make_table


def test_cells_that_look_like_markup_are_printed_as_they_are():
    table = make_table("[b]label", "n")
    add_row(table, "[red]x[/]", 7)
    file = io.StringIO()
    Console(file=file, width=WIDE).print(table)
    lines = file.getvalue().splitlines()
    assert lines[0].split() == ["[b]label", "n"]
    assert lines[2].split() == ["[red]x[/]", "7"]
