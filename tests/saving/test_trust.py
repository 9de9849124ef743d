"""What crafted model files can refer to, build and call."""

import io
import json
import pickle
import zipfile
from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.metrics.pairwise import euclidean_distances

from skdigits import load, save
from skdigits._saving.archive import serialize
from skdigits.exceptions import ModelFileError

CALLED = "sklearn.metrics.pairwise.euclidean_distances"


def named(full_name, loader, **rest):
    module, _, name = full_name.rpartition(".")
    return {"__module__": module, "__class__": name, "__loader__": loader, **rest}


def plain(value):
    return named("builtins.str", "JsonNode", content=json.dumps(value))


def tuple_of(*nodes):
    return named("builtins.tuple", "TupleNode", content=list(nodes))


def list_of(*nodes):
    return named("builtins.list", "ListNode", content=list(nodes))


FUNCTION = named(CALLED, "FunctionNode")
# The nodes by which skops calls a name of the file, at once or later on.
CALLS = {
    "constructor": named(
        CALLED, "ConstructorFromReduceNode", content=tuple_of(plain([[1.0]]))
    ),
    "list": named(CALLED, "ListNode", content=[plain([1.0])]),
    "set": named(CALLED, "SetNode", content=[plain([1.0])]),
    "tuple": named(CALLED, "TupleNode", content=[plain([1.0])]),
    "array": named(
        CALLED,
        "NdArrayNode",
        type="json",
        shape=plain([1]),
        content=[plain(1.0)],
    ),
    "dict": named(CALLED, "DictNode", content={}, key_types=list_of()),
    "key": named(
        "builtins.dict",
        "DictNode",
        content={"1": plain(1)},
        key_types=list_of(FUNCTION),
    ),
    "type of a key": named(
        "builtins.dict",
        "DictNode",
        content={"1": plain(1)},
        key_types=list_of(named(CALLED, "TypeNode")),
    ),
    "default": named(
        "collections.defaultdict",
        "DefaultDictNode",
        content={"main": plain({}), "default_factory": FUNCTION},
    ),
    "partial of another name": named(
        CALLED,
        "PartialNode",
        content={
            "func": plain(1),
            "args": plain([]),
            "kwds": plain({}),
            "namespace": plain({}),
        },
    ),
    "random state": named(CALLED, "RandomStateNode", content=plain({})),
    "loss": named(
        CALLED,
        "LossNode",
        __reduce__={"args": tuple_of(plain([[1.0]]))},
        content=plain({}),
    ),
}


@pytest.fixture
def craft(tmp_path):
    """Save a classifier with a node of one's own as its constant."""

    def craft(node, parts=()):
        with zipfile.ZipFile(io.BytesIO(serialize(DummyClassifier()))) as archive:
            schema = json.loads(archive.read("schema.json"))
        schema["content"]["content"]["constant"] = node
        path = tmp_path / "crafted.skops"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("schema.json", json.dumps(schema))
            for name, content in dict(parts).items():
                archive.writestr(name, content)
        return path

    return craft


@pytest.mark.parametrize("kind", CALLS)
def test_call_of_a_function_that_files_may_refer_to_is_refused_by_its_name(craft, kind):
    with pytest.raises(
        ModelFileError, match=rf"calls functions, .* not trust: \['{CALLED}'\]"
    ) as caught:
        load(craft(CALLS[kind]))
    assert caught.value.untrusted == (CALLED,)
    assert pickle.loads(pickle.dumps(caught.value)).untrusted == (CALLED,)


@pytest.mark.parametrize("cached", [False, True])
def test_call_of_a_function_is_seen_behind_the_id_of_another_node(craft, cached):
    again = {**named("builtins.str", "CachedNode" if cached else "TypeNode")}
    keys = named(
        "builtins.dict",
        "DictNode",
        content={"1": plain(1)},
        key_types=list_of({**again, "__id__": 999}),
    )
    with pytest.raises(ModelFileError, match=rf"\['{CALLED}'\]"):
        load(craft(tuple_of({**FUNCTION, "__id__": 999}, keys)))


def test_function_is_called_for_those_who_trust_it(craft):
    constant = load(craft(CALLS["constructor"]), trusted=[CALLED]).constant
    assert_array_equal(constant, [[0.0]])


def test_functions_are_loaded_as_references(craft):
    assert load(craft(FUNCTION)).constant is euclidean_distances
    assert load(craft(named(CALLED, "TypeNode"))).constant is euclidean_distances


def test_function_of_a_partial_must_be_trusted_by_the_caller(tmp_path):
    path = tmp_path / "model.skops"
    estimator = DummyClassifier(constant=partial(accuracy_score, normalize=False))
    name = "sklearn.metrics._classification.accuracy_score"
    with pytest.raises(ModelFileError, match=rf"\['{name}'\]"):
        save(estimator, path, trusted=["functools.partial"])
    trusted = ["functools.partial", name]
    save(estimator, path, trusted=trusted)
    assert load(path, trusted=trusted).constant.func is accuracy_score


def test_types_that_hold_functions_are_loaded(tmp_path):
    scorer = make_scorer(accuracy_score, normalize=False)
    save(DummyClassifier(constant=scorer), tmp_path / "model.skops")
    loaded = load(tmp_path / "model.skops").constant
    assert loaded._score_func is accuracy_score


SPARSE = "scipy.sparse._csr.csr_matrix"


def npz(matrix):
    content = io.BytesIO()
    sparse.save_npz(content, matrix)
    return content.getvalue()


@pytest.mark.parametrize(
    "kind", [sparse.csr_matrix, sparse.csr_array, sparse.bsr_array]
)
def test_sparse_matrix_with_indices_outside_its_shape_is_refused(craft, kind):
    matrix = kind(np.eye(3))
    node = named(SPARSE, "SparseMatrixNode", type="scipy", file="m.npz")
    loaded = load(craft(node, {"m.npz": npz(matrix)})).constant
    assert_array_equal(loaded.toarray(), np.eye(3))
    matrix.indices[:] = 10**9
    with pytest.raises(ModelFileError, match=r"not a model file .*ValueError"):
        load(craft(node, {"m.npz": npz(matrix)}))


@pytest.mark.parametrize("loader", ["ObjectNode", "ConstructorFromReduceNode"])
def test_sparse_matrix_is_built_only_where_its_indices_are_checked(craft, loader):
    with pytest.raises(ModelFileError, match=rf"\['{SPARSE}'\]"):
        load(craft(named(SPARSE, loader, content=tuple_of())))
