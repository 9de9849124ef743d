"""One line of the picture below is read by a network whose output is given."""

from types import SimpleNamespace

import numpy as np
import pytest

from skdigits._strings import transcription
from skdigits._strings.reading import Box
from skdigits._strings.transcription import Rules, transcribe


@pytest.fixture
def picture(monkeypatch):
    """A picture of one line, at half its size in the strip and 100 pixels lower."""
    monkeypatch.setattr(transcription, "find_text_lines", lambda picture: [line()])
    return np.zeros((150, 50, 3), dtype=np.uint8)


def line(prominence=1):
    strip = np.zeros((32, 40), dtype=np.float32)
    strip[4:28, 8:12] = strip[4:28, 20:24] = 1
    half = np.array([[0.5, 0, 0], [0, 0.5, 100.0]])
    return SimpleNamespace(strip=strip, to_picture=half, prominence=prominence)


def network(symbols, second=()):
    """A network that is sure of these symbols, - for blank, but for one step."""
    steps = log_probabilities(symbols, second)
    return SimpleNamespace(log_probabilities=lambda strips: [steps] * len(strips))


def log_probabilities(symbols, second=()):
    steps = np.full((len(symbols), 11), 1e-6)
    for step, symbol in zip(steps, symbols, strict=True):
        step[10 if symbol == "-" else int(symbol)] = 1
    for place, digit in second:
        steps[place, digit] = 0.5
    return np.log(steps / steps.sum(axis=1, keepdims=True))


def test_boxes_are_in_pixels_of_the_picture(picture):
    [reading] = transcribe(picture, network("--1--7----"), Rules())
    assert reading.text == "17"
    assert reading.box == Box(4, 102, 12, 114)
    one, seven = reading.digits
    assert one.box == Box(4, 102, 6, 114)
    assert seven.box == Box(10, 102, 12, 114)


def test_probabilities_sum_over_what_else_may_be_written(picture):
    [reading] = transcribe(picture, network("--1--7----", [(5, 9)]), Rules())
    assert [text for text, _ in reading.alternatives[:2]] == ["17", "19"]
    assert reading.alternatives[0].probability == pytest.approx(2 / 3, abs=1e-3)
    assert reading.digits[1].probability == pytest.approx(2 / 3, abs=1e-3)
    assert reading.digits[0].probability == pytest.approx(1, abs=1e-3)


def test_rules_restrict_reject_and_calibrate(picture):
    unsure = network("--1--7----", [(5, 9)])
    [reading] = transcribe(picture, unsure, Rules(pattern=".9"))
    assert reading.text == "19"
    [reading] = transcribe(picture, unsure, Rules(reject_below=0.7))
    assert (reading.text, reading.alternatives[0].text) == ("", "17")
    [reading] = transcribe(picture, unsure, Rules(temperature=2.0))
    assert reading.probability < 0.6


def test_line_without_digits_is_no_reading(picture):
    for multiple in (False, True):
        blank = network("----------")
        assert transcribe(picture, blank, Rules(), multiple=multiple) == []


def test_most_prominent_line_that_obeys_the_rules_is_read(monkeypatch):
    lines = [line(prominence=2), line(prominence=1)]
    monkeypatch.setattr(transcription, "find_text_lines", lambda picture: lines)
    both = [log_probabilities("--1--7----"), log_probabilities("--4--1--2-")]
    network = SimpleNamespace(log_probabilities=lambda strips: both[: len(strips)])
    picture = np.zeros((150, 50, 3), dtype=np.uint8)

    def read(**rules):
        [reading] = transcribe(picture, network, Rules(**rules))
        return reading.text

    assert read() == read(n_digits=2) == "17"
    assert read(n_digits=3) == read(pattern="4.*") == "412"
