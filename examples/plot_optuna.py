"""
=================================================
Optuna: stop hopeless candidates while they train
=================================================

Optuna proposes each candidate from the results of the earlier ones, and stops those
that train worse than the others did after as many epochs. `partial_fit` trains one
epoch at a time, so that Optuna can judge after each. The same kind of study then runs
in two processes.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# One candidate
# -------------
# An objective trains a candidate, reports its accuracy on validation digits after each
# epoch, and ends early if Optuna asks for it. The network has the same layers for all
# candidates, so it is compiled once.

import tempfile
import warnings

import matplotlib.pyplot as plt
import optuna
from joblib import Parallel, delayed
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from skdigits import CNNDigitClassifier

optuna.logging.set_verbosity(optuna.logging.WARNING)

X, y = load_digits(return_X_y=True)
X_train, X_val, y_train, y_val = train_test_split(
    X, y, test_size=0.3, stratify=y, random_state=0
)
N_EPOCHS = 5


def objective(trial):
    classifier = CNNDigitClassifier(
        filters=(8, 16),
        schedule="constant",
        learning_rate=trial.suggest_float("learning_rate", 1e-4, 0.1, log=True),
        batch_size=trial.suggest_categorical("batch_size", [16, 32, 64]),
        random_state=0,
    )
    for epoch in range(N_EPOCHS):
        classifier.partial_fit(X_train, y_train, classes=range(10))
        accuracy = classifier.score(X_val, y_val)
        trial.report(accuracy, epoch)
        if trial.should_prune():
            raise optuna.TrialPruned
    return accuracy


# %%
# A study in one process
# ----------------------
# The tree-structured Parzen estimator (TPE) proposes the candidates, and the median
# pruner stops a candidate that is worse than the median of the earlier ones.

study = optuna.create_study(
    direction="maximize",
    sampler=optuna.samplers.TPESampler(seed=0),
    pruner=optuna.pruners.MedianPruner(n_startup_trials=4),
)
study.optimize(objective, n_trials=16)
print(f"{study.best_value:.3f} with {study.best_params}")

# %%
# Stopped candidates end early. Most of the time goes to the promising ones.

fig, ax = plt.subplots(figsize=(6, 3.5))
for trial in study.trials:
    epochs, accuracies = zip(*sorted(trial.intermediate_values.items()), strict=True)
    pruned = trial.state == optuna.trial.TrialState.PRUNED
    color = "tab:orange" if pruned else "tab:blue"
    ax.plot([epoch + 1 for epoch in epochs], accuracies, "o-", color=color, alpha=0.7)
ax.plot([], [], "o-", color="tab:blue", label="trained to the end")
ax.plot([], [], "o-", color="tab:orange", label="stopped")
ax.set(
    xlabel="epoch", ylabel="validation accuracy", title="All candidates of the study"
)
ax.legend(loc="lower right")
plt.show()

# %%
# A study in two processes
# ------------------------
# Processes share a study through a storage: here a file, between machines a data base.
# Each starts TensorFlow and compiles the network once. `n_jobs` of Optuna's own
# `optimize` starts threads instead, which share one interpreter.


def work(path, seed):
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage = JournalStorage(JournalFileBackend(path))
    sampler = optuna.samplers.TPESampler(seed=seed)
    shared = optuna.load_study(study_name="digits", storage=storage, sampler=sampler)
    shared.optimize(objective, n_trials=4)


with tempfile.NamedTemporaryFile(suffix=".log") as file:
    storage = JournalStorage(JournalFileBackend(file.name))
    shared = optuna.create_study(
        study_name="digits", direction="maximize", storage=storage
    )
    Parallel(n_jobs=2)(delayed(work)(file.name, seed) for seed in range(2))
    trials = shared.trials

print(f"{len(trials)} candidates, the best {max(t.value or 0 for t in trials):.3f}")

# %%
# Optuna suits long searches over many parameters. For a handful of candidates, a
# :class:`~sklearn.model_selection.HalvingRandomSearchCV` over `epochs` does much the
# same and needs no storage.
