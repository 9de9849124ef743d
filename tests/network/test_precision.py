"""The parameter `precision`: what it computes in bfloat16, and where "auto" does."""

import copy
import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from skdigits import CNNDigitClassifier, load, save
from skdigits._network import precision
from skdigits._network.precision import (
    cpu_computes_bfloat16,
    gpu_computes_bfloat16,
    resolve_precision,
    uses_onednn,
)

SAPPHIRE_RAPIDS = """\
processor	: 0
vendor_id	: GenuineIntel
model name	: Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz
flags		: fpu sse2 avx2 avx512f avx512_vnni avx512_bf16 amx_bf16 amx_tile amx_int8
bugs		: spectre_v1
"""

ZEN_4 = """\
processor	: 0
vendor_id	: AuthenticAMD
model name	: AMD EPYC 9654 96-Core Processor
flags		: fpu sse2 avx2 avx512f avx512_vnni avx512_bf16
bugs		: spectre_v1

processor	: 1
flags		: fpu sse2 avx2 avx512f avx512_vnni avx512_bf16
"""

ONLY_SIMILAR_NAMES = "flags\t: fpu avx512f my_avx512_bf16 amx_bf16x\n"

CASCADE_LAKE = "flags\t\t: fpu sse2 avx2 avx512f avx512_vnni\n"

ZEN_3 = """\
processor	: 0
vendor_id	: AuthenticAMD
model name	: AMD EPYC 7763 64-Core Processor amx_bf16
flags		: fpu sse2 avx2 vaes
"""

GRAVITON_2 = "processor\t: 0\nFeatures\t: fp asimd crc32 asimddp\n"

GRAVITON_3 = "processor\t: 0\nFeatures\t: fp asimd crc32 asimddp sve svebf16 bf16\n"


@pytest.mark.parametrize("cpuinfo", [SAPPHIRE_RAPIDS, ZEN_4])
def test_processors_with_amx_or_avx512_bf16_compute_bfloat16(cpuinfo):
    assert cpu_computes_bfloat16(cpuinfo)


@pytest.mark.parametrize("cpuinfo", [CASCADE_LAKE, ZEN_3, ONLY_SIMILAR_NAMES, ""])
def test_other_processors_emulate_bfloat16(cpuinfo):
    assert not cpu_computes_bfloat16(cpuinfo)


@pytest.mark.parametrize("cpuinfo", [GRAVITON_2, GRAVITON_3])
def test_tensorflow_emulates_bfloat16_on_every_arm_processor(cpuinfo):
    assert not cpu_computes_bfloat16(cpuinfo)


def test_nvidia_gpus_compute_bfloat16_since_ampere():
    assert gpu_computes_bfloat16({"compute_capability": (8, 0)})
    assert gpu_computes_bfloat16({"compute_capability": (12, 0)})
    assert not gpu_computes_bfloat16({"compute_capability": (7, 5)})
    assert not gpu_computes_bfloat16({"device_name": "METAL"})


@pytest.mark.parametrize("setting", ["0", "false", "False"])
def test_onednn_can_be_off(setting):
    assert not uses_onednn({"TF_ENABLE_ONEDNN_OPTS": setting})
    assert uses_onednn({"TF_ENABLE_ONEDNN_OPTS": "1"})
    assert uses_onednn({})


@pytest.fixture
def processor(monkeypatch):
    """Make this machine one with another processor, and without a GPU."""
    import tensorflow as tf

    monkeypatch.setattr(tf.config, "get_visible_devices", lambda kind: [])
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)

    def become(cpuinfo):
        monkeypatch.setattr(precision, "_read_cpuinfo", lambda: cpuinfo)

    return become


def test_auto_is_bfloat16_where_the_processor_computes_it(processor, monkeypatch):
    processor(SAPPHIRE_RAPIDS)
    assert resolve_precision("auto") == "bfloat16"
    assert resolve_precision("float32") == "float32"
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    assert resolve_precision("auto") == "float32"


