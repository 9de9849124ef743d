import csv
import json

import numpy as np
import pytest
from joblib.externals.loky.process_executor import TerminatedWorkerError
from sklearn.datasets import load_digits

import skdigits
from skdigits._cli import tune
from skdigits._tuning.fits import Fit

SPACE = {"filters": [(4,)], "learning_rate": [0.01, 0.02]}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A CSV file of a few small digits."""
    X, y = load_digits(return_X_y=True)
    path = tmp_path_factory.mktemp("table") / "digits.csv"
    header = ",".join(["label", *(f"pixel{i}" for i in range(64))])
    rows = np.column_stack([y, X])[:200]
    np.savetxt(path, rows, "%d", ",", header=header, comments="")
    return path


@pytest.fixture(scope="module", autouse=True)
def _small_space():
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(
            "skdigits._tuning.search.search_space", lambda *args, **kwargs: SPACE
        )
        yield


def arguments(table, folder, *more):
    output = ("--output", folder / "model.skops")
    return ("tune", "--data", table, "--search", "grid", "--epochs", 1, *output, *more)


@pytest.fixture(scope="module")
def tuned(table, tmp_path_factory, run, _small_space):
    """Folder of what a search has written, and what `run` returned."""
    folder = tmp_path_factory.mktemp("tuned")
    return folder, run(*arguments(table, folder, "--plots", folder / "plots"))


def lines_of(folder):
    return (folder / "model.skops.jsonl").read_text().splitlines()


def test_search_ends_with_the_best_pipeline(tuned):
    folder, (status, out, err) = tuned
    assert status == 0, err
    with (folder / "model.skops.csv").open() as file:
        best, other = csv.DictReader(file)
    assert float(best["accuracy"]) >= float(other["accuracy"])
    classifier = skdigits.load(folder / "model.skops")["classifier"]
    assert classifier.learning_rate == float(best["learning_rate"])
    assert classifier.filters == (4,)
    assert classifier.n_iter_ == 1
    assert "Trained on all 160 digits with filters=(4,), learning_rate=0.0" in out
    assert "images    40," in out


def test_search_prints_its_ranking_and_each_fit(tuned):
    _, (_, out, err) = tuned
    lines = [line.split() for line in out.splitlines()]
    columns = ["rank", "accuracy", "±", "epochs", "s", "filters", "learning_rate"]
    assert lines[0] == columns
    assert [line[0] for line in lines[2:4]] == ["1", "2"]
    fits = [line for line in err.splitlines() if line.startswith("fit ")]
    assert [line.split()[1] for line in fits] == [f"{n}/6" for n in range(1, 7)]


def test_search_records_each_fit(tuned):
    folder, _ = tuned
    head, *fits = map(json.loads, lines_of(folder))
    assert (head["format"], head["n_folds"], head["seed"]) == (1, 3, 0)
    assert len(fits) == 6
    assert fits[0].keys() == {
        *("params", "epochs", "fold", "accuracy", "seconds", "error")
    }


def test_search_draws_its_ranking(tuned):
    folder, _ = tuned
    assert {path.name for path in (folder / "plots").iterdir()} == {
        "ranking.png",
        "learning_curves.png",
        "confusion_matrix.png",
        "predictions.png",
    }


def test_interrupted_search_goes_on_where_it_was(table, tmp_path, tuned, run):
    folder, _ = tuned
    whole = lines_of(folder)
    # A process that was killed while it wrote the third fit
    (tmp_path / "model.skops.jsonl").write_text("\n".join([*whole[:3], whole[3][:20]]))
    status, _, err = run(*arguments(table, tmp_path, "--resume"))
    assert status == 0, err
    fits = [line for line in err.splitlines() if line.startswith("fit ")]
    assert len(fits) == 4

    def scores(lines):
        keys = ("params", "fold", "accuracy")
        return sorted(str([json.loads(line)[key] for key in keys]) for line in lines)

    assert scores(lines_of(tmp_path)[1:]) == scores(whole[1:])


def test_finished_search_is_resumed_without_a_fit(table, tuned, run):
    folder, (_, before, _) = tuned
    status, out, err = run(*arguments(table, folder, "--resume"))
    assert status == 0, err
    assert "fit " not in err
    assert out == before


def test_record_of_an_earlier_search_is_not_overwritten(table, tuned, fails_with):
    folder, _ = tuned
    before = lines_of(folder)
    sentence = "model.skops.jsonl is the record of an earlier search. Go on with it"
    assert fails_with(sentence, *arguments(table, folder))
    other = ("--resume", "--seed", 1)
    sentence = "is the record of another search: seed changed since"
    assert fails_with(sentence, *arguments(table, folder, *other))
    assert lines_of(folder) == before


def test_ctrl_c_keeps_what_is_done(table, tmp_path, monkeypatch, run):
    def run_jobs(jobs, *args, **kwargs):
        yield from (Fit(job, 0.5, 1.0) for job in jobs[:4])
        raise KeyboardInterrupt

    monkeypatch.setattr(tune, "run_jobs", run_jobs)
    status, out, err = run(*arguments(table, tmp_path))
    assert (status, out) == (130, "")
    sentence = "skdigits: interrupted after 4 fits; go on with --resume"
    assert err.splitlines()[-1] == sentence
    assert len(lines_of(tmp_path)) == 5
    # The second candidate has not been scored on all folds.
    assert len((tmp_path / "model.skops.csv").read_text().splitlines()) == 2
    assert not (tmp_path / "model.skops").exists()


def test_killed_worker_process_keeps_what_is_done(table, tmp_path, monkeypatch, run):
    def run_jobs(jobs, *args, **kwargs):
        yield Fit(jobs[0], 0.5, 1.0)
        raise TerminatedWorkerError("A worker process was terminated.")

    monkeypatch.setattr(tune, "run_jobs", run_jobs)
    status, _, err = run(*arguments(table, tmp_path))
    assert status == 1
    assert err.splitlines()[-1] == (
        "skdigits: error: A worker process was killed, perhaps for lack of memory: A "
        "worker process was terminated. The 1 fits so far are kept; go on with "
        "--resume and fewer --n-jobs."
    )
    assert len(lines_of(tmp_path)) == 2


def test_number_of_candidates_of_a_grid_is_an_error(table, tmp_path, fails_with):
    sentence = "--n-iter is the number of candidates of --search random or halving"
    assert fails_with(sentence, *arguments(table, tmp_path, "--n-iter", 3))


def test_scheduler_without_dask_is_an_error(table, tmp_path, monkeypatch, fails_with):
    monkeypatch.setattr(tune, "find_spec", lambda name: None)
    sentence = "--scheduler needs Dask, which is not installed; install it with pip"
    scheduler = ("--scheduler", "tcp://127.0.0.1:1")
    assert fails_with(sentence, *arguments(table, tmp_path, *scheduler))


def test_halving_trains_the_best_for_all_epochs(table, tmp_path, run, monkeypatch):
    rates = {"filters": [(4,)], "learning_rate": [1e-6, 0.01, 0.02, 0.03]}
    monkeypatch.setattr(
        "skdigits._tuning.search.search_space", lambda *args, **kwargs: rates
    )
    options = ("--search", "halving", "--n-iter", 4, "--epochs", 3)
    status, _, err = run(*arguments(table, tmp_path, *options))
    assert status == 0, err
    fits = [json.loads(line) for line in lines_of(tmp_path)[1:]]
    assert sorted(fit["epochs"] for fit in fits) == [1] * 12 + [3] * 6
    assert skdigits.load(tmp_path / "model.skops")["classifier"].n_iter_ == 3
