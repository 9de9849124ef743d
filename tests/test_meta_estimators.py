"""The classifier inside scikit-learn's meta-estimators."""

import numpy as np
import pytest
import sklearn
from numpy.testing import assert_allclose
from scipy.stats import uniform
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    BaggingClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, make_scorer
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
    StratifiedKFold,
    TunedThresholdClassifierCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
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


def test_early_stopping_starts_anew_in_each_fold_whose_history_is_kept(digits, clf):
    X, _, y, _ = digits
    clf.set_params(epochs=4, early_stopping=True, n_iter_no_change=1)
    folds = list(StratifiedKFold(2).split(X, y))
    found = cross_validate(clf, X, y, cv=folds, return_estimator=True)
    for (train, _), fitted in zip(folds, found["estimator"], strict=True):
        alone = clone(clf).fit(X[train], y[train])
        assert fitted.history_ == alone.history_


def test_fold_that_lacks_a_class_in_training_is_scored(digits, clf):
    X, _, y, _ = digits
    rare = y == 9
    fold = (np.flatnonzero(~rare), np.flatnonzero(rare | (np.arange(len(y)) < 200)))
    search = GridSearchCV(clf, {"learning_rate": [0.005, 0.01]}, cv=[fold])
    search.fit(X, y)
    assert search.best_score_ > 0.3
    assert search.classes_.tolist() == list(range(10))


@pytest.mark.filterwarnings("ignore")  # what Optuna says of itself
def test_optuna_search_trains_pass_by_pass(digits, clf):
    integration = pytest.importorskip("optuna_integration")
    distributions = pytest.importorskip("optuna.distributions")
    X, X_test, y, y_test = digits
    rates = {"learning_rate": distributions.CategoricalDistribution([1e-6, 0.005])}
    search = integration.OptunaSearchCV(
        clf.set_params(schedule="constant"),
        rates,
        cv=2,
        enable_pruning=True,
        max_iter=2,
        n_trials=4,
        random_state=0,
    )
    search.fit(X, y)
    assert search.best_params_ == {"learning_rate": 0.005}
    assert search.score(X_test, y_test) > 0.5


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


@pytest.mark.slow
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


# ---------------------------------------------------------------- sample weights


def pipeline(clf):
    return make_pipeline(MinMaxScaler(), clf)


def calibrated(clf):
    return CalibratedClassifierCV(clf, method="temperature", cv=2)


def stacked(clf):
    final = LogisticRegression(max_iter=1000).set_fit_request(sample_weight=True)
    return StackingClassifier([("cnn", clf)], final_estimator=final, cv=2)


def halving_over_epochs(clf):
    return HalvingRandomSearchCV(
        clf,
        RATE,
        n_candidates=1,
        resource="epochs",
        min_resources=6,
        max_resources=6,
        cv=2,
    )


def tuned_threshold(clf):
    scorer = make_scorer(accuracy_score).set_score_request(sample_weight=True)
    return TunedThresholdClassifierCV(clf, scoring=scorer, cv=2)


RATE = {"learning_rate": [0.02]}
WEIGHTED = {
    "Pipeline": (pipeline, 4),
    "GridSearchCV": (lambda clf: GridSearchCV(clf, RATE, cv=2), 4),
    "GridSearchCV of a Pipeline": (
        lambda clf: GridSearchCV(
            pipeline(clf), {"cnndigitclassifier__learning_rate": [0.02]}, cv=2
        ),
        4,
    ),
    "RandomizedSearchCV": (
        lambda clf: RandomizedSearchCV(clf, RATE, n_iter=1, cv=2),
        4,
    ),
    "HalvingGridSearchCV": (lambda clf: HalvingGridSearchCV(clf, RATE, cv=2), 4),
    "HalvingRandomSearchCV": (halving_over_epochs, 4),
    "BaggingClassifier": (lambda clf: BaggingClassifier(clf, n_estimators=2), 4),
    "VotingClassifier": (lambda clf: VotingClassifier([("cnn", clf)]), 4),
    "StackingClassifier": (stacked, 4),
    "CalibratedClassifierCV": (calibrated, 4),
    "OneVsRestClassifier": (OneVsRestClassifier, 3),
    "OneVsOneClassifier": (OneVsOneClassifier, 3),
    "FixedThresholdClassifier": (FixedThresholdClassifier, 2),
    "TunedThresholdClassifierCV": (tuned_threshold, 2),
}


@pytest.fixture
def wrong_labels(digits):
    """Function that makes images, most of them wrongly labelled with weight zero."""
    X, X_test, y, y_test = digits

    def make(n_classes):
        chosen, chosen_test = y < n_classes, y_test < n_classes
        images, labels = X[chosen], y[chosen]
        wrong = np.arange(len(labels)) % 5 < 3
        given = np.where(wrong, (labels + 1) % n_classes, labels)
        weight = np.where(wrong, 0.0, 1.0)
        return images, given, weight, X_test[chosen_test], y_test[chosen_test]

    return make


@pytest.fixture
def weighted_clf(clf):
    clf.set_params(epochs=6)
    with sklearn.config_context(enable_metadata_routing=True):
        yield clf.set_fit_request(sample_weight=True).set_score_request(
            sample_weight=True
        )


@pytest.mark.parametrize("name", WEIGHTED)
def test_sample_weight_reaches_the_classifier(wrong_labels, weighted_clf, name):
    make, n_classes = WEIGHTED[name]
    X, y, weight, X_test, y_test = wrong_labels(n_classes)
    fitted = make(weighted_clf).fit(X, y, sample_weight=weight)
    assert (fitted.predict(X_test) == y_test).mean() > 0.8


def test_wrong_labels_are_learned_without_weights(wrong_labels, clf):
    X, y, _, X_test, y_test = wrong_labels(4)
    clf.set_params(epochs=6).fit(X, y)
    assert clf.score(X_test, y_test) < 0.5


def test_cross_validation_weights_fit_and_score(wrong_labels, weighted_clf):
    X, y, weight, _, _ = wrong_labels(4)
    params = {"sample_weight": weight}
    scores = cross_validate(weighted_clf, X, y, cv=2, params=params)["test_score"]
    assert min(scores) > 0.7
