import numpy as np
import pytest
import sklearn

from skdigits import CNNDigitClassifier
from skdigits._network.scikeras_loop import make_loop_model, run_steps


@pytest.fixture(scope="module")
def model():
    import keras

    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    return make_loop_model(network, keras.optimizers.SGD())


@pytest.mark.parametrize("stop_after", [1, 3, 5])
def test_steps_are_taken_as_any_would_take_them(model, stop_after):
    def steps(taken):
        for number in range(1, 6):
            taken.append(number)
            yield number == stop_after

    ours, plain = [], []
    run_steps(model, steps(ours), 5)
    any(steps(plain))
    assert ours == plain
    assert model.steps is None


def test_errors_come_out_as_they_are(model):
    def steps():
        yield False
        raise ZeroDivisionError("of ours")

    with pytest.raises(ZeroDivisionError, match="of ours"):
        run_steps(model, steps(), 3)
    assert model.steps is None


@pytest.mark.filterwarnings("ignore:Limiting steps_per_epoch")
def test_steps_that_keras_withholds_are_an_error(model):
    import keras

    taken = []
    keras.config.set_max_steps_per_epoch(1)
    try:
        with pytest.raises(RuntimeError, match=r"before its last step\. Does"):
            run_steps(model, (bool(taken.append(n)) for n in range(3)), 3)
    finally:
        keras.config.set_max_steps_per_epoch(None)
    assert taken == [0]


def test_pickling_of_other_keras_models_is_left_alone(model):
    import keras

    run_steps(model, iter([False]), 1)
    assert "scikeras" not in keras.Model.__reduce__.__module__
    assert "scikeras" not in keras.optimizers.Optimizer.__reduce__.__module__
    assert "__deepcopy__" not in vars(keras.Model)


@pytest.mark.parametrize("output", ["pandas", "polars"])
def test_output_that_transformers_are_set_to_does_not_matter(
    digits, small, fitted, output
):
    pytest.importorskip(output)
    X, X_test, y, _ = digits
    with sklearn.config_context(transform_output=output):
        clf = CNNDigitClassifier(**small).fit(X, y)  # warnings are errors
    assert np.array_equal(clf.predict_proba(X_test), fitted.predict_proba(X_test))
