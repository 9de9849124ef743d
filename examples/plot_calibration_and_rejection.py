"""
================================================
Calibration, and the right to say "I don't know"
================================================

A wrong digit on a cheque costs more than one that a human has to look at. A classifier
that knows when it does not know can leave those to the human, if its probabilities
mean what they say. This example checks whether they do, mends them where they do not,
and then trades coverage for errors.
"""

# sphinx_gallery_thumbnail_number = 2

# %%
# A classifier with something to doubt
# ------------------------------------
# Trained on few of the digits that come with scikit-learn, a network errs often enough
# to be studied. The other digits are in two halves, one to calibrate with and one for
# the test.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

from skdigits import CNNDigitClassifier
from skdigits.datasets import load_digits28

X, y = load_digits28(return_X_y=True)
X_train, X_rest, y_train, y_rest = train_test_split(
    X, y, train_size=120, stratify=y, random_state=0
)
X_calibration, X_test, y_calibration, y_test = train_test_split(
    X_rest, y_rest, test_size=0.6, stratify=y_rest, random_state=0
)
settings = {"filters": (16, 32), "learning_rate": 0.01, "random_state": 0}
plain = CNNDigitClassifier(**settings, augmentation=None, label_smoothing=0.0)
plain.set_params(epochs=30, schedule="constant", average=False, temperature=1.0)
plain.fit(X_train, y_train)
print(f"test accuracy: {plain.score(X_test, y_test):.4f}")

# %%
# These settings are on purpose those of many tutorials: no distortion, hard targets,
# a constant rate, many epochs. Such a network ends up sure of everything. The defaults
# are the second contestant. The third is the first one, calibrated: a single number,
# the temperature, by which all logits are divided, is fitted on digits not trained on.
# `FrozenEstimator` keeps `CalibratedClassifierCV` from training the network again.

default = CNNDigitClassifier(**settings | {"learning_rate": 0.02})
default.fit(X_train, y_train)
calibrated = CalibratedClassifierCV(FrozenEstimator(plain), method="temperature")
calibrated.fit(X_calibration, y_calibration)

contestants = {
    "hard targets": plain,
    "hard targets, calibrated": calibrated,
    "defaults": default,
}
for name, classifier in contestants.items():
    proba = classifier.predict_proba(X_test)
    print(
        f"{name:>26}: accuracy {classifier.score(X_test, y_test):.4f}, "
        f"mean confidence {proba.max(axis=1).mean():.4f}, "
        f"log loss {log_loss(y_test, proba):.3f}"
    )

# %%
# Dividing by a temperature changes no label, so the accuracy stays; what changes is how
# sure the answers are. The log loss, which punishes being sure of something wrong,
# shows it.
#
# Does 90 % mean 90 %?
# --------------------
# Of the answers given with a confidence around 0.9, nine in ten should be right.
# Sorted into bins of confidence, the share of right answers is compared with what was
# claimed; on the diagonal both are equal, and below it a network promises too much.

fig, axes = plt.subplots(1, 3, figsize=(10, 3.8), sharey=True, layout="constrained")
edges = np.array([0, 0.5, 0.7, 0.85, 0.95, 1.0])
for ax, (name, classifier) in zip(axes, contestants.items(), strict=True):
    proba = classifier.predict_proba(X_test)
    confidence = proba.max(axis=1)
    is_right = classifier.predict(X_test) == y_test
    bins = np.clip(np.digitize(confidence, edges) - 1, 0, len(edges) - 2)
    used = np.unique(bins)
    claimed = [confidence[bins == b].mean() for b in used]
    kept = [is_right[bins == b].mean() for b in used]
    counts = [int((bins == b).sum()) for b in used]
    ax.plot([0, 1], [0, 1], color="0.5", linestyle="--", linewidth=1)
    ax.plot(claimed, kept, "o-", color="#0072B2", markersize=7)
    for x, share, count in zip(claimed, kept, counts, strict=True):
        ax.annotate(
            str(count),
            (x, share),
            xytext=(6, -12),
            textcoords="offset points",
            fontsize=8,
            color="0.3",
        )
    gap = np.average(np.abs(np.subtract(claimed, kept)), weights=counts)
    ax.set(title=name, xlabel=f"confidence (mean gap {gap:.3f})")
    ax.set(xlim=(0.2, 1.03), ylim=(0, 1.05), aspect="equal")
axes[0].set_ylabel("share of right answers")
plt.show()

# %%
# The small numbers count the digits in each bin. The mean gap in the label of each axis
# is known as the expected calibration error. Hard targets leave most of the digits in
# the last bin and the few others below the diagonal; the temperature brings the points
# nearer to it. The defaults err less, and are rather too modest than too sure.
#
# Error against coverage
# ----------------------
# Now the classifier may decline. It answers where its confidence reaches a threshold;
# each threshold is a point of the curve, with the share of digits answered and the
# error among them. `ErrorCoverageDisplay` draws it.

from skdigits.display import ErrorCoverageDisplay

fig, ax = plt.subplots(figsize=(6.5, 4.2), layout="constrained")
for name in ("hard targets", "defaults"):
    ErrorCoverageDisplay.from_estimator(
        contestants[name], X_test, y_test, ax=ax, name=name
    )
plt.show()

# %%
# Going from right to left, the least sure answers are left out first, and the error
# falls: what the networks are unsure of is what they get wrong. (Calibration
# barely moves such a curve: it changes how sure the answers are far more than their
# order.)
#
# Choose a threshold
# ------------------
# Say one wrong digit in two hundred is acceptable. The digits set aside for
# calibration tell where to put the threshold; the test digits tell whether that holds.

TOLERATED = 0.005
confidence = default.predict_proba(X_calibration).max(axis=1)
is_wrong = default.predict(X_calibration) != y_calibration
order = np.argsort(-confidence)
error = np.cumsum(is_wrong[order]) / np.arange(1, len(order) + 1)
threshold = confidence[order][np.flatnonzero(error <= TOLERATED).max(initial=0)]

proba = default.predict_proba(X_test)
answered = proba.max(axis=1) >= threshold
is_wrong = default.predict(X_test) != y_test
print(f"answer where the confidence is at least {threshold:.3f}")
print(f"answered: {answered.mean():.1%} of the test digits")
print(
    f"wrong among these: {is_wrong[answered].mean():.2%} (all: {is_wrong.mean():.2%})"
)

# %%
# These digits it would have handed to a human, the most doubtful first. One finds the
# wrong ones among them, and right ones that it was better not to be sure of.

from skdigits.display import DigitGridDisplay

order = np.argsort(proba.max(axis=1))[:20]
DigitGridDisplay.from_predictions(
    X_test[order], y_test[order], proba[order], n_columns=10
)
plt.show()

# %%
# Conclusion
# ----------
# Ask for `predict_proba` rather than `predict` where a mistake costs more than a
# question; check on digits not trained on that the probabilities hold; choose the
# threshold on those digits, and report error and coverage together.
