"""
=========================
Calibration and rejection
=========================

If an error is expensive, a classifier can reject the digits with a low confidence and
leave them to a person. This needs probabilities that are well calibrated. The example
measures the calibration of a network, improves it, and shows how the error falls with
the share of digits that are rejected.
"""

# sphinx_gallery_thumbnail_number = 2

# %%
# Data and network
# ----------------
# The network is trained on 120 of the digits that come with scikit-learn, so that it
# makes enough errors to study. The other digits are split into a calibration set and a
# test set.

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
# These settings are those of many tutorials: no distortion, hard targets, a constant
# learning rate and many epochs. Such a network is overconfident. It is compared with
# the default settings, and with temperature scaling of the same network: all logits are
# divided by one number, the temperature, which is fitted on the calibration set.
# `FrozenEstimator` keeps `CalibratedClassifierCV` from training the network again.

default = CNNDigitClassifier(**settings | {"learning_rate": 0.02})
default.fit(X_train, y_train)
calibrated = CalibratedClassifierCV(FrozenEstimator(plain), method="temperature")
calibrated.fit(X_calibration, y_calibration)

classifiers = {
    "hard targets": plain,
    "hard targets, calibrated": calibrated,
    "defaults": default,
}
for name, classifier in classifiers.items():
    proba = classifier.predict_proba(X_test)
    print(
        f"{name:>26}: accuracy {classifier.score(X_test, y_test):.4f}, "
        f"mean confidence {proba.max(axis=1).mean():.4f}, "
        f"log loss {log_loss(y_test, proba):.3f}"
    )

# %%
# A temperature does not change the predicted labels, so the accuracy stays the same.
# The confidence changes. The log loss, which penalises confident errors, shows the
# improvement.
#
# Calibration curves
# ------------------
# About 90 % of the answers with a confidence of 0.9 should be right. The figure
# compares the mean confidence in each bin with the share of right answers. Both are
# equal on the diagonal; below it, the network is overconfident.

fig, axes = plt.subplots(1, 3, figsize=(10, 3.8), sharey=True, layout="constrained")
edges = np.array([0, 0.5, 0.7, 0.85, 0.95, 1.0])
for ax, (name, classifier) in zip(axes, classifiers.items(), strict=True):
    proba = classifier.predict_proba(X_test)
    confidence = proba.max(axis=1)
    is_right = classifier.predict(X_test) == y_test
    bins = np.clip(np.digitize(confidence, edges) - 1, 0, len(edges) - 2)
    used = np.unique(bins)
    confidences = [confidence[bins == b].mean() for b in used]
    accuracies = [is_right[bins == b].mean() for b in used]
    counts = [int((bins == b).sum()) for b in used]
    ax.plot([0, 1], [0, 1], color="0.5", linestyle="--", linewidth=1)
    ax.plot(confidences, accuracies, "o-", color="#0072B2", markersize=7)
    for x, share, count in zip(confidences, accuracies, counts, strict=True):
        ax.annotate(
            str(count),
            (x, share),
            xytext=(6, -12),
            textcoords="offset points",
            fontsize=8,
            color="0.3",
        )
    gap = np.average(np.abs(np.subtract(confidences, accuracies)), weights=counts)
    ax.set(title=name, xlabel=f"confidence (mean gap {gap:.3f})")
    ax.set(xlim=(0.2, 1.03), ylim=(0, 1.05), aspect="equal")
axes[0].set_ylabel("share of right answers")
plt.show()

# %%
# The small numbers count the digits of each bin. The mean gap below each axis is the
# expected calibration error. With hard targets, most digits are in the last bin, and
# the other bins lie below the diagonal. Temperature scaling brings the points closer to
# it. The default settings have a lower error and are rather underconfident.
#
# Error and coverage
# ------------------
# A classifier with a reject option answers only if its confidence reaches a threshold.
# Each threshold is a point of the curve: the share of digits answered, and the error
# among them. `ErrorCoverageDisplay` draws it.

from skdigits.display import ErrorCoverageDisplay

fig, ax = plt.subplots(figsize=(6.5, 4.2), layout="constrained")
for name in ("hard targets", "defaults"):
    ErrorCoverageDisplay.from_estimator(
        classifiers[name], X_test, y_test, ax=ax, name=name
    )
plt.show()

# %%
# Towards the left, the digits with the lowest confidence are rejected first and the
# error falls, because errors tend to have a low confidence. Calibration hardly changes
# this curve, since it hardly changes the order of the confidences.
#
# Choose a threshold
# ------------------
# Suppose an error of one in two hundred is acceptable. The calibration set gives the
# threshold, and the test set shows whether the error stays below this limit.

TOLERATED = 0.005
confidence = default.predict_proba(X_calibration).max(axis=1)
is_wrong = default.predict(X_calibration) != y_calibration
order = np.argsort(-confidence)
error = np.cumsum(is_wrong[order]) / np.arange(1, len(order) + 1)
threshold = confidence[order][np.flatnonzero(error <= TOLERATED).max(initial=0)]

proba = default.predict_proba(X_test)
answered = proba.max(axis=1) >= threshold
is_wrong = default.predict(X_test) != y_test
print(f"threshold on the confidence: {threshold:.3f}")
print(f"answered: {answered.mean():.1%} of the test digits")
print(
    f"error among these: {is_wrong[answered].mean():.2%} (all: {is_wrong.mean():.2%})"
)

# %%
# The error on the test digits may exceed the limit, because the threshold was chosen on
# few digits. These are the rejected test digits with the lowest confidence. Some of
# them were predicted wrongly, others correctly.

from skdigits.display import DigitGridDisplay

order = np.argsort(proba.max(axis=1))[:20]
DigitGridDisplay.from_predictions(
    X_test[order], y_test[order], proba[order], n_columns=10
)
plt.show()

# %%
# Conclusion
# ----------
# Use `predict_proba` if an error costs more than a rejection. Check the calibration on
# digits that were not used for training, choose the threshold on them, and report error
# and coverage together.
