"""
===================================================
Incremental learning and adaptation to a new writer
===================================================

`partial_fit` trains on one batch of digits at a time and does not need the earlier ones
again. It can also adapt a trained network to a new writer with a few dozen examples.
This example does both, and measures how much the network forgets when it adapts.
"""

# sphinx_gallery_thumbnail_number = 3

# %%
# A stream of digits
# ------------------
# The digits that come with scikit-learn arrive in batches of 60. The network predicts
# each batch before it learns its labels, so each digit serves as a test digit once. The
# first call of `partial_fit` names all classes, because a batch may lack some.

import copy

import matplotlib.pyplot as plt
import numpy as np
from skimage.transform import AffineTransform, warp
from sklearn.model_selection import train_test_split

from skdigits import CNNDigitClassifier, DigitPreprocessor
from skdigits.datasets import load_digits28

X, y = load_digits28(return_X_y=True)
X_stream, X_test, y_stream, y_test = train_test_split(
    X, y, test_size=0.3, stratify=y, random_state=0
)
BATCH = 60
online = CNNDigitClassifier(
    filters=(16, 32, 64), schedule="constant", learning_rate=0.004, random_state=0
)
starts = range(0, len(X_stream), BATCH)
hits = []
for start in starts:
    X_batch, y_batch = X_stream[start : start + BATCH], y_stream[start : start + BATCH]
    if start:
        hits.append((online.predict(X_batch) == y_batch).mean())
    online.partial_fit(X_batch, y_batch, classes=np.arange(10))
print(f"{len(starts)} batches; test accuracy after the last: ", end="")
print(f"{online.score(X_test, y_test):.4f}")

fig, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
seen = np.array(starts[1:])
ax.plot(seen, hits, "o", color="#56B4E9", markeredgecolor="0.3", label="one batch")
smooth = np.convolve(hits, np.ones(5) / 5, mode="valid")
ax.plot(seen[4:], smooth, color="#0072B2", linewidth=2.5, label="mean of five batches")
ax.set(xlabel="digits learned so far", ylabel="accuracy on the next batch")
ax.legend(frameon=False, loc="lower right")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# Each dot is the accuracy on a batch before it was learned. The accuracy rises fast
# over the first few hundred digits and then slowly. Each digit was used for training
# once.
#
# A new writer
# ------------
# The new writer's digits lean far to the left. They are made from the test digits by a
# shear, and framed by `DigitPreprocessor`. Half of them are for training, half are for
# the test.


def lean(rows):
    """Shear digits to the left and frame them again."""
    shear = AffineTransform([[1, -0.9, 0.9 * 13.5], [0, 1, 0], [0, 0, 1]])
    wide = np.pad(rows.reshape(-1, 28, 28), ((0, 0), (0, 0), (10, 10)))
    move = AffineTransform(translation=(10, 0))
    whole = move.inverse + shear + move
    leaning = [warp(image / 255, whole) for image in wide]
    return DigitPreprocessor().transform(np.stack(leaning))


X_new, X_new_test, y_new, y_new_test = train_test_split(
    lean(X_test), y_test, test_size=0.5, stratify=y_test, random_state=0
)
fig, axes = plt.subplots(2, 10, figsize=(9, 2), layout="constrained")
for row, images, labels in zip(axes, (X_stream, X_new), (y_stream, y_new), strict=True):
    for digit, ax in enumerate(row):
        ax.imshow(images[labels == digit][0].reshape(28, 28), cmap="gray_r")
        ax.set_axis_off()
plt.show()

# %%
# The upper row shows digits of the stream, the lower row those of the new writer.
#
# Adaptation
# ----------
# A network is trained on the whole stream. A copy of it learns twenty digits of the new
# writer at a time, with two calls of `partial_fit` for each twenty. After each step, it
# is tested on the new writer and on the previous writers.

known = CNNDigitClassifier(filters=(16, 32, 64), epochs=6, random_state=0)
known.fit(X_stream, y_stream)
STEP, N_STEPS = 20, 8
rng = np.random.default_rng(0)


def adapt(n_old):
    """Learn the new writer, with `n_old` previous digits mixed into each step."""
    classifier = copy.deepcopy(known)
    errors = [measure(classifier)]
    for step in range(N_STEPS):
        chosen = slice(step * STEP, (step + 1) * STEP)
        old = rng.choice(len(X_stream), size=n_old, replace=False)
        X_step = np.concatenate([X_new[chosen], X_stream[old]])
        y_step = np.concatenate([y_new[chosen], y_stream[old]])
        for _ in range(2):
            classifier.partial_fit(X_step, y_step)
        errors.append(measure(classifier))
    return np.array(errors)


def measure(classifier):
    """Return the errors on the new and on the previous writers."""
    return (
        1 - classifier.score(X_new_test, y_new_test),
        1 - classifier.score(X_test, y_test),
    )


courses = {"new digits only": adapt(0), "old digits mixed in": adapt(2 * STEP)}
for name, errors in courses.items():
    print(f"{name}:")
    for moment, (new, old) in {"before": errors[0], "after": errors[-1]}.items():
        print(f"{moment:>10}: error {new:6.1%} on new, {old:5.1%} on previous writers")

# %%
# Both courses are drawn on the same axes:

fig, axes = plt.subplots(1, 2, figsize=(8, 4.4), sharey=True, layout="constrained")
learned = STEP * np.arange(N_STEPS + 1)
for ax, (name, errors) in zip(axes, courses.items(), strict=True):
    ax.plot(learned, errors[:, 0], "o-", color="#D55E00", label="new writer")
    ax.plot(learned, errors[:, 1], "s--", color="#0072B2", label="previous writers")
    ax.set(xlabel="digits of the new writer learned", title=name)
    ax.yaxis.set_major_formatter("{x:.0%}")
    ax.spines[["top", "right"]].set_visible(False)
axes[0].set_ylabel("error on test digits")
axes[0].legend(frameon=False, loc="upper right")
plt.show()

# %%
# Each step reduces the error on the new writer, to a fraction of the initial error. If
# the network learns only the new digits, the error on the previous writers rises. It
# rises less if each step repeats some old digits, as on the right. A few hundred stored
# digits are enough for this.
#
# Conclusion
# ----------
# `partial_fit` makes one pass at a low learning rate and keeps the state of the
# optimizer between calls. Use it for streams and for adaptation. Store some old digits
# to mix in, and keep test digits of the previous writers to measure what is forgotten.
