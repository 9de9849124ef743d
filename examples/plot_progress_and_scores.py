"""
==============================================
Progress bars and per-epoch scores in a search
==============================================

A search says nothing for minutes, and in the end one number per candidate. With
scikit-learn's callbacks it tells how far it is, and what every candidate scored after
every epoch of every fold. `CNNDigitClassifier` reports each epoch as a task of its own,
so that both work on a lone fit, in a pipeline and inside a search.
"""

# sphinx_gallery_thumbnail_number = 2

# %%
# A lone fit
# ----------
# `set_callbacks` hangs a callback on an estimator. `ProgressBar` draws a bar with one
# step per epoch, which fills up while the fit runs, in a terminal or a notebook. What
# is printed here is its last state. The digits are those that come with scikit-learn.

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
# `ScoringMonitor` computes any of scikit-learn's metrics after each epoch, on the
# training data. Its log is a table with one row per task; rows of epochs are those
# whose `task_name` is "epoch".

monitor = ScoringMonitor(scoring="accuracy")
classifier.set_callbacks(monitor)
classifier.fit(X_train, y_train)


def epochs_of(monitor):
    table = monitor.get_logs(include_lineage=True).data_as_pandas
    return table[table["task_name"] == "epoch"]


scores = epochs_of(monitor)["accuracy"].to_numpy()
for number, score in enumerate(scores, start=1):
    print(f"epoch {number}: {score:.4f} of the training digits read correctly")

# %%
# `history_` has a training accuracy for every epoch as well. It is measured on
# distorted digits and in mid-epoch, by a network still on its way; the monitor
# reads the digits as they are, at the end of the epoch. So its curve runs above the
# other one.

epochs = np.arange(1, classifier.n_iter_ + 1)
fig, ax = plt.subplots(figsize=(6, 3.6), layout="constrained")
ax.plot(epochs, scores, "o-", color="#0072B2", label="monitor, at the end of the epoch")
ax.plot(
    epochs,
    classifier.history_["accuracy"],
    "s--",
    color="#D55E00",
    label="history_, while it runs",
)
ax.set(xlabel="epoch", ylabel="training accuracy")
ax.legend(frameon=False, loc="lower right")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# In a search
# -----------
# The monitor hangs on the classifier, the bar on the search around it. Tasks nest: the
# search holds candidates and folds, a fit holds epochs. By default the bar has a line
# for every one of those fits; `max_propagation_depth=0` keeps to the search itself.

monitor = ScoringMonitor(scoring="accuracy")
classifier = CNNDigitClassifier(filters=(8, 16), epochs=6, random_state=0)
classifier.set_callbacks(monitor)
rates = [0.001, 0.01, 0.1]
search = GridSearchCV(classifier, {"learning_rate": rates}, cv=3)
search.set_callbacks(ProgressBar(max_propagation_depth=0))
search.fit(X_train, y_train)
print(f"best: {search.best_params_}, {search.best_score_:.4f}")

# %%
# The log holds every epoch of every fit. A row's `task_id_path` leads from the search
# to the epoch; the last number but one counts the fits, fold by fold within a
# candidate.

log = epochs_of(monitor)
print(log[["task_id_path", "estimator_name", "task_name", "accuracy"]].head(8))

# %%
# The fit of the best candidate on all training digits, at the end, has a shorter
# path; what is left are the fits on folds, in the order of the candidates.

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
ax.set(xlabel="epoch", ylabel="accuracy on the digits trained with")
ax.legend(title="learning rate", frameon=False, loc="lower right")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# A thin line is a fit on one fold, a thick one the mean over folds. The curves tell
# what the final score does not. The lowest rate starts far behind. The highest stumbles
# while the rate is near its peak, more on one fold than on another, and recovers
# as the rate comes down. The one in between needs no recovery.
#
# From the log to the verdict
# ---------------------------
# The monitor scores on what the fit was given, the training part of a fold. The search
# itself scores on the other part. Where the first is high and the second is not, a
# candidate learned its digits by heart.

for rate, folds, score in zip(
    rates, curves, search.cv_results_["mean_test_score"], strict=True
):
    last = folds[:, -1].mean()
    print(f"rate {rate}: {last:.4f} on digits trained with, {score:.4f} on the others")

print(f"test accuracy of the best: {search.score(X_test, y_test):.4f}")

# %%
# Conclusion
# ----------
# Set a `ProgressBar` on what you fit and a `ScoringMonitor` on the classifier inside;
# neither changes the result of the fit. Any object with the same four methods can hook
# in as well, to stop a fit early, say, or to write each epoch to a file.
