"""
========================
Class and sample weights
========================

Not every digit counts the same. A rare class drowns among the frequent ones; labels of
a careless annotator mislead. Weights in the loss are the answer to both: `class_weight`
for the first, `sample_weight` for the second. This example spoils its digits in both
ways, and mends them.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# Rare classes
# ------------
# Half of the digits that come with scikit-learn are for the test. Of the others we keep
# all but most of the eights and nines.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import recall_score
from sklearn.model_selection import train_test_split

from skdigits import CNNDigitClassifier
from skdigits.datasets import load_digits28

X, y = load_digits28(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.5, stratify=y, random_state=0
)
RARE, N_KEPT = [8, 9], 8
kept = ~np.isin(y_train, RARE)
for digit in RARE:
    kept[np.flatnonzero(y_train == digit)[:N_KEPT]] = True
print("digits of each class:", np.bincount(y_train[kept]))

# %%
# One fit treats all digits alike. In the other, `class_weight="balanced"` gives each
# class the same total weight, so that one of the few eights counts as much as many
# zeros. A dictionary, such as `{8: 5.0}`, sets the weights by hand. The fits are short:
# the longer a network is trained, the more it learns the rare digits by heart, whatever
# their weight, and the less there is to mend.

settings = {"filters": (16, 32), "random_state": 0}
recalls = {}
for class_weight in (None, "balanced"):
    classifier = CNNDigitClassifier(**settings, epochs=2, class_weight=class_weight)
    classifier.fit(X_train[kept], y_train[kept])
    predicted = classifier.predict(X_test)
    recalls[class_weight] = recall_score(y_test, predicted, average=None)
    found = recalls[class_weight]
    print(
        f"class_weight={class_weight!r}: {found[RARE].mean():.1%} of the rare digits "
        f"found, {np.delete(found, RARE).mean():.1%} of the others"
    )

# %%
# For each digit a line leads from its recall (the share of it that is found) without
# weights to that with them:

fig, ax = plt.subplots(figsize=(7, 3.8), layout="constrained")
digits = np.arange(10)
before, after = recalls[None], recalls["balanced"]
ax.vlines(digits, before, after, color="0.5", linewidth=2)
ax.plot(digits, before, "s", color="#D55E00", markersize=8, label="all digits alike")
ax.plot(digits, after, "o", color="#0072B2", markersize=8, label="classes balanced")
ax.set_xticks(digits, [f"{d}\nrare" if d in RARE else str(d) for d in digits])
ax.set(ylabel="recall on test digits", ylim=(0, 1.04))
ax.legend(frameon=False, loc="lower left")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# The rare digits gain much, and some of the frequent ones lose a little: with equal
# weights the network does well by saying "8" or "9" too seldom; with balanced weights
# that is as costly as never saying "0". What weights cannot do is make up for the
# eights that were never seen.
#
# Labels one does not trust
# -------------------------
# Now all classes are there again, but two people labelled the digits. One is careful.
# The other was in a hurry, and a good part of those labels is wrong.

rng = np.random.default_rng(0)
hasty = rng.random(len(y_train)) < 0.6  # who labelled which
labels = y_train.copy()
slips = hasty & (rng.random(len(labels)) < 0.5)
labels[slips] = (labels[slips] + rng.integers(1, 10, size=slips.sum())) % 10
print(f"{hasty.sum()} labels by the hasty one, {slips.sum()} of them wrong")
print(f"{(~hasty).sum()} labels by the careful one, none of them wrong")

# %%
# How much should a hasty label count? At weight 1 as much as any, at 0 it is as if it
# were not there. `sample_weight` takes one number per digit; weights matter only
# relative to each other.

shares = [1.0, 0.5, 0.2, 0.1, 0.05, 0.0]
errors = []
for share in shares:
    classifier = CNNDigitClassifier(**settings, epochs=6)
    classifier.fit(X_train, labels, sample_weight=np.where(hasty, share, 1.0))
    errors.append(1 - classifier.score(X_test, y_test))
    print(f"weight {share:4.2f}: {errors[-1]:.1%} of the test digits wrong")

fig, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
places = np.arange(len(shares))
bars = ax.bar(places, errors, color="#56B4E9", edgecolor="0.2")
bars[int(np.argmin(errors))].set(facecolor="#0072B2", hatch="//", edgecolor="white")
ax.bar_label(bars, [f"{error:.1%}" for error in errors])
ax.set_xticks(places, [f"{share:g}" for share in shares])
ax.set(xlabel="weight of a hasty label", ylabel="error on test digits")
ax.yaxis.set_major_formatter("{x:.1%}")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# The hatched bar is the lowest. Trusting the hasty labels fully costs most, and turning
# their weight down helps at once. Whether it is best to turn them down or to leave them
# out depends on how many are wrong and how many good ones there are besides; the
# differences between low weights are within what another split would change.
#
# Find the wrong labels
# ---------------------
# The network that trusts the careful labels only can check the hasty ones: where it
# is sure of another label, a slip is likely. Sorting by the probability of the given
# label brings the slips to the front.

from skdigits.display import DigitGridDisplay

classifier = CNNDigitClassifier(**settings, epochs=6)
classifier.fit(X_train[~hasty], y_train[~hasty])
proba = classifier.predict_proba(X_train[hasty])
given = proba[np.arange(hasty.sum()), labels[hasty]]
suspects = np.argsort(given)[: slips.sum()]
found = slips[hasty][suspects].mean()
print(f"of the {len(suspects)} most suspicious labels, {found:.1%} are indeed slips")

DigitGridDisplay.from_predictions(
    X_train[hasty],
    labels[hasty],
    proba,
    order="worst_first",
    max_images=20,
    n_columns=10,
)
plt.show()

# %%
# Here "not" is followed by the label that was given, which is the mistake this time.
#
# Conclusion
# ----------
# `class_weight` says what a mistake costs, `sample_weight` how far a label is trusted;
# the two multiply. Both go through a `Pipeline` or a search: there, `sample_weight`
# is routed with `set_fit_request(sample_weight=True)`.
