"""Reading, first with pictures whose columns say which digits the network sees in them.

The tests at the end read handwriting with the reader that comes with the package.
"""

import pickle
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.utils import estimator_checks
from sklearn.utils._param_validation import InvalidParameterError

from skdigits import DigitReader, _reader, load, load_pretrained, read_number, save
from skdigits._imaging.gray import to_gray
from skdigits._strings import transcription, views
from skdigits._strings.boxes import Box
from skdigits._strings.layout import ReaderNetwork
from skdigits.datasets import load_digits28
from skdigits.exceptions import NoDigitFoundWarning, UnreadableImageError

STRIP, STEP = 32, 4  # rows of a line and columns of a digit in the pictures below


def write(*lines, doubt="", width=40):
    """Make a picture of lines such as "-12-3x"; each symbol is a step.

    A - is paper, and x is ink that is no digit. The network is not sure of the digits
    in `doubt`: it sees the next digit, too.
    """
    picture = np.ones((STRIP * len(lines), STEP * width))
    for top, line in zip(range(0, len(picture), STRIP), lines, strict=True):
        for i, symbol in enumerate(line):
            if symbol != "-":
                digit = 10 if symbol == "x" else int(symbol)
                block = picture[top : top + STRIP, STEP * i : STEP * (i + 1)]
                block[4:28] = digit / 20
                if symbol in doubt:
                    block[16:28] = (digit + 1) % 10 / 20
    return picture


def find_coded_lines(picture):
    gray, lines = to_gray(picture), []
    for top in range(0, len(gray), STRIP):
        ink = 1 - (20 * gray[top : top + STRIP]).round() / 20  # as bytes round levels
        if ink.any():
            place = np.array([[1.0, 0, 0], [0, 1, top]])
            lines.append(
                SimpleNamespace(strip=ink, to_picture=place, prominence=ink.sum())
            )
    return lines


