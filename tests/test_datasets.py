"""`skdigits.datasets`: its public names, and that they cost nothing to import."""

import subprocess
import sys

import pytest

from skdigits import datasets


@pytest.mark.parametrize("name", datasets.__all__)
def test_public_names_are_functions_with_a_docstring(name):
    assert getattr(datasets, name).__doc__


def test_import_of_datasets_imports_nothing_heavy():
    code = (
        "import sys, skdigits.datasets\n"
        "print(sorted({'numpy', 'sklearn', 'skimage'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
