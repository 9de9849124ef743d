import copy
import dataclasses
import random
import tracemalloc
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import log_softmax, softmax
from sklearn.base import clone, is_classifier
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils import compute_sample_weight

from skdigits import CNNDigitClassifier, load, save
from skdigits._network import engine
from skdigits.exceptions import ImageShapeWarning, PixelRangeWarning


def test_is_a_classifier():
    assert is_classifier(CNNDigitClassifier())


def test_default_parameters_learn_digits(digits):
    X, X_test, y, y_test = digits
    assert CNNDigitClassifier(random_state=0).fit(X, y).score(X_test, y_test) > 0.93


# ---------------------------------------------------------------- what goes in


@pytest.mark.parametrize("shape", [(-1, 64), (-1, 8, 8), (-1, 8, 8, 1)])
def test_shape_of_X_does_not_matter(digits, small, fitted, shape):
    X, X_test, y, _ = digits
    clf = CNNDigitClassifier(**small).fit(X.reshape(shape), y)
    assert clf.image_shape_ == (8, 8)
    assert clf.n_features_in_ == 64
    expected = fitted.predict_proba(X_test)
    assert_array_equal(clf.predict_proba(X_test), expected)
    assert_array_equal(fitted.predict_proba(X_test.reshape(shape)), expected)


@pytest.mark.parametrize(
    "dtype", [np.uint8, np.int16, np.int64, np.float16, np.float32, ">f8"]
)
def test_dtype_of_X_does_not_matter(digits, small, fitted, dtype):
    X, X_test, y, _ = digits
    clf = CNNDigitClassifier(**small).fit(X.astype(dtype), y)
    assert_array_equal(
        clf.predict_proba(X_test.astype(dtype)), fitted.predict_proba(X_test)
    )


def test_boolean_images_are_read(digits, small):
    X, _, y, _ = digits
    assert CNNDigitClassifier(**small).fit(X > 7, y).score(X > 7, y) > 0.5


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_data_frames_are_read_and_their_names_checked(digits, small, fitted, frame):
    X, X_test, y, _ = digits
    names = [f"pixel{i}" for i in range(64)]
    clf = CNNDigitClassifier(**small).fit(frame(dict(zip(names, X.T, strict=True))), y)
    assert clf.feature_names_in_.tolist() == names
    table = frame(dict(zip(names, X_test.T, strict=True)))
    assert_array_equal(clf.predict(table), fitted.predict(X_test))
    with pytest.raises(ValueError, match="feature names should match"):
        clf.predict(table[names[::-1]])


def test_nested_lists_are_read(digits, fitted):
    X_test = digits[1][:3]
    images = X_test.reshape(-1, 8, 8).tolist()
    assert_array_equal(fitted.predict(images), fitted.predict(X_test))


def test_read_only_memory_maps_are_read(digits, small, fitted, tmp_path):
    X, X_test, y, _ = digits
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    clf = CNNDigitClassifier(**small).fit(mapped, y)
    assert_array_equal(clf.predict_proba(X_test), fitted.predict_proba(X_test))


@pytest.mark.parametrize("scale", [1, 1 / 16, 255 / 16, 1e-3])
def test_any_pixel_range_is_learned(digits, small, fitted, scale):
    X, X_test, y, _ = digits
    clf = CNNDigitClassifier(**small).fit(X * scale, y)
    assert clf.pixel_scale_ == pytest.approx(fitted.pixel_scale_ * scale)
    assert_allclose(
        clf.predict_proba(X_test * scale), fitted.predict_proba(X_test), atol=0.02
    )


def test_width_that_is_no_square_is_read_as_a_strip(digits, small):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(**small)
    with pytest.warns(ImageShapeWarning, match=r"65 pixels .* label column"):
        clf.fit(np.column_stack([y, X]), y)
    assert clf.image_shape_ == (1, 65)


def test_image_shape_settles_a_rectangle(digits, small):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(**small, image_shape=(4, 16)).fit(X, y)
    assert clf.image_shape_ == (4, 16)
    assert clf.model_.input_shape == (None, 4, 16, 1)


# ---------------------------------------------------------------- what comes out


@pytest.mark.parametrize(
    "labels",
    [
        np.array(list("zyxwvutsrq")),
        np.arange(10, dtype=np.uint8) + 100,
        np.arange(10) % 3 - 1,
        np.arange(10) % 2 == 0,
        np.array(["even", "odd"] * 5, dtype=object),
    ],
    ids=["strings", "uint8", "negative", "bool", "object"],
)
def test_predict_returns_original_labels(digits, small, labels):
    X, X_test, y, y_test = digits
    clf = CNNDigitClassifier(**small).fit(X, labels[y])
    assert_array_equal(clf.classes_, np.unique(labels))
    assert clf.predict(X_test).dtype == labels.dtype
    assert clf.score(X_test, labels[y_test]) > 0.5


def test_hundred_classes_are_told_apart(digits, small):
    X, _, y, _ = digits
    pairs = y * 10 + np.roll(y, 1)
    clf = CNNDigitClassifier(**small).fit(X, pairs)
    assert clf.predict_proba(X).shape == (len(X), len(np.unique(pairs)))


def test_probabilities_agree_with_logits_and_labels(digits, fitted):
    X_test = digits[1]
    probability = fitted.predict_proba(X_test)
    logits = fitted.decision_function(X_test)
    assert_allclose(probability.sum(axis=1), 1, rtol=1e-12)
    assert_allclose(np.exp(fitted.predict_log_proba(X_test)), probability, atol=1e-12)
    assert_allclose(
        probability[:, 1:] / probability[:, :1],
        np.exp(logits[:, 1:] - logits[:, :1]),
        rtol=1e-9,
    )
    assert_array_equal(fitted.predict(X_test), fitted.classes_[logits.argmax(axis=1)])


def test_two_classes_have_one_column_of_logits(digits, small):
    X, X_test, y, _ = digits
    clf = CNNDigitClassifier(**small).fit(X, y > 4)
    logits = clf.decision_function(X_test)
    assert logits.shape == (len(X_test),)
    assert_array_equal(clf.predict(X_test), logits > 0)
    assert_allclose(clf.predict_proba(X_test)[:, 1], 1 / (1 + np.exp(-logits)))


