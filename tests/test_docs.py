"""Whether the documentation is true: docstrings, names, links and code."""

import ast
import importlib
import inspect
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest
from numpydoc.validate import validate
from PIL import Image
from sklearn.base import BaseEstimator
from sklearn.callback import ScoringMonitor
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_html_repr

import skdigits
from skdigits import (
    CNNDigitClassifier,
    DigitPreprocessor,
    DigitReader,
    exceptions,
    make_digit_pipeline,
)
from skdigits._docs import DOC_LINK_TEMPLATE
from skdigits.datasets import load_digits28

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SITE = DOC_LINK_TEMPLATE.partition("/generated")[0]
ERRORS = [f"skdigits.exceptions.{name}" for name in exceptions.__all__]


def read(name):
    return (DOCS / name).read_text(encoding="utf-8")


# Codes of numpydoc that are not errors here, with the reason.
EXCLUDED = {
    "ES01": "a summary is often enough",
    "EX01": "classes and functions have examples, their methods need none",
    "GL01": "summaries start on the line of the quotes",
    "RT02": "results have names, such as `self : DigitPreprocessor`",
    "RT03": "the type is often enough",
    "SA01": "not every function has related ones",
}


def public_names():
    """Names of all public classes and functions."""
    return [
        f"{module.__name__}.{name}"
        for module in (skdigits, skdigits.datasets, skdigits.display, exceptions)
        for name in module.__all__
        if callable(getattr(module, name))
    ]


def public_methods():
    """Names of the methods and properties defined in these classes."""
    return [
        f"{name}.{member}"
        for name in public_names()
        if inspect.isclass(load(name))
        for member, value in vars(load(name)).items()
        if not member.startswith("_")
        and (inspect.isfunction(value) or isinstance(value, (classmethod, property)))
    ]


def load(name):
    module, _, name = name.rpartition(".")
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("name", public_names() + public_methods())
def test_docstring_is_numpydoc(name):
    errors = [
        f"{code}: {text}"
        for code, text in validate(name)["errors"]
        if code not in EXCLUDED
    ]
    assert errors == []


@pytest.mark.parametrize("name", sorted({*public_names()} - {*ERRORS}))
def test_public_name_has_an_example(name):
    assert ">>> " in inspect.getdoc(load(name))


def test_api_reference_lists_every_public_name():
    listed = re.findall(
        r"^(?:   ~?|.. py:data:: )([\w.]+)$", read("api.rst"), re.MULTILINE
    )
    names = {f"skdigits.{name}" for name in listed}
    constants = {f"skdigits.{name}" for name in skdigits.__all__ if name.isupper()}
    assert names == {*public_names(), *constants} - set(ERRORS)
    assert ".. automodule:: skdigits.exceptions\n   :members:" in read("api.rst")


@pytest.mark.parametrize(
    "estimator", [CNNDigitClassifier(), DigitPreprocessor(), DigitReader()]
)
def test_html_representation_links_to_the_page_of_the_estimator(estimator):
    name = type(estimator).__name__
    page = f"{SITE}/generated/skdigits.{name}.html"
    assert f'href="{page}"' in estimator_html_repr(estimator)


def test_html_representation_of_a_pipeline_links_to_both_pages():
    # Also for each parameter, to its description.
    html = estimator_html_repr(make_digit_pipeline())
    assert set(re.findall(rf'"{SITE}/generated/([^"#]+)', html)) == {
        "skdigits.CNNDigitClassifier.html",
        "skdigits.DigitPreprocessor.html",
    }


def test_links_of_other_estimators_are_not_changed():
    class Other(BaseEstimator):
        pass

    assert SITE not in estimator_html_repr(Other())


def as_search(classifier):
    return GridSearchCV(classifier, {"learning_rate": [0.01]}, cv=2)


def faq_answers():
    """Answer to each question of the FAQ."""
    parts = re.split(r"\n(.+)\n\^+\n", read("faq.rst"))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("question", faq_answers())
def test_answer_names_tests_that_exist(question):
    names = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", faq_answers()[question])
    assert names
    for path, name in names:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name.startswith("test_")
        assert name in defined


def code_blocks(page):
    """Python code of a page, apart from its doctests."""
    blocks = re.findall(r"code-block:: python\n\n((?:    .*\n|\n)+)", read(page))
    return [textwrap.dedent(block).strip() for block in blocks]


def run_code(page, **names):
    """Run the Python code of a page and return its variables."""
    for block in code_blocks(page):
        exec(block, names)
    return names


@pytest.fixture
def few_digits():
    X, y = load_digits28(return_X_y=True)
    return X[:40], y[:40]


@pytest.mark.slow
def test_code_of_the_landing_page_reads_pictures_and_trains(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    images = load_digits28().images.astype(np.uint8)
    Image.fromarray(255 - np.hstack(images[:5])).save("meter.jpg")
    five = images[5]
    for name in ("five.png", "photo.jpg"):
        Image.fromarray(255 - five).save(name)

    run_code("index.rst")

    answers, number, score = capsys.readouterr().out.splitlines()
    assert answers.startswith("[5 5] [0.")
    assert number == "01234"
    assert float(score) > 0.98
    assert (tmp_path / "digits.skops").exists()


def test_readme_shows_code_of_the_landing_page():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)\n```", readme, flags=re.DOTALL)
    assert blocks == code_blocks("index.rst")[:2]


def test_code_of_the_page_on_networks_can_be_fitted(few_digits):
    names = run_code("guide/networks.rst", CNNDigitClassifier=CNNDigitClassifier)
    classifier = names["classifier"].set_params(epochs=1).fit(*few_digits)
    assert classifier.model_.count_params() == 2570  # of 32 filters each


def test_code_of_the_page_on_tuning_shows_the_epochs(few_digits, monkeypatch, capsys):
    grid = {"classifier__batch_size": [32]}
    monkeypatch.setattr(skdigits, "search_space", lambda: grid)  # 4 fits, not 28
    X, y = few_digits
    run_code(
        "guide/tuning.rst", X=X, y=y, X_train=X, y_train=y, X_val=X[::2], y_val=y[::2]
    )
    assert "CNNDigitClassifier - fit" in capsys.readouterr().out


@pytest.mark.parametrize("make_outer", [make_pipeline, as_search])
def test_scoring_monitor_logs_nothing_outside_the_classifier(make_outer, few_digits):
    # The pages say so; they have to change when scikit-learn does.
    monitor = ScoringMonitor(scoring="accuracy")
    classifier = CNNDigitClassifier(filters=(4,), epochs=1)
    make_outer(classifier).set_callbacks(monitor).fit(*few_digits)
    with pytest.raises(ValueError, match="No logs to retrieve"):
        monitor.get_logs()


def test_every_example_has_its_place_in_the_story(monkeypatch):
    monkeypatch.syspath_prepend(DOCS)
    from gallery_order import ORDER

    examples = {path.name for path in (ROOT / "examples").glob("plot_*.py")}
    assert sorted(examples) == sorted(ORDER)
