import functools
import warnings

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skdigits import CNNDigitClassifier
from skdigits._network.layers import build_network
from skdigits._network.own_network import describe_architecture
from skdigits._network.spec import NetworkSpec

UNITS = 3


def dense(image_shape, n_classes, units=4, activation="relu"):
    import keras

    images = keras.Input((*image_shape, 1))
    x = keras.layers.Flatten()(images)
    x = keras.layers.Dense(units, activation=activation)(x)
    x = keras.layers.Dropout(0.1)(x)
    return keras.Model(images, keras.layers.Dense(n_classes)(x))


def reads_a_global(image_shape, n_classes):
    return dense(image_shape, n_classes, units=UNITS)


def sequential(*layers, with_input=True):
    """Make a `network` of Flatten, Dense and what `layers` names around them."""

    def network(image_shape, n_classes):
        import keras

        first = [keras.Input((*image_shape, 1))] if with_input else []
        made = [
            keras.layers.Dense(n_classes) if layer == "logits" else layer(keras)
            for layer in layers
        ]
        return keras.Sequential([*first, keras.layers.Flatten(), *made])

    return network


def build(network, **kwargs):
    return build_network(NetworkSpec((4, 4), 3, network=network, **kwargs))


# ---------------------------------------------------------------- which networks


def test_sequential_without_input_is_built():
    model = build(sequential("logits", with_input=False))
    assert model.input_shape == (None, 4, 4, 1)
    assert model.output_shape == (None, 3)
    again = build(sequential("logits", with_input=False))
    for one, same in zip(model.get_weights(), again.get_weights(), strict=True):
        assert_array_equal(one, same)  # the layers were built with the seed


def subclass_of_model(image_shape, n_classes):
    import keras

    class Subclass(keras.Model):
        def __init__(self, n_classes):
            super().__init__()
            self.flatten = keras.layers.Flatten()
            self.dense = keras.layers.Dense(n_classes)

        def call(self, images):
            return self.dense(self.flatten(images))

    return Subclass(n_classes)


@pytest.mark.parametrize(
    "network",
    [sequential("logits", with_input=False), subclass_of_model],
    ids=["sequential", "subclass"],
)
def test_networks_without_inputs_learn(digits, network):
    X, X_test, y, y_test = digits
    clf = CNNDigitClassifier(network=network, epochs=3, random_state=0).fit(X, y)
    assert clf.score(X_test, y_test) > 0.8
    images = X_test[:5].reshape(-1, 8, 8, 1)
    logits = clf.model_.predict(images, verbose=0)
    np.testing.assert_allclose(logits, clf.decision_function(X_test[:5]), atol=1e-4)


def test_logits_are_float32_under_a_mixed_precision_policy(digits):
    import keras

    X, X_test, y, y_test = digits
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        clf = CNNDigitClassifier(network=dense, epochs=3, random_state=0)
        assert clf.fit(X, y).score(X_test, y_test) > 0.5
        assert clf.model_.output.dtype == "float32"
    finally:
        keras.config.set_dtype_policy(before)


def test_model_instance_is_refused():
    with pytest.raises(ValueError, match=r"must be a function .* Got a Functional"):
        build(dense((4, 4), 3))


def test_layers_shared_by_two_calls_are_refused():
    import keras

    layer = keras.layers.Dense(3, name="shared")
    network = sequential(lambda keras: layer)
    build(network)
    with pytest.raises(ValueError, match=r"anew in each call\. .* layer 'shared'"):
        build(network)

    model = dense((4, 4), 3)

    def copied(image_shape, n_classes):
        copy = keras.models.clone_model(model)
        copy.set_weights(model.get_weights())
        return copy

    for built in (build(copied), build(copied)):
        assert_array_equal(built.get_weights()[0], model.get_weights()[0])


@pytest.mark.parametrize("name", ["softmax", "sigmoid"])
@pytest.mark.parametrize(
    "ending",
    [
        lambda keras, name: keras.layers.Dense(3, activation=name),
        lambda keras, name: keras.layers.Activation(name),
        lambda keras, name: keras.Sequential([keras.layers.Activation(name)]),
    ],
    ids=["dense", "activation", "nested"],
)
def test_network_that_ends_with_probabilities_is_refused(name, ending):
    network = sequential("logits", lambda keras: ending(keras, name))
    with pytest.raises(ValueError, match=f"must give logits. .* ends with a {name}"):
        build(network)


def test_softmax_layer_and_operation_are_refused():
    import keras

    with pytest.raises(ValueError, match=r"must give logits\. .* with a softmax"):
        build(sequential("logits", lambda keras: keras.layers.Softmax()))

    def operation(image_shape, n_classes):
        model = dense(image_shape, n_classes)
        return keras.Model(model.inputs, keras.ops.softmax(model.output))

    with pytest.raises(ValueError, match=r"must give logits\. .* with a softmax"):
        build(operation)


# ---------------------------------------------------------------- rescaling


def divides(image_shape, n_classes):
    import keras

    images = keras.Input((*image_shape, 1))
    x = keras.layers.Flatten()(images / 255.0)
    return keras.Model(images, keras.layers.Dense(n_classes)(x))


