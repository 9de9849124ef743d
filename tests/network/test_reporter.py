import numpy as np
import pytest

from skdigits._network.reporter import extend_history, find_fault, measure
from skdigits._network.rows import LabelledRows
from skdigits._network.spec import FittedNetwork, NetworkSpec

ROWS = LabelledRows(
    np.eye(4), np.arange(4), np.array([0, 1, 0, 1]), np.array([1.0, 2.0, 3.0, 4.0])
)
SPEC = NetworkSpec((2, 2), 2, dense_units=(3,))


def make_network(factor):
    shapes = [(4, 3), (3,), (3, 2), (2,)]
    weights = [np.full(shape, factor, dtype="f4") for shape in shapes]
    return FittedNetwork(SPEC, weights, 0.0, 1.0)


def test_validation_scores_are_weighted_means():
    kernel = np.float32([[9, 0], [0, 9], [0, 9], [0, 9]])
    network = FittedNetwork(
        NetworkSpec((2, 2), 2), [kernel, np.zeros(2, dtype="f4")], 0.0, 1.0
    )
    scores = measure(network, ROWS)
    assert scores["val_accuracy"] == pytest.approx(0.7)  # all but the third
    assert scores["val_loss"] == pytest.approx(0.3 * 9, rel=1e-3)


@pytest.mark.parametrize(
    ("factor", "loss", "fault"),
    [
        (1, 0.5, None),
        (1e5, 0.5, None),
        (1, np.nan, "its loss is nan"),
        (1, np.inf, "its loss is inf"),
        (1, 4e14, "its loss is 4e+14"),
        (np.nan, 0.5, "its weights are not finite"),
        (np.inf, 0.5, "its weights are not finite"),
        (1e30, 0.5, "its weights, of up to 1e+30, predict no finite numbers"),
    ],
)
def test_diverged_networks_are_told_from_others(factor, loss, fault):
    found = find_fault(make_network(factor), {"loss": loss}, ROWS)
    assert found == fault


def test_history_is_copied_and_has_gaps():
    history = {"loss": [0.5]}
    longer = extend_history(history, {"loss": 0.25, "val_loss": 0.75})
    longest = extend_history(longer, {"loss": 0.125})
    assert history == {"loss": [0.5]}
    assert longest["loss"] == [0.5, 0.25, 0.125]
    assert np.array_equal(longest["val_loss"], [np.nan, 0.75, np.nan], equal_nan=True)