def test_temperature_divides_the_logits_wherever_they_come_out(digits, fitted):
    X_test = digits[1]
    images = X_test[:20].reshape(-1, 8, 8, 1)
    warm = copy.deepcopy(fitted).set_params(temperature=4)
    logits = fitted.decision_function(X_test) * fitted.temperature / 4
    assert_allclose(warm.decision_function(X_test), logits)
    assert_allclose(warm.predict_proba(X_test), softmax(logits, axis=1))
    assert_allclose(warm.predict_log_proba(X_test), log_softmax(logits, axis=1))
    assert_allclose(warm.model_.predict(images, verbose=0), logits[:20], atol=1e-4)
    assert_array_equal(warm.predict(X_test), fitted.predict(X_test))


def test_temperature_leaves_the_training_alone_but_not_the_validation_loss(
    digits, small, fitted
):
    X, X_test, y, y_test = digits
    warm = CNNDigitClassifier(**small, temperature=4)
    warm.fit(X, y, X_val=X_test, y_val=y_test)
    assert warm.history_["loss"] == fitted.history_["loss"]
    assert_array_equal(warm.predict(X_test), fitted.predict(X_test))
    loss = log_loss(y_test, warm.predict_proba(X_test))
    assert warm.history_["val_loss"][-1] == pytest.approx(loss)
    assert loss > log_loss(y_test, fitted.predict_proba(X_test)) + 0.1


def test_one_row_keeps_two_dimensions(digits, fitted):
    assert fitted.predict_proba(digits[1][:1]).shape == (1, 10)


def test_grouping_and_order_of_rows_do_not_matter(digits, fitted):
    X_test = digits[1][:700]
    together = fitted.predict_proba(X_test)
    alone = np.vstack([fitted.predict_proba(row[np.newaxis]) for row in X_test[:50]])
    assert_allclose(alone, together[:50], atol=1e-6)
    order = np.random.default_rng(0).permutation(len(X_test))
    assert_allclose(fitted.predict_proba(X_test[order]), together[order], atol=1e-6)
    parts = np.split(X_test, [3, 36, 300, 557])
    grouped = np.vstack([fitted.predict_proba(part) for part in parts])
    assert_allclose(grouped, together, atol=1e-6)


def test_history_has_an_entry_for_each_epoch(digits, small):
    X, X_test, y, y_test = digits
    clf = CNNDigitClassifier(**small).fit(X, y, X_val=X_test, y_val=y_test)
    names = {"loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"}
    assert set(clf.history_) == names
    assert {len(curve) for curve in clf.history_.values()} == {clf.epochs}
    assert {type(value) for curve in clf.history_.values() for value in curve} == {
        float
    }
    assert clf.n_iter_ == clf.epochs
    assert clf.loss_curve_ == clf.history_["loss"]
    assert clf.validation_scores_[-1] == pytest.approx(clf.score(X_test, y_test))
    assert clf.best_validation_score_ == max(clf.validation_scores_)


def test_without_validation_data_there_are_no_validation_scores(fitted):
    assert set(fitted.history_) == {"loss", "accuracy", "learning_rate"}
    assert fitted.validation_scores_ is None
    assert fitted.best_validation_score_ is None


def test_model_is_a_stock_keras_model_of_the_same_logits(digits, fitted, tmp_path):
    import keras

    images = digits[1][:20].reshape(-1, 8, 8, 1)
    expected = fitted.decision_function(images)
    assert_allclose(fitted.model_.predict(images, verbose=0), expected, atol=1e-4)
    fitted.model_.save(tmp_path / "digits.keras")
    loaded = keras.models.load_model(tmp_path / "digits.keras")
    assert_allclose(loaded.predict(images, verbose=0), expected, atol=1e-4)
    assert {type(layer).__module__.split(".")[0] for layer in loaded.layers} == {
        "keras"
    }


def test_two_networks_are_one_classifier(digits, small, tmp_path):
    import keras

    X, X_test, y, y_test = digits
    clf = CNNDigitClassifier(**small, n_networks=2)
    assert clf.fit(X, y).score(X_test, y_test) > 0.85
    expected = clf.decision_function(X_test)
    assert np.array_equal(clone(clf).fit(X, y).decision_function(X_test), expected)
    clf.model_.save(tmp_path / "digits.keras")
    loaded = keras.models.load_model(tmp_path / "digits.keras")
    logits = loaded.predict(X_test.reshape(-1, 8, 8, 1), verbose=0)
    assert_allclose(logits, expected, atol=1e-4)
    save(clf, tmp_path / "digits.skops")
    again = load(tmp_path / "digits.skops")
    assert np.array_equal(again.decision_function(X_test), expected)


def test_model_exports_as_saved_model(digits, fitted, tmp_path):
    import tensorflow as tf

    images = digits[1][:20].reshape(-1, 8, 8, 1).astype(np.float32)
    fitted.model_.export(tmp_path / "digits", verbose=False)
    loaded = tf.saved_model.load(str(tmp_path / "digits"))
    assert_allclose(loaded.serve(images), fitted.decision_function(images), atol=1e-4)


# ---------------------------------------------------------------- randomness


def test_same_seed_gives_bit_equal_predictions(digits, small, fitted):
    X, X_test, y, _ = digits
    CNNDigitClassifier(**{**small, "random_state": 5}).fit(X[:100], y[:100])
    again = CNNDigitClassifier(**small).fit(X, y)
    assert_array_equal(again.predict_proba(X_test), fitted.predict_proba(X_test))
    other = CNNDigitClassifier(**{**small, "random_state": 1}).fit(X, y)
    assert not np.array_equal(other.predict_proba(X_test), fitted.predict_proba(X_test))


@pytest.mark.parametrize(
    "params", [{"dropout": 0.5}, {"early_stopping": True}, {"batch_norm": False}]
)
def test_every_source_of_chance_is_seeded(digits, small, params):
    X, X_test, y, _ = digits
    clf = CNNDigitClassifier(**small, **params)
    first = clf.fit(X, y).predict_proba(X_test)
    assert_array_equal(clf.fit(X, y).predict_proba(X_test), first)


def test_augmentation_is_seeded(small):
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 256, (60, 784), dtype=np.uint8), np.arange(60) % 3
    clf = CNNDigitClassifier(**small, augmentation="affine")
    first = clf.fit(X, y).predict_proba(X)
    assert_array_equal(clf.fit(X, y).predict_proba(X), first)
    plain = clone(clf).set_params(augmentation=None).fit(X, y)
    assert not np.array_equal(plain.predict_proba(X), first)


