"""`skdigits._saving.archive`: what crafted files can and cannot do."""

import io
import json
import zipfile

import numpy as np
import pytest
import skops.io
from numpy.testing import assert_array_equal
from scipy import stats
from sklearn.callback import ScoringMonitor

from skdigits import TRUSTED_TYPES
from skdigits._saving.archive import distribution, scoring_monitor, serialize


def test_parts_are_numbered_and_without_a_date():
    pixels = np.arange(3)
    content = serialize({"file": "1.npy", "__id__": 3, "a": pixels, "b": pixels})

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read("schema.json"))
        assert {info.date_time for info in archive.infolist()} == {
            (1980, 1, 1, 0, 0, 0)
        }
        (array,) = set(archive.namelist()) - {"schema.json"}
    ids = [schema["content"][key]["__id__"] for key in "ab"]
    assert ids == [int(array.removesuffix(".npy"))] * 2
    assert schema["__id__"] < 20
    loaded = skops.io.loads(content)
    assert (loaded["file"], loaded["__id__"]) == ("1.npy", 3)
    assert_array_equal(loaded["a"], pixels)


def test_attributes_of_distributions_and_monitors_are_never_restored():
    kinds = {type(stats.norm), type(stats.norm()), type(stats.randint(1, 2))}
    kinds |= {ScoringMonitor}
    for kind in kinds:
        assert f"{kind.__module__}.{kind.__name__}" not in TRUSTED_TYPES


@pytest.mark.parametrize("name", ["", "rv_continuous", "_distn_infrastructure.exec", 7])
def test_only_names_of_distributions_are_built(name):
    with pytest.raises(
        ValueError, match=r"must be a distribution of scipy\.stats; got"
    ):
        distribution(name)


def test_keyword_arguments_of_distributions_may_be_left_out():
    assert distribution("uniform", (0.0, 1.0)).mean() == 0.5


def test_long_names_of_distributions_are_shortened():
    with pytest.raises(ValueError, match=r"got 'a+\.\.\.a+'\.$") as caught:
        distribution("a" * 10_000)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("args", [("1",), (None,), ([1, {}],), (print,)])
def test_arguments_of_distributions_are_numbers(args):
    with pytest.raises(ValueError, match="arguments of norm must be numbers or arrays"):
        distribution("norm", args, {})


class norm_gen(type(stats.norm)):
    """Named as in scipy, and of a class that scipy does not have."""


@pytest.mark.parametrize(
    "dist", [norm_gen(name="norm"), type(stats.norm)(name="norm", a=0)]
)
@pytest.mark.parametrize("is_frozen", [False, True])
def test_own_distributions_are_refused(dist, is_frozen):
    with pytest.raises(TypeError, match=r"norm_gen is not a distribution of"):
        serialize({"C": dist(1) if is_frozen else dist})


def test_scoring_monitors_listen_on_an_address_of_their_own():
    monitor = ScoringMonitor(scoring=["accuracy", "f1"])
    content = serialize(monitor)

    loaded = skops.io.loads(content, trusted=TRUSTED_TYPES)

    assert loaded._scoring == ["accuracy", "f1"]
    assert loaded._listener_handle != monitor._listener_handle


def test_scoring_monitors_keep_what_they_logged():
    entry = ("run", {"estimator_name": "a"}, [{"task_id": 0}], {"accuracy": 1.0})
    monitor = scoring_monitor("accuracy", [entry])

    loaded = skops.io.loads(serialize(monitor), trusted=TRUSTED_TYPES)

    assert loaded._log == [entry]
