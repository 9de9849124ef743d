"""Trials of features of skdigits and other packages.

A small network of each package on scikit-learn's 8x8 digits. Each row of the
documentation's comparison is one of the trials. Run: python benchmarks/comparison.py
"""

import argparse
import warnings

import numpy as np
from _harness import console, print_machine, print_table
from _peers import missing
from sklearn.base import is_classifier
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from skdigits import CNNDigitClassifier

DIGITS = load_digits()
X, y = np.float32(DIGITS.data[:300] / 16), DIGITS.target[:300]


def build_keras(shape, loss):
    import keras

    model = keras.Sequential(
        [
            keras.Input(shape),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", loss)
    return model


def make_scikeras():
    from scikeras.wrappers import KerasClassifier

    def build(meta):
        return build_keras(meta["X_shape_"][1:], "sparse_categorical_crossentropy")

    return KerasClassifier(build, epochs=1, verbose=0)


def make_keras_wrapper():
    from keras.wrappers import SKLearnClassifier

    def build(X, y):
        return build_keras(X.shape[1:], "categorical_crossentropy")

    return SKLearnClassifier(build, fit_kwargs={"epochs": 1, "verbose": 0})


def make_skorch():
    import torch
    from skorch import NeuralNetClassifier

    network = torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(64, 10), torch.nn.Softmax(dim=1)
    )
    return NeuralNetClassifier(network, max_epochs=1, verbose=0)


MAKERS = {
    "skdigits": lambda: CNNDigitClassifier(filters=(8,), epochs=1),
    "scikeras": make_scikeras,
    "keras.wrappers": make_keras_wrapper,
    "skorch": make_skorch,
    "MLPClassifier": lambda: MLPClassifier(max_iter=20),
}


def is_a_classifier(make):
    return is_classifier(make())


def takes_images(make):
    make().fit(X.reshape(-1, 8, 8), y)


def takes_string_labels(make):
    classifier = make().fit(X, y.astype(str))
    return isinstance(classifier.predict(X[:1])[0], str)


def takes_float64_after_float32(make):
    make().fit(X, y).predict(X.astype(np.float64))


def one_image_has_a_row_of_probabilities(make):
    return make().fit(X, y).predict_proba(X[:1]).shape == (1, 10)


def notices_reordered_columns(make):
    import pandas as pd

    frame = pd.DataFrame(X, columns=[f"pixel{i}" for i in range(64)])
    classifier = make().fit(frame, y)
    classifier.predict(frame)
    try:
        classifier.predict(frame[frame.columns[::-1]])
    except ValueError:
        return True
    return False


def takes_sample_weight_and_leaves_it_alone(make):
    weights = np.linspace(0.5, 1.5, len(X), dtype=np.float32)
    before = weights.copy()
    classifier = make()
    if "class_weight" in classifier.get_params():
        classifier.set_params(class_weight="balanced")
    classifier.fit(X, y, sample_weight=weights)
    return np.array_equal(weights, before)


def same_seed_gives_the_same(make):
    one, two = (make().set_params(random_state=0).fit(X, y) for _ in range(2))
    return np.array_equal(one.predict_proba(X), two.predict_proba(X))


def goes_on_with_partial_fit(make):
    make().partial_fit(X, y, classes=np.arange(10))


def reports_epochs_to_callbacks(make):
    return hasattr(make(), "set_callbacks")


TRIALS = [
    is_a_classifier,
    takes_images,
    takes_string_labels,
    takes_float64_after_float32,
    one_image_has_a_row_of_probabilities,
    notices_reordered_columns,
    takes_sample_weight_and_leaves_it_alone,
    same_seed_gives_the_same,
    goes_on_with_partial_fit,
    reports_epochs_to_callbacks,
]


def attempt(trial, make):
    """Return "no" if the trial returns False or raises, else "yes"."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return "no" if trial(make) is False else "yes"
        except Exception as err:
            console.print(f"{trial.__name__}: {type(err).__name__}: {err}"[:105])
            return "no"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.parse_args()
    print_machine()
    makers = dict(MAKERS)
    if missing("skorch", "torch"):
        del makers["skorch"]
    rows = [
        [
            trial.__name__.replace("_", " "),
            *(attempt(trial, m) for m in makers.values()),
        ]
        for trial in TRIALS
    ]
    print_table("What each can do", ["", *makers], rows)


if __name__ == "__main__":
    main()