def test_auto_is_float32_elsewhere(processor):
    processor(ZEN_3)
    assert resolve_precision("auto") == "float32"
    assert resolve_precision("bfloat16") == "bfloat16"


@pytest.mark.parametrize(
    ("capability", "expected"), [((9, 0), "bfloat16"), ((7, 0), "float32")]
)
def test_auto_asks_the_gpu_where_there_is_one(
    processor, monkeypatch, capability, expected
):
    import tensorflow as tf

    processor(ZEN_3 if expected == "bfloat16" else SAPPHIRE_RAPIDS)
    monkeypatch.setattr(tf.config, "get_visible_devices", lambda kind: [kind])
    details = {"GPU": {"compute_capability": capability}}
    monkeypatch.setattr(tf.config.experimental, "get_device_details", details.get)
    assert resolve_precision("auto") == expected


def test_system_without_cpuinfo_has_no_known_processor(monkeypatch):
    def missing(*args, **kwargs):
        raise FileNotFoundError

    monkeypatch.setattr("builtins.open", missing)
    assert precision._read_cpuinfo.__wrapped__() == ""


# ---------------------------------------------------------------- the classifier


@pytest.fixture(scope="module")
def coarse(digits, small):
    """A classifier that was fitted in bfloat16; do not fit it again."""
    X, _, y, _ = digits
    return CNNDigitClassifier(**small, precision="bfloat16").fit(X, y)


def test_bfloat16_reads_as_well_as_float32(digits):
    X, X_test, y, y_test = digits
    clf = CNNDigitClassifier(filters=(8, 16), epochs=5, random_state=0)
    score = clf.fit(X, y).score(X_test, y_test)
    coarse = clone(clf).set_params(precision="bfloat16").fit(X, y)
    assert score > 0.95
    assert coarse.score(X_test, y_test) > score - 0.01


def test_bfloat16_trains_other_weights_close_to_those_of_float32(coarse, fitted):
    pairs = list(zip(coarse._weights, fitted._weights, strict=True))
    assert not any(np.array_equal(ours, theirs) for ours, theirs in pairs)
    assert_allclose(pairs[0][0], pairs[0][1], atol=0.1)


def test_weights_and_predictions_of_bfloat16_are_float32(digits, coarse):
    import keras

    weights = coarse._weights
    assert {weight.dtype for weight in weights} == {np.dtype("float32")}
    # float32, and not merely rounded to bfloat16, whose last 16 bits are zero.
    assert all((weight.view(np.uint32) & 0xFFFF).any() for weight in weights)
    layers = coarse.model_.layers
    assert {layer.dtype_policy.name for layer in layers} == {"float32"}
    assert isinstance(layers[-1], keras.layers.Layer)
    assert coarse.predict_proba(digits[1]).dtype == np.float64


def test_optimizer_state_of_bfloat16_is_float32(digits, coarse):
    X, _, y, _ = digits
    clf = copy.deepcopy(coarse).partial_fit(X, y)
    _, state = clf._optimizer_state
    moments = [array for array in state if array.ndim]
    assert len(moments) == 2 * (len(clf._weights) - 2)  # less the moving averages
    assert {array.dtype for array in moments} == {np.dtype("float32")}
    assert all((array.view(np.uint32) & 0xFFFF).any() for array in moments)


def test_numpy_tensorflow_and_keras_predict_the_same_after_bfloat16(digits, coarse):
    _, X_test, _, _ = digits
    many = coarse.decision_function(X_test)
    assert_allclose(coarse.decision_function(X_test[:5]), many[:5], atol=1e-5)
    images = X_test.reshape(-1, 8, 8, 1)
    assert_allclose(coarse.model_.predict(images, verbose=0), many, atol=1e-4)


