"""
=============================
Randomized and halving search
=============================

A grid wastes most of its fits on bad corners. A randomized search draws candidates from
distributions; a halving search gives all candidates one epoch, keeps the better half,
doubles their epochs, and so on. Both find good settings; this example counts what each
of them spends.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# Space
# -----
# `search_space("random")` has a distribution for every real number: learning rates
# are drawn evenly on a logarithmic scale. We widen it, so that there are bad ones to
# sort out, and add label smoothing. All of these are inputs of one compiled network, so
# that a candidate costs its epochs and nothing more; the layers could be searched as
# well (`focus="network"`), at the price of compiling each kind of network once.

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
# The digits are the 1,797 that come with scikit-learn, the network is small.

X, y = load_digits28(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, train_size=400, stratify=y, random_state=0
)
EPOCHS = 8
classifier = CNNDigitClassifier(filters=(8, 16), epochs=EPOCHS, random_state=0)

# %%
# Randomized search
# -----------------
# Eight candidates, eight epochs each, two folds.

randomized = RandomizedSearchCV(classifier, space, n_iter=8, cv=2, random_state=1)
randomized.fit(X_train, y_train)

# %%
# Halving search
# --------------
# The resource to halve by is a parameter of the classifier: `resource="epochs"`.
# Sixteen candidates start with one epoch; the better half goes on with two, four and
# eight. A candidate is fitted anew on each level: with the one-cycle schedule a fit of
# one epoch is a short fit from start to end, not the beginning of a long one, so that
# its score says something.

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
# Who survives
# ------------
# Each line is a candidate, from its first score to where it was dropped.

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
# Candidates that read next to nothing after one epoch are dropped at the price of one
# epoch. The scores of a level are comparable with each other only: everybody gets
# better with more epochs.
#
# What was tried
# --------------
# Both searches over the learning rate, which matters most. A larger mark stands for
# more epochs.

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
# The dotted line marks the learning rate that each search chose; the title says how
# many epochs it spent per fold. Halving looked at twice as many candidates for the
# same number of epochs: rates that are far too low or too high have nothing but small
# marks on the right, and cost as much as any other on the left.
#
# On the test digits
# ------------------

for name, search in searches.items():
    n_tried = len({params["learning_rate"] for params in search.cv_results_["params"]})
    print(
        f"{name:>10}: {n_tried:>2} candidates, {spent[name]} epochs per fold, "
        f"test accuracy {search.score(X_test, y_test):.4f}"
    )

# %%
# Conclusion
# ----------
# Use a randomized search when a candidate's first epochs say little about its last, and
# halving when they say much. For most settings of a network they do.
