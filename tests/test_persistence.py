import contextlib
import copy
import functools
import inspect
import io
import os
import pickle
import pickletools
import pkgutil
import re
import zipfile
from unittest import SkipTest

import cloudpickle
import joblib
import numpy as np
import pytest
import sklearn.callback
import sklearn.metrics
import sklearn.model_selection
import skops.io
from numpy.testing import assert_array_equal
from scipy import stats
from scipy.stats._distr_params import distcont, distdiscrete
from sklearn.calibration import CalibratedClassifierCV
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer, get_scorer_names, make_scorer
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import all_estimators
from sklearn.utils._test_common.instance_generator import _construct_instances

from skdigits import (
    TRUSTED_TYPES,
    CNNDigitClassifier,
    load,
    make_digit_pipeline,
    save,
)
from skdigits.exceptions import ModelFileError


@pytest.fixture(scope="module")
def streamed(digits, small):
    """A classifier that a stream has reached: with optimizer state."""
    X, _, y, _ = digits
    clf = CNNDigitClassifier(**{**small, "random_state": 1})
    return clf.partial_fit(X, y, classes=np.arange(10))


WRITERS = {
    "pickle": lambda est, path: path.write_bytes(pickle.dumps(est)),
    "cloudpickle": lambda est, path: path.write_bytes(cloudpickle.dumps(est)),
    "joblib": joblib.dump,
    "skops": save,
}

READER = """
import sys
import joblib, numpy as np
import skdigits
with np.load("digits.npz") as data:
    X, y, X_test = data["X"], data["y"], data["X_test"]
for kind in sys.argv[1:]:
    clf = skdigits.load(kind) if kind == "skops" else joblib.load(kind)
    first = clf.predict_proba(X_test)
    second = clf.partial_fit(X, y).predict_proba(X_test)
    np.savez(kind + ".npz", first=first, second=second)
"""


@pytest.mark.slow
def test_fresh_process_predicts_and_goes_on_the_same(
    digits, streamed, tmp_path, run_python
):
    X, X_test, y, _ = digits
    np.savez(tmp_path / "digits.npz", X=X, y=y, X_test=X_test)
    for kind, write in WRITERS.items():
        write(streamed, tmp_path / kind)
    done = run_python(READER, *WRITERS)
    assert done.returncode == 0, done.stderr
    here = copy.deepcopy(streamed)
    first = here.predict_proba(X_test)
    second = here.partial_fit(X, y).predict_proba(X_test)
    for kind in WRITERS:
        with np.load(tmp_path / f"{kind}.npz") as there:
            assert_array_equal(there["first"], first, err_msg=kind)
            assert_array_equal(there["second"], second, err_msg=kind)


def test_deep_copies_are_independent(digits, streamed):
    X, X_test, y, _ = digits
    before = streamed.predict_proba(X_test)
    twin = copy.deepcopy(streamed).partial_fit(X, y)
    assert not np.array_equal(twin.predict_proba(X_test), before)
    assert_array_equal(streamed.predict_proba(X_test), before)


def test_state_holds_nothing_of_keras(fitted, streamed):
    for clf in (fitted, streamed):
        clf.predict(np.zeros((1, 64)))
        names = {
            str(argument)
            for _, argument, _ in pickletools.genops(pickle.dumps(clf))
            if isinstance(argument, str)
        }
        assert not [name for name in names if "keras" in name or "tensorflow" in name]


def test_size_is_that_of_the_weights(digits):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(epochs=1, random_state=0).fit(X, y)
    n_bytes = sum(weight.nbytes for weight in clf.model_.get_weights())
    assert n_bytes < len(pickle.dumps(clf)) < 1.2 * n_bytes
    clf.partial_fit(X, y)
    assert 2.5 * n_bytes < len(pickle.dumps(clf)) < 3.2 * n_bytes
    file = io.BytesIO()
    joblib.dump(clf.fit(X, y), file)
    assert file.tell() < 1.2 * n_bytes


def test_saved_file_is_no_larger_than_the_weights(digits, tmp_path):
    X, _, y, _ = digits
    clf = CNNDigitClassifier(epochs=1, random_state=0).fit(X, y)
    save(clf, tmp_path / "model.skops")
    n_bytes = sum(weight.nbytes for weight in clf.model_.get_weights())
    assert (tmp_path / "model.skops").stat().st_size < 1.2 * n_bytes


