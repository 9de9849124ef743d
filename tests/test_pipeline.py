import numpy as np
import pytest
from sklearn.callback import ProgressBar
from sklearn.model_selection import GridSearchCV, ParameterGrid, ParameterSampler

from skdigits import make_digit_pipeline, search_space


def test_pipeline_hands_its_parameters_to_the_classifier():
    pipeline = make_digit_pipeline(epochs=3, random_state=1)
    assert pipeline.named_steps["classifier"].epochs == 3
    with pytest.raises(TypeError, match="epoch"):
        make_digit_pipeline(epoch=3)


def test_pipeline_reads_images_of_any_size(digits, small):
    X, X_test, y, y_test = digits
    pipeline = make_digit_pipeline(**{**small, "epochs": 4})
    pipeline.fit(list(X.reshape(-1, 8, 8)), y)
    doubled = X_test.reshape(-1, 8, 8).repeat(2, axis=1).repeat(2, axis=2)
    assert pipeline.score(doubled, y_test) > 0.7


@pytest.mark.parametrize("focus", ["training", "network", "all"])
def test_search_spaces_hold_valid_parameters(focus):
    pipeline = make_digit_pipeline()
    candidates = list(ParameterGrid(search_space("grid", focus=focus)))
    candidates += ParameterSampler(
        search_space("random", focus=focus), n_iter=20, random_state=0
    )
    for params in candidates:
        pipeline.set_params(**params)
        pipeline.named_steps["classifier"]._validate_params()


@pytest.mark.slow
def test_search_space_fits_its_pipeline_in_two_processes_under_a_bar(
    digits, small, capsys
):
    X, _, y, _ = digits
    pipeline = make_digit_pipeline(**{**small, "epochs": 1})
    search = GridSearchCV(pipeline, search_space(), cv=2, n_jobs=2)
    search.set_callbacks(ProgressBar()).fit(X[:100], y[:100])
    assert len(search.cv_results_["params"]) == 3 * 3
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert "GridSearchCV" in capsys.readouterr().out


def test_unknown_kind_of_space_is_an_error():
    with pytest.raises(ValueError, match="'kind' parameter of search_space must be"):
        search_space("bayes")
