"""Form of the examples, and the names that they use."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PATHS = sorted(EXAMPLES.glob("plot_*.py"))

every_example = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def read(path):
    return path.read_text(encoding="utf-8")


def imported_names(tree):
    """Yield (module, name) of each import; name is None for a plain `import`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module, alias.name) for alias in node.names)


@every_example
def test_example_begins_with_title_and_introduction(path):
    over, title, under, blank, *introduction = inspect.cleandoc(
        ast.get_docstring(ast.parse(read(path)))
    ).splitlines()
    assert over == under == len(title) * "="
    assert not blank
    assert introduction


@every_example
def test_cells_of_an_example_begin_with_text(path):
    cells = re.split(r"^# %%\n", read(path), flags=re.MULTILINE)[1:]
    assert cells
    for cell in cells:
        assert cell.startswith("# ")


@every_example
def test_thumbnail_of_an_example_is_one_of_its_figures(path):
    text = read(path)
    thumbnail = re.search(r"^# sphinx_gallery_thumbnail_number = (\d+)$", text, re.M)
    assert 1 <= int(thumbnail[1]) <= text.count("plt.show()")


@every_example
def test_example_uses_public_names_of_skdigits_only(path):
    for module, name in imported_names(ast.parse(read(path))):
        if module.split(".")[0] != "skdigits":
            continue
        assert not re.search(r"(^|\.)_", module)
        assert name is None or name in importlib.import_module(module).__all__


@every_example
def test_example_downloads_nothing(path):
    for call in ast.walk(ast.parse(read(path))):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "fetch_mnist":
            assert "download_if_missing=False" in ast.unparse(call)
