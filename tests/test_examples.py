"""The gallery: every example is an essay that uses public names only."""

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


def test_there_are_sixteen_examples():
    assert len(PATHS) == 16


@every_example
def test_example_has_80_to_200_lines(path):
    assert 80 <= len(read(path).splitlines()) <= 200


@every_example
def test_example_begins_with_title_and_promise(path):
    over, title, under, blank, *promise = inspect.cleandoc(
        ast.get_docstring(ast.parse(read(path)))
    ).splitlines()
    assert over == under == len(under) * "="
    assert len(title) <= len(under)
    assert not blank
    assert len(" ".join(promise).split()) > 30


@every_example
def test_example_alternates_text_and_code_and_ends_with_a_conclusion(path):
    cells = re.split(r"^# %%\n", read(path), flags=re.MULTILINE)[1:]
    assert len(cells) >= 4
    for cell in cells:
        assert cell.startswith("# ")  # each opens with what it does
    assert "\n# Conclusion\n# ----------\n" in "\n" + "\n".join(cells[-1:])


@every_example
def test_example_shows_figures(path):
    text = read(path)
    n_figures = text.count("plt.show()")
    assert n_figures >= 1
    thumbnail = re.search(r"^# sphinx_gallery_thumbnail_number = (\d+)$", text, re.M)
    assert 1 <= int(thumbnail[1]) <= n_figures


@every_example
def test_example_says_which_digits_it_uses(path):
    text = " ".join(read(path).replace("#", " ").split())
    assert "come with scikit-learn" in text
    if "fetch_mnist" in text:
        assert "Where the files of MNIST are on disk" in text


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
