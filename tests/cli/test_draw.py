import webbrowser

import pytest
from sklearn.pipeline import make_pipeline

from skdigits import (
    CNNDigitClassifier,
    DigitPreprocessor,
    load_pretrained,
    save,
)
from skdigits._draw import make_page


@pytest.fixture(autouse=True)
def opened(monkeypatch):
    """Addresses that the command opens in the browser."""
    addresses = []
    monkeypatch.setattr(webbrowser, "open", lambda url: addresses.append(url) or True)
    return addresses


def test_draw_writes_the_pretrained_model_and_opens_the_page(
    run, tmp_path, monkeypatch, opened
):
    monkeypatch.chdir(tmp_path)
    status, out, _ = run("draw")
    assert status == 0
    assert out.startswith("The page is saved as draw.html.")
    assert "No browser" not in out
    assert (tmp_path / "draw.html").read_text("utf-8") == make_page(load_pretrained())
    assert opened == [(tmp_path / "draw.html").as_uri()]


def test_draw_says_that_there_is_no_browser(run, tmp_path, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    status, out, _ = run("draw", "--output", tmp_path / "page.html")
    assert status == 0
    assert out.endswith("No browser was found here.\n")


def test_draw_takes_a_model_and_opens_nothing_if_told_so(run, tmp_path, model, opened):
    page = tmp_path / "new" / "page.html"
    status, _, _ = run("draw", "--model", model, "--output", page, "--no-open")
    assert (status, opened) == (0, [])
    assert '"labels": ["0", "1", ' in page.read_text("utf-8")


def test_draw_refuses_a_model_that_the_page_cannot_hold(
    fails_with, tmp_path, digits, small
):
    X, _, y, _ = digits
    twice = make_pipeline(
        DigitPreprocessor(), DigitPreprocessor(), CNNDigitClassifier(**small)
    )
    save(twice.fit(X[:50], y[:50]), tmp_path / "twice.skops")
    assert fails_with(
        "The page cannot hold this model: `pipeline` must be a Pipeline",
        *("draw", "--model", tmp_path / "twice.skops"),
        *("--output", tmp_path / "page.html"),
    )
