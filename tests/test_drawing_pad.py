import builtins
import copy
import html
import re

import numpy as np
import pytest

from skdigits import DrawingPad, load_pretrained
from skdigits._draw import make_page
from skdigits.datasets import load_digits28


@pytest.fixture(scope="module")
def pipeline():
    return load_pretrained()


@pytest.fixture
def pad(pipeline):
    pytest.importorskip("anywidget", reason="needs anywidget")
    return DrawingPad(pipeline, height=400)


@pytest.fixture
def no_anywidget(monkeypatch):
    def import_(name, *args, original=builtins.__import__, **kwargs):
        if name == "anywidget":
            raise ModuleNotFoundError(name)
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", import_)


def reading(**changed):
    """What the page sends when a digit is shown."""
    message = {
        "image": load_digits28().data[7].tolist(),
        "label": 7,
        "probability": 0.9,
        "correction": -1,
    }
    return {"_reading": message | changed}


def test_attributes_follow_the_page(pad, pipeline):
    assert (pad.image, pad.label, pad.probability, pad.correction) == (None,) * 4
    pad.widget.set_state(reading())
    assert (pad.image.shape, pad.image.dtype) == ((28, 28), np.float32)
    assert np.array_equal(pad.image, load_digits28().images[7])
    assert (pad.label, pad.probability, pad.correction) == (7, 0.9, None)
    pad.widget.set_state(reading(correction=1))
    assert (pad.label, pad.correction) == (7, 1)
    nothing = {"image": None, "label": -1, "probability": None, "correction": -1}
    pad.widget.set_state(reading(**nothing))
    assert (pad.image, pad.label, pad.probability, pad.correction) == (None,) * 4


def test_labels_are_those_of_the_classes(pipeline):
    pytest.importorskip("anywidget", reason="needs anywidget")
    pipeline = copy.deepcopy(pipeline)
    pipeline[-1].classes_ = np.array(list("abcdefghij"))
    pad = DrawingPad(pipeline)
    pad.widget.set_state(reading(label=9, correction=0))
    assert (pad.label, pad.correction) == ("j", "a")


def test_traits_can_be_observed_and_are_set_together(pad):
    seen = []
    pad.widget.observe(lambda change: seen.append((change.name, pad.label)))
    pad.widget.set_state(reading())
    assert ("image", 7) in seen
    assert ("label", 7) in seen


def test_image_is_what_the_classifier_takes(pad, pipeline):
    pad.widget.set_state(reading())
    assert pipeline[-1].predict([pad.image.ravel()]).tolist() == [7]


def test_widget_holds_the_page_and_its_script(pad, pipeline):
    state = pad.widget.get_state()
    assert state["_page"] == make_page(pipeline)
    assert state["_height"] == 400
    assert "export default { render }" in state["_esm"]
    shown = pad._repr_mimebundle_()
    bundle = shown[0] if isinstance(shown, tuple) else shown
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_without_anywidget_the_page_is_shown_in_a_frame(no_anywidget, pipeline):
    pad = DrawingPad(pipeline, height=400)
    assert pad.widget is None
    shown = pad._repr_mimebundle_()["text/html"]
    source = re.search('srcdoc="(.*?)"', shown, re.DOTALL)[1]
    assert html.unescape(source) == make_page(pipeline)
    assert "height: 400px" in shown
    assert repr(pad).startswith("<DrawingPad")


def test_without_anywidget_nothing_comes_back(no_anywidget, pipeline):
    pad = DrawingPad(pipeline)
    sentence = r'DrawingPad.label needs anywidget. .* "skdigits\[widget\]"'
    with pytest.raises(ModuleNotFoundError, match=sentence):
        pad.label  # noqa: B018
