import pytest

from skdigits import CNNDigitClassifier
from skdigits._tuning.fits import Fit, Job
from skdigits._tuning.record import key_of
from skdigits._tuning.search import list_candidates, missing_jobs, plan_rungs, rank


@pytest.mark.parametrize("kind", ["grid", "random", "halving"])
@pytest.mark.parametrize("focus", ["training", "network", "all"])
def test_candidates_are_valid_and_can_be_written_as_json(kind, focus):
    candidates = list_candidates(kind, focus, 5, 0)
    assert len(candidates) == 5 or kind == "grid"
    for params in candidates:
        CNNDigitClassifier(**params)._validate_params()
        assert key_of(params)
    assert candidates == list_candidates(kind, focus, 5, 0)


def test_longer_search_begins_with_the_candidates_of_a_shorter_one():
    assert list_candidates("random", "all", 9, 0)[:4] == list_candidates(
        "random", "all", 4, 0
    )


@pytest.mark.parametrize(
    ("n_candidates", "epochs", "rungs"),
    [
        (12, 10, [(12, 1), (4, 3), (2, 10)]),
        (2, 10, [(2, 3), (1, 10)]),
        (1, 10, [(1, 10)]),
        (50, 2, [(50, 2)]),
    ],
)
def test_halving_trains_fewer_candidates_for_longer(n_candidates, epochs, rungs):
    assert plan_rungs("halving", n_candidates, epochs) == rungs


def fits(accuracies, *, epochs=1, **params):
    return [Fit(Job(params, epochs, k), a, 1.0) for k, a in enumerate(accuracies)]


def test_jobs_with_a_result_are_not_missing():
    done = {key_of(fit.job): fit for fit in fits([0.5, 0.6], batch_size=32)}
    candidates = [{"batch_size": 32}, {"batch_size": 64}]
    missing = missing_jobs(candidates, 1, 3, done)
    assert [(job.params["batch_size"], job.fold) for job in missing] == [
        (32, 2),
        (64, 0),
        (64, 1),
        (64, 2),
    ]


def test_candidates_are_ranked_by_accuracy_those_trained_longest_first():
    results = [
        *fits([0.9, 0.7], batch_size=1),
        *fits([0.6, 0.6], batch_size=2),
        *fits([0.7, 0.7], batch_size=2, epochs=3),
        *fits([0.99], batch_size=3),  # without its second fold
    ]
    ranking = rank(results, 2)
    assert [each.params["batch_size"] for each in ranking] == [2, 1]
    assert ranking[0][1:] == (3, 0.7, 0.0, 1.0)
    assert ranking[1].accuracy == pytest.approx(0.8)
    assert ranking[1].deviation == pytest.approx(0.1)


def test_ranking_does_not_depend_on_the_order_of_the_fits():
    results = [*fits([0.1, 0.9], batch_size=2), *fits([0.9, 0.1], batch_size=1)]
    assert rank(results, 2) == rank(results[::-1], 2)
