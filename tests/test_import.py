import ast
from pathlib import Path

import pytest

import skdigits

HEAVY = {"numpy", "scipy", "sklearn", "skimage", "matplotlib", "keras", "tensorflow"}

LOADED = "print(*sorted(m for m in sys.modules if '.' not in m))"


@pytest.mark.parametrize(
    "name", ["skdigits", "skdigits._cli.main", "skdigits.exceptions"]
)
def test_import_loads_nothing_heavy(run_python, name):
    done = run_python(f"import sys, {name}; {LOADED}")
    assert done.returncode == 0, done.stderr
    assert not HEAVY & set(done.stdout.split())


def test_estimators_are_made_without_tensorflow(run_python):
    done = run_python(
        "import sys, skdigits; skdigits.make_digit_pipeline(); "
        f"skdigits.search_space(); skdigits.RECIPES; {LOADED}"
    )
    assert done.returncode == 0, done.stderr
    assert not {"keras", "tensorflow", "scikeras", "matplotlib"} & set(
        done.stdout.split()
    )


def test_every_public_name_loads(run_python):
    done = run_python("import skdigits", EAGER_IMPORT="1")
    assert done.returncode == 0, done.stderr
    for name in skdigits.__all__:
        assert getattr(skdigits, name) is not None
    assert set(skdigits.__all__) <= set(dir(skdigits))


def test_stub_lists_what_it_imports():
    stub = ast.parse(Path(skdigits.__file__).with_suffix(".pyi").read_text())
    imported = [
        alias.name
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert sorted(imported) == sorted(skdigits.__all__)


def test_version_is_that_of_the_installed_package():
    from importlib.metadata import version

    assert skdigits.__version__ == version("skdigits")
