"""Whether README, CI, packaging and documentation agree with each other."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command",
    [
        "pip install . && skdigits train",
        'pip install -e ".[test]" && pytest',
        'pip install -e ".[docs]" && sphinx-build -W docs docs/_build/html',
    ],
)
def test_ci_runs_the_commands_of_the_readme(command):
    assert f"\n    {command}\n" in read("README.md")
    assert f"\n{command}\n" in read(".ci/run")


def test_page_on_installing_names_every_extra():
    extras = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"]
    page = read("docs/guide/installing.rst")
    named = re.findall(r'^   \* - ``pip install .*\[(\w+)\]"``', page, re.MULTILINE)
    assert sorted(named) == sorted(extras)


def test_comparison_has_a_row_for_each_trial():
    page = read("docs/comparison.rst").partition("\nAccuracy\n")[0]
    rows = re.findall(r"^   \* - .+\n((?:     - .+\n)+)", page, re.MULTILINE)
    trials = read("benchmarks/comparison.py").partition("TRIALS = [")[2]
    assert len(rows) == trials.partition("]")[0].count(",")
    assert {row.count("\n") for row in rows} == {5}


def test_ruff_has_one_version():
    pinned = re.search(r"ruff==([0-9.]+)", read("pyproject.toml"))[1]
    assert f"rev: v{pinned} " in read(".pre-commit-config.yaml")


def test_links_of_the_readme_lead_somewhere():
    targets = re.findall(r"\]\((?!http)([^)#]+)", read("README.md"))
    assert targets
    for target in targets:
        assert (ROOT / target).exists(), target


def test_changelog_names_the_public_names():
    import skdigits

    changelog = read("CHANGELOG.md")
    for name in set(skdigits.__all__) - {"datasets", "display", "exceptions"}:
        assert f"`{name}`" in changelog, name
