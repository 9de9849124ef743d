"""
========================
Class and sample weights
========================

A rare class has little influence on the training, and wrong labels mislead it. Weights
in the loss help in both cases: `class_weight` for rare classes, `sample_weight` for
labels of varying quality. This example creates both problems and shows the effect of
the weights.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# Rare classes
# ------------
# Half of the digits that come with scikit-learn are test digits. Most of the eights and
# nines are removed from the others.

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
# The first fit weights all digits equally. In the second, `class_weight="balanced"`
# gives each class the same total weight. A dictionary, such as `{8: 5.0}`, sets the
# weights explicitly. The fits are short: in a longer training the network fits the rare
# digits anyway, and weights have less effect.

settings = {"filters": (16, 32), "random_state": 0}
recalls = {}
for class_weight in (None, "balanced"):
    classifier = CNNDigitClassifier(**settings, epochs=2, class_weight=class_weight)
    classifier.fit(X_train[kept], y_train[kept])
    predicted = classifier.predict(X_test)
    recalls[class_weight] = recall_score(y_test, predicted, average=None)
    found = recalls[class_weight]
    print(
        f"class_weight={class_weight!r}: recall of rare digits "
        f"{found[RARE].mean():.1%}, of the others {np.delete(found, RARE).mean():.1%}"
    )

# %%
# The lines connect the recall of each digit (the share that is recognised) without and
# with weights:

fig, ax = plt.subplots(figsize=(7, 3.8), layout="constrained")
digits = np.arange(10)
before, after = recalls[None], recalls["balanced"]
ax.vlines(digits, before, after, color="0.5", linewidth=2)
ax.plot(digits, before, "s", color="#D55E00", markersize=8, label="equal weights")
ax.plot(digits, after, "o", color="#0072B2", markersize=8, label="balanced weights")
ax.set_xticks(digits, [f"{d}\nrare" if d in RARE else str(d) for d in digits])
ax.set(ylabel="recall on test digits", ylim=(0, 1.04))
ax.legend(frameon=False, loc="lower left")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# The recall of the rare digits rises much, and that of some frequent digits falls a
# little. With equal weights, the loss is low even if the network seldom predicts 8 or
# 9; with balanced weights, all classes matter equally. Weights cannot replace shapes of
# eights that are missing in the training digits.
#
# Labels of different quality
# ---------------------------
# In this part all classes are complete, but the labels come from two annotators. One is
# careful. Many labels of the other, hasty one are wrong.

rng = np.random.default_rng(0)
hasty = rng.random(len(y_train)) < 0.6  # labels of the hasty annotator
labels = y_train.copy()
is_error = hasty & (rng.random(len(labels)) < 0.5)
labels[is_error] = (labels[is_error] + rng.integers(1, 10, size=is_error.sum())) % 10
print(f"{hasty.sum()} labels of the hasty annotator, {is_error.sum()} of them wrong")
print(f"{(~hasty).sum()} labels of the careful annotator, none of them wrong")

# %%
# `sample_weight` sets the weight of each digit. A weight of 0 removes the digit. Only
# the ratio of the weights matters.

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
# The hatched bar is the lowest error. The error is highest with full weight, and falls
# as soon as the weight is reduced. Whether a low weight or 0 is best depends on the
# share of wrong labels and on the number of careful ones. Differences between the low
# weights are within the variation of random splits.
#
# Find the wrong labels
# ---------------------
# A network that is trained on the careful labels can check the others: a label with a
# low probability is probably wrong. The labels are sorted by this probability.

from skdigits.display import DigitGridDisplay

classifier = CNNDigitClassifier(**settings, epochs=6)
classifier.fit(X_train[~hasty], y_train[~hasty])
proba = classifier.predict_proba(X_train[hasty])
given = proba[np.arange(hasty.sum()), labels[hasty]]
suspects = np.argsort(given)[: is_error.sum()]
found = is_error[hasty][suspects].mean()
print(f"of the {len(suspects)} least probable labels, {found:.1%} are wrong")

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
# In this figure, the label after "not" is the given one, which is wrong.
#
# Conclusion
# ----------
# `class_weight` sets the cost of errors of each class, and `sample_weight` the weight
# of each label; the two are multiplied. Both work in a `Pipeline` and in a search.
# There, `set_fit_request(sample_weight=True)` routes `sample_weight` to the classifier.
