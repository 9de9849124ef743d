import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skdigits import (
    DigitPreprocessor,
    apply_in_batches,
    make_digit_pipeline,
)
from skdigits.exceptions import NoDigitFoundWarning

METHODS = ["predict", "predict_proba", "predict_log_proba", "decision_function"]


@pytest.fixture(scope="module")
def pipeline(fitted):
    """A pipeline of names of digits, whose classifier sees 8x8 pixels."""
    X = np.random.default_rng(0).integers(0, 256, (40, 8, 8))
    X[:, 2:6, 3:5] += 1000
    y = np.array(["one", "three"])[np.arange(40) % 2]
    pipeline = make_digit_pipeline(filters=(4,), epochs=1, random_state=0)
    pipeline[0].set_params(image_shape=(8, 8), box_size=6)
    return pipeline.fit(X, y)


@pytest.fixture
def images():
    images = np.zeros((23, 12, 9), np.uint8)
    images[:, 3:9, 4:6] = 255
    images[::2, 3:5, 2:8] = 255
    return images


@pytest.mark.parametrize("batch_size", [1, 5, 23, 1000])
@pytest.mark.parametrize("method", METHODS)
def test_batches_give_what_the_method_gives(pipeline, images, method, batch_size):
    method = getattr(pipeline, method)
    result = apply_in_batches(method, images, batch_size=batch_size)
    expected = method(images)
    assert result.dtype == expected.dtype
    if expected.dtype.kind == "U":
        assert_array_equal(result, expected)
    else:
        np.testing.assert_allclose(result, expected, atol=1e-5)


def test_framed_images_are_put_together(images):
    preprocessor = DigitPreprocessor()
    framed = apply_in_batches(preprocessor.transform, images, batch_size=4)
    assert_array_equal(framed, preprocessor.transform(images))


def test_no_image_is_answered_by_the_method_itself(fitted):
    with pytest.raises(ValueError, match="0 sample"):
        apply_in_batches(fitted.predict, np.zeros((0, 64)))


@pytest.mark.parametrize(
    ("arguments", "name"),
    [(("predict", [[0]]), "method"), ((len, [[0]], 0), "batch_size")],
)
def test_parameters_are_validated(arguments, name):
    method, X, *size = arguments
    options = {"batch_size": size[0]} if size else {}
    with pytest.raises(ValueError, match=f"'{name}' parameter of apply_in_batches"):
        apply_in_batches(method, X, **options)


def test_memory_is_that_of_a_batch(fitted):
    X = np.zeros((20_000, 64), np.uint8)
    apply_in_batches(fitted.predict, X[:2000])
    tracemalloc.start()
    apply_in_batches(fitted.predict, X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 2**20  # its floats alone are 5 MB, and the logits 2 MB


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function"])
def test_dask_arrays_are_predicted_chunk_by_chunk(pipeline, images, method):
    da = pytest.importorskip("dask.array")
    method = getattr(pipeline, method)
    lazy = apply_in_batches(method, da.from_array(images, chunks=(10, 5, 9)))
    expected = method(images)
    assert isinstance(lazy, da.Array)
    assert (lazy.dtype, lazy.shape) == (expected.dtype, expected.shape)
    assert lazy.chunks[0] == (10, 10, 3)
    computed = lazy.compute()
    assert computed.dtype == expected.dtype
    if expected.dtype.kind == "U":
        assert_array_equal(computed, expected)
    else:
        np.testing.assert_allclose(computed, expected, atol=1e-5)


def test_dask_arrays_are_framed_chunk_by_chunk(images):
    da = pytest.importorskip("dask.array")
    preprocessor = DigitPreprocessor()
    lazy = apply_in_batches(preprocessor.transform, da.from_array(images, chunks=7))
    assert (lazy.dtype, lazy.shape) == (np.float32, (23, 784))
    assert_array_equal(lazy.compute(), preprocessor.transform(images))


def test_dask_arrays_are_not_computed_before_they_are_asked_for(fitted):
    da = pytest.importorskip("dask.array")
    blocks = []

    def note(block):
        blocks.append(len(block))
        return block

    X = da.zeros((30, 64), chunks=(10, 64)).map_blocks(note, meta=np.empty((0, 64)))
    lazy = apply_in_batches(fitted.predict, X)
    assert blocks == []
    lazy[:10].compute()
    assert blocks == [10]


def test_blank_sample_gives_no_warning(images):
    da = pytest.importorskip("dask.array")
    preprocessor = DigitPreprocessor()
    lazy = apply_in_batches(preprocessor.transform, da.zeros((4, 28, 28), chunks=2))
    with pytest.warns(NoDigitFoundWarning, match="2 of 2 pictures hold no digit"):
        lazy.compute(scheduler="synchronous")


def test_arrays_of_numpy_import_no_dask():
    script = (
        "import sys, numpy as np\n"
        "from skdigits import DigitPreprocessor, apply_in_batches\n"
        "apply_in_batches(DigitPreprocessor().transform, np.eye(28)[None])\n"
        "print('dask' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
