"""What the files around the package promise each other."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command", ["pip install . && skdigits train", 'pip install -e ".[test]" && pytest']
)
def test_ci_runs_the_commands_of_the_readme(command):
    assert f"\n    {command}\n" in read("README.md")
    assert f"\n{command}\n" in read(".ci/run")


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
    for target in re.findall(r"\]\((?!http)([^)#]+)", read("README.md")):
        assert (ROOT / target).exists(), target


def test_changelog_names_the_public_names():
    import skdigits

    changelog = read("CHANGELOG.md")
    for name in set(skdigits.__all__) - {"datasets", "display", "exceptions"}:
        assert f"`{name}`" in changelog, name
