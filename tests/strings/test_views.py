import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skdigits._strings.decoding import Candidate
from skdigits._strings.views import agree, read_views, stretch

STRIP = np.zeros((32, 40), dtype=np.float32)


class Network:
    """Gives each view 20 steps that hold its number."""

    n_views = 0

    def log_probabilities(self, strips):
        self.n_views += len(strips)
        return [steps_of(view) for view in range(1, len(strips) + 1)]


def steps_of(view, n_steps=20):
    return [view] * n_steps


def search_in(answers):
    return lambda steps: answers[steps[0]]


def candidates(**probabilities):
    return [
        Candidate(text.strip("_"), float(np.log(p)))
        for text, p in probabilities.items()
    ]


def test_sure_text_is_not_looked_at_again():
    network = Network()
    found = read_views(network, STRIP, steps_of(0), lambda steps: candidates(_17=0.999))
    assert found[0].text == "17"
    assert network.n_views == 0


def test_unsure_text_is_outvoted_by_the_other_view():
    answers = [candidates(_17=0.5, _11=0.4), candidates(_11=0.8, _17=0.1)]
    found = read_views(Network(), STRIP, steps_of(0), search_in(answers))
    assert [each.text for each in found] == ["11", "17"]


def test_view_without_an_allowed_text_has_no_vote():
    answers = [candidates(_17=0.5, _11=0.4), []]
    assert read_views(Network(), STRIP, steps_of(0), search_in(answers)) == answers[0]


def test_text_that_only_the_wider_view_has_room_for_is_left_out():
    answers = [candidates(_17=0.5), candidates(_117=0.9, _17=0.1)]
    found = read_views(Network(), STRIP, steps_of(0, 3), search_in(answers))
    assert [each.text for each in found] == ["17"]


def test_no_allowed_text_stays_none():
    assert read_views(Network(), STRIP, steps_of(0), lambda steps: []) == []


def test_probabilities_are_geometric_means():
    [best, _] = agree([candidates(_1=0.9, _7=0.1), candidates(_1=0.4, _7=0.6)])
    assert np.exp(best.log_probability) == pytest.approx(0.6)
    assert best.text == "1"


def test_views_that_agree_change_nothing():
    both = candidates(_1=0.75, _7=0.25)
    for before, after in zip(both, agree([both, both]), strict=True):
        assert before.text == after.text
        assert before.log_probability == pytest.approx(after.log_probability)


def test_stretch_by_one_changes_nothing():
    strip = np.random.default_rng(0).random((32, 50), dtype=np.float32)
    assert_array_equal(stretch(strip, 1.0), strip)


def test_stretch_moves_strokes_apart():
    strip = np.zeros((32, 100), dtype=np.float32)
    strip[4:28, [20, 80]] = 1
    left, right = np.sort(np.argsort(stretch(strip, 1.5)[16])[-4:])[[0, -1]]
    assert right - left == pytest.approx(90, abs=3)
