"""The floors of the house: a module imports from lower floors only."""

import ast
from pathlib import Path

import pytest

import skdigits

ROOT = Path(skdigits.__file__).parent

FLOORS = [
    {"exceptions", "_docs"},
    {"_keras", "_pixels", "_schedule", "_rows", "_interrupt"},
    {"_feed", "_early_stopping", "_progress"},
    {"_gray", "_light", "_network", "_augmentation"},
    {"datasets._bunch", "datasets._idx"},
    {"_ink", "_io", "_training", "_forward", "datasets._mnist", "datasets._digits"},
    {"_framing", "_engine", "datasets._folder"},
    {"_preprocessing", "_classifier"},
    {"_recipes", "_pipeline", "_persistence", "display._images"},
    {"_pretrained"},
    {
        *("display._history", "display._digit_grid", "display._preprocessing"),
        *("display._error_coverage", "display._saliency", "_report"),
    },
    {"__init__", "datasets.__init__", "display.__init__"},  # public names, lazily
    {"_plots", "_arguments"},
    {"_cli"},  # uses the public names, like any other program
    {"__main__"},
]

LATE = {"keras", "tensorflow", "scikeras", "matplotlib", "rich", "pandas", "polars"}


def modules():
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for path in ROOT.rglob("*.py")
    }


def floor_of(name):
    for number, floor in enumerate(FLOORS):
        if name in floor or f"{name}.__init__" in floor:
            return number
    raise LookupError(f"{name} has no floor: add it to the table")


def module_of(target):
    """Name of the module that an import from skdigits refers to."""
    name = target.removeprefix("skdigits.")
    return name if name in modules() or f"{name}.__init__" in modules() else "__init__"


def imported(tree):
    """Names imported anywhere in a module, and those at its top level."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module]
            if node.module == "skdigits":
                names = [f"skdigits.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            yield name, node in tree.body


@pytest.mark.parametrize("name", modules())
def test_module_imports_from_lower_floors_only(name):
    own = floor_of(name)
    for target, _ in imported(ast.parse(modules()[name].read_text())):
        if target.startswith("skdigits."):
            assert floor_of(module_of(target)) < own, target


@pytest.mark.parametrize("name", modules())
def test_heavy_packages_are_imported_inside_functions(name):
    for target, is_top_level in imported(ast.parse(modules()[name].read_text())):
        if is_top_level:
            assert target.split(".")[0] not in LATE, target


def test_only_one_room_knows_scikeras():
    knowing = [
        name
        for name, path in modules().items()
        if "import_scikeras" in path.read_text()
    ]
    assert sorted(knowing) == ["_engine", "_keras"]


def test_every_floor_is_inhabited():
    assert set().union(*FLOORS) == set(modules())


def test_every_module_has_its_tests():
    tests = {path.stem for path in Path(__file__).parent.glob("test_*.py")}
    for name in modules():
        stem = "test_" + name.replace("._", "_").removeprefix("_")
        if "__" not in name and name != "exceptions":
            assert stem in tests, name
