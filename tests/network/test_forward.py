import numpy as np
import pytest
from numpy.testing import assert_allclose

from skdigits import CNNDigitClassifier, save
from skdigits._network.engine import NUMPY_ROWS
from skdigits._network.forward import forward
from skdigits._network.layers import build_network
from skdigits._network.spec import FittedNetwork, NetworkSpec
from skdigits.exceptions import PixelRangeWarning

NORMALIZED = {"filters": (3, 4, 5), "pool_after": (1, 3), "batch_norm": True}
SPECS = {
    "perceptron": NetworkSpec((9, 7), 4, dense_units=(6, 5)),
    "same": NetworkSpec((9, 7), 4, (3, 4), (3, 4), pool_after=(2,)),
    "valid": NetworkSpec((9, 7), 2, (3, 4), (4, 2), ("valid", "same"), (1,)),
    "normalized": NetworkSpec((12, 12), 10, kernel_size=(5, 3), **NORMALIZED),
    "strip": NetworkSpec((1, 40), 3, kernel_size=(3,), **NORMALIZED),
    "dot": NetworkSpec((1, 1), 3, kernel_size=(3,), **NORMALIZED),
    "several": NetworkSpec((12, 12), 10, n_networks=3, **NORMALIZED),
    "dropout": NetworkSpec((8, 8), 3, (4,), dense_units=(8,), dropout=0.5),
}


@pytest.mark.parametrize("name", SPECS)
def test_forward_pass_is_that_of_the_keras_network(name):
    spec, rng = SPECS[name], np.random.default_rng(0)
    network = build_network(spec)
    weights = [
        rng.uniform(0.5, 1.5, weight.shape).astype("f4")
        if weight.name == "moving_variance"
        else rng.normal(0, 0.3, weight.shape).astype("f4")
        for weight in network.weights
    ]
    network.set_weights(weights)
    rows = rng.uniform(0, 255, (5, spec.image_shape[0] * spec.image_shape[1]))
    images = ((rows.astype("f4") - 20) / 60).reshape(-1, *spec.image_shape, 1)
    expected = network(images, training=False).numpy()
    fitted = FittedNetwork(spec, weights, 20.0, 60.0)
    ours = [forward(fitted, row) for row in rows]
    assert_allclose(ours, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("dtype", [np.uint8, np.float64, np.float32])
def test_predictions_in_numpy_are_those_of_tensorflow(digits, fitted, dtype):
    X = digits[1][: NUMPY_ROWS + 1].astype(dtype)
    expected = fitted.predict_proba(X)
    assert_allclose(fitted.predict_proba(X[:-1]), expected[:-1], atol=1e-6)


def test_few_images_warn_of_nothing_that_many_do_not(fitted):
    X = np.full((1, 64), 3e38)
    with pytest.warns(PixelRangeWarning) as caught, np.errstate(all="raise"):
        fitted.decision_function(X)
    assert len(caught) == 1


def test_few_images_together_are_predicted_bit_by_bit_as_each_alone(digits, fitted):
    X = digits[1][:NUMPY_ROWS]
    together = fitted.predict_proba(X)
    alone = [fitted.predict_proba(row[np.newaxis])[0] for row in X]
    assert np.array_equal(together, alone)


def test_own_network_predicts_an_image_alone_as_among_others(digits):
    X, X_test, y, _ = digits
    clf = CNNDigitClassifier(network=_dense, epochs=1, random_state=0).fit(X, y)
    together = clf.predict_proba(X_test)
    assert_allclose(clf.predict_proba(X_test[:1]), together[:1], atol=1e-6)


def test_few_images_are_read_without_tensorflow(fitted, tmp_path, run_python):
    save(fitted, tmp_path / "model.skops")
    done = run_python(
        "import sys, numpy, skdigits\n"
        "classifier = skdigits.load(sys.argv[1])\n"
        f"classifier.predict(8 * numpy.eye(64)[:{NUMPY_ROWS}])\n"
        "print({'tensorflow', 'keras', 'scikeras'} & set(sys.modules))",
        tmp_path / "model.skops",
    )
    assert done.stdout == "set()\n", done.stderr


def _dense(image_shape, n_classes):
    import keras

    layers = [keras.layers.Input((*image_shape, 1)), keras.layers.Flatten()]
    return keras.Sequential([*layers, keras.layers.Dense(n_classes)])
