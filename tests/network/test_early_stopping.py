from skdigits._network.early_stopping import EarlyStopping


def run(scores, **params):
    watch = EarlyStopping(**params)
    stops = [watch.update(score, state=n) for n, score in enumerate(scores)]
    return watch, stops


def test_stops_after_epochs_without_improvement():
    _, stops = run([0.5, 0.6, 0.6, 0.6], tol=0.01, n_iter_no_change=2)
    assert stops == [False, False, False, True]


def test_improvement_starts_the_count_anew():
    _, stops = run([0.5, 0.5, 0.6, 0.6, 0.6], tol=0.01, n_iter_no_change=2)
    assert stops == [False, False, False, False, True]


def test_best_state_is_kept_even_if_the_gain_is_below_tol():
    watch, _ = run([0.5, 0.505, 0.4], tol=0.01, n_iter_no_change=9)
    assert watch.best_score == 0.505
    assert watch.best_state == 1


def test_first_of_equal_scores_is_best():
    watch, _ = run([0.5, 0.7, 0.7], tol=0.0, n_iter_no_change=9)
    assert watch.best_state == 1
