"""A network without hidden layers is a logistic regression."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from skdigits import CNNDigitClassifier

N_SAMPLES = 240

# One step in each epoch, on all samples: gradient descent to the optimum.
WITHOUT_HIDDEN_LAYERS = {
    "image_shape": (2, 3),
    "filters": (),
    "augmentation": None,
    "label_smoothing": 0.0,
    "temperature": 1.0,
    "average": False,
    "optimizer": "sgd",
    "learning_rate": 0.5,
    "schedule": "constant",
    "epochs": 300,
    "batch_size": 2 * N_SAMPLES,
    "random_state": 0,
}


def overlapping_classes(n_classes):
    """Data on which the optimum is finite, and some weights."""
    X, y = make_classification(
        N_SAMPLES,
        n_features=6,
        n_informative=4,
        n_redundant=0,
        n_classes=n_classes,
        n_clusters_per_class=1,
        class_sep=0.5,
        flip_y=0.3,
        random_state=0,
    )
    return X, y, np.random.default_rng(0).uniform(0.2, 3, N_SAMPLES)


@pytest.mark.parametrize(
    ("n_classes", "weighted", "class_weight"),
    [
        (2, False, None),
        (2, True, {0: 5.0, 1: 0.5}),
        (3, False, None),
        (3, True, None),
        (3, False, {0: 5.0, 1: 0.5}),
        (3, True, "balanced"),
    ],
)
def test_network_without_hidden_layers_equals_logistic_regression(
    n_classes, weighted, class_weight
):
    X, y, weight = overlapping_classes(n_classes)
    weight = weight if weighted else None
    network = CNNDigitClassifier(**WITHOUT_HIDDEN_LAYERS, class_weight=class_weight)
    linear = LogisticRegression(
        C=np.inf, class_weight=class_weight, tol=1e-10, max_iter=1000
    )
    network.fit(X, y, sample_weight=weight)
    linear.fit(X, y, sample_weight=weight)
    assert_allclose(network.predict_proba(X), linear.predict_proba(X), atol=1e-5)


def test_weight_of_two_equals_an_image_given_twice_in_full_batches():
    X, y, _ = overlapping_classes(3)
    twice = np.arange(N_SAMPLES) % 3 == 0
    clf = CNNDigitClassifier(**WITHOUT_HIDDEN_LAYERS)
    weighted = clf.fit(X, y, sample_weight=1 + twice).predict_proba(X)
    repeated = clf.fit(np.vstack([X, X[twice]]), np.append(y, y[twice]))
    assert_allclose(repeated.predict_proba(X), weighted, atol=1e-5)