def test_same_seed_gives_bit_equal_results_in_bfloat16(digits, small, coarse):
    X, X_test, y, _ = digits
    params = {**small, "precision": "bfloat16"}
    CNNDigitClassifier(**{**params, "random_state": 5}).fit(X[:100], y[:100])
    again = CNNDigitClassifier(**params).fit(X, y)
    assert_array_equal(again.predict_proba(X_test), coarse.predict_proba(X_test))
    assert again.history_ == coarse.history_


def test_auto_equals_float32_where_bfloat16_is_not_native(digits, small, fitted):
    if resolve_precision("auto") == "bfloat16":
        pytest.skip("this machine computes bfloat16 natively")
    X, X_test, y, _ = digits
    clf = CNNDigitClassifier(**small, precision="auto").fit(X, y)
    assert_array_equal(clf.predict_proba(X_test), fitted.predict_proba(X_test))


def test_auto_equals_bfloat16_where_it_is_native(digits, small, coarse, processor):
    processor(ZEN_4)
    X, X_test, y, _ = digits
    clf = CNNDigitClassifier(**small, precision="auto").fit(X, y)
    assert_array_equal(clf.predict_proba(X_test), coarse.predict_proba(X_test))
    assert clf.precision == "auto"


def test_copies_of_a_classifier_keep_its_precision(digits, coarse, tmp_path):
    _, X_test, _, _ = digits
    save(coarse, tmp_path / "model.skops")
    pickled = pickle.loads(pickle.dumps(coarse))
    for copied in (pickled, load(tmp_path / "model.skops")):
        assert copied.precision == "bfloat16"
        assert_array_equal(copied.predict_proba(X_test), coarse.predict_proba(X_test))
    assert clone(coarse).precision == "bfloat16"


def test_search_compares_precisions(digits, small, coarse, fitted):
    X, X_test, y, _ = digits
    clf = CNNDigitClassifier(**small)
    search = GridSearchCV(clf, {"precision": ["float32", "bfloat16"]}, cv=2).fit(X, y)
    expected = {"float32": fitted, "bfloat16": coarse}[search.best_params_["precision"]]
    assert_array_equal(search.predict_proba(X_test), expected.predict_proba(X_test))


@pytest.mark.parametrize(
    "params",
    [
        {"n_networks": 2},
        {"early_stopping": True},
        {"batch_norm": False, "dense_units": (16,), "dropout": 0.2},
        {"filters": (), "dense_units": (16,)},
        {"optimizer": "adamw"},
        {"optimizer": "sgd", "learning_rate": 0.05},
    ],
    ids=str,
)
def test_bfloat16_learns_in_every_way_of_training(digits, small, params):
    X, X_test, y, y_test = digits
    params = {**small, "epochs": 5, "precision": "bfloat16", **params}
    clf = CNNDigitClassifier(**params).fit(X, y)
    assert clf.score(X_test, y_test) > 0.8


def test_training_goes_on_in_another_precision(digits, fitted):
    X, X_test, y, y_test = digits
    clf = copy.deepcopy(fitted).set_params(precision="bfloat16", warm_start=True)
    clf.fit(X, y).set_params(precision="float32").partial_fit(X, y)
    assert clf.n_iter_ == 2 * fitted.n_iter_ + 1
    assert clf.score(X_test, y_test) >= fitted.score(X_test, y_test)


def test_distorted_images_are_trained_on_in_bfloat16(small):
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 256, (60, 784), dtype=np.uint8), np.arange(60) % 3
    clf = CNNDigitClassifier(**small, augmentation="robust", precision="bfloat16")
    assert np.isfinite(clf.fit(X, y).loss_curve_).all()


def flat(image_shape, n_classes):
    import keras

    return keras.Sequential(
        [
            keras.Input((*image_shape, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(n_classes),
        ]
    )


def test_precision_does_not_apply_to_an_own_network(digits):
    X, X_test, y, _ = digits
    clf = CNNDigitClassifier(network=flat, epochs=1, random_state=0).fit(X, y)
    coarse = clone(clf).set_params(precision="bfloat16").fit(X, y)
    assert_array_equal(coarse.predict_proba(X_test), clf.predict_proba(X_test))
