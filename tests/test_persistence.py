import copy
import io
import os
import pickle
import pickletools
import zipfile

import cloudpickle
import joblib
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV

from skdigits import CNNDigitClassifier, load, make_digit_pipeline, save
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


@pytest.mark.parametrize("kind", ["voting", "stacking", "calibrated"])
def test_ensembles_are_saved_whole(digits, fitted, tmp_path, kind):
    X, X_test, y, _ = digits
    members = [("one", FrozenEstimator(fitted)), ("two", FrozenEstimator(fitted))]
    whole = {
        "voting": VotingClassifier(members, voting="soft"),
        "stacking": StackingClassifier(members, cv=2),
        "calibrated": CalibratedClassifierCV(
            FrozenEstimator(fitted), method="temperature"
        ),
    }[kind].fit(X, y)
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
    with pytest.raises(Exception, match="StringIO"):
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
    with pytest.raises(ModelFileError, match=r"must be a model file\. Got a folder"):
        load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04rubbish"])
def test_file_that_is_no_archive_is_named(tmp_path, content):
    path = tmp_path / "digits.skops"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"digits\.skops' is no model file"):
        load(path)


def test_truncated_and_foreign_archives_are_named(fitted, tmp_path):
    path = tmp_path / "model.skops"
    save(fitted, path)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(ModelFileError, match="is no model file"):
        load(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("schema.json", "{}")
    with pytest.raises(ModelFileError, match="is no model file"):
        load(path)


def test_foreign_types_are_refused_by_name(tmp_path):
    path = tmp_path / "model.skops"
    save(DummyClassifier(constant=Foreign()), path)
    with pytest.raises(
        ModelFileError, match=r"does not know: \['test_persistence\.For"
    ):
        load(path)
    assert load(path, trusted=["test_persistence.Foreign"]).constant.secret == 7


class Foreign:
    def __init__(self):
        self.secret = 7
