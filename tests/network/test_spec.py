import pytest

from skdigits import CNNDigitClassifier
from skdigits._network.spec import (
    NetworkSpec,
    TrainingSpec,
    find_weight_decay,
    positive_integers,
)


def test_specs_of_equal_parameters_are_equal_and_hashable():
    lists = CNNDigitClassifier(filters=[4, 8], kernel_size=[3], pool_after=[1])
    tuples = CNNDigitClassifier(filters=(4, 8), kernel_size=3, pool_after=(1,))
    specs = {NetworkSpec.of(clf, (28, 28), 10) for clf in (lists, tuples)}
    assert len(specs) == 1
    assert len({TrainingSpec.of(clf, *specs) for clf in (lists, tuples)}) == 1


def test_precision_is_a_part_of_what_is_compiled_to_train():
    clf = CNNDigitClassifier(precision="bfloat16")
    spec = NetworkSpec.of(clf, (28, 28), 10)
    assert spec == NetworkSpec.of(CNNDigitClassifier(), (28, 28), 10)
    assert TrainingSpec.of(clf, spec).precision == "bfloat16"
    own = NetworkSpec((28, 28), 10, network=print)
    assert TrainingSpec.of(clf, own).precision == "float32"


@pytest.mark.parametrize(
    ("shape", "padding", "pool_after", "augmentation"),
    [
        ((8, 8), ("same",), (3,), None),
        ((28, 28), ("valid", "same"), (1, 3), "affine"),
    ],
)
def test_small_images_are_not_cut_hardly_pooled_and_not_distorted(
    shape, padding, pool_after, augmentation
):
    spec = NetworkSpec.of(CNNDigitClassifier(), shape, 10)
    assert (spec.padding, spec.pool_after) == (padding, pool_after)
    training = TrainingSpec.of(CNNDigitClassifier(), spec)
    assert training.augmentation == augmentation


def test_adamw_is_adam_with_a_weight_decay():
    adam, adamw = (CNNDigitClassifier(optimizer=name) for name in ("adam", "adamw"))
    assert (find_weight_decay(adam), find_weight_decay(adamw)) == (0, 0.004)
    spec = NetworkSpec.of(adam, (8, 8), 10)
    assert TrainingSpec.of(adamw, spec).optimizer == "adam"
    assert TrainingSpec.of(adamw, spec).decays_weights
    assert not TrainingSpec.of(adam, spec).decays_weights
    assert find_weight_decay(adamw.set_params(weight_decay=0.5)) == 0.5


def test_parameter_that_holds_no_positive_integers_is_named():
    assert positive_integers("filters", [4, 8]) == (4, 8)
    with pytest.raises(ValueError, match=r"'filters' .* in the range \[1, inf\)"):
        positive_integers("filters", (4, 0))
