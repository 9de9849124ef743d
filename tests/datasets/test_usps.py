"""`skdigits.datasets._usps`, with a few digits in the formats of the real ones."""

import bz2
import gzip
import hashlib
import json
import os
from urllib.error import URLError

import numpy as np
import pytest
from sklearn.datasets import _openml

from skdigits.datasets import _usps, fetch_usps
from skdigits.exceptions import CorruptDataError, DownloadError

LABELS = {"train": [6, 5, 4, 0, 9], "test": [9, 1]}
INFO, FEATURES, QUALITIES = (
    "api/v1/json/data/41082",
    "api/v1/json/data/features/41082",
    "api/v1/json/data/qualities/41082",
)
ARFF = "data/v1/download/18805612/USPS.arff"


@pytest.fixture
def pixels(monkeypatch):
    """Grey levels of both subsets, whose counts are the published ones in the test."""
    counts = {
        name: tuple(np.bincount(labels, minlength=10).tolist())
        for name, labels in LABELS.items()
    }
    monkeypatch.setattr(_usps, "_COUNTS", counts)
    monkeypatch.delenv("SKDIGITS_DATA_HOME", raising=False)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", os.devnull)  # must never be written to
    random = np.random.default_rng(0)
    return {
        name: random.integers(0, 256, (len(labels), 256))
        for name, labels in LABELS.items()
    }


def as_numbers(pixels):
    """Write pixels as the sources do: from -1 to 1 in three decimal places."""
    return [f"{value:.3f}" for value in pixels / 127.5 - 1]


@pytest.fixture
def libsvm_home(tmp_path, pixels, monkeypatch):
    """A data home with LIBSVM's files."""
    files = {}
    for name, labels in LABELS.items():
        lines = [
            f"{label + 1} "
            + " ".join(f"{i}:{v}" for i, v in enumerate(as_numbers(row), 1))
            for label, row in zip(labels, pixels[name], strict=True)
        ]
        content = bz2.compress(" \n".join([*lines, ""]).encode())
        file = _usps._FILES[name][0]
        (tmp_path / file).write_bytes(content)
        files[name] = file, hashlib.md5(content).hexdigest()
    monkeypatch.setattr(_usps, "_FILES", files)
    return tmp_path


@pytest.fixture
def openml(pixels):
    """What OpenML answers to scikit-learn, by its path."""
    names = ["int0", *(f"double{i}" for i in range(1, 257))]
    digits = "{" + ",".join(map(str, range(1, 11))) + "}"
    lines = ["@RELATION USPS", "", f"@ATTRIBUTE int0 {digits}"]
    lines += [f"@ATTRIBUTE {name} REAL" for name in names[1:]]
    lines += ["", "@DATA"]
    for name, labels in LABELS.items():
        lines += [
            ",".join([str(label + 1), *as_numbers(row)])
            for label, row in zip(labels, pixels[name], strict=True)
        ]
    arff = "\n".join([*lines, ""]).encode()
    info = {
        "id": "41082",
        "name": "USPS",
        "version": "2",
        "description": "USPS",
        "format": "ARFF",
        "status": "active",
        "url": f"https://www.openml.org/{ARFF}",
        "md5_checksum": hashlib.md5(arff).hexdigest(),
    }
    features = [
        {
            "index": str(i),
            "name": name,
            "data_type": "nominal" if name == "int0" else "numeric",
            "is_target": "true" if name == "int0" else "false",
            "is_ignore": "false",
            "is_row_identifier": "false",
            "number_of_missing_values": "0",
        }
        | ({"nominal_value": [str(i) for i in range(1, 11)]} if name == "int0" else {})
        for i, name in enumerate(names)
    ]
    qualities = [{"name": "NumberOfInstances", "value": "7.0"}]
    return {
        INFO: json.dumps({"data_set_description": info}).encode(),
        FEATURES: json.dumps({"data_features": {"feature": features}}).encode(),
        QUALITIES: json.dumps({"data_qualities": {"quality": qualities}}).encode(),
        ARFF: arff,
    }


@pytest.fixture
def openml_home(tmp_path, openml):
    """A data home with scikit-learn's cache of OpenML."""
    for name, content in openml.items():
        path = tmp_path / "openml" / "openml.org" / f"{name}.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content))
    return tmp_path


@pytest.mark.parametrize("source", ["libsvm_home", "openml_home"])
@pytest.mark.parametrize("subset", ["train", "test", "all"])
def test_subset_holds_its_digits_in_order(request, pixels, source, subset):
    home = request.getfixturevalue(source)

    usps = fetch_usps(subset, data_home=home, download_if_missing=False)

    names = list(LABELS) if subset == "all" else [subset]
    expected = np.concatenate([pixels[name] for name in names])
    np.testing.assert_array_equal(usps.data, expected)
    np.testing.assert_array_equal(usps.images, expected.reshape(-1, 16, 16))
    target = np.concatenate([LABELS[name] for name in names])
    np.testing.assert_array_equal(usps.target, target)
    assert usps.data.dtype == np.uint8
    assert usps.target.dtype == np.int64
    assert np.shares_memory(usps.data, usps.images)
    assert usps.data.flags.writeable
    assert usps.DESCR.startswith("USPS")