@pytest.mark.slow
def test_fresh_process_gives_bit_equal_predictions(fitted, digits, run_python):
    script = """
import sys
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from skdigits import CNNDigitClassifier
X, y = load_digits(return_X_y=True)
X, X_test, y, _ = train_test_split(X, y, train_size=400, stratify=y, random_state=0)
clf = CNNDigitClassifier(
    filters=(8,), pool_after=(1,), epochs=2, random_state=0).fit(X, y)
np.save("proba.npy", clf.predict_proba(X_test))
"""
    done = run_python(script + "print(__import__('os').getcwd())")
    assert done.returncode == 0, done.stderr
    fresh = np.load(done.stdout.strip() + "/proba.npy")
    assert_array_equal(fresh, fitted.predict_proba(digits[1]))


def test_integer_seed_leaves_global_generators_untouched(digits, small):
    import tensorflow as tf

    X, _, y, _ = digits
    clf = CNNDigitClassifier(**small, dropout=0.1).fit(X, y)

    def draw():
        return random.random(), np.random.rand(), float(tf.random.uniform(()))

    def seed():
        random.seed(1), np.random.seed(1), tf.random.set_seed(1)

    seed()
    expected = draw()
    seed()
    clf.fit(X, y).predict(X)
    assert draw() == expected


def test_no_seed_takes_one_draw_from_numpy(digits, small):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(**{**small, "random_state": None})
    np.random.seed(3)
    clf.fit(X, y)
    after = np.random.rand()
    np.random.seed(3)
    np.random.randint(np.iinfo(np.int32).max)
    assert np.random.rand() == after


# ---------------------------------------------------------------- weights


def test_weight_zero_equals_absence(digits, small):
    X, X_test, y, _ = digits
    weight = np.random.default_rng(0).uniform(0.5, 2, len(y))
    weight[::3] = 0
    kept = weight > 0
    weighted = CNNDigitClassifier(**small).fit(X, y, sample_weight=weight)
    absent = CNNDigitClassifier(**small).fit(X[kept], y[kept], weight[kept])
    assert_array_equal(weighted.predict_proba(X_test), absent.predict_proba(X_test))


def test_class_weight_and_sample_weight_multiply(digits, small):
    X, X_test, y, _ = digits
    weight = np.random.default_rng(0).uniform(0.5, 2, len(y))
    by_class = np.ones(10)
    by_class[3] = 8
    both = CNNDigitClassifier(**small, class_weight={3: 8}).fit(X, y, weight)
    product = CNNDigitClassifier(**small).fit(X, y, weight * by_class[y])
    assert_array_equal(both.predict_proba(X_test), product.predict_proba(X_test))


def test_class_of_zero_weight_is_absent_from_balanced_weights(digits, small):
    X, X_test, y, _ = digits
    clf = CNNDigitClassifier(**small, class_weight="balanced")
    weighted = clf.fit(X, y, sample_weight=(y != 9)).predict_proba(X_test)
    absent = clf.fit(X[y != 9], y[y != 9]).predict_proba(X_test)
    assert_array_equal(weighted, absent)


def test_balanced_class_weight_lifts_a_rare_class(digits, small):
    X, X_test, y, y_test = digits
    kept = (y != 8) | (np.cumsum(y == 8) <= 4)
    X, y = X[kept], y[kept]
    params = {**small, "epochs": 4}
    plain = CNNDigitClassifier(**params).fit(X, y)
    balanced = CNNDigitClassifier(**params, class_weight="balanced").fit(X, y)
    eights = X_test[y_test == 8]
    gain = balanced.predict_proba(eights)[:, 8] - plain.predict_proba(eights)[:, 8]
    assert gain.mean() > 0.05


def test_caller_keeps_X_y_and_weights_unchanged(digits, small):
    X, _, y, _ = digits
    weight = np.arange(len(y), dtype=np.float64)
    given = X.copy(), y.copy(), weight.copy()
    copies = copy.deepcopy(given)
    CNNDigitClassifier(**small, class_weight="balanced").fit(*given)
    for before, after in zip(copies, given, strict=True):
        assert_array_equal(before, after)


def test_all_weights_zero_is_an_error(digits, small):
    X, _, y, _ = digits
    with pytest.raises(ValueError, match="must contain at least one non-zero number"):
        CNNDigitClassifier(**small).fit(X, y, np.zeros(len(y)))
    none = dict.fromkeys(range(10), 0)
    with pytest.raises(ValueError, match="class_weight gives every image a weight of"):
        CNNDigitClassifier(**small, class_weight=none).fit(X, y)


# ---------------------------------------------------------------- early stopping


def test_early_stopping_restores_the_best_weights(digits, small):
    X, X_test, y, y_test = digits
    clf = CNNDigitClassifier(
        **{**small, "epochs": 30},
        learning_rate=0.03,
        early_stopping=True,
        n_iter_no_change=3,
    )
    clf.fit(X, y, X_val=X_test, y_val=y_test)
    assert clf.n_iter_ < 30
    assert clf.score(X_test, y_test) == pytest.approx(clf.best_validation_score_)
    assert clf.best_validation_score_ > clf.validation_scores_[0]


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_early_stopping_equals_a_fit_of_the_best_number_of_epochs(
    digits, small, optimizer
):
    X, X_test, y, y_test = digits
    params = {**small, "learning_rate": 0.03, "optimizer": optimizer, "dropout": 0.2}
    params |= {"schedule": "constant", "average": False, "warm_start": True}
    stopped = CNNDigitClassifier(**params | {"epochs": 20}, early_stopping=True)
    stopped.set_params(n_iter_no_change=2).fit(X, y, X_val=X_test, y_val=y_test)
    n_epochs = 1 + int(np.argmax(stopped.validation_scores_))
    assert n_epochs < stopped.n_iter_ < 20
    fresh = CNNDigitClassifier(**params | {"epochs": n_epochs}).fit(X, y)
    assert_array_equal(stopped.predict_proba(X_test), fresh.predict_proba(X_test))
    for one, same in zip(
        stopped._optimizer_state[1], fresh._optimizer_state[1], strict=True
    ):
        assert_array_equal(one, same)


@pytest.mark.parametrize("weights", [{3: 8}, "balanced"])
def test_early_stopping_scores_with_class_weights_as_with_sample_weights(
    digits, small, weights
):
    X, X_test, y, _ = digits
    kept = (y != 8) | (np.cumsum(y == 8) <= 15)
    X, y = X[kept], y[kept]
    by_class, by_sample = (
        CNNDigitClassifier(**small, early_stopping=True, class_weight=class_weight)
        for class_weight in (weights, None)
    )
    by_class.fit(X, y)
    by_sample.fit(X, y, compute_sample_weight(weights, y))
    assert by_class.history_ == by_sample.history_
    assert_array_equal(by_class.predict_proba(X_test), by_sample.predict_proba(X_test))


