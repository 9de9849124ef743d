"""The classifier inside scikit-learn's meta-estimators."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import uniform
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import (
    GridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
    cross_val_predict,
    cross_val_score,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from skdigits import CNNDigitClassifier


@pytest.fixture
def clf(small):
    return CNNDigitClassifier(**small)


@pytest.mark.parametrize("scaler", [MinMaxScaler(), StandardScaler()])
def test_pipeline_with_a_scaler(digits, clf, scaler):
    X, X_test, y, y_test = digits
    clf.set_params(epochs=4)
    assert make_pipeline(scaler, clf).fit(X, y).score(X_test, y_test) > 0.8


def test_grid_search_finds_the_better_candidate(digits, clf):
    X, _, y, _ = digits
    search = GridSearchCV(clf, {"learning_rate": [1e-6, 0.005]}, cv=2).fit(X, y)
    assert search.best_params_ == {"learning_rate": 0.005}
    assert search.n_features_in_ == 64


def test_searches_stratify_their_folds(digits, clf):
    X, _, y, _ = digits
    order = np.argsort(y)  # plain folds of sorted labels would each miss classes
    assert cross_val_score(clf, X[order], y[order], cv=2).min() > 0.5


def test_randomized_search(digits, clf):
    X, _, y, _ = digits
    search = RandomizedSearchCV(
        clf, {"dropout": uniform(0, 0.5)}, n_iter=2, cv=2, random_state=0
    )
    assert search.fit(X, y).best_score_ > 0.5


def test_halving_search_spends_epochs(digits, clf):
    X, _, y, _ = digits
    search = HalvingRandomSearchCV(
        clf,
        {"learning_rate": [1e-6, 0.002, 0.005, 0.01]},
        resource="epochs",
        min_resources=1,
        max_resources=4,
        factor=2,
        cv=2,
        random_state=0,
    ).fit(X, y)
    assert search.n_resources_[-1] == 4
    assert search.best_estimator_.n_iter_ == 4


def test_cross_val_predict(digits, clf):
    X, _, y, _ = digits
    probability = cross_val_predict(clf, X, y, cv=2, method="predict_proba")
    assert (probability.argmax(axis=1) == y).mean() > 0.5


def test_soft_voting(digits, clf):
    X, X_test, y, y_test = digits
    members = [(str(n), CNNDigitClassifier(**clf.get_params() | {"random_state": n}))
               for n in range(3)]  # fmt: skip
    vote = VotingClassifier(members, voting="soft").fit(X, y)
    scores = [member.score(X_test, y_test) for member in vote.estimators_]
    assert vote.score(X_test, y_test) >= np.mean(scores)


def test_stacking(digits, clf):
    X, X_test, y, y_test = digits
    stack = StackingClassifier(
        [
            ("cnn", clf),
            ("linear", make_pipeline(StandardScaler(), LogisticRegression())),
        ],
        final_estimator=LogisticRegression(max_iter=1000),
        cv=2,
    )
    assert stack.fit(X, y).score(X_test, y_test) > 0.8


def test_bagging(digits, clf):
    X, X_test, y, y_test = digits
    bag = BaggingClassifier(clf, n_estimators=3, random_state=0).fit(X, y)
    assert bag.score(X_test, y_test) > 0.7


def test_temperature_calibration_improves_the_log_loss(digits, clf):
    X, X_test, y, y_test = digits
    clf.set_params(epochs=20, learning_rate=0.02).fit(X, y)
    half = len(y_test) // 2
    calibrated = CalibratedClassifierCV(FrozenEstimator(clf), method="temperature")
    calibrated.fit(X_test[:half], y_test[:half])
    before = log_loss(y_test[half:], clf.predict_proba(X_test[half:]))
    assert log_loss(y_test[half:], calibrated.predict_proba(X_test[half:])) < before


def test_frozen_classifier_is_not_fitted_again(digits, fitted):
    X, X_test, y, _ = digits
    frozen = FrozenEstimator(fitted).fit(X[:20], y[:20])
    assert_allclose(frozen.predict_proba(X_test), fitted.predict_proba(X_test))


def test_one_versus_rest(digits, clf):
    X, X_test, y, y_test = digits
    ovr = OneVsRestClassifier(clf).fit(X[y < 3], y[y < 3])
    chosen = y_test < 3
    assert ovr.score(X_test[chosen], y_test[chosen]) > 0.8


@pytest.mark.parametrize("inner", ["search", "vote"])
def test_processes_of_loky_give_the_same(digits, clf, inner):
    X, X_test, y, _ = digits

    def fit(n_jobs):
        if inner == "search":
            params = {"learning_rate": [0.002, 0.005]}
            return GridSearchCV(clf, params, cv=2, n_jobs=n_jobs).fit(X, y)
        members = [("a", clf), ("b", CNNDigitClassifier(**clf.get_params()))]
        return VotingClassifier(members, voting="soft", n_jobs=n_jobs).fit(X, y)

    alone, together = fit(None), fit(2)
    assert_allclose(
        together.predict_proba(X_test), alone.predict_proba(X_test), atol=1e-4
    )