def test_return_X_y_and_as_images_change_the_form_only(libsvm_home):
    usps = fetch_usps(data_home=libsvm_home)

    X, y = fetch_usps(data_home=libsvm_home, return_X_y=True, as_images=True)

    np.testing.assert_array_equal(X, usps.images)
    np.testing.assert_array_equal(y, usps.target)


@pytest.fixture
def server(openml, mirrors, monkeypatch):
    """The server in place of OpenML."""
    url = mirrors.url("openml")
    info = json.loads(openml[INFO])
    info["data_set_description"]["url"] = f"{url}{ARFF}"
    mirrors.offer("openml", {**openml, INFO: json.dumps(info).encode()})
    for name in ("_DATA_INFO", "_DATA_FEATURES", "_DATA_QUALITIES"):
        official = getattr(_openml, name)
        assert official.startswith("https://www.openml.org/api")
        here = official.replace("https://www.openml.org/", url)
        monkeypatch.setattr(_openml, name, here)
    return mirrors


def test_data_are_downloaded_from_openml_once(tmp_path, pixels, openml, server):
    usps = fetch_usps("all", data_home=tmp_path)

    np.testing.assert_array_equal(usps.data, np.concatenate([*pixels.values()]))
    assert server.requests == [f"/openml/{path}" for path in openml]
    again = fetch_usps("all", data_home=tmp_path)
    np.testing.assert_array_equal(again.data, usps.data)
    assert len(server.requests) == 4


def test_other_subset_is_not_asked_for(libsvm_home):
    (libsvm_home / "usps.bz2").unlink()

    usps = fetch_usps("test", data_home=libsvm_home, download_if_missing=False)

    assert usps.data.shape == (2, 256)


@pytest.mark.parametrize("subset", ["train", "all"])
def test_missing_data_are_an_error_if_no_download_is_allowed(libsvm_home, subset):
    (libsvm_home / "usps.bz2").unlink()

    with pytest.raises(
        DownloadError, match=r"usps\.bz2 and usps\.t\.bz2 or .*openml .*is neither in"
    ):
        fetch_usps(subset, data_home=libsvm_home, download_if_missing=False)


@pytest.mark.parametrize("error", [URLError("no route"), PermissionError("read-only")])
def test_failed_download_tells_the_reason(tmp_path, pixels, monkeypatch, error):
    def fetch_openml(**parameters):
        raise error

    monkeypatch.setattr(_usps, "fetch_openml", fetch_openml)

    with pytest.raises(
        DownloadError, match=r"not be downloaded from OpenML.*(no route|read-only)"
    ):
        fetch_usps(data_home=tmp_path)


def test_other_libsvm_file_is_refused_with_both_checksums(libsvm_home):
    other = bz2.compress(b"1 1:0.5\n")
    (libsvm_home / "usps.bz2").write_bytes(other)

    with pytest.raises(CorruptDataError, match="is not the official file") as caught:
        fetch_usps(data_home=libsvm_home)

    message = str(caught.value)
    assert f"must be {_usps._FILES['train'][1]}. Got" in message
    assert hashlib.md5(other).hexdigest() in message


@pytest.mark.filterwarnings("ignore:Invalid cache, redownloading:RuntimeWarning")
def test_other_bytes_of_openml_are_refused(tmp_path, server):
    server.offer("openml", {ARFF: b"@RELATION USPS\n"})

    with pytest.raises(CorruptDataError, match=r"cannot be read: The md5 .*Delete"):
        fetch_usps(data_home=tmp_path)


def test_other_order_of_openml_is_refused(openml_home, monkeypatch):
    counts = {**_usps._COUNTS, "train": _usps._COUNTS["train"][::-1]}
    monkeypatch.setattr(_usps, "_COUNTS", counts)

    with pytest.raises(
        CorruptDataError, match=r"'train' of USPS must hold \[1, .*Put usps\.bz2 and"
    ):
        fetch_usps(data_home=openml_home)


def test_published_counts_add_up_to_the_published_sizes():
    sizes = {name: sum(counts) for name, counts in _usps._COUNTS.items()}

    assert sizes == {"train": 7291, "test": 2007}


def test_description_has_source_and_licence():
    for part in ("License", "for research", "openml.org/d/41082", "Hull"):
        assert part in _usps._DESCR


@pytest.mark.parametrize(
    "parameter",
    ["subset", "data_home", "return_X_y", "as_images", "download_if_missing"],
)
def test_parameters_are_validated(parameter):
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of fetch_usps"):
        fetch_usps(**{parameter: 3})