def test_early_stopping_sets_a_part_aside(digits, small):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(**small, early_stopping=True).fit(X, y)
    steps = {round(score * 40, 6) for score in clf.validation_scores_}
    assert steps == {round(step) for step in steps}  # a tenth of 400 images


def test_validation_data_alone_do_not_change_the_fit(digits, small, fitted):
    X, X_test, y, y_test = digits
    clf = CNNDigitClassifier(**small).fit(X, y, X_val=X_test, y_val=y_test)
    assert_array_equal(clf.predict_proba(X_test), fitted.predict_proba(X_test))


def test_validation_weights_weight_the_validation_score(digits, small):
    X, X_test, y, y_test = digits
    threes = (y_test == 3).astype(float)
    clf = CNNDigitClassifier(**small).fit(
        X, y, X_val=X_test, y_val=y_test, sample_weight_val=threes
    )
    expected = clf.score(X_test[y_test == 3], y_test[y_test == 3])
    assert clf.validation_scores_[-1] == pytest.approx(expected)


@pytest.mark.parametrize("given", ["X_val", "y_val", "sample_weight_val"])
def test_half_of_the_validation_data_is_an_error(digits, small, given):
    X, _, y, _ = digits
    value = {"X_val": X, "y_val": y, "sample_weight_val": np.ones(len(y))}[given]
    with pytest.raises(ValueError, match=f"belong together.* Got {given} only"):
        CNNDigitClassifier(**small).fit(X, y, **{given: value})


def test_classes_too_rare_to_set_aside_are_explained(digits, small):
    X, _, y, _ = digits
    with pytest.raises(ValueError, match=r"validation_fraction=0.1 .* Pass X_val"):
        CNNDigitClassifier(**small, early_stopping=True).fit(X[:30], y[:30])


def test_unknown_validation_label_is_an_error(digits, small):
    X, _, y, _ = digits
    with pytest.raises(ValueError, match=r"y_val must hold labels among .* Got \[11\]"):
        CNNDigitClassifier(**small).fit(X, y, X_val=X[:2], y_val=[0, 11])


def test_average_changes_where_a_fit_ends_not_how_it_goes(digits, small):
    X, _, y, _ = digits
    mean, last = (
        CNNDigitClassifier(**small, average=average).fit(X, y)
        for average in (True, False)
    )
    assert mean.history_ == last.history_
    pairs = zip(mean._weights, last._weights, strict=True)
    assert 0 < max(abs(one - other).max() for one, other in pairs) < 0.1


def test_validation_judges_the_averaged_weights(digits, small):
    X, X_test, y, y_test = digits
    clf = CNNDigitClassifier(**small).fit(X, y, X_val=X_test, y_val=y_test)
    loss = log_loss(y_test, clf.predict_proba(X_test))
    assert clf.history_["val_loss"][-1] == pytest.approx(loss, rel=1e-4)


# ---------------------------------------------------------------- going on


@pytest.mark.parametrize("go_on", ["fit", "partial_fit"])
def test_several_networks_go_on(digits, small, go_on):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(**small, n_networks=2, dropout=0.2, warm_start=True)
    before = clf.fit(X, y).history_["loss"][0]
    getattr(clf, go_on)(X, y)
    assert clf.history_["loss"][-1] < before / 2


def test_partial_fit_does_not_average(digits, small):
    X, _, y, _ = digits
    mean, last = (
        CNNDigitClassifier(**small, average=average).partial_fit(X, y, np.arange(10))
        for average in (True, False)
    )
    for one, same in zip(mean._weights, last._weights, strict=True):
        assert_array_equal(one, same)


def test_partial_fit_learns_in_passes(digits, small):
    X, X_test, y, y_test = digits
    clf = CNNDigitClassifier(**small)
    scores = []
    for _ in range(6):
        clf.partial_fit(X, y, classes=np.arange(10))
        scores.append(clf.score(X_test, y_test))
    assert scores[-1] > max(0.7, scores[0])
    assert clf.n_iter_ == 6


def test_partial_fit_continues_the_optimizer_after_a_copy(digits, small):
    X, X_test, y, _ = digits
    clf = CNNDigitClassifier(**small).partial_fit(X, y, classes=np.arange(10))
    twin = copy.deepcopy(clf).partial_fit(X, y)
    clf.partial_fit(X, y)
    assert_array_equal(twin.predict_proba(X_test), clf.predict_proba(X_test))
    fresh = copy.deepcopy(clf)
    fresh._optimizer_state = None
    assert not np.array_equal(
        fresh.partial_fit(X, y).predict_proba(X_test),
        clf.partial_fit(X, y).predict_proba(X_test),
    )


def test_partial_fit_takes_classes_that_come_later(digits, small):
    X, X_test, y, y_test = digits
    clf = CNNDigitClassifier(**small, schedule="constant")
    clf.partial_fit(X[y < 5], y[y < 5], classes=np.arange(10))
    assert_array_equal(clf.classes_, np.arange(10))
    assert np.mean(clf.predict(X_test) < 5) > 0.95
    for _ in range(3):
        clf.partial_fit(X[y >= 5], y[y >= 5])
    assert clf.score(X_test[y_test >= 5], y_test[y_test >= 5]) > 0.5


def test_partial_fit_adapts_a_fitted_classifier(digits, small):
    X, X_test, y, y_test = digits
    mirrored = X_test.reshape(-1, 8, 8)[:, :, ::-1]
    clf = CNNDigitClassifier(**small).fit(X, y)
    before = clf.score(mirrored[600:], y_test[600:])
    clf.partial_fit(mirrored[:600], y_test[:600])
    assert clf.score(mirrored[600:], y_test[600:]) > before + 0.05


def test_partial_fit_of_one_image_does_not_forget_the_others(digits):
    X, X_test, y, y_test = digits
    clf = CNNDigitClassifier(random_state=0).fit(X, y)
    before = clf.score(X_test, y_test)
    for n_images in (1, 3, 8):
        adapted = copy.deepcopy(clf).partial_fit(X[:n_images], y[:n_images])
        assert adapted.score(X_test, y_test) > before - 0.02


def test_partial_fit_takes_a_tenth_of_a_schedules_rate(digits, small):
    X, X_test, y, _ = digits

    def first_pass(schedule, learning_rate):
        clf = CNNDigitClassifier(
            **small,
            schedule=schedule,
            learning_rate=learning_rate,
            label_smoothing=0.0,
        )
        clf.partial_fit(X, y, classes=np.arange(10))
        return clf.history_["learning_rate"][0], clf.predict_proba(X_test)

    rate, scheduled = first_pass("one_cycle", 0.05)
    assert rate == pytest.approx(0.005)
    constant_rate, constant = first_pass("constant", 0.005)
    assert constant_rate == pytest.approx(0.005)
    assert_allclose(scheduled, constant, atol=1e-5)


