"""
=================================================
Early stopping with validation data in a Pipeline
=================================================

With early stopping, the classifier measures its accuracy on validation digits after
each epoch, and stops when it no longer improves. This example uses validation digits
that the classifier sets aside, then digits that are passed to `fit`, and then a
`Pipeline`, in which the validation digits must pass through the earlier steps too.
"""

# sphinx_gallery_thumbnail_number = 3

# %%
# Validation digits set aside by the classifier
# ---------------------------------------------
# `early_stopping=True` sets a tenth of the training digits aside, stratified by class.
# The fit ends after `n_iter_no_change` epochs without improvement, and the weights of
# the best epoch are restored. A constant learning rate suits early stopping best; the
# default schedule would be cut off in the middle of its cycle. The digits are those
# that come with scikit-learn.

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
print(f"best validation accuracy: {classifier.best_validation_score_:.4f}")
print(f"test accuracy: {classifier.score(X_test, y_test):.4f}")

TrainingHistoryDisplay.from_estimator(classifier)
plt.show()

# %%
# The ring marks the best epoch, whose weights the classifier keeps. The training
# accuracy is lower because only the training digits are distorted.
#
# Validation digits passed to `fit`
# ---------------------------------
# A tenth of 900 digits is a small validation set: its accuracy changes in steps of more
# than one per cent. It also has the same writers as the training digits, so its
# accuracy is optimistic. If other validation digits are available, pass them to `fit`;
# nothing is set aside then.

X_fit, X_val, y_fit, y_val = train_test_split(
    X_train, y_train, test_size=300, stratify=y_train, random_state=0
)
own = CNNDigitClassifier(**settings).fit(X_fit, y_fit, X_val=X_val, y_val=y_val)
print(f"stopped after {own.n_iter_} epochs; test accuracy ", end="")
print(f"{own.score(X_test, y_test):.4f}")

# %%
# In a pipeline
# -------------
# In a `Pipeline`, the earlier steps transform the digits before the classifier. The
# validation digits must be transformed in the same way. This takes three steps in
# scikit-learn: enable metadata routing; declare the arguments of `fit` that the
# classifier requests (`set_fit_request`); and name those that the pipeline transforms
# (`transform_input`).
#
# For the demonstration, the digits are placed in a corner of larger pages, dark on
# grey, as from a badly adjusted scanner.

from skdigits import DigitPreprocessor, make_digit_pipeline


def scan(rows):
    """Paste digits into the corner of larger pages, dark on grey."""
    pages = np.full((len(rows), 48, 48), 140, dtype=np.uint8)
    pages[:, 18:46, 2:30] -= rows.reshape(-1, 28, 28) // 2
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
# The upper row shows the input of the pipeline, for training and validation alike. The
# lower row shows what its preprocessor passes to the classifier.

with sklearn.config_context(enable_metadata_routing=True):
    pipeline = make_digit_pipeline(**settings)
    pipeline.named_steps["classifier"].set_fit_request(X_val=True, y_val=True)
    pipeline.set_params(transform_input=["X_val"])
    pipeline.fit(scan(X_fit), y_fit, X_val=scan(X_val), y_val=y_val)

fitted = pipeline.named_steps["classifier"]
print(f"stopped after {fitted.n_iter_} epochs")
print(f"best validation accuracy in the fit:     {fitted.best_validation_score_:.4f}")
print(
    f"validation accuracy of the pipeline:    {pipeline.score(scan(X_val), y_val):.4f}"
)

# %%
# The last two numbers are equal: the score during the fit is that of the whole
# pipeline, so the validation digits passed through the preprocessor.
#
# Comparison
# ----------
# The pipeline was trained on the digits of the second fit, scanned badly. The three
# curves of the validation accuracy are similar, each on its own validation digits.

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
# Each curve ends a few epochs after its ring. All fits stopped long before the maximum
# number of epochs:

for name, fit in fits.items():
    best = int(np.argmax(fit.validation_scores_)) + 1
    print(f"{name:>26}: best epoch {best:>2}, stopped after {fit.n_iter_:>2}")

# %%
# Conclusion
# ----------
# Early stopping chooses the number of epochs in one fit, where a search would need one
# fit for each candidate. It needs validation digits, and a small validation set gives a
# rough choice. If the number of epochs is known, prefer the default schedule, whose
# learning rate falls to zero.
