"""
=========
Ensembles
=========

Networks trained with different seeds make different errors, and an ensemble corrects
many of them. `CNNDigitClassifier` works in the ensembles of scikit-learn like any
classifier. This example measures the error and the cost of ensembles, and compares
members of one kind with members of different kinds.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# Data and members
# ----------------
# The digits are those that come with scikit-learn. A small network trained on 300 of
# them leaves room for improvement. All members share one compiled network, so eight
# fits cost little more than their epochs.

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
# Soft voting
# -----------
# `voting="soft"` averages the probabilities, so confident members have more influence.
# The members differ only in their seed.

N_MEMBERS = 8
vote = VotingClassifier(
    [(f"seed {seed}", make_network(seed)) for seed in range(N_MEMBERS)],
    voting="soft",
)
start = time.perf_counter()
vote.fit(X_train, y_train)
print(f"{N_MEMBERS} fits in {time.perf_counter() - start:.1f} s")

alone = [error(member) for member in vote.estimators_]
print(
    f"single members: {np.mean(alone):.2%} wrong on average, {min(alone):.2%} at best"
)
print(f"ensemble of all: {error(vote):.2%} wrong")

# %%
# How many members are needed? The probabilities of the members are enough to evaluate
# any group of them without another fit. For each size, the figure shows many random
# groups.

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
ax.fill_between(sizes, low, high, color="#56B4E9", alpha=0.35, label="80 % of groups")
ax.plot(sizes, middle, "o-", color="#0072B2", linewidth=2.5, label="median")
ax.plot(
    np.full(N_MEMBERS, 1.0),
    alone,
    "_",
    color="#D55E00",
    markersize=14,
    label="single members",
)
ax.set(xlabel="members of the ensemble", ylabel="error on test digits", ylim=(0, None))
ax.yaxis.set_major_formatter("{x:.1%}")
ax.legend(frameon=False, loc="upper right")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# The band holds eight in ten of the groups. Two or three members bring most of the
# improvement: errors of single members disappear, and errors common to all remain. The
# band becomes narrower too, so the result depends less on the seed. There is only one
# group of eight.
#
# Disagreement
# ------------
# Digits on which the members disagree are hard. These have the lowest mean probability
# of the predicted label.

from skdigits.display import DigitGridDisplay

mean = proba.mean(axis=0)
doubtful = np.argsort(mean.max(axis=1))[:20]
DigitGridDisplay.from_predictions(
    X_test[doubtful], y_test[doubtful], mean[doubtful], n_columns=10
)
plt.show()

# %%
# The label below each digit is that of the ensemble; the number is the mean of its
# members' probabilities.
#
# Bagging and mixed members
# -------------------------
# `BaggingClassifier` trains each member on a random sample, here of four fifths of the
# digits, so that each member loses little. `VotingClassifier` can combine different
# classifiers: two networks, a support vector machine and a forest. `SVC` predicts no
# probabilities here, so this vote is a "hard" one, which counts labels.

bagging = BaggingClassifier(
    make_network(), n_estimators=4, max_samples=0.8, bootstrap=False, random_state=0
)
mixed = VotingClassifier(
    [
        ("network 0", make_network(0)),
        ("network 1", make_network(1)),
        ("svc", SVC(C=10)),
        ("forest", RandomForestClassifier(200, random_state=0)),
    ],
    voting="hard",
)
support_vectors, forest = SVC(C=10), RandomForestClassifier(200, random_state=0)
for classifier in (bagging, mixed, support_vectors, forest):
    classifier.fit(X_train, y_train)

four = proba[:4].mean(axis=0).argmax(axis=1) != y_test
results = {
    "SVC": error(support_vectors),
    "forest": error(forest),
    "one network (mean)": np.mean(alone),
    "mixed members, hard vote": error(mixed),
    "four networks, bagging": error(bagging),
    "four networks, soft vote": four.mean(),
    "eight networks, soft vote": error(vote),
}
for name, share in results.items():
    print(f"{name:>26}: {share:6.2%}")

# %%
# Single classifiers are orange; ensembles are blue and hatched.

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
# Ensembles of networks have the lowest errors. Members that are much weaker than the
# networks add errors of their own, so variety alone is not enough.
#
# Conclusion
# ----------
# An ensemble of three to five networks is a simple way to a lower error. It multiplies
# the time to fit and to predict by the number of members. Tune a single network first;
# that is cheaper.
