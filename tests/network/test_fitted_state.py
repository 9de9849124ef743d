"""States that do not fit together are refused when they are restored."""

import copy
import pickle

import numpy as np
import pytest

from skdigits import CNNDigitClassifier
from skdigits._network.fitted_state import weight_shapes
from skdigits._network.layers import build_network
from skdigits._network.spec import NetworkSpec
from skdigits.exceptions import ModelFileError

NETWORKS = [
    {},
    {"filters": (3, 4), "pool_after": (1,), "batch_norm": True},
    {"filters": (3, 4, 5), "kernel_size": (5, 3), "padding": ("valid", "same")},
    {"filters": (2,) * 6, "kernel_size": (5,), "pool_after": (1, 2, 3, 4, 5)},
    {"filters": (2, 2), "padding": ("valid",), "dense_units": (7, 6), "n_networks": 2},
]


@pytest.mark.parametrize("layers", NETWORKS)
@pytest.mark.parametrize("image_shape", [(9, 12), (1, 5)])
def test_shapes_of_the_weights_are_those_that_keras_builds(layers, image_shape):
    spec = NetworkSpec(image_shape, 3, **layers)
    expected = [tuple(weight.shape) for weight in build_network(spec).weights]
    assert weight_shapes(spec) == expected


def damage(**changes):
    return lambda state: state.update(changes)


def change_weight(position, value):
    def change(state):
        state["_weights"] = list(state["_weights"])
        state["_weights"][position] = value

    return change


DAMAGES = {
    "weights must be finite; got NaN or infinity in array 1 of 7": change_weight(
        1, np.full(8, np.nan, np.float32)
    ),
    "weights of the shapes .* do not fit the network, which has": change_weight(
        1, np.zeros(9, np.float32)
    ),
    "weights must be arrays of numbers; got 'weights'": change_weight(1, "weights"),
    "classes_ must hold 10 labels; got": damage(classes_=np.arange(9)),
    "classes_ holds a label twice": damage(classes_=np.zeros(10)),
    "the network sees images of": damage(image_shape_=(4, 16)),
    "n_features_in_ is 65": damage(n_features_in_=65),
    "pixel_mean_ must be a finite number; got nan": damage(pixel_mean_=np.nan),
    "pixel_scale_ must be a finite number; got 0": damage(pixel_scale_=0.0),
    "temperature must be a finite number; got -1": damage(temperature=-1),
    "'classes_' is missing": lambda state: state.pop("classes_"),
    "'_weights' is missing": lambda state: state.pop("_weights"),
    "several lengths": damage(history_={"loss": [1.0], "accuracy": []}),
    "no weights have moments of the shapes": damage(
        _optimizer_state=("adam", [np.zeros((3, 3, 3))])
    ),
    "unexpected keyword argument": damage(_network_config={"layers": 7}),
}


@pytest.mark.parametrize("sentence", DAMAGES)
def test_damaged_state_is_refused(fitted, sentence):
    state = fitted.__getstate__().copy()
    DAMAGES[sentence](state)
    expected = f"The fitted state of CNNDigitClassifier is damaged: .*{sentence}"
    with pytest.raises(ModelFileError, match=expected):
        CNNDigitClassifier().__setstate__(state)


def test_whole_states_are_restored(digits, fitted, small):
    X, _, y, _ = digits
    streamed = copy.deepcopy(fitted).partial_fit(X[:50], y[:50])
    for clf in (fitted, streamed, CNNDigitClassifier(**small)):
        pickle.loads(pickle.dumps(clf))
    weights = [np.asarray(each) for each in streamed._weights]
    assert [each.shape for each in weights] == weight_shapes(streamed._network.spec)
