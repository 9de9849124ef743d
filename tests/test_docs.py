"""What the documentation says of the package, held against the package."""

import ast
import importlib
import inspect
import re
import textwrap
from pathlib import Path

import pytest
from numpydoc.validate import validate
from sklearn.base import BaseEstimator
from sklearn.utils import estimator_html_repr

import skdigits
from skdigits import (
    CNNDigitClassifier,
    DigitPreprocessor,
    exceptions,
    make_digit_pipeline,
)
from skdigits._docs import DOC_LINK_TEMPLATE

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SITE = DOC_LINK_TEMPLATE.partition("/generated")[0]
ERRORS = [f"skdigits.exceptions.{name}" for name in exceptions.__all__]


def read(name):
    return (DOCS / name).read_text(encoding="utf-8")


# What numpydoc may complain of, and why.
EXCLUDED = {
    "ES01": "an extended summary is written where there is more to say",
    "EX01": "classes and functions have examples, their methods need none",
    "GL01": "summaries begin on the line of the quotes",
    "RT02": "results have names, such as `self : DigitPreprocessor`",
    "RT03": "a result that its type describes needs no sentence",
    "SA01": "see-also sections are written where there is something to see",
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
    """Names of the methods and properties that these classes define themselves."""
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
    complaints = [
        f"{code}: {text}"
        for code, text in validate(name)["errors"]
        if code not in EXCLUDED
    ]
    assert complaints == []


@pytest.mark.parametrize("name", sorted({*public_names()} - {*ERRORS}))
def test_public_name_has_an_example(name):
    assert ">>> " in inspect.getdoc(load(name))


def test_api_reference_lists_every_public_name():
    listed = re.findall(
        r"^(?:   ~?|.. py:data:: )([\w.]+)$", read("api.rst"), re.MULTILINE
    )
    names = {f"skdigits.{name}" for name in listed}
    assert names == {*public_names(), "skdigits.RECIPES"} - set(ERRORS)
    assert ".. automodule:: skdigits.exceptions\n   :members:" in read("api.rst")


@pytest.mark.parametrize("estimator", [CNNDigitClassifier(), DigitPreprocessor()])
def test_html_representation_links_to_the_page_of_the_estimator(estimator):
    name = type(estimator).__name__
    page = f"{SITE}/generated/skdigits.{name}.html"
    assert f'href="{page}"' in estimator_html_repr(estimator)


def test_html_representation_of_a_pipeline_links_to_both_pages():
    # Also for each parameter, to the place where its text stands.
    html = estimator_html_repr(make_digit_pipeline())
    assert set(re.findall(rf'"{SITE}/generated/([^"#]+)', html)) == {
        "skdigits.CNNDigitClassifier.html",
        "skdigits.DigitPreprocessor.html",
    }


def test_links_of_others_estimators_are_left_alone():
    class Mine(BaseEstimator):
        pass

    assert SITE not in estimator_html_repr(Mine())


def faq_answers():
    """Title and text of each question, in the FAQ's own order."""
    parts = re.split(r"\n(.+)\n\^+\n", read("faq.rst"))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_faq_answers_the_complaints_of_the_ecosystem():
    assert len(faq_answers()) >= 20


@pytest.mark.parametrize("question", faq_answers())
def test_answer_names_tests_that_exist(question):
    names = re.findall(r"`(tests/\w+\.py)::(\w+)`", faq_answers()[question])
    assert names
    for path, name in names:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name.startswith("test_")
        assert name in defined


def test_design_shows_every_floor_of_the_architecture_test():
    from test_architecture import FLOORS

    shown = set(re.findall(r"`(\w+)`", read("design.rst").partition("The floors")[2]))
    rooms = {name.split(".")[0] for floor in FLOORS for name in floor}
    assert {name for name in rooms if not name.startswith("__")} <= shown


def test_python_code_of_the_pages_compiles():
    blocks = {
        path.name: re.findall(
            r"code-block:: python\n\n((?:    .*\n|\n)+)",
            path.read_text(encoding="utf-8"),
        )
        for path in DOCS.rglob("*.rst")
        if "generated" not in path.parts and "auto_examples" not in path.parts
    }
    assert sum(map(len, blocks.values())) >= 4
    for name, code in blocks.items():
        for block in code:
            compile(textwrap.dedent(block), name, "exec")


def test_every_example_has_its_place_in_the_story(monkeypatch):
    monkeypatch.syspath_prepend(DOCS)
    from gallery_order import ORDER

    examples = {path.name for path in (ROOT / "examples").glob("plot_*.py")}
    assert sorted(examples) == sorted(ORDER)