def test_partial_fit_takes_a_fiftieth_of_a_schedules_rate_after_fit(digits, fitted):
    X, _, y, _ = digits
    clf = copy.deepcopy(fitted).set_params(learning_rate=0.05)
    for _ in range(2):
        clf.partial_fit(X[:8], y[:8])
        assert clf.history_["learning_rate"][-1] == pytest.approx(0.001)


def test_partial_fit_takes_weights_as_they_are(digits, small):
    X, _, y, _ = digits

    def moved(weight):
        clf = CNNDigitClassifier(**small, optimizer="sgd", batch_norm=False)
        clf.set_params(learning_rate=0.01).partial_fit(X[:8], y[:8], np.arange(10))
        before = clf.model_.get_weights()
        clf.partial_fit(X, y, sample_weight=np.full(len(y), weight))
        after = clf.model_.get_weights()
        return sum(np.abs(b - a).sum() for a, b in zip(before, after, strict=True))

    assert moved(0.001) < 0.2 * moved(1.0)


def test_partial_fit_takes_class_weights_of_absent_classes(digits, small):
    X, X_test, y, _ = digits
    few = y < 2
    by_class = CNNDigitClassifier(**small, class_weight={0: 3, 5: 2})
    by_class.partial_fit(X[few], y[few], classes=np.arange(10))
    by_sample = CNNDigitClassifier(**small)
    by_sample.partial_fit(
        X[few], y[few], np.arange(10), sample_weight=np.where(y[few] == 0, 3, 1)
    )
    assert_array_equal(by_class.predict_proba(X_test), by_sample.predict_proba(X_test))


def test_another_optimizer_starts_anew(digits, small):
    X, X_test, y, _ = digits
    first = CNNDigitClassifier(**small).partial_fit(X, y, classes=np.arange(10))
    changed = copy.deepcopy(first).set_params(optimizer="sgd").partial_fit(X, y)
    fresh = copy.deepcopy(first).set_params(optimizer="sgd")
    fresh._optimizer_state = None
    assert_array_equal(
        changed.predict_proba(X_test), fresh.partial_fit(X, y).predict_proba(X_test)
    )
    back = copy.deepcopy(changed).set_params(optimizer="adam").partial_fit(X, y)
    fresh = copy.deepcopy(changed).set_params(optimizer="adam")
    fresh._optimizer_state = None
    assert_array_equal(
        back.predict_proba(X_test), fresh.partial_fit(X, y).predict_proba(X_test)
    )


@pytest.mark.parametrize("go_on", ["partial_fit", "fit"])
def test_training_on_with_another_network_is_an_error(digits, small, go_on):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(**small, warm_start=True).fit(X, y)
    clf.set_params(filters=(5,), dense_units=(7,))
    with pytest.raises(ValueError, match="but filters, dense_units changed since"):
        getattr(clf, go_on)(X, y)


def test_partial_fit_refuses_unknown_labels(digits, small):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(**small).partial_fit(X[y < 9], y[y < 9], np.arange(9))
    with pytest.raises(ValueError, match=r"y must hold labels among .* Got \[9\]"):
        clf.partial_fit(X, y)


def test_partial_fit_refuses_balanced_class_weight(digits):
    X, _, y, _ = digits
    with pytest.raises(ValueError, match="'balanced' needs all labels at once"):
        CNNDigitClassifier(class_weight="balanced").partial_fit(X, y, np.arange(10))


def test_partial_fit_recovers_from_a_first_call_that_failed(digits, small):
    X, X_test, y, _ = digits
    clf = CNNDigitClassifier(**small)
    with pytest.raises(ValueError, match="NaN"):
        clf.partial_fit(np.full_like(X, np.nan), y, classes=np.arange(10))
    assert vars(clf) == vars(CNNDigitClassifier(**small))
    clf.partial_fit(X, y, classes=np.arange(10))
    untroubled = CNNDigitClassifier(**small).partial_fit(X, y, classes=np.arange(10))
    assert_array_equal(clf.predict_proba(X_test), untroubled.predict_proba(X_test))


def test_warm_start_goes_on_from_the_last_fit(digits, small):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(**small, warm_start=True).fit(X, y)
    first = clf.loss_curve_[0]
    clf.fit(X, y)
    assert clf.n_iter_ == 4
    assert clf.loss_curve_[2] < first / 2


def test_warm_start_shuffles_the_next_epochs_differently(digits, small):
    X, _, y, _ = digits
    # With weights that stay where they are, only the batches that batch normalisation
    # sees change the loss.
    params = {**small, "epochs": 1, "learning_rate": 1e-30, "schedule": "constant"}
    clf = CNNDigitClassifier(**params, warm_start=True).fit(X, y)
    assert CNNDigitClassifier(**params).fit(X, y).loss_curve_ == clf.loss_curve_
    clf.fit(X, y)
    assert len(set(clf.fit(X, y).loss_curve_)) == 3


def test_history_has_gaps_where_nothing_was_measured(digits, small):
    X, X_test, y, y_test = digits
    clf = CNNDigitClassifier(**{**small, "epochs": 1}, warm_start=True).fit(X, y)
    clf.fit(X, y, X_val=X_test, y_val=y_test)
    clf.partial_fit(X, y)
    assert {len(curve) for curve in clf.history_.values()} == {3}
    assert np.isnan(clf.validation_scores_).tolist() == [True, False, True]
    assert clf.best_validation_score_ == clf.validation_scores_[1]


def test_warm_start_refuses_other_classes(digits, small):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(**small, warm_start=True).fit(X, y)
    with pytest.raises(ValueError, match="must hold the classes of the previous fit"):
        clf.fit(X[y < 9], y[y < 9])


def test_changed_parameters_take_effect_at_the_next_fit_only(digits, fitted):
    X_test = digits[1]
    changed = copy.deepcopy(fitted).set_params(filters=(4,), dense_units=(7,))
    assert_array_equal(changed.predict_proba(X_test), fitted.predict_proba(X_test))


