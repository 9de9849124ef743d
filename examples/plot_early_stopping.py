"""
==================================================
Early stopping, with validation data in a Pipeline
==================================================

How many epochs are enough? With early stopping the network finds out: it watches its
accuracy on digits it is not trained on, and stops when that no longer rises. This
example does it with validation digits set aside by the classifier, then with digits of
our own, and then inside a `Pipeline`, where the validation digits have to pass through
the steps before the classifier, too.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# Set aside by the classifier
# ---------------------------
# `early_stopping=True` takes a tenth of the training digits aside, with equally many
# of each class. `n_iter_no_change` epochs without an improvement end the fit, and the
# weights go back to the best epoch. A fit that may end at any time goes best with a
# constant learning rate; the cycle of the default schedule would be cut off in its
# middle. The digits are those that come with scikit-learn.

import matplotlib.pyplot as plt
import numpy as np
import sklearn
from sklearn.model_selection import train_test_split

from skdigits import CNNDigitClassifier
from skdigits.datasets import load_digits28
from skdigits.display import TrainingHistoryDisplay

X, y = load_digits28(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, train_size=900, stratify=y, random_state=0
)
settings = {
    "filters": (16, 32),
    "schedule": "constant",
    "learning_rate": 0.002,
    "label_smoothing": 0.0,
    "epochs": 40,
    "early_stopping": True,
    "n_iter_no_change": 4,
    "random_state": 0,
}
classifier = CNNDigitClassifier(**settings).fit(X_train, y_train)
print(f"stopped after {classifier.n_iter_} of {classifier.epochs} epochs")
print(f"best accuracy on the digits set aside: {classifier.best_validation_score_:.4f}")
print(f"test accuracy: {classifier.score(X_test, y_test):.4f}")

TrainingHistoryDisplay.from_estimator(classifier)
plt.show()

# %%
# The ring marks the epoch whose weights the classifier has kept; from then on the
# validation accuracy did not rise any more. (That it lies above the training accuracy
# is due to the distortion: only the training digits are distorted.)
#
# Validation digits of our own
# ----------------------------
# A tenth of 900 digits is few: the validation accuracy moves in steps of more than one
# per cent. And a random tenth has the same writers as the rest, which flatters. If
# there are digits of other writers, or more of them, hand them to `fit`; nothing is
# set aside then.

X_fit, X_val, y_fit, y_val = train_test_split(
    X_train, y_train, test_size=300, stratify=y_train, random_state=0
)
own = CNNDigitClassifier(**settings).fit(X_fit, y_fit, X_val=X_val, y_val=y_val)
print(f"stopped after {own.n_iter_} epochs; test accuracy ", end="")
print(f"{own.score(X_test, y_test):.4f}")

# %%
# In a pipeline
# -------------
# In a `Pipeline`, each step changes the digits before the classifier sees them. If the
# validation digits skipped those steps, the classifier would be validated on something
# it never gets. scikit-learn has an answer, in three parts: metadata routing is turned
# on; the classifier says which arguments of `fit` it wants (`set_fit_request`); and the
# pipeline is told which of them to send through its steps (`transform_input`).
#
# To have something to undo, take digits on dark grey paper that fill a corner only, as
# from a badly adjusted scanner.

from skdigits import DigitPreprocessor, make_digit_pipeline


def scan(rows):
    """Paste digits into the corner of larger pages, in dark ink on grey paper."""
    pages = np.full((len(rows), 48, 48), 140, dtype=np.uint8)
    ink = rows.reshape(-1, 28, 28) // 2
    pages[:, 18:46, 2:30] -= ink
    return pages


fig, axes = plt.subplots(2, 8, figsize=(8, 2.3), layout="constrained")
framed = DigitPreprocessor().transform(scan(X_val[:8])).reshape(-1, 28, 28)
for ax, page in zip(axes[0], scan(X_val[:8]), strict=True):
    ax.imshow(page, cmap="gray", vmin=0, vmax=255)
for ax, image in zip(axes[1], framed, strict=True):
    ax.imshow(image, cmap="gray", vmin=0, vmax=255)
for ax in axes.flat:
    ax.set_axis_off()
plt.show()

# %%
# Above, what the pipeline is given, for training and for validation alike; below, what
# its preprocessor hands to the classifier.

with sklearn.config_context(enable_metadata_routing=True):
    pipeline = make_digit_pipeline(**settings)
    pipeline.named_steps["classifier"].set_fit_request(X_val=True, y_val=True)
    pipeline.set_params(transform_input=["X_val"])
    pipeline.fit(scan(X_fit), y_fit, X_val=scan(X_val), y_val=y_val)

fitted = pipeline.named_steps["classifier"]
print(f"stopped after {fitted.n_iter_} epochs")
print(f"best validation accuracy, in the fit: {fitted.best_validation_score_:.4f}")
print(f"of the pipeline, after it:            {pipeline.score(scan(X_val), y_val):.4f}")

# %%
# The last two numbers agree: what was watched during the fit is what the whole
# pipeline scores afterwards, so the validation digits did pass the preprocessor,
# without our doing it by hand.
#
# All three
# ---------
# The digits of the pipeline are those of the second fit, only worse scanned. So the
# three curves of validation accuracy are alike, each on its own validation digits.

fits = {
    "a tenth set aside": classifier,
    "own validation digits": own,
    "own, through the pipeline": fitted,
}
fig, ax = plt.subplots(figsize=(7, 3.8), layout="constrained")
styles = zip(["#E69F00", "#0072B2", "#009E73"], ["o-", "s--", "^:"], strict=True)
for (name, fit), (color, line) in zip(fits.items(), styles, strict=True):
    scores = np.array(fit.validation_scores_)
    best = scores.argmax()
    epochs = np.arange(1, len(scores) + 1)
    ax.plot(epochs, scores, line, color=color, markersize=4, label=name)
    ax.plot(best + 1, scores[best], "o", color=color, markersize=12, fillstyle="none")
ax.set(xlabel="epoch", ylabel="validation accuracy", ylim=(0.8, 1.005))
ax.legend(frameon=False, loc="lower right")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# Each curve ends a few epochs after its ring. No fit came near the epochs it was
# allowed:

for name, fit in fits.items():
    best = int(np.argmax(fit.validation_scores_)) + 1
    print(f"{name:>26}: best epoch {best:>2}, stopped after {fit.n_iter_:>2}")

# %%
# Conclusion
# ----------
# Early stopping finds the number of epochs in one fit, where a search would need one
# for each. The price is the digits set aside, and a verdict on few of them is a coarse
# one. When the number of epochs is known beforehand, the default schedule, which ends
# with a learning rate of zero, makes more of them.
