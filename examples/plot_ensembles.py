"""
=========
Ensembles
=========

Two networks that start from other random numbers err on different digits. Let several
vote, and many of those errors are outvoted. scikit-learn's ensembles take
`CNNDigitClassifier` as they take any classifier; this example counts what a vote wins,
what it costs, and whether members of different kinds win more than members of one.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# Members
# -------
# The digits are those that come with scikit-learn. Trained on 300 of them, a small
# network leaves some room for improvement. All members share one
# compiled network, so that eight fits cost little more than their epochs.

import time

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import (
    BaggingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

from skdigits import CNNDigitClassifier
from skdigits.datasets import load_digits28

X, y = load_digits28(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, train_size=300, stratify=y, random_state=0
)


def make_network(seed=None):
    return CNNDigitClassifier(filters=(16, 32), epochs=6, random_state=seed)


def error(classifier):
    return 1 - classifier.score(X_test, y_test)


# %%
# A vote
# ------
# `voting="soft"` adds up the probabilities, so that a member that is sure counts more
# than one that wavers. The members differ in nothing but their seed.

N_MEMBERS = 8
vote = VotingClassifier(
    [(f"seed {seed}", make_network(seed)) for seed in range(N_MEMBERS)],
    voting="soft",
)
start = time.perf_counter()
vote.fit(X_train, y_train)
print(f"{N_MEMBERS} fits in {time.perf_counter() - start:.1f} s")

alone = [error(member) for member in vote.estimators_]
print(f"alone: {np.mean(alone):.2%} wrong on average, {min(alone):.2%} at best")
print(f"the vote of all: {error(vote):.2%} wrong")

# %%
# How many members does it take? With the probabilities at hand, any group of members
# can be tried without another fit. For each size we take many groups at random.

proba = np.array([member.predict_proba(X_test) for member in vote.estimators_])
rng = np.random.default_rng(0)
sizes = np.arange(1, N_MEMBERS + 1)
errors = np.empty((len(sizes), 60))
for row, size in enumerate(sizes):
    for column in range(errors.shape[1]):
        group = rng.choice(N_MEMBERS, size=size, replace=False)
        errors[row, column] = np.mean(
            proba[group].mean(axis=0).argmax(axis=1) != y_test
        )

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
low, middle, high = np.quantile(errors, [0.1, 0.5, 0.9], axis=1)
ax.fill_between(sizes, low, high, color="#56B4E9", alpha=0.35, label="eight in ten")
ax.plot(sizes, middle, "o-", color="#0072B2", linewidth=2.5, label="median")
ax.plot(
    np.full(N_MEMBERS, 1.0), alone, "_", color="#D55E00", markersize=14, label="alone"
)
ax.set(xlabel="members that vote", ylabel="error on test digits", ylim=(0, None))
ax.yaxis.set_major_formatter("{x:.1%}")
ax.legend(frameon=False, loc="upper right")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# The band holds eight in ten of the groups. Two or three members bring most of the
# gain: the errors that are one member's own go away, those that all share stay. The
# band narrows as well: a vote depends less on the luck of one seed. (At eight there is
# only one group left.)
#
# Where they disagree
# -------------------
# The spread of the votes is worth something in itself: it points to the digits that
# are hard. Here are those with the lowest mean probability for their winner.

from skdigits.display import DigitGridDisplay

mean = proba.mean(axis=0)
doubtful = np.argsort(mean.max(axis=1))[:20]
DigitGridDisplay.from_predictions(
    X_test[doubtful], y_test[doubtful], mean[doubtful], n_columns=10
)
plt.show()

# %%
# Below each digit stands the label of the vote and the mean of the probabilities that
# its members give it.
#
# Bagging, and members of different kinds
# ---------------------------------------
# `BaggingClassifier` lets each member learn from another random sample of the digits;
# here of four fifths of them, so that each member loses little. And a vote may mix
# unlike members: two networks, support vectors and a forest. `SVC` has no
# probabilities of its own that could be added up, so that this vote is a "hard" one, a
# count of labels.

bagging = BaggingClassifier(
    make_network(), n_estimators=4, max_samples=0.8, bootstrap=False, random_state=0
)
mixed = VotingClassifier(
    [
        ("network 0", make_network(0)),
        ("network 1", make_network(1)),
        ("support vectors", SVC(C=10)),
        ("forest", RandomForestClassifier(200, random_state=0)),
    ],
    voting="hard",
)
support_vectors, forest = SVC(C=10), RandomForestClassifier(200, random_state=0)
for classifier in (bagging, mixed, support_vectors, forest):
    classifier.fit(X_train, y_train)

four = proba[:4].mean(axis=0).argmax(axis=1) != y_test
results = {
    "support vectors": error(support_vectors),
    "forest": error(forest),
    "one network (mean)": np.mean(alone),
    "unlike members, hard vote": error(mixed),
    "four networks, bagging": error(bagging),
    "four networks, soft vote": four.mean(),
    "eight networks, soft vote": error(vote),
}
for name, share in results.items():
    print(f"{name:>26}: {share:6.2%}")

# %%
# Single classifiers are orange, ensembles blue and hatched.

fig, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
names = list(results)
for place, name in enumerate(names):
    is_vote = place > 2
    bar = ax.barh(
        place,
        results[name],
        color="#0072B2" if is_vote else "#E69F00",
        hatch="//" if is_vote else None,
        edgecolor="white",
    )
    ax.bar_label(bar, [f"{results[name]:.1%}"], padding=4)
ax.set_yticks(range(len(names)), names)
ax.invert_yaxis()
ax.set(xlabel="error on test digits", xlim=(0, 1.15 * max(results.values())))
ax.xaxis.set_major_formatter("{x:.0%}")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# Votes of networks come out lowest. Members that are much weaker than the networks add
# their own errors to the vote, so that being different alone is not enough.
#
# Conclusion
# ----------
# A vote of three to five networks is the simplest way to a lower error, and costs as
# many times the fit and the answer. Try it when a single network has been tuned; before
# that, tuning is cheaper.
