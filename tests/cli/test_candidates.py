import csv
import errno

import pytest

from skdigits._cli.candidates import describe_params, print_ranking, write_csv
from skdigits._tuning.search import Rank

RANKING = [
    Rank({"filters": (8, n), "dropout": 1 / n}, 4, 1 / n, 0.01, 2.5)
    for n in range(1, 13)
]


def test_numbers_are_shortened():
    assert describe_params({"a": 1 / 3, "b": (), "c": 7}) == "a=0.333, b=(), c=7"


def test_best_candidates_are_printed(capsys):
    print_ranking(RANKING)
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].split() == ["1", "1.0000", "0.0100", "4", "2.5", "(8,", "1)", "1"]
    assert len(lines) == 2 + 10 + 1
    assert lines[-1] == "… and 2 more"


def test_all_candidates_are_written_as_csv(tmp_path):
    write_csv(RANKING, tmp_path / "ranking.csv")
    with (tmp_path / "ranking.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    assert rows[1] == {
        "rank": "2",
        "accuracy": "0.5",
        "deviation": "0.01",
        "epochs": "4",
        "seconds": "2.5",
        "filters": "(8, 2)",
        "dropout": "0.5",
    }


def test_full_disk_is_reported_with_the_file(tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("csv.writer", fail)
    path = tmp_path / "ranking.csv"
    with pytest.raises(OSError, match="No space") as caught:
        write_csv(RANKING, path)
    assert caught.value.filename == str(path)
