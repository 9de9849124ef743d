import base64
import json
import re

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline

from skdigits import (
    CNNDigitClassifier,
    DigitPreprocessor,
    load_pretrained,
    make_digit_pipeline,
    write_drawing_page,
)
from skdigits._draw import make_page


@pytest.fixture(scope="module")
def page():
    return make_page(load_pretrained())


def model_in(page):
    text = re.search('<script type="application/json" id="model">(.*?)</script>', page)
    return json.loads(text[1])


def test_page_of_the_pretrained_model_is_smaller_than_1_5_megabytes(page):
    assert len(page.encode()) < 1_500_000


def test_page_forbids_connections_and_refers_to_no_other_file(page):
    policy = re.search('http-equiv="Content-Security-Policy" content="(.*?)"', page)[1]
    assert policy.startswith("default-src 'none'; ")
    assert not re.search("unsafe|http|connect-src", policy)
    assert not re.search(r"<script[^>]* src=|<link[^>]* href=\"(?!data:)|@import", page)


def test_file_holds_the_page(tmp_path, page):
    write_drawing_page(load_pretrained(), tmp_path / "draw.html")
    assert (tmp_path / "draw.html").read_text(encoding="utf-8") == page


def test_page_holds_the_weights_as_16_and_32_bits(page):
    network = model_in(page)["network"]
    weights = load_pretrained()[1]._network.weights
    for name, dtype, arrays in (
        ("kernels", "<f2", [a for a in weights if a.ndim > 1]),
        ("vectors", "<f4", [a for a in weights if a.ndim == 1]),
    ):
        numbers = np.frombuffer(base64.b64decode(network[name]), dtype)
        flat = np.concatenate([array.ravel() for array in arrays])
        assert np.allclose(numbers, flat, rtol=1e-3, atol=1e-6)


def test_labels_cannot_end_the_script_that_holds_them(digits, small):
    X, _, y, _ = digits
    labels = np.where(y > 4, "</script>", "<!--")
    pipeline = make_digit_pipeline(**small | {"epochs": 1})
    page = make_page(pipeline.fit(X[:50], labels[:50]))
    assert model_in(page)["labels"] == ["<!--", "</script>"]


@pytest.mark.parametrize(
    "pipeline",
    [CNNDigitClassifier(), Pipeline([("preprocessor", DigitPreprocessor())]), "digits"],
)
def test_other_estimators_are_refused(tmp_path, pipeline):
    sentence = "`pipeline` must be a Pipeline of a DigitPreprocessor and a CNN.*got"
    with pytest.raises(ValueError, match=sentence):
        write_drawing_page(pipeline, tmp_path / "draw.html")


def test_pipeline_that_is_not_fitted_is_refused(tmp_path):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        write_drawing_page(make_digit_pipeline(), tmp_path / "draw.html")


def _linear(image_shape, n_classes):
    import keras

    return keras.Sequential(
        [
            keras.layers.Input((*image_shape, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(n_classes),
        ]
    )


def test_callable_network_is_refused(tmp_path, digits):
    X, _, y, _ = digits
    pipeline = make_digit_pipeline(network=_linear, epochs=1).fit(X[:50], y[:50])
    sentence = "whose layers are those of its parameters; got a callable `network`"
    with pytest.raises(ValueError, match=sentence):
        write_drawing_page(pipeline, tmp_path / "draw.html")
