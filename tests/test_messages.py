import warnings
from pathlib import Path

import numpy as np
import pytest
from joblib import Parallel, delayed

from skdigits._messages import shorten, warn_caller


@pytest.mark.parametrize(
    "value",
    [
        "x" * 10**6,
        bytes(10**6),
        np.arange(900.0),
        [["x" * 1000] * 100],
        Path("x" * 999),
    ],
    ids=["str", "bytes", "array", "list", "path"],
)
def test_long_values_are_shortened(value):
    assert "..." in shorten(value)
    assert len(shorten(value)) < 1000


@pytest.mark.parametrize("value", ["seven.png", b"\x89PNG", (28, 28), None])
def test_short_values_are_shown_whole(value):
    assert shorten(value) == repr(value)


def test_warning_points_to_the_line_that_called_the_package():
    with pytest.warns(UserWarning, match="odd") as log:
        warn_caller("odd", UserWarning)

    assert log[0].filename == __file__


def test_warning_points_past_joblib():
    with warnings.catch_warnings(record=True) as log:
        warnings.simplefilter("always")
        Parallel(n_jobs=1)(delayed(Warner())() for _ in range(1))

    assert [warning.filename for warning in log] == [__file__]


class Warner:
    def __call__(self):
        exec("warn_caller('odd', UserWarning)", SKLEARN)


SKLEARN = {"__name__": "sklearn.svm", "warn_caller": warn_caller}
