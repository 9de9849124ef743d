"""What the files around the package promise each other."""

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


def test_install_table_of_the_readme_names_every_extra():
    extras = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"]
    named = re.findall(
        r"^\| `pip install .*\[(\w+)\]\"`", read("README.md"), re.MULTILINE
    )
    assert sorted(named) == sorted(extras)


def test_comparison_of_the_readme_has_a_line_for_each_trial():
    table = read("README.md").partition("## Beside its peers")[2].partition("\n## ")[0]
    answers = [line for line in table.splitlines() if re.search(r"\| (yes|no)", line)]
    trials = (
        read("benchmarks/comparison.py").partition("TRIALS = [")[2].partition("]")[0]
    )
    # One more than the trials: no peer claims to read pictures.
    assert len(answers) == trials.count(",") + 1
    assert {line.count("|") for line in answers} == {7}


def test_picture_of_the_readme_is_small():
    assert (ROOT / "docs/_static/digits_read.png").stat().st_size < 100_000


def test_ruff_has_one_version():
    pinned = re.search(r"ruff==([0-9.]+)", read("pyproject.toml"))[1]
    assert f"rev: v{pinned} " in read(".pre-commit-config.yaml")


def test_python_code_of_the_readme_compiles():
    blocks = re.findall(r"```python\n(.*?)```", read("README.md"), flags=re.DOTALL)
    assert len(blocks) >= 2
    for block in blocks:
        compile(block, "README.md", "exec")


def test_first_example_of_the_readme_runs(tmp_path, monkeypatch, capsys):
    import skimage.data
    from PIL import Image

    monkeypatch.chdir(tmp_path)
    five = skimage.data.binary_blobs(60, rng=0)  # a picture, if of no digit
    for name in ("five.png", "photo.jpg"):
        Image.fromarray(255 * five.astype("uint8")).save(name)
    block = re.findall(r"```python\n(.*?)```", read("README.md"), flags=re.DOTALL)[0]
    exec(block, {})
    assert float(capsys.readouterr().out) > 0.98
    assert (tmp_path / "digits.skops").exists()


def test_links_of_the_readme_lead_somewhere():
    targets = re.findall(r"\]\((?!http)([^)#]+)", read("README.md"))
    assert len(targets) > 10
    for target in targets:
        assert (ROOT / target).exists(), target


def test_changelog_names_the_public_names():
    import skdigits

    changelog = read("CHANGELOG.md")
    for name in set(skdigits.__all__) - {"datasets", "display", "exceptions"}:
        assert f"`{name}`" in changelog, name
