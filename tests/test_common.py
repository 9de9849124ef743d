"""scikit-learn's own checks of the classifier; test_preprocessing.py has the others."""

import functools

import pytest
from sklearn.utils.estimator_checks import (
    estimator_checks_generator,
    parametrize_with_checks,
)

from skdigits import CNNDigitClassifier

EXPECTED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": (
        "a weight of two and an image given twice agree in expectation only, as for "
        "every model trained on random mini-batches"
    ),
}


@pytest.mark.filterwarnings("ignore::skdigits.exceptions.ImageShapeWarning")
@pytest.mark.filterwarnings("ignore::skdigits.exceptions.PixelRangeWarning")
@parametrize_with_checks(
    [CNNDigitClassifier()],
    expected_failed_checks=lambda estimator: EXPECTED_FAILURES,
    xfail_strict=True,
)
def test_classifier_passes_the_checks_of_scikit_learn(estimator, check):
    check(estimator)


def own_network(image_shape, n_classes):
    import keras

    return keras.Sequential(
        [
            keras.Input((*image_shape, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(n_classes),
        ]
    )


# A quarter, so that the 20 images of some checks leave one of each class to validate.
VARIANTS = {
    "early_stopping": {"early_stopping": True, "validation_fraction": 0.25},
    "two networks": {"n_networks": 2},
    "own network": {"network": own_network},
    "rmsprop": {"optimizer": "rmsprop"},
    "adamw": {"optimizer": "adamw"},
    "dropout": {"dropout": 0.2},
}

# The checks that look at what training gives. The others would repeat the validation
# of arguments, and compile a network for each shape of their data.
CHECKS_OF_TRAINING = {
    "check_class_weight_classifiers",
    "check_classifiers_train",
    "check_dict_unchanged",
    "check_estimators_pickle",
    "check_fit_idempotent",
    "check_methods_sample_order_invariance",
    "check_methods_subset_invariance",
}

FLOAT32 = (
    "TensorFlow's float32 rounds a row by its place in the batch; 1e-7 is asked for"
)
SKIPPED_CHECKS = {
    "own network": {
        "check_methods_sample_order_invariance": FLOAT32,
        "check_methods_subset_invariance": FLOAT32,
    },
    "early_stopping": {
        "check_class_weight_classifiers": "class_weight has no part in the validation"
    },
}


def checks_of_variants():
    for name, params in VARIANTS.items():
        checks = estimator_checks_generator(
            CNNDigitClassifier(**params),
            expected_failed_checks=SKIPPED_CHECKS.get(name, {}),
            mark="skip",
        )
        for estimator, check in checks:
            parts = check if isinstance(check, functools.partial) else check.__wrapped__
            if parts.func.__name__ in CHECKS_OF_TRAINING and not parts.keywords:
                yield pytest.param(estimator, check, id=f"{name}-{parts.func.__name__}")


@pytest.mark.filterwarnings("ignore::skdigits.exceptions.ImageShapeWarning")
@pytest.mark.filterwarnings("ignore::skdigits.exceptions.PixelRangeWarning")
@pytest.mark.parametrize(("estimator", "check"), list(checks_of_variants()))
def test_variant_passes_the_checks_of_scikit_learn(estimator, check):
    check(estimator)