@pytest.mark.parametrize(
    "bad",
    [
        {"y": [1] * 400},
        {"y": [0.5, 1.5] * 200},
        {"X": np.zeros((400, 49))},
        {"X_val": np.zeros((1, 64)), "y_val": [77]},
        {"class_weight": dict.fromkeys(range(10), 0)},
        {"network": lambda shape, n_classes: None},
    ],
    ids=["one class", "continuous", "two shapes", "y_val", "class_weight", "network"],
)
def test_failed_fit_leaves_the_fitted_classifier_alone(digits, fitted, bad):
    X, X_test, y, _ = digits
    clf = copy.deepcopy(fitted)
    params = {name: bad[name] for name in bad.keys() & clf.get_params().keys()}
    data = {"X": X, "y": y} | {k: v for k, v in bad.items() if k not in params}
    if "X" in bad:
        data["y"] = [0] * 400
    with pytest.raises(ValueError):  # noqa: PT011 - the sentences are tested below
        clf.set_params(**params).fit(**data)
    assert_array_equal(clf.predict_proba(X_test), fitted.predict_proba(X_test))
    assert clf.n_iter_ == fitted.n_iter_


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"optimizer": "sgd", "learning_rate": 2, "batch_norm": False}
            | {"filters": (16, 32, 32, 64)},
            r"its loss is nan\. Lower learning_rate \(got 2 for optimizer='sgd'\), or",
        ),
        ({"learning_rate": 1e30}, r"its loss is .* learning_rate \(got 1e\+30 for"),
        ({"weight_decay": 1000}, r"its loss is .* or weight_decay \(got 1000\)"),
    ],
    ids=str,
)
@pytest.mark.parametrize("go_on", ["fit", "partial_fit"])
def test_divergence_in_the_first_epoch_is_an_error(
    digits, small, params, message, go_on
):
    X, _, y, _ = digits
    new = CNNDigitClassifier(**small | params, schedule="constant")
    classes = {"classes": np.arange(10)} if go_on == "partial_fit" else {}
    with pytest.raises(
        ValueError, match=f"^The training diverged in epoch 1: {message}"
    ):
        getattr(new, go_on)(X, y, **classes)
    assert not hasattr(new, "classes_")


def test_collapse_to_one_answer_warns(digits, small):
    X, _, y, _ = digits
    params = {"optimizer": "sgd", "learning_rate": 2, "batch_norm": False}
    clf = CNNDigitClassifier(**small | params)
    with pytest.warns(ConvergenceWarning, match="same answer for every image. Lower"):
        clf.fit(X, y)


def test_divergence_later_keeps_the_state_before_and_warns(digits, small):
    X, X_test, y, _ = digits
    params = {**small, "schedule": "constant", "average": False, "warm_start": True}

    class SpoilTheData:
        def setup(self, estimator, context):
            pass

        teardown = on_fit_task_begin = setup

        def on_fit_task_end(self, estimator, context):
            if context.task_name == "epoch" and estimator.n_iter_ == 2:
                X_train[:] = 1e38 * np.sign(X - 8)  # the fit reads the caller's array

    X_train = X.astype(np.float32)
    diverging = CNNDigitClassifier(**params | {"epochs": 9}).set_callbacks(
        SpoilTheData()
    )
    message = r"diverged in epoch 3: .*\. The classifier is as after epoch 2\.$"
    with pytest.warns(ConvergenceWarning, match=message) as caught:
        diverging.fit(X_train, y)
    assert caught[0].filename == __file__
    good = CNNDigitClassifier(**params).fit(X, y)
    assert diverging.history_ == good.history_
    assert_array_equal(diverging.predict_proba(X_test), good.predict_proba(X_test))
    for one, same in zip(
        diverging._optimizer_state[1], good._optimizer_state[1], strict=True
    ):
        assert_array_equal(one, same)


def test_divergence_of_a_fitted_classifier_leaves_it_as_it_was(digits, fitted):
    X, X_test, y, _ = digits
    clf = copy.deepcopy(fitted).set_params(learning_rate=1e30)
    with pytest.raises(ValueError, match="diverged in epoch 1"):
        clf.partial_fit(X, y)
    assert clf.n_iter_ == fitted.n_iter_
    assert_array_equal(clf.predict_proba(X_test), fitted.predict_proba(X_test))


# ---------------------------------------------------------------- networks


@pytest.mark.parametrize(
    "params",
    [
        {"filters": (), "dense_units": (32,)},
        {"filters": (8, 8), "padding": "valid", "pool_after": (1, 2)},
        {"filters": (8,), "pool_after": (1,), "dense_units": (16, 16), "dropout": 0.2},
        {"filters": (4,) * 6, "kernel_size": 5, "pool_after": (1, 2, 3, 4, 5, 6)},
        {"filters": [4, 4], "kernel_size": [3], "pool_after": []},
    ],
)
@pytest.mark.parametrize("shape", [(8, 8), (1, 64)])
def test_every_layout_learns_from_every_image_shape(digits, params, shape):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(**params, image_shape=shape, epochs=4, random_state=0)
    clf.fit(X[:100], y[:100])
    assert clf.loss_curve_[-1] < clf.loss_curve_[0]
    logits = clf.decision_function(X[:5])
    images = X[:5].reshape(-1, *shape, 1)
    assert_allclose(logits, clf.model_.predict(images, verbose=0), atol=1e-3)


@pytest.mark.parametrize(
    "params",
    [
        {"optimizer": "adamw"},
        {"optimizer": "sgd", "learning_rate": 0.05},
        {"optimizer": "rmsprop"},
        {"schedule": "cosine"},
        {"schedule": "constant"},
        {"label_smoothing": 0.1},
        {"weight_decay": 0.01},
    ],
    ids=str,
)
def test_every_way_of_training_learns(digits, small, params):
    X, X_test, y, y_test = digits
    clf = CNNDigitClassifier(**{**small, "epochs": 5}, **params).fit(X, y)
    assert clf.score(X_test, y_test) > 0.8


def test_weight_decay_shrinks_the_kernels(digits, small):
    X, _, y, _ = digits

    def norm(weight_decay):
        clf = CNNDigitClassifier(**small, weight_decay=weight_decay).fit(X, y)
        return np.linalg.norm(clf.model_.get_weights()[0])

    assert norm(20.0) < 0.9 * norm(0.0)


def test_label_smoothing_tempers_the_probabilities_but_fades_with_the_rate(
    digits, small
):
    X, X_test, y, _ = digits

    def surest(schedule, label_smoothing):
        clf = CNNDigitClassifier(**{**small, "epochs": 20}, schedule=schedule)
        clf.set_params(label_smoothing=label_smoothing)
        return np.median(clf.fit(X, y).predict_proba(X_test).max(axis=1))

    assert surest("constant", 0.3) < 0.9  # the targets are 0.73
    assert surest("one_cycle", 0.3) > 0.9
    assert surest("one_cycle", 0.3) < surest("one_cycle", 0.0)