@pytest.mark.parametrize(
    ("network", "layer"),
    [
        (sequential(lambda keras: keras.layers.Rescaling(1 / 255), "logits"), "resc"),
        (
            sequential(
                lambda keras: keras.layers.Normalization(mean=33.0, variance=6e3),
                "logits",
            ),
            "normalization",
        ),
        (divides, "true_divide"),
    ],
    ids=["Rescaling", "Normalization", "division"],
)
def test_network_that_rescales_warns_once_and_at_the_caller(digits, network, layer):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(network=network, epochs=1)
    with pytest.warns(UserWarning, match=f"rescales its images .*{layer}") as caught:
        clf.fit(X[:50], y[:50]).predict(X[:30])
    assert [warning.filename for warning in caught] == [__file__]


def test_scale_behind_the_first_weights_does_not_warn(digits):
    X, _, y, _ = digits
    network = sequential("logits", lambda keras: keras.layers.Rescaling(0.5))
    CNNDigitClassifier(network=network, epochs=1).fit(X[:50], y[:50])


# ---------------------------------------------------------------- architecture


def test_fingerprint_depends_on_layers_and_their_arguments_only():
    first = describe_architecture(build(dense))
    assert describe_architecture(build_network(
        NetworkSpec((4, 4), 3, network=dense), seed=7)) == first  # fmt: skip
    others = [
        functools.partial(dense, units=5),
        functools.partial(dense, activation="tanh"),
        sequential("logits"),
    ]
    fingerprints = {describe_architecture(build(network)) for network in others}
    assert len(fingerprints | {first}) == 4


def test_fingerprint_depends_on_the_connections():
    import keras

    def joined(first, second):
        images = keras.Input((4, 4, 1))
        x = keras.layers.Flatten()(images)
        parts = [keras.layers.Dense(3)(x), keras.layers.Dense(3)(x)]
        return keras.Model(
            images, keras.layers.Subtract()([parts[first], parts[second]])
        )

    fingerprints = [
        describe_architecture(joined(*order)) for order in [(0, 1), (0, 1), (0, 0)]
    ]
    assert fingerprints[0] == fingerprints[1] != fingerprints[2]


@pytest.mark.parametrize(
    "network",
    [
        sequential(lambda keras: keras.layers.Lambda(lambda x: 2 * x), "logits"),
        sequential(
            lambda keras: keras.layers.Dense(3, activation=lambda x: 2 * x),
        ),
        sequential(lambda keras: keras.layers.Dropout(0.1, seed=np.random.randint(9)),
                   "logits"),
        subclass_of_model,
        sequential("logits", with_input=False),
    ],
    ids=["Lambda", "lambda", "seed", "subclass", "sequential"],
)  # fmt: skip
def test_fingerprint_is_the_same_for_each_call(network):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fingerprints = {describe_architecture(build(network)) for _ in range(3)}
    assert len(fingerprints) == 1


def test_changed_global_gives_another_network_at_the_next_fit(digits, monkeypatch):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(network=reads_a_global, epochs=1, random_state=0)
    for units in (3, 5):
        monkeypatch.setitem(globals(), "UNITS", units)
        clf.fit(X[:50], y[:50]).predict(X[:30])
        assert clf.model_.layers[2].layers[2].units == units


def test_global_that_changes_an_activation_is_noticed(digits, monkeypatch):
    X, _, y, _ = digits
    monkeypatch.setitem(globals(), "ACTIVATION", "relu")

    def network(image_shape, n_classes):
        return dense(image_shape, n_classes, activation=globals()["ACTIVATION"])

    def fit():
        clf = CNNDigitClassifier(network=network, epochs=1, random_state=0)
        return clf.fit(X[:50], y[:50])

    relu = fit()
    expected = relu.predict_proba(X[:30])
    monkeypatch.setitem(globals(), "ACTIVATION", "tanh")
    tanh = fit()
    assert not np.allclose(tanh.predict_proba(X[:30]), expected)
    assert_array_equal(relu.predict_proba(X[:30]), expected)  # compiled before


def test_network_that_cannot_be_built_again_is_an_error(digits, monkeypatch):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(network=reads_a_global, epochs=1).fit(X[:50], y[:50])
    monkeypatch.setitem(globals(), "UNITS", 7)
    with pytest.raises(ValueError, match=r"that it returned in `fit`.* functools\."):
        clf.model_  # noqa: B018


def test_other_version_of_keras_may_describe_the_network_otherwise():
    model = build(dense, architecture=("3.0.0", "unknown"))
    assert model.output_shape == (None, 3)


def test_softmax_inside_a_custom_layer_is_refused():
    import keras

    def hidden_softmax(image_shape, n_classes):
        layers = [keras.layers.Input((*image_shape, 1)), keras.layers.Flatten()]
        layers += [
            keras.layers.Dense(n_classes),
            keras.layers.Lambda(keras.ops.softmax),
        ]
        return keras.Sequential(layers)

    with pytest.raises(ValueError, match="outputs are probabilities"):
        build_network(NetworkSpec((8, 8), 10, network=hidden_softmax))