def test_pipelines_and_searches_are_saved_whole(digits, small, tmp_path):
    X, X_test, y, _ = digits
    images = X.reshape(-1, 8, 8)
    search = GridSearchCV(
        make_digit_pipeline(**small), {"classifier__learning_rate": [0.01]}, cv=2
    ).fit(images, y)
    save(search, tmp_path / "deep" / "folder" / "search.skops")
    loaded = load(tmp_path / "deep" / "folder" / "search.skops")
    tests = X_test[:50].reshape(-1, 8, 8)
    assert_array_equal(loaded.predict_proba(tests), search.predict_proba(tests))


@pytest.mark.parametrize(
    "kind", ["voting", "stacking", "temperature", "sigmoid", "isotonic"]
)
def test_ensembles_are_saved_whole(digits, fitted, tmp_path, kind):
    X, X_test, y, _ = digits
    members = [("one", FrozenEstimator(fitted)), ("two", FrozenEstimator(fitted))]
    if kind == "voting":
        whole = VotingClassifier(members, voting="soft")
    elif kind == "stacking":
        whole = StackingClassifier(members, cv=2)
    else:
        whole = CalibratedClassifierCV(FrozenEstimator(fitted), method=kind)
    whole.fit(X, y)
    save(whole, tmp_path / "model.skops")
    loaded = load(tmp_path / "model.skops")
    assert_array_equal(loaded.predict_proba(X_test), whole.predict_proba(X_test))


SAVER = """
import sys
from sklearn.datasets import load_digits
from skdigits import make_digit_pipeline, save
X, y = load_digits(return_X_y=True)
pipeline = make_digit_pipeline(filters=(4,), epochs=1, random_state=0)
pipeline["classifier"].fit(X[:100], y[:100])
save(pipeline, sys.argv[1])
"""


@pytest.mark.slow
def test_same_fit_gives_the_same_file_in_any_process_and_after_loading(
    tmp_path, run_python, monkeypatch
):
    done = run_python(SAVER, tmp_path / "there.skops")
    assert done.returncode == 0, done.stderr
    monkeypatch.setattr("sys.argv", ["saver", tmp_path / "here.skops"])
    exec(SAVER, {})
    save(load(tmp_path / "there.skops"), tmp_path / "loaded.skops")
    contents = {path.read_bytes() for path in tmp_path.iterdir()}
    assert len(contents) == 1


def test_bytes_and_strings_that_look_like_addresses_are_saved_as_they_are(tmp_path):
    estimator = DummyClassifier(constant='"__id__": 7, "file": "8.npy"')
    estimator.blob_ = b'"__id__": 7'
    save(estimator, tmp_path / "model.skops")
    loaded = load(tmp_path / "model.skops")
    assert (loaded.constant, loaded.blob_) == (estimator.constant, estimator.blob_)


def test_failed_save_leaves_the_old_file_alone(fitted, tmp_path):
    path = tmp_path / "model.skops"
    save(fitted, path)
    before = path.read_bytes()
    unsavable = copy.deepcopy(fitted)
    unsavable.note_ = io.StringIO()  # nothing that skops could write
    with pytest.raises(ModelFileError, match=r"that cannot be saved: .*StringIO"):
        save(unsavable, path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.skops"]


def test_saved_file_is_readable_by_others(fitted, tmp_path):
    save(fitted, tmp_path / "model.skops")
    (tmp_path / "plain").write_text("")
    assert (tmp_path / "model.skops").stat().st_mode == (
        tmp_path / "plain"
    ).stat().st_mode


def test_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no model file .*`skdigits train`"):
        load(tmp_path / "nothing.skops")


def test_folder_in_place_of_a_file_is_named(tmp_path):
    with pytest.raises(ModelFileError, match=r"must be a model file; got a folder"):
        load(tmp_path)


def test_folder_is_refused_by_save(tmp_path):
    with pytest.raises(ModelFileError, match=r"must be a model file; got a folder"):
        save(DummyClassifier(), tmp_path)
    assert os.listdir(tmp_path) == []


def test_saving_leaves_the_umask_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "umask", lambda mask: pytest.fail("umask was called"))
    save(DummyClassifier(), tmp_path / "model.skops")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04rubbish"])