def build_own_network(image_shape, n_classes):
    import keras

    return keras.Sequential(
        [
            keras.layers.Input((*image_shape, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(32, activation="relu", kernel_regularizer="l2"),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(n_classes),
        ]
    )


def test_own_network_is_trained_reproducibly(digits):
    X, X_test, y, y_test = digits
    clf = CNNDigitClassifier(network=build_own_network, epochs=6, random_state=0)
    first = clf.fit(X, y).predict_proba(X_test)
    assert clf.score(X_test, y_test) > 0.8
    assert_array_equal(clf.fit(X, y).predict_proba(X_test), first)


def test_own_network_keeps_its_trained_weights(digits):
    X, X_test, y, _ = digits
    teacher = CNNDigitClassifier(network=build_own_network, epochs=4, random_state=0)
    weights = teacher.fit(X, y)._weights

    def pretrained(image_shape, n_classes):
        model = build_own_network(image_shape, n_classes)
        model.set_weights(weights)
        return model

    # The teacher saw scaled pixels, and so does the student.
    student = CNNDigitClassifier(network=pretrained, epochs=1, learning_rate=1e-9)
    assert_allclose(
        student.fit(X, y).predict_proba(X_test),
        teacher.predict_proba(X_test),
        atol=1e-4,
    )


def keras_sequential(image_shape, n_classes, activation):
    import keras

    return keras.Sequential(
        [
            keras.layers.Input((*image_shape, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(n_classes, activation=activation),
        ]
    )


@dataclasses.dataclass(frozen=True)
class Perceptron:
    units: int

    def __call__(self, image_shape, n_classes):
        import keras

        return keras.Sequential(
            [
                keras.layers.Input((*image_shape, 1)),
                keras.layers.Flatten(),
                keras.layers.Dense(self.units, activation="relu"),
                keras.layers.Dropout(0.1),
                keras.layers.Dense(n_classes),
            ]
        )


def test_own_network_may_be_any_callable_and_leaves_generators_alone(digits):
    X, X_test, y, y_test = digits
    state = random.getstate()
    clf = CNNDigitClassifier(network=Perceptron(32), epochs=4, random_state=0)
    clf.fit(X, y, X_val=X_test, y_val=y_test)
    assert clf.score(X_test, y_test) > 0.7
    assert clf.model_.count_params() == 64 * 32 + 32 + 32 * 10 + 10
    assert random.getstate() == state


def test_own_network_may_be_built_by_fitting_another(digits):
    X, X_test, y, _ = digits
    teacher = CNNDigitClassifier(network=Perceptron(16), epochs=1, random_state=0)
    expected = clone(teacher).fit(X, y).model_.layers[2]

    def distilled(image_shape, n_classes):
        return clone(teacher).fit(X, y).model_.layers[2]  # behind its Rescaling

    student = CNNDigitClassifier(network=distilled, epochs=1, learning_rate=1e-9)
    student.set_params(temperature=1.0).fit(X, y)
    images = (X_test.reshape(-1, 8, 8, 1) - student.pixel_mean_) / student.pixel_scale_
    assert_allclose(
        student.decision_function(X_test),
        expected.predict(images, verbose=0),
        atol=1e-4,
    )


def test_own_network_may_count_in_whole_numbers(digits):
    import keras

    class Counter(keras.layers.Layer):
        layers = 1  # an attribute that networks have

        def build(self, shape):
            self.calls = self.add_weight(
                initializer="zeros", dtype="int32", trainable=False, name="calls"
            )

        def call(self, inputs, training=False):
            if training:
                self.calls.assign(self.calls + 1)
            return inputs

    def counting(image_shape, n_classes):
        layers = [Counter(), keras.layers.Flatten(), keras.layers.Dense(n_classes)]
        return keras.Sequential([keras.Input((*image_shape, 1)), *layers])

    X, _, y, _ = digits
    clf = CNNDigitClassifier(network=counting, epochs=2, batch_size=50, random_state=0)
    assert clf.fit(X, y).model_.get_weights()[0] == 2 * -(-len(y) // 50)


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (lambda shape, n: "oops", "must return a keras.Model .* Got str"),
        (
            lambda shape, n: build_own_network(shape, n + 1),
            r"to \(n, 10\) logits. Got one from .* to \(None, 11\)",
        ),
        (
            lambda shape, n: keras_sequential(shape, n, activation="softmax"),
            "must give logits. Got a network that ends with a softmax",
        ),
    ],
)
def test_own_network_of_another_shape_is_an_error(digits, network, message):
    X, _, y, _ = digits
    with pytest.raises(ValueError, match=message):
        CNNDigitClassifier(network=network).fit(X, y)


# ---------------------------------------------------------------- bad input


class Unhashable:
    __hash__ = None

    def __call__(self, image_shape, n_classes):
        raise AssertionError


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"filters": (32, 0)},
            r"'filters' .* ints in the range \[1, inf\). Got \(32, 0",
        ),
        ({"filters": 32}, "'filters' parameter .* must be an instance of 'tuple'"),
        ({"kernel_size": (3, 2.5)}, "'kernel_size' .* must hold ints"),
        ({"kernel_size": ()}, "'kernel_size' .* must hold at least one int"),
        ({"network": Unhashable()}, "'network' .* must be hashable"),
        ({"pool_after": (0,)}, "'pool_after' .* must hold ints"),
        ({"dense_units": (-1,)}, "'dense_units' .* must hold ints"),
        ({"optimizer": "adamm"}, "'optimizer' parameter .* must be a str among"),
        ({"n_networks": 0}, r"'n_networks' .* in the range \[1, inf\)"),
        ({"dropout": 1.0}, r"'dropout' .* in the range \[0.0, 1.0\)"),
        ({"epochs": 0}, "'epochs' parameter .* must be an int in the range"),
        ({"schedule": None}, "'schedule' parameter"),
        (
            {"precision": "float16"},
            "'precision' parameter .* must be a str among .*'auto'.* Got 'float16'",
        ),
        ({"network": "lenet"}, "'network' parameter .* must be a callable or None"),
        ({"image_shape": (8, 9)}, r"Got image_shape=\(8, 9\) for images of 64 pixels"),
        ({"image_shape": (64,)}, r"Got image_shape=\(64,\)"),
    ],
)
def test_bad_parameter_is_named(digits, params, message):
    X, _, y, _ = digits
    with pytest.raises(ValueError, match=message):
        CNNDigitClassifier(**params).fit(X, y)


