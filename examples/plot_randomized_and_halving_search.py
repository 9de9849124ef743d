"""
=============================
Randomized and halving search
=============================

A grid search spends most of its fits on bad candidates. A randomized search draws
candidates from distributions. A halving search trains all candidates for one epoch,
keeps the better half, doubles the epochs, and repeats. This example compares the
results and the costs of both.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# Search space
# ------------
# `search_space("random")` returns distributions of the real parameters, with learning
# rates on a logarithmic scale. Here the range is wider, to include bad candidates, and
# label smoothing is added. All of these are inputs of one compiled network, so a
# candidate costs only its epochs. With `focus="network"` the layers are searched too,
# and each architecture is compiled once.

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import loguniform, uniform
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import (
    HalvingRandomSearchCV,
    RandomizedSearchCV,
    train_test_split,
)

from skdigits import CNNDigitClassifier, search_space
from skdigits.datasets import load_digits28

space = search_space("random", prefix="")
space["learning_rate"] = loguniform(5e-4, 0.2)
space["label_smoothing"] = uniform(0.0, 0.3)
for name, values in space.items():
    low_high = values.support() if hasattr(values, "support") else values
    print(f"{name}: {low_high}")

# %%
# The data are the 1,797 digits that come with scikit-learn, and the network is small.

X, y = load_digits28(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, train_size=400, stratify=y, random_state=0
)
EPOCHS = 8
classifier = CNNDigitClassifier(filters=(8, 16), epochs=EPOCHS, random_state=0)

# %%
# Randomized search
# -----------------
# Eight candidates are trained for eight epochs on two folds.

randomized = RandomizedSearchCV(classifier, space, n_iter=8, cv=2, random_state=1)
randomized.fit(X_train, y_train)

# %%
# Halving search
# --------------
# The resource is a parameter of the classifier: `resource="epochs"`. Sixteen candidates
# start with one epoch; the better halves go on with two, four and eight. Each level
# fits its candidates anew: the one-cycle schedule then covers the whole fit, so the
# scores of short fits are meaningful.

halving = HalvingRandomSearchCV(
    classifier,
    space,
    n_candidates=16,
    resource="epochs",
    min_resources=1,
    max_resources=EPOCHS,
    factor=2,
    cv=2,
    random_state=1,
)
halving.fit(X_train, y_train)
levels = zip(halving.n_candidates_, halving.n_resources_, strict=True)
for n_candidates, n_epochs in levels:
    print(f"{n_candidates:>3} candidates with {n_epochs} epochs each")

# %%
# Scores at each level
# --------------------
# Each line is a candidate and ends at the level where it is dropped.

results = halving.cv_results_
candidates = {}  # the scores of each, level by level
for params, n_epochs, score in zip(
    results["params"],
    results["n_resources"],
    results["mean_test_score"],
    strict=True,
):
    key = tuple(value for name, value in params.items() if name != "epochs")
    candidates.setdefault(key, []).append((n_epochs, score))

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
longest = max(len(curve) for curve in candidates.values())
for curve in candidates.values():
    is_survivor = len(curve) == longest
    ax.plot(
        *np.transpose(curve),
        color="#0072B2" if is_survivor else "0.6",
        linestyle="-" if is_survivor else "--",
        linewidth=2.2 if is_survivor else 1,
        marker="o",
        markersize=7 if is_survivor else 4,
        zorder=3 if is_survivor else 2,
    )
ax.set_xscale("log", base=2)
ax.set_xticks(halving.n_resources_, halving.n_resources_)
ax.set(xlabel="epochs given to a candidate", ylabel="accuracy in cross-validation")
ax.spines[["top", "right"]].set_visible(False)
ax.set_title("Solid: the candidates that reached the last level", fontsize=10)
plt.show()

# %%
# Candidates that fail after one epoch cost only one epoch. Compare scores within a
# level only, since all candidates improve with more epochs.
#
# Candidates
# ----------
# The figure shows the learning rates of both searches, because this parameter matters
# most. Larger marks stand for more epochs.

fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True, layout="constrained")
searches = {"randomized": randomized, "halving": halving}
spent = {}
for ax, (name, search) in zip(axes, searches.items(), strict=True):
    results = search.cv_results_
    rates = [params["learning_rate"] for params in results["params"]]
    epochs = np.array([p.get("epochs", EPOCHS) for p in results["params"]])
    ax.scatter(
        rates,
        results["mean_test_score"],
        s=12 * epochs,
        c=epochs,
        cmap="cividis_r",
        vmin=0,
        vmax=EPOCHS,
        edgecolor="0.2",
        linewidth=0.5,
    )
    spent[name] = int(epochs.sum())
    ax.axvline(search.best_params_["learning_rate"], color="#D55E00", linestyle=":")
    ax.set(xscale="log", xlabel="learning rate", title=f"{name}: {spent[name]} epochs")
    ax.spines[["top", "right"]].set_visible(False)
axes[0].set_ylabel("accuracy in cross-validation")
plt.show()

# %%
# The dotted line marks the best learning rate of each search, and the title says how
# many epochs it took per fold. The halving search evaluates twice as many candidates in
# the same number of epochs, because it spends few epochs on rates that are much too low
# or too high.
#
# Test accuracy
# -------------

for name, search in searches.items():
    n_tried = len({params["learning_rate"] for params in search.cv_results_["params"]})
    print(
        f"{name:>10}: {n_tried:>2} candidates, {spent[name]} epochs per fold, "
        f"test accuracy {search.score(X_test, y_test):.4f}"
    )

# %%
# Conclusion
# ----------
# Prefer a halving search if the score after a few epochs predicts the final score,
# which is true of most parameters of a network. Otherwise use a randomized search.
