"""
==================================================
Progress bars and scores of each epoch in a search
==================================================

With callbacks of scikit-learn, a search shows its progress and records a score of each
candidate after each epoch. `CNNDigitClassifier` reports each epoch as a task of its
own, so callbacks work in a single fit, in a pipeline and in a search.
"""

# sphinx_gallery_thumbnail_number = 2

# %%
# A single fit
# ------------
# `set_callbacks` registers callbacks of an estimator. `ProgressBar` shows a bar with
# one step per epoch, in a terminal or a notebook; this page shows its final state. The
# digits are those that come with scikit-learn.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.model_selection import GridSearchCV, train_test_split

from skdigits import CNNDigitClassifier
from skdigits.datasets import load_digits28

X, y = load_digits28(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, train_size=600, stratify=y, random_state=0
)
classifier = CNNDigitClassifier(filters=(8, 16), epochs=6, random_state=0)
classifier.set_callbacks(ProgressBar())
classifier.fit(X_train, y_train)

# %%
# A score after each epoch
# ------------------------
# `ScoringMonitor` computes metrics of scikit-learn on the training data after each
# epoch. Its log is a table with one row per task. The `task_name` of an epoch is
# "epoch".

monitor = ScoringMonitor(scoring="accuracy")
classifier.set_callbacks(monitor)
classifier.fit(X_train, y_train)


def epochs_of(monitor):
    table = monitor.get_logs(include_lineage=True).data_as_pandas
    return table[table["task_name"] == "epoch"]


scores = epochs_of(monitor)["accuracy"].to_numpy()
for number, score in enumerate(scores, start=1):
    print(f"epoch {number}: training accuracy {score:.4f}")

# %%
# `history_` also holds a training accuracy of each epoch. It is measured during the
# epoch, on distorted digits, and is therefore lower than that of the monitor.

epochs = np.arange(1, classifier.n_iter_ + 1)
fig, ax = plt.subplots(figsize=(6, 3.6), layout="constrained")
ax.plot(epochs, scores, "o-", color="#0072B2", label="monitor, after the epoch")
ax.plot(
    epochs,
    classifier.history_["accuracy"],
    "s--",
    color="#D55E00",
    label="history_, during the epoch",
)
ax.set(xlabel="epoch", ylabel="training accuracy")
ax.legend(frameon=False, loc="lower right")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# In a search
# -----------
# `ProgressBar` propagates to inner estimators, so it is set on the search.
# `max_propagation_depth=0` shows the search only. The default of 1 adds a bar for each
# fit, with its epochs; in a search over a pipeline, reaching the epochs takes a depth
# of 2. `ScoringMonitor` does not propagate: it is set on the classifier, and logs
# nothing on a search or a pipeline.

monitor = ScoringMonitor(scoring="accuracy")
classifier = CNNDigitClassifier(filters=(8, 16), epochs=6, random_state=0)
classifier.set_callbacks(monitor)
rates = [0.001, 0.01, 0.1]
search = GridSearchCV(classifier, {"learning_rate": rates}, cv=3)
search.set_callbacks(ProgressBar(max_propagation_depth=0))
search.fit(X_train, y_train)
print(f"best: {search.best_params_}, {search.best_score_:.4f}")

# %%
# The log holds each epoch of each fit. The `task_id_path` of a row leads from the
# search to the epoch. Its last number but one counts the fits, fold by fold for each
# candidate.

log = epochs_of(monitor)
print(log[["task_id_path", "estimator_name", "task_name", "accuracy"]].head(8))

# %%
# The final fit of the best candidate on all training digits has a shorter path. The
# other rows are the fits on folds, in the order of the candidates.

paths = log["task_id_path"]
on_folds = log[paths.map(len) == paths.map(len).max()]
n_epochs = classifier.epochs
curves = on_folds["accuracy"].to_numpy().reshape(len(rates), search.n_splits_, n_epochs)

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
styles = zip(["#0072B2", "#009E73", "#D55E00"], ["-", "--", ":"], strict=True)
for rate, folds, (color, line) in zip(rates, curves, styles, strict=True):
    for fold in folds:
        ax.plot(epochs, fold, color=color, linestyle=line, linewidth=1, alpha=0.7)
    ax.plot(epochs, folds.mean(axis=0), line, color=color, linewidth=3, label=f"{rate}")
ax.set(xlabel="epoch", ylabel="accuracy on the training digits")
ax.legend(title="learning rate", frameon=False, loc="lower right")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# A thin line is a fit on one fold, and a thick line the mean of the folds. The lowest
# rate learns slowly. The highest is unstable while the rate is near its peak, and
# recovers when the rate decreases. The one in between is stable.
#
# Training and validation scores
# ------------------------------
# The monitor scores the training part of each fold, and the search scores the other
# part. A high first score and a low second one mean overfitting.

for rate, folds, score in zip(
    rates, curves, search.cv_results_["mean_test_score"], strict=True
):
    last = folds[:, -1].mean()
    print(f"rate {rate}: training accuracy {last:.4f}, validation accuracy {score:.4f}")

print(f"test accuracy of the best: {search.score(X_test, y_test):.4f}")

# %%
# Conclusion
# ----------
# Set a `ProgressBar` on the estimator that is fitted, and a `ScoringMonitor` on the
# classifier inside. Neither changes the result of the fit. Callbacks of your own need
# the same four methods, for example to stop a fit early or to write each epoch to a
# file.