def test_stacked_images_must_have_the_asked_for_shape(digits):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(image_shape=(4, 16))
    with pytest.raises(ValueError, match=r"image_shape=\(4, 16\). Got shape \(8, 8\)"):
        clf.fit(X.reshape(-1, 8, 8), y)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.full((4, 16), np.nan), [0, 1, 0, 1], "Input X contains NaN"),
        (np.full((4, 16), np.inf), [0, 1, 0, 1], "Input X contains infinity"),
        (np.empty((0, 16)), [], r"Found array with 0 sample\(s\)"),
        (np.empty((0, 4, 4)), [], r"Found array with 0 sample\(s\)"),
        (np.zeros((4, 16)), [0, 1], "inconsistent numbers of samples: \\[4, 2\\]"),
        (
            np.zeros((4, 16)),
            [7] * 4,
            r"at least two classes. Got one class only: \[7\]",
        ),
        (np.zeros((4, 16)), [0.5, 1, 0, 1], "Unknown label type: continuous"),
        ([[1, 2], [3]], [0, 1], "rows of different lengths; DigitPreprocessor"),
        (np.zeros((4, 8, 8, 3)), [0, 1, 0, 1], r"\(4, 8, 8, 3\); DigitPreprocessor"),
        (np.zeros((8, 8, 3)), [0, 1] * 4, r"Got shape \(8, 8, 3\); DigitPreprocessor"),
        (np.zeros((2, 2, 2, 2, 1)), [0, 1], r"\(2, 2, 2, 2, 1\); DigitPreprocessor"),
    ],
)
def test_bad_data_is_an_error_that_says_so(X, y, message):
    with pytest.raises(ValueError, match=message):
        CNNDigitClassifier().fit(X, y)


def test_negative_weight_is_an_error(digits, small):
    X, _, y, _ = digits
    with pytest.raises(ValueError, match=r"[Nn]egative values.*sample_weight"):
        CNNDigitClassifier(**small).fit(X, y, -np.ones(len(y)))


@pytest.mark.parametrize("method", ["predict", "decision_function"])
def test_unfitted_use_is_an_error(method):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        getattr(CNNDigitClassifier(), method)(np.zeros((1, 64)))


@pytest.mark.parametrize(
    "attribute",
    [
        "model_",
        "n_iter_",
        "loss_curve_",
        "validation_scores_",
        "best_validation_score_",
    ],
)
def test_attribute_before_the_fit_is_an_error_that_names_it(attribute):
    with pytest.raises(
        NotFittedError, match=f"not fitted yet and has no `{attribute}`"
    ):
        getattr(CNNDigitClassifier(), attribute)
    assert not hasattr(CNNDigitClassifier(), attribute)


def test_wrong_width_is_an_error(fitted):
    with pytest.raises(ValueError, match=r"X has 49 features, but .* 64 features"):
        fitted.predict(np.zeros((3, 49)))


def test_wrong_image_shape_of_the_right_width_is_an_error(fitted):
    with pytest.raises(
        ValueError, match=r"shape \(8, 8\), as in `fit`. Got .*\(4, 16\)"
    ):
        fitted.predict(np.zeros((3, 4, 16)))


def test_single_image_without_its_axis_is_explained(fitted):
    for shape in [(8, 8), (8, 8, 1)]:
        with pytest.raises(
            ValueError, match=r"one image of shape \(8, 8.*; pass X\[np"
        ):
            fitted.predict(np.zeros(shape))


@pytest.mark.parametrize("X", ["photo.png", ["photo.png"]])
def test_path_in_place_of_pixels_is_explained(fitted, X):
    with pytest.raises(ValueError, match=r"read files with skdigits\.read_images"):
        fitted.predict(X)


@pytest.mark.parametrize(
    "change", [lambda X: X / 255, lambda X: X * 16, lambda X: 255 - X]
)
def test_foreign_pixel_range_warns(digits, fitted, change):
    with pytest.warns(PixelRangeWarning, match="range and polarity of `fit`"):
        fitted.predict(change(digits[1]))


@pytest.mark.parametrize("go_on", ["fit", "partial_fit"])
def test_foreign_pixel_range_warns_where_training_goes_on(digits, fitted, go_on):
    X, _, y, _ = digits
    clf = copy.deepcopy(fitted).set_params(warm_start=True)
    with pytest.warns(PixelRangeWarning, match="The pixels of X lie around 0.*`fit`"):
        getattr(clf, go_on)(X / 255, y)


@pytest.mark.parametrize("early_stopping", [False, True])
def test_foreign_pixel_range_of_the_validation_data_warns(
    digits, small, early_stopping
):
    X, X_test, y, y_test = digits
    clf = CNNDigitClassifier(**small, early_stopping=early_stopping)
    with pytest.warns(PixelRangeWarning, match="The pixels of X_val lie around 0"):
        clf.fit(X, y, X_val=X_test / 255, y_val=y_test)


def test_warning_that_is_an_error_leaves_the_classifier_alone(digits, fitted):
    X, _, y, _ = digits
    clf = copy.deepcopy(fitted)
    with pytest.raises(PixelRangeWarning):
        clf.partial_fit(255 - X, y)
    assert vars(clf).keys() == vars(fitted).keys()
    assert clf.n_iter_ == fitted.n_iter_


def test_blank_and_faint_images_do_not_warn(digits, fitted):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fitted.predict(np.zeros((1, 64)))
        fitted.predict(digits[1][:1] / 4)
        copy.deepcopy(fitted).partial_fit(digits[1][:1] / 4, [3])
    assert not caught


# ---------------------------------------------------------------- in a pipeline


def test_validation_data_pass_through_a_pipeline(digits, small, fitted):
    import sklearn

    X, X_test, y, y_test = digits
    with sklearn.config_context(enable_metadata_routing=True):
        clf = CNNDigitClassifier(**{**small, "epochs": 10}, early_stopping=True)
        clf.set_fit_request(X_val=True, y_val=True)
        pipeline = make_pipeline(MinMaxScaler((0, 50)), clf)
        pipeline.set_params(transform_input=["X_val"])
        pipeline.fit(X, y, X_val=X_test, y_val=y_test)
    assert clf.best_validation_score_ == pytest.approx(pipeline.score(X_test, y_test))


def test_prediction_of_one_image_borrows_no_compiled_network(fitted, monkeypatch):
    def refuse(spec):
        raise AssertionError

    monkeypatch.setattr(engine, "predictors", engine.Pool(refuse, 1))
    fitted.predict(load_digits().data[:1])


def test_predictions_in_a_loop_do_not_grow_the_process(fitted):
    X = load_digits().data[:400]
    tracemalloc.start()
    for image in X:
        fitted.predict(image[None])
    left = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert left < X.nbytes  # not even the images are kept