def read_coded_strips(network, strips):
    outputs = []
    for strip in strips:
        steps = np.full((strip.shape[1] // STEP, 11), 1e-5)
        for step, column in zip(steps, range(0, strip.shape[1], STEP), strict=True):
            upper, lower = strip[[10, 20], column]
            if upper == 0:
                step[10] = 0.99
            else:
                step[round(20 * (1 - lower))] = 0.3
                step[round(20 * (1 - upper))] = 0.69 if upper != lower else 0.99
        outputs.append(np.log(steps / steps.sum(axis=1, keepdims=True)))
    return outputs


def make_fitted(**params):
    reader = DigitReader(**params)
    reader._weights, reader.temperature_, reader.loss_curve_ = [np.zeros(1)], 1.0, []
    return reader


@pytest.fixture
def reader(monkeypatch):
    """A fitted reader of coded pictures; fitting it only records the lines."""
    monkeypatch.setattr(transcription, "find_text_lines", find_coded_lines)
    monkeypatch.setattr(_reader, "find_text_lines", find_coded_lines)
    monkeypatch.setattr(ReaderNetwork, "log_probabilities", read_coded_strips)
    monkeypatch.setattr(views, "stretch", lambda strip, factor: strip)  # keeps the code
    monkeypatch.setattr(_reader, "_load_numbers", make_fitted)
    return make_fitted()


@pytest.fixture
def trainings(monkeypatch, reader):
    """The arguments of each training."""
    calls = []

    def train(network, strips, strings, *, reporter, **options):
        calls.append({"network": network, "strings": strings, **options})
        for epoch in range(options["epochs"]):
            reporter(epoch, 1 / (epoch + 1))
        return ReaderNetwork((np.ones(1),))

    monkeypatch.setattr(_reader, "fit_reader_network", train)
    return calls


def test_predict_returns_texts_of_any_length(reader):
    texts = reader.predict([write("-1-2-3-"), write("0070"), write("-5")])
    assert texts.dtype.kind == "U"
    assert texts.tolist() == ["123", "070", "5"]


def test_predict_reads_what_read_image_takes(reader, tmp_path):
    page = write("-4-2-")
    image = Image.fromarray((255 * page).round().astype(np.uint8))
    image.save(tmp_path / "42.png")
    sources = [tmp_path / "42.png", str(tmp_path / "42.png"), image, page.tolist()]
    with (tmp_path / "42.png").open("rb") as file:
        sources += [(tmp_path / "42.png").read_bytes(), file]
        assert reader.predict(sources).tolist() == ["42"] * len(sources)


def test_stack_of_pictures_is_read(reader):
    stack = np.stack([write("1"), write("2")])
    assert reader.predict(stack).tolist() == ["1", "2"]
    assert reader.predict(stack[..., None]).tolist() == ["1", "2"]


def test_most_prominent_number_is_read_and_multiple_reads_all_from_top_to_bottom(
    reader,
):
    page = write("-1-", "-2-3-4-", "-5-6-")
    assert reader.predict([page]).tolist() == ["234"]
    [readings] = reader.predict_readings([page], multiple=True)
    assert [reading.text for reading in readings] == ["1", "234", "56"]
    assert [reading.box[1] // STRIP for reading in readings] == [0, 1, 2]


def test_line_without_digits_is_passed_over(reader):
    page = write("-1-", "-x-x-x-")
    assert reader.predict([page]).tolist() == ["1"]
    [readings] = reader.predict_readings([page], multiple=True)
    assert [reading.text for reading in readings] == ["1"]


def test_reading_has_probabilities_boxes_and_alternatives(reader):
    [reading] = reader.predict_readings([write("--1--7--", doubt="7")])
    assert reading.text == "17"
    assert 0.6 < reading.probability < 0.75
    assert reading.alternatives[:2] == (
        ("17", reading.probability),
        ("18", pytest.approx(0.3, abs=0.05)),
    )
    one, seven = reading.digits
    assert (one.label, seven.label) == ("1", "7")
    assert one.probability > 0.95
    assert 0.6 < seven.probability < 0.75
    assert one.box == Box(8, 4, 12, 28)
    assert seven.box == Box(20, 4, 24, 28)
    assert reading.box == Box(8, 4, 24, 28)


def test_alternatives_are_ordered_and_begin_with_the_answer(reader):
    [reading] = reader.predict_readings([write("-1-2-3-", doubt="123")])
    probabilities = [p for _, p in reading.alternatives]
    assert reading.alternatives[0] == (reading.text, reading.probability)
    assert probabilities == sorted(probabilities, reverse=True)
    assert len(probabilities) == 10
    assert sum(probabilities) <= 1


def test_constraints_restrict_the_answer(reader):
    page = [write("-1-2-3-", doubt="3")]
    assert reader.predict(page).tolist() == ["123"]
    assert reader.set_params(pattern=".*4").predict(page).tolist() == ["124"]
    reader.set_params(pattern=None, check=lambda text: int(text) % 2 == 0)
    assert reader.predict(page).tolist() == ["124"]
    reader.set_params(check=None, n_digits=4)
    assert len(reader.predict(page)[0]) == 4


def test_unsure_numbers_are_rejected_but_described(reader):
    pages = [write("-1-"), write("-7-", doubt="7")]
    reader.set_params(reject_below=0.9)
    assert reader.predict(pages).tolist() == ["1", ""]
    _, rejected = reader.predict_readings(pages)
    assert rejected.text == ""
    assert 0.6 < rejected.probability < 0.75
    assert rejected.alternatives[0].text == "7"
    assert [digit.label for digit in rejected.digits] == ["7"]
    assert rejected.box is not None


def test_higher_temperature_lowers_probabilities_and_keeps_texts(reader):
    page = [write("-1-7-", doubt="7")]
    [before] = reader.predict_readings(page)
    reader.temperature_ = 3.0
    [after] = reader.predict_readings(page)
    assert [a.text for a in after.alternatives] == [a.text for a in before.alternatives]
    assert after.probability < before.probability
    assert after.digits[1].probability < before.digits[1].probability


def test_pictures_without_a_number_give_empty_readings_and_a_warning(reader):
    pages = [write("-"), write("-1-"), write("-")]
    message = r"In 2 of 3 pictures no number was found \(0, 2\): no line of digits"
    with pytest.warns(NoDigitFoundWarning, match=message):
        assert reader.predict(pages).tolist() == ["", "1", ""]
    with pytest.warns(NoDigitFoundWarning, match=message):
        nothing, _, _ = reader.predict_readings(pages)
    assert (nothing.text, nothing.probability, nothing.box) == ("", 0, None)
    with pytest.warns(NoDigitFoundWarning, match=message):
        assert reader.predict_readings(pages, multiple=True)[0] == []


def test_number_that_is_not_allowed_gives_an_empty_reading(reader):
    reader.set_params(n_digits=5)
    with pytest.warns(NoDigitFoundWarning, match="or none that `n_digits`, `pattern`"):
        assert reader.predict([write("1-2", width=4)]).tolist() == [""]


def test_processes_share_the_pictures(reader):
    pages = [write("-1-"), write("-"), write("-3-"), write("-4-")]
    with (
        parallel_config(backend="threading"),
        pytest.warns(NoDigitFoundWarning, match=r"\(1\)"),
    ):
        texts = reader.set_params(n_jobs=3).predict(pages)
    assert texts.tolist() == ["1", "", "3", "4"]


def test_unreadable_pictures_are_named_by_their_place(reader, tmp_path):
    (tmp_path / "text.png").write_text("no picture")
    for jobs in (1, 2):
        reader.set_params(n_jobs=jobs)
        with (
            parallel_config(backend="threading"),
            pytest.raises(UnreadableImageError, match=r"^Picture 1: .*text\.png"),
        ):
            reader.predict([write("1"), tmp_path / "text.png"])
    with pytest.raises(FileNotFoundError, match=r"^Picture 0: .*missing"):
        reader.predict([tmp_path / "missing.png"])


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ("seven.png", "Got one picture, 'seven.png'; pass it in a list"),
        (np.ones((40, 90)), r"`images` must be a list of pictures, or a stack"),
        ([], "Got no picture, the list is empty"),
        ([None], "Got None as picture 0"),
        ([np.full((4, 4), np.nan)], "Picture 0 must hold finite pixels"),
    ],
)
def test_what_cannot_be_pictures_is_an_error(reader, images, message):
    with pytest.raises(ValueError, match=message):
        reader.predict(images)


def test_wrong_parameters_are_errors(reader):
    for params, message in [
        ({"n_digits": 0}, "'n_digits' parameter of DigitReader must be"),
        ({"reject_below": 1.5}, "'reject_below' parameter of DigitReader must be"),
        ({"check": "luhn"}, "'check' parameter of DigitReader must be a callable"),
        ({"weights": "mnist"}, "'weights' parameter of DigitReader must be"),
    ]:
        with pytest.raises(InvalidParameterError, match=message):
            make_fitted(**params).predict([write("1")])
    with pytest.raises(ValueError, match="`pattern` must be made of digits"):
        make_fitted(pattern="[a-z]").predict([write("1")])
    with pytest.raises(ValueError, match="must allow at least one number"):
        DigitReader(pattern="12", n_digits=3).fit([write("1")], ["1"])


def test_unfitted_reader_says_so(reader):
    with pytest.raises(NotFittedError, match="This DigitReader instance is not fitted"):
        DigitReader().predict([write("1")])


def test_score_is_the_share_read_exactly_and_compares_digits_only(reader):
    pages = [write("-1-2-"), write("-3-4-"), write("-5-"), write("-6-")]
    assert reader.score(pages, ["$ 1,2.-", "#34", "9", 6]) == 0.75
    assert reader.set_params(n_digits=2).score(pages[:2], ["12", "3"]) == 0.5


def test_rejected_numbers_count_as_wrong(reader):
    pages = [write("-1-"), write("-7-", doubt="7")]
    assert reader.set_params(reject_below=0.9).score(pages, ["1", "7"]) == 0.5


@pytest.mark.parametrize(
    ("strings", "message"),
    [
        ("12", "must be a list or an array of numbers, as text. Got '12'"),
        (["1"], "must hold a number for each of the 2 pictures. Got 1"),
        (["1", 2.0], "must hold numbers as text, or integers. Got 2.0 as number 1"),
        (["1", "abc"], "must hold digits. Got 'abc' as number 1; a picture without a"),
        (["1", None], "Got None as number 1; read tables with `dtype=str`"),
    ],
)
def test_what_cannot_be_numbers_is_an_error(reader, strings, message):
    pages = [write("1"), write("2")]
    for method in (reader.fit, reader.score):
        with pytest.raises(ValueError, match=message):
            method(pages, strings)


def test_fit_trains_from_the_shipped_weights_on_the_digits_of_the_strings(
    reader, trainings
):
    params = {"epochs": 3, "batch_size": 2, "learning_rate": 0.1, "random_state": 0}
    fitted = DigitReader(**params)
    assert fitted.fit([write("-1-2-"), write("-3-")], ["1.2", 3]) is fitted
    [call] = trainings
    assert sorted(call["strings"]) == ["12", "3"]
    assert_array_equal(call["network"].weights, reader._weights)
    assert (call["epochs"], call["batch_size"], call["learning_rate"]) == (3, 2, 0.1)
    assert fitted.loss_curve_ == [1, 1 / 2, 1 / 3]
    assert fitted.predict([write("-8-")]).tolist() == ["8"]


def test_fit_without_weights_starts_at_random(trainings):
    DigitReader(weights=None, random_state=0).fit([write("-1-2-")], ["12"])
    assert trainings[0]["network"] is None


def test_same_seed_trains_the_same(trainings):
    pages, strings = [write(f"-{k}-") for k in range(10)], list("0123456789")
    for _ in range(2):
        DigitReader(random_state=3).fit(pages, strings)
    first, second = trainings
    assert (first["strings"], first["seed"]) == (second["strings"], second["seed"])


def test_fit_finds_the_line_that_shows_the_number(monkeypatch, reader, trainings):
    chosen = []
    train = _reader.fit_reader_network

    def record(network, strips, strings, **options):
        chosen.extend(strips)
        return train(network, strips, strings, **options)

    monkeypatch.setattr(_reader, "fit_reader_network", record)
    DigitReader().fit([write("-1-2-3-4-", "-5-6-")], ["56"])
    assert_allclose(chosen[0], 1 - write("-5-6-"), atol=1e-6)
    DigitReader(weights=None).fit([write("-1-2-3-4-", "-5-6-")], ["56"])
    assert_allclose(chosen[1], 1 - write("-1-2-3-4-"), atol=1e-6)


def test_temperature_is_measured_on_lines_that_are_not_trained_on(trainings):
    pages = [write("-1-") for _ in range(50)]
    right = DigitReader(random_state=0).fit(pages, ["1"] * 50)
    half = DigitReader(random_state=0).fit(pages, ["1", "2"] * 25)
    assert [len(call["strings"]) for call in trainings] == [40, 40]
    assert half.temperature_ > right.temperature_
    [reading] = half.predict_readings(pages[:1])
    assert reading.probability < 0.8


def test_few_lines_are_all_trained_on_and_keep_the_temperature(trainings):
    few = DigitReader().fit([write("-1-")] * 20, ["2"] * 20)
    assert len(trainings[0]["strings"]) == 20
    assert few.temperature_ == 1.0


def test_pictures_without_their_number_are_left_out_of_the_training(trainings):
    pages = [write("-1-"), write("-"), write("2", width=1)]
    with pytest.warns(
        NoDigitFoundWarning,
        match=r"2 of 3 pictures are left out of the training \(1, 2\)",
    ):
        DigitReader().fit(pages, ["1", "2", "22"])
    assert list(trainings[0]["strings"]) == ["1"]
    with pytest.raises(
        ValueError, match=r"`images` must show the numbers in `strings`"
    ):
        DigitReader().fit(pages[1:2], ["2"])


def test_failed_fit_leaves_the_reader_as_it_was(monkeypatch, reader):
    def fail(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(_reader, "fit_reader_network", fail)
    before = dict(vars(reader))
    with pytest.raises(KeyboardInterrupt):
        reader.fit([write("-1-")], ["1"])
    assert vars(reader) == before


def test_verbose_fit_shows_each_epoch(trainings, capsys):
    DigitReader(epochs=2, verbose=1).fit([write("-1-")], ["1"])
    assert capsys.readouterr().err.splitlines() == [
        "epoch 1  loss 1.0000",
        "epoch 2  loss 0.5000",
    ]


def test_reader_is_no_classifier_and_can_be_cloned_and_searched(trainings):
    pages, strings = [write(f"-{k}-") for k in range(6)], list("012345")
    reader = DigitReader(n_digits=1, check=str.isdigit)
    assert not is_classifier(reader)
    assert clone(reader).get_params() == reader.get_params()
    search = GridSearchCV(reader, {"epochs": [1, 2]}, cv=2).fit(pages, strings)
    assert search.best_score_ == 1
    assert search.predict(pages).tolist() == strings
    assert cross_val_score(reader, pages, np.array(strings), cv=3).tolist() == [1] * 3


def test_fitted_reader_survives_pickling_and_saving(reader, tmp_path):
    reader.set_params(n_digits=2, reject_below=0.5)
    save(reader, tmp_path / "reader.skops")
    for copy in (
        pickle.loads(pickle.dumps(reader)),
        load(tmp_path / "reader.skops"),
    ):
        assert copy.get_params() == reader.get_params()
        assert copy.predict([write("-1-2-")]).tolist() == ["12"]


def test_read_number_reads_one_picture(reader):
    assert read_number(write("-1-2-")) == "12"
    assert type(read_number(write("-1-2-"))) is str
    page = write("-1-7-", doubt="7")
    assert read_number(page, reject_below=0.95) == ""
    assert read_number(page, pattern="1[89]") == "18"
    assert read_number(page) == "17"  # nothing is kept


def test_read_number_says_what_it_takes(tmp_path):
    with pytest.raises(TypeError, match=r"must be a path, .*Got list"):
        read_number([tmp_path / "1.png"])


def test_check_that_does_not_answer_is_an_error(reader):
    with pytest.raises(ValueError, match="`check` must return True or False; got None"):
        reader.set_params(check=lambda text: None).predict([write("-1-2-")])


@pytest.mark.parametrize(
    "check",
    [
        estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
        estimator_checks.check_estimator_cloneable,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_estimator_tags_renamed,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_mixin_order,
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_parameters_default_constructible,
        estimator_checks.check_param_validation,
        estimator_checks.check_set_params,
        estimator_checks.check_valid_tag_types,
    ],
    ids=lambda check: check.__name__,
)
def test_reader_passes_the_checks_of_scikit_learn_that_need_no_table(check):
    check("DigitReader", DigitReader())


def test_warnings_point_to_the_caller(reader):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        reader.predict([write("-")])
        read_number(write("-"))
    assert [each.filename for each in caught] == [__file__] * 2


# Handwriting


def handwrite(n_numbers=20, length=5):
    """Pictures of dark digits side by side, and the numbers."""
    X, y = load_digits28(return_X_y=True)
    places = np.random.default_rng(0).permutation(len(X))[: n_numbers * length]
    images = 255 - X[places].reshape(n_numbers, length, 28, 28)
    strings = ["".join(map(str, row)) for row in y[places].reshape(n_numbers, length)]
    return [np.hstack(list(row)) for row in images], strings


def test_shipped_reader_reads_numbers_without_training():
    images, strings = handwrite()
    reader = load_pretrained("numbers")
    assert reader.card_["name"] == "numbers"
    assert reader.score(images, strings) >= 0.9
    assert reader.set_params(n_digits=5).score(images, strings) >= 0.9


def test_boxes_of_handwriting_are_around_its_digits():
    [picture], _ = handwrite(1)
    [reading] = load_pretrained("numbers").predict_readings([picture])
    for place, digit in enumerate(reading.digits):
        assert 28 * place - 4 <= digit.box.left < digit.box.right <= 28 * place + 32
        ink = picture[:, digit.box.left : digit.box.right] < 128
        rows = np.flatnonzero(ink.any(axis=1))
        assert abs(digit.box.top - rows[0]) <= 3
        assert abs(digit.box.bottom - 1 - rows[-1]) <= 3


def test_reading_does_not_load_tensorflow(run_python):
    script = """
import sys
import numpy as np
from skdigits import read_number
from skdigits.datasets import load_digits28
X, _ = load_digits28(return_X_y=True)
print(read_number(255 - np.hstack(X[:3].reshape(-1, 28, 28))))
print({"tensorflow", "keras"} & set(sys.modules))
"""
    done = run_python(script)
    assert done.stdout == "012\nset()\n", done.stderr


def test_fit_goes_on_from_the_shipped_weights():
    images, strings = handwrite(12, 3)
    params = {"epochs": 1, "batch_size": 6, "random_state": 0}
    reader = DigitReader(**params).fit(images, strings)
    assert len(reader.loss_curve_) == 1
    assert reader.score(images, strings) >= 0.9
    shipped = load_pretrained("numbers")._weights
    assert not np.array_equal(reader._weights[0], shipped[0])
    again = DigitReader(**params).fit(images, strings)
    for one, other in zip(reader._weights, again._weights, strict=True):
        assert_array_equal(one, other)


def odd_pictures():
    """Noise of odd shapes and dtypes, and pictures of random rectangles."""
    rng = np.random.default_rng(0)
    for shape in [(1, 1), (1, 300), (300, 1), (5, 5), (12, 200), (64, 64, 3)]:
        yield rng.random(shape)
        yield (255 * rng.random(shape)).astype(np.uint8)
        yield rng.random(shape) > 0.5
    for _ in range(10):
        height, width = rng.integers(10, 200, size=2)
        picture = np.full((height, width), 220, dtype=np.uint8)
        for _ in range(rng.integers(1, 9)):
            top, left = rng.integers(height), rng.integers(width)
            down, across = rng.integers(1, 40, size=2)
            picture[top : top + down, left : left + across] = rng.integers(255)
        yield picture


@pytest.mark.filterwarnings("ignore::skdigits.exceptions.NoDigitFoundWarning")
@pytest.mark.parametrize(
    "constraints",
    [{}, {"n_digits": 5}, {"pattern": "(19|20).."}, {"check": lambda t: t[-1] == "0"}],
    ids=["none", "n_digits", "pattern", "check"],
)
def test_odd_pictures_give_readings_that_hold_together(constraints):
    reader = load_pretrained("numbers").set_params(**constraints)
    pictures = list(odd_pictures())
    for picture, readings in zip(
        pictures, reader.predict_readings(pictures, multiple=True), strict=True
    ):
        height, width = picture.shape[:2]
        for reading in readings:
            assert reading.text == "".join(digit.label for digit in reading.digits)
            assert 0 <= reading.probability <= 1
            for digit in reading.digits:
                left, top, right, bottom = digit.box
                assert 0 <= left < right <= width
                assert 0 <= top < bottom <= height