def test_file_that_is_no_archive_is_named(tmp_path, content):
    path = tmp_path / "digits.skops"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"digits\.skops' is not a model file"):
        load(path)


def test_truncated_and_foreign_archives_are_named(fitted, tmp_path):
    path = tmp_path / "model.skops"
    save(fitted, path)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(ModelFileError, match="is not a model file"):
        load(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("schema.json", "{}")
    with pytest.raises(ModelFileError, match="is not a model file"):
        load(path)


@pytest.fixture
def round_trip(tmp_path):
    def round_trip(estimator, **params):
        save(estimator, tmp_path / "model.skops", **params)
        return load(tmp_path / "model.skops", **params)

    return round_trip


def public_functions(module):
    return [x for x in vars(module).values() if inspect.isfunction(x)]


def test_searches_with_any_scorer_are_loaded(round_trip):
    scorers = [get_scorer(name) for name in get_scorer_names()]
    scorers += [make_scorer(metric) for metric in public_functions(sklearn.metrics)]
    for scorer in scorers:
        search = GridSearchCV(DummyClassifier(), {}, scoring=scorer)
        assert repr(round_trip(search).scoring) == repr(scorer)
    names = ["accuracy", "f1_macro"]
    X, y = np.zeros((20, 1)), np.arange(20) % 2
    search = GridSearchCV(DummyClassifier(), {}, scoring=names, refit=names[0]).fit(
        X, y
    )
    assert round_trip(search).score(X, y) == 0.5


def test_searches_with_any_splitter_are_loaded(round_trip):
    abstract = {"BaseCrossValidator", "BaseShuffleSplit"}
    arguments = {
        "LeavePGroupsOut": (2,),
        "LeavePOut": (2,),
        "PredefinedSplit": ([0, 1, 0],),
    }
    walked = 0
    for name, splitter in vars(sklearn.model_selection).items():
        if hasattr(splitter, "get_n_splits") and name not in abstract:
            cv = splitter(*arguments.get(name, ()))
            loaded = round_trip(GridSearchCV(DummyClassifier(), {}, cv=cv)).cv
            assert type(loaded) is splitter
            walked += 1
    assert walked >= 15


def test_searches_over_any_distribution_are_loaded(round_trip):
    shapes = {
        name: args for name, args in distcont + distdiscrete if name in vars(stats)
    }
    assert len(shapes) > 100
    for name, args in shapes.items():
        dist = getattr(stats, name)
        space = {"C": dist(*args, loc=2), "tol": dist}
        loaded = round_trip(RandomizedSearchCV(DummyClassifier(), space))
        frozen = loaded.param_distributions["C"]
        assert frozen.dist.name == name
        assert (frozen.args, frozen.kwds) == (args, {"loc": 2})
        assert loaded.param_distributions["tol"] is dist


def test_loaded_distributions_draw_the_same(round_trip):
    space = {"C": stats.loguniform(1e-3, 5e-2), "max_iter": stats.randint(1, 100)}
    loaded = round_trip(RandomizedSearchCV(DummyClassifier(), space))
    for name, dist in loaded.param_distributions.items():
        assert_array_equal(
            dist.rvs(9, random_state=0), space[name].rvs(9, random_state=0)
        )


def test_estimators_with_any_callback_are_loaded(round_trip):
    arguments = {"ScoringMonitor": {"scoring": "accuracy"}}
    X, y = np.arange(20.0).reshape(-1, 1), np.arange(20) % 2
    for name in sklearn.callback.__all__:
        kind = getattr(sklearn.callback, name)
        if not hasattr(kind, "setup") or inspect.isabstract(kind):
            continue
        if getattr(kind, "_is_protocol", False):
            continue
        search = GridSearchCV(LogisticRegression(), {"C": [1, 2]}, cv=2)
        search.set_callbacks(kind(**arguments.get(name, {}))).fit(X, y)
        (loaded,) = round_trip(search)._skl_callbacks
        assert type(loaded) is kind


def test_requests_for_metadata_are_loaded(round_trip):
    with sklearn.config_context(enable_metadata_routing=True):
        clf = CNNDigitClassifier().set_fit_request(sample_weight=True)
        scorer = get_scorer("accuracy").set_score_request(sample_weight="alias")
        search = GridSearchCV(clf, {}, scoring=scorer)
        loaded = round_trip(search)
        assert str(loaded.get_metadata_routing()) == str(search.get_metadata_routing())


def test_search_with_callbacks_and_distributions_goes_on_after_loading(
    digits, small, round_trip, capsys
):
    X, X_test, y, _ = digits
    clf = CNNDigitClassifier(**small).set_callbacks(ScoringMonitor(scoring="accuracy"))
    search = RandomizedSearchCV(
        make_pipeline(clf),
        {"cnndigitclassifier__learning_rate": stats.loguniform(5e-3, 5e-2)},
        n_iter=1,
        cv=2,
        scoring="accuracy",
        random_state=0,
    ).set_callbacks(ProgressBar(max_propagation_depth=2))
    search.fit(X[:100], y[:100])
    loaded = round_trip(search)
    assert_array_equal(loaded.predict(X_test), search.predict(X_test))
    (monitor,) = loaded.estimator[0]._skl_callbacks
    (before,) = search.estimator[0]._skl_callbacks
    assert monitor.get_logs().data == before.get_logs().data
    loaded.fit(X[:100], y[:100])
    assert len(monitor.get_logs("all")) == 2 * len(before.get_logs("all"))
    assert_array_equal(loaded.predict(X_test), search.predict(X_test))
    assert "RandomizedSearchCV" in capsys.readouterr().out


def test_archive_holds_no_address_or_key_of_a_running_monitor(tmp_path):
    monitor = ScoringMonitor(scoring="accuracy")
    save(CNNDigitClassifier().set_callbacks(monitor), tmp_path / "model.skops")
    with zipfile.ZipFile(tmp_path / "model.skops") as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    handle = monitor._listener_handle
    assert handle.authkey not in content
    assert str(handle.address).encode() not in content


# Their nodes hold indices into memory that nothing checks: skops leaves the choice to
# the user, and so do we.
UNCHECKED = {
    "scipy._lib.array_api_compat.numpy._aliases.asarray",  # in SplineTransformer, only
    "scipy.interpolate._bsplines.BSpline",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.tree._tree.Tree",
}


def fitted_estimators():
    """Every public estimator of scikit-learn that takes this little data."""
    X = np.abs(np.random.default_rng(0).normal(size=(24, 4)))
    y = np.arange(24) % 2
    for _, kind in all_estimators():
        try:
            estimators = list(_construct_instances(kind))
        except SkipTest:
            continue
        for estimator in estimators:
            with contextlib.suppress(Exception):
                yield estimator.fit(X, y)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_every_estimator_of_scikit_learn_is_loaded_or_refused_for_unchecked_indices(
    tmp_path,
):
    loaded, refused = 0, set()
    for estimator in fitted_estimators():
        try:
            save(estimator, tmp_path / "model.skops")
        except ModelFileError as err:
            refused |= set(re.findall(r"'([\w.]+)'", str(err).split("Save it")[0]))
            assert refused <= UNCHECKED, estimator
        else:
            assert type(load(tmp_path / "model.skops")) is type(estimator)
            loaded += 1
    assert loaded > 100


def test_trees_are_saved_for_those_who_trust_them(digits, fitted, round_trip):
    X, X_test, y, _ = digits
    members = [("cnn", FrozenEstimator(fitted)), ("tree", DecisionTreeClassifier())]
    voting = VotingClassifier(members, voting="soft").fit(X, y)
    with pytest.raises(ModelFileError, match=r"does not trust: \['sklearn\.tree\."):
        round_trip(voting)
    loaded = round_trip(voting, trusted=["sklearn.tree._tree.Tree"])
    assert_array_equal(loaded.predict(X_test), voting.predict(X_test))


def test_trusted_types_are_full_names_that_can_be_imported():
    assert set(map(type, TRUSTED_TYPES)) == {str}
    for name in TRUSTED_TYPES:
        pkgutil.resolve_name(name)


def test_skops_alone_loads_with_the_trusted_types(fitted, digits, tmp_path):
    save(fitted, tmp_path / "model.skops")
    loaded = skops.io.load(tmp_path / "model.skops", trusted=TRUSTED_TYPES)
    X_test = digits[1]
    assert_array_equal(loaded.predict(X_test), fitted.predict(X_test))


def own_network(n_classes):
    raise NotImplementedError


@pytest.mark.parametrize("nested", [False, True], ids=["lambda", "nested"])
def test_function_that_no_file_can_name_is_refused_before_anything_is_written(
    tmp_path, nested
):
    def network(n_classes):
        raise NotImplementedError

    clf = CNNDigitClassifier(network=network if nested else lambda n_classes: None)
    name = "network" if nested else "<lambda>"
    with pytest.raises(
        ModelFileError, match=rf"cannot be imported by their name.*\.{name}'.*`def`"
    ):
        save(clf, tmp_path / "new" / "model.skops", trusted=[f"{__name__}.{name}"])
    assert os.listdir(tmp_path) == []


def test_nested_function_with_the_name_of_another_is_refused(tmp_path):
    def make():
        def own_network(n_classes):
            raise NotImplementedError

        return own_network

    clf = CNNDigitClassifier(network=make())
    with pytest.raises(ModelFileError, match=r"cannot be imported by their name"):
        save(clf, tmp_path / "model.skops", trusted=[f"{__name__}.own_network"])


@pytest.mark.parametrize(
    "network", [own_network, functools.partial(own_network, width=3)]
)
def test_own_network_is_saved_by_its_trusted_name(round_trip, network):
    name = f"{__name__}.own_network"
    clf = CNNDigitClassifier(network=network)
    with pytest.raises(ModelFileError, match=rf"does not trust: .*'{name}'.*trusted="):
        round_trip(clf)
    trusted = [name, "functools.partial"]
    loaded = round_trip(clf, trusted=trusted).network
    assert getattr(loaded, "func", loaded) is own_network
    assert getattr(loaded, "keywords", None) == getattr(network, "keywords", None)


def test_foreign_types_are_refused_by_name(tmp_path):
    name = f"{__name__}.Foreign"
    path = tmp_path / "model.skops"
    estimator = DummyClassifier(constant=Foreign())
    with pytest.raises(ModelFileError, match=rf"does not trust: \['{name}'\]"):
        save(estimator, path)
    save(estimator, path, trusted=[name])
    with pytest.raises(ModelFileError, match=rf"does not trust: \['{name}'\]"):
        load(path)
    assert load(path, trusted=[name]).constant.secret == 7


class Foreign:
    def __init__(self):
        self.secret = 7


def test_object_that_cannot_be_built_is_refused_by_save(tmp_path):
    name = f"{__name__}.Unbuildable"
    with pytest.raises(ModelFileError, match="could not be loaded again: TypeError"):
        save(
            DummyClassifier(constant=Unbuildable(1)),
            tmp_path / "model.skops",
            trusted=[name],
        )
    assert os.listdir(tmp_path) == []


class Unbuildable:
    def __new__(cls, needed):
        return super().__new__(cls)


@pytest.mark.parametrize("trusted", ["my_package.network", [Foreign]])
def test_trusted_must_be_a_sequence_of_names(tmp_path, trusted):
    message = "`trusted` must be a sequence of full names"
    with pytest.raises(TypeError, match=message):
        save(DummyClassifier(), tmp_path / "model.skops", trusted=trusted)
    save(DummyClassifier(), tmp_path / "model.skops")
    with pytest.raises(TypeError, match=message):
        load(tmp_path / "model.skops", trusted=trusted)


def test_home_folder_is_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    save(DummyClassifier(), "~/models/m.skops")
    assert (tmp_path / "models" / "m.skops").is_file()
    assert isinstance(load("~/models/m.skops"), DummyClassifier)


@pytest.mark.parametrize("kind", ["classifier", "pipeline", "search"])
def test_model_file_with_damaged_weights_is_refused(fitted, tmp_path, kind):
    damaged = copy.copy(fitted)
    damaged._weights = [np.full_like(each, np.nan) for each in fitted._weights]
    estimator = {
        "classifier": damaged,
        "pipeline": make_pipeline(FrozenEstimator(damaged)),
        "search": VotingClassifier([("cnn", damaged)]),
    }[kind]
    path = tmp_path / "model.skops"
    path.write_bytes(skops.io.dumps(estimator))
    sentence = (
        f"{str(path)!r} cannot be loaded: The fitted state of CNNDigitClassifier is "
        "damaged: weights must be finite; got NaN or infinity in array 0 of 7."
    )
    with pytest.raises(ModelFileError, match=re.escape(sentence)):
        load(path)
    with pytest.raises(ModelFileError, match="could not be loaded again"):
        save(estimator, path)
