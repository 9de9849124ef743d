"""The allowed dependencies between the parts of the package."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import skdigits

ROOT = Path(skdigits.__file__).parent
TESTS = Path(__file__).parent

# Which parts a part may import from, besides itself and EVERYWHERE. "top" is every
# module of the package root without a row of its own. CONTRIBUTING.md says the same.
ALLOWED = {
    "exceptions": set(),
    "_messages": set(),
    "_blas": set(),
    "_partials": set(),
    "_imaging": set(),
    "_network": {"_blas"},
    "_saving": set(),
    "_strings": {"_blas", "_imaging", "_network"},
    "_io": set(),
    "datasets": {"_imaging", "_io", "_partials"},
    "display": {"_io"},
    "top": {"_imaging", "_network", "_saving", "_strings", "_io", "_partials"},
    "_tuning": {"top"},
    "_cli": {"top", "_network", "_strings", "_io", "_tuning", "datasets", "display"},
    "__main__": {"_cli"},
}
EVERYWHERE = {"exceptions", "_messages"}

KERAS = {"keras", "tensorflow", "scikeras"}
LATE = KERAS | {"matplotlib", "rich", "pandas", "polars"}


def modules():
    """Path of each module by its name within the package; "" is the package itself."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        .removesuffix("__init__")
        .removesuffix("."): path
        for path in ROOT.rglob("*.py")
    }


def part_of(module):
    first = module.split(".")[0]
    return first if first in ALLOWED else "top"


def public_names():
    """Module that each public name of the package root comes from."""
    stub = ast.parse((ROOT / "__init__.pyi").read_text())
    return {
        alias.name: node.module or alias.name
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def imports(path):
    """Full names that a module imports, and whether each import is at its top level."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports are not checked"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            yield name, node in tree.body


def own_imports(path):
    """Modules of the package that a module imports."""
    known, public = modules(), public_names()
    for name, _ in imports(path):
        package, _, rest = name.partition(".")
        if package != "skdigits":
            continue
        while rest not in known and rest not in public:
            rest = rest.rpartition(".")[0]
        yield public.get(rest, rest)


@pytest.mark.parametrize("module", modules())
def test_part_imports_only_what_the_table_allows(module):
    part = part_of(module)
    for target in own_imports(modules()[module]):
        # `__version__` and the lazily loaded names are defined in the package itself.
        if target and part_of(target) != part:
            assert part_of(target) in ALLOWED[part] | EVERYWHERE, (
                f"{module} imports {target}"
            )


def test_no_module_imports_in_a_circle():
    graph = {name: set(own_imports(path)) - {""} for name, path in modules().items()}
    tuple(TopologicalSorter(graph).static_order())  # raises CycleError


@pytest.mark.parametrize("module", modules())
def test_one_module_each_imports_keras_and_scikeras(module):
    imported = {name.split(".")[0] for name, _ in imports(modules()[module])}
    allowed = {
        "_network.backend": {"keras", "tensorflow"},
        "_network.scikeras_loop": {"scikeras"},
    }
    assert imported & KERAS <= allowed.get(module, set())


@pytest.mark.parametrize("module", modules())
def test_heavy_packages_are_imported_inside_functions(module):
    for name, is_top_level in imports(modules()[module]):
        assert not (is_top_level and name.split(".")[0] in LATE), name


def test_every_module_has_its_test_file():
    for module, path in modules().items():
        if path.name in ("__init__.py", "__main__.py", "exceptions.py"):
            continue
        *folders, name = [part.lstrip("_") for part in module.split(".")]
        assert (TESTS.joinpath(*folders) / f"test_{name}.py").exists(), module
