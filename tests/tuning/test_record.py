import numpy as np
import pytest

from skdigits._tuning.fits import Fit, Job
from skdigits._tuning.record import Record, fingerprint, key_of

SEARCH = {"data": "digits", "seed": 0}
FIT = Fit(Job({"filters": (8, 16), "learning_rate": 0.01}, 2, 0), 0.75, 1.5)
FAILED = Fit(Job({"filters": ()}, 2, 1), 0.0, 1.5, "The training diverged")


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "search.jsonl"
    record = Record(path, SEARCH)
    record.start()
    record.add(FIT)
    record.add(FAILED)
    return path


def test_resumed_record_holds_the_fits_of_the_earlier_search(path):
    record = Record(path, SEARCH)
    record.resume()
    assert record.fits == {key_of(FIT.job): FIT, key_of(FAILED.job): FAILED}


def test_line_that_was_cut_off_is_forgotten(path):
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    record = Record(path, SEARCH)
    record.resume()
    assert list(record.fits.values()) == [FIT]
    record.add(FAILED)
    assert path.read_bytes() == whole


def test_record_of_another_search_is_refused(path):
    sentence = "is the record of another search: data, seed changed since. Use the same"
    with pytest.raises(ValueError, match=sentence):
        Record(path, {"data": "mnist", "seed": 1}).resume()


BAD_FIT = '{"format": 1}\n{"params": [1], "epochs": 1, "fold": 0}\n'


@pytest.mark.parametrize(
    "text", ["", "no JSON\n", '{"format": 1}\n{}\n', "7\n", BAD_FIT]
)
def test_file_of_another_kind_is_refused(path, text):
    path.write_text(text)
    with pytest.raises(ValueError, match="must be the record of a search; got a file"):
        Record(path, SEARCH).resume()


def test_fingerprint_tells_images_and_labels_apart():
    X, y = np.eye(3), np.arange(3)
    others = [(X, y[::-1]), (X[::-1], y), (X, y.astype(str))]
    digests = {fingerprint(*each) for each in [(X, y), (X.copy(), y), *others]}
    assert len(digests) == 4
