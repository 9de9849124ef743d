"""Networks that users define: the callables passed as `network`."""

import hashlib
import json
import warnings
import weakref

import numpy as np

from skdigits._messages import warn_caller
from skdigits._network.backend import import_keras, seeded_layers

# Operations that change the scale of pixels, which `fit` has standardised already.
_RESCALING = {"Rescaling", "Normalization", "TrueDivide", "Divide"}

# The id of the callable that each layer came from, to notice one that returns a layer
# twice. A layer may come from two: a network may be built by fitting another.
_callable_of_layer = weakref.WeakKeyDictionary()


def build_own_network(spec, seed):
    """Build the network of a callable: images in, logits out.

    Parameters
    ----------
    spec : NetworkSpec
        With a callable `network`. If its `architecture` is known, the callable must
        return that architecture again.
    seed : int
        Seed of all layers and initializers that have none.

    Returns
    -------
    keras.Model
        From ``(n, height, width, 1)`` to ``(n, n_classes)`` logits in float32.

    Raises
    ------
    ValueError
        If the callable is a model itself, or returns anything else.
    """
    keras = import_keras()
    if isinstance(spec.network, keras.Model):
        raise ValueError(
            "`network` must be a function that builds a keras.Model. Got a "
            f"{type(spec.network).__name__} itself, which all clones would share; pass "
            "a function of image_shape and n_classes that builds it anew in each call."
        )
    height, width = spec.image_shape
    with seeded_layers(seed):
        model = spec.network(spec.image_shape, spec.n_classes)
        if not isinstance(model, keras.Model):
            raise ValueError(
                "`network` must return a keras.Model that gives logits for images of "
                f"shape ({height}, {width}, 1). Got {type(model).__name__} instead."
            )
        # A Sequential without Input and a subclass of keras.Model have no inputs yet.
        if not getattr(model, "inputs", None):
            images = keras.layers.Input((height, width, 1), dtype="float32")
            model = keras.Model(images, model(images), name=model.name)
        _check_layers_are_new(model, spec.network)
    _check_shapes(model, spec)
    _check_gives_logits(model)
    if model.outputs[0].dtype != "float32":  # as under a mixed precision policy
        cast = keras.layers.Activation("linear", dtype="float32")
        model = keras.Model(model.inputs, cast(model.outputs[0]), name=model.name)
    if spec.architecture is not None:
        _check_architecture(model, spec.architecture)
    return model


def describe_architecture(model):
    """Compute a fingerprint of the layers of a network, whatever their weights.

    Two networks of one callable have the same fingerprint unless their layers, the
    arguments of these or their connections differ. Code inside custom layers and
    functions, seeds and names are ignored.

    Parameters
    ----------
    model : keras.Model

    Returns
    -------
    tuple of (str, str)
        Version of Keras and SHA-256: other versions describe layers in other words.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns that lambdas cannot be loaded
        config = _without_names(_describe(model), {})
    text = json.dumps(config, default=lambda value: type(value).__qualname__)
    return import_keras().__version__, hashlib.sha256(text.encode()).hexdigest()


def warn_of_rescaling(model):
    """Warn if a network rescales its images before its first trainable layer.

    Parameters
    ----------
    model : keras.Model
    """
    for operation in _leaf_operations(model):
        if type(operation).__name__ in _RESCALING:
            warn_caller(
                f"`network` returned a model that rescales its images first "
                f"({operation.name!r}). The images are standardised already, around 0 "
                "and with root mean square 1, whatever the range of X: leave that "
                "layer out, or the network will hardly learn.",
                UserWarning,
            )
        if getattr(operation, "trainable_weights", None):
            return


def _check_layers_are_new(model, network):
    # Engines assign their own weights to the layers, so none may belong to two.
    layers = [op for op in _leaf_operations(model) if getattr(op, "variables", None)]
    for layer in layers:
        if _callable_of_layer.get(layer) == id(network):
            raise ValueError(
                "`network` must build all layers anew in each call. Got the layer "
                f"{layer.name!r} a second time; copy a trained model with "
                "keras.models.clone_model and set_weights."
            )
    _callable_of_layer.update(dict.fromkeys(layers, id(network)))


def _check_shapes(model, spec):
    height, width = spec.image_shape
    inputs, outputs = model.input_shape, model.output_shape
    if tuple(inputs[1:]) != (height, width, 1) or outputs[1:] != (spec.n_classes,):
        raise ValueError(
            f"`network` must return a keras.Model from (n, {height}, {width}, 1) "
            f"images to (n, {spec.n_classes}) logits. Got one from {inputs} to "
            f"{outputs}; build it from the two arguments it is called with."
        )


def _check_gives_logits(model):
    activations = import_keras().activations
    last = _leaf_operations(model)[-1]
    for name in ("softmax", "sigmoid"):
        is_layer = type(last).__name__.lower() == name
        if is_layer or getattr(last, "activation", None) is getattr(activations, name):
            raise ValueError(
                f"`network` must give logits. Got a network that ends with a {name}; "
                "leave the activation of the last layer out."
            )
    # A softmax can also be inside a custom layer, or in front of a dropout.
    height, width = model.input_shape[1:3]
    noise = np.random.default_rng(0).normal(size=(8, height, width, 1))
    outputs = model(noise.astype(np.float32), training=False)
    outputs = import_keras().ops.convert_to_numpy(outputs)
    if np.all(outputs >= 0) and np.allclose(outputs.sum(axis=1), 1, atol=1e-2):
        raise ValueError(
            "`network` must give logits. Got a network whose outputs are "
            "probabilities; leave the softmax out."
        )


def _check_architecture(model, expected):
    version, _ = found = describe_architecture(model)
    if version == expected[0] and found != expected:
        raise ValueError(
            "`network` must return the layers that it returned in `fit`. Got others; "
            "it may read a global variable that has changed. Pass such values as "
            "arguments, with functools.partial(network, width=32), and fit again."
        )


def _leaf_operations(model):
    """List the layers and other operations of a model and of the models in it."""
    is_model = import_keras().Model
    leaves = []
    for operation in getattr(model, "operations", model.layers):
        nested = isinstance(operation, is_model)
        leaves += _leaf_operations(operation) if nested else [operation]
    return leaves


def _describe(operation):
    """Collect the configuration of a model, or of those of its layers that have one."""
    kind = f"{type(operation).__module__}.{type(operation).__qualname__}"
    try:
        return [kind, operation.get_config()]
    except NotImplementedError:
        if isinstance(operation, import_keras().Model):
            operations = getattr(operation, "operations", operation.layers)
            return [kind, [_describe(part) for part in operations]]
        return [kind, [weight.shape for weight in operation.weights]]


def _without_names(config, names):
    """Replace names, which Keras numbers, and drop seeds and compiled code."""
    if isinstance(config, dict):
        if "DTypePolicy" in str(config.get("class_name")):
            return config["config"]["name"]
        if isinstance(config.get("name"), str):
            names.setdefault(config["name"], f"name {len(names)}")
        if config.get("class_name") == "__lambda__" or list(config) == ["value"]:
            return "lambda"
        return {
            key: _without_names(value, names)
            for key, value in config.items()
            if key != "seed"
        }
    if isinstance(config, (list, tuple)):
        return [_without_names(value, names) for value in config]
    return names.get(config, config) if isinstance(config, str) else config
