"""
=============================
The textbook CNN step by step
=============================

Nearly every course on deep learning builds this network: two convolutions with
pooling, a dense layer, dropout, and ten outputs. Here it is, as one of skdigits'
recipes, from the data to the last wrong prediction. At the end you know what each
layer is for, how to read the training curves, and where this network is beaten.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# Data
# ----
# Where the files of MNIST are on disk, we take 8,000 of its training digits and 2,000
# of its test digits; no writer is in both. Otherwise the digits that come with
# scikit-learn have to do: fewer, and easier. The first line printed says which.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split

from skdigits.datasets import fetch_mnist, load_digits28
from skdigits.exceptions import DownloadError

try:
    X_train, y_train = fetch_mnist("train", return_X_y=True, download_if_missing=False)
    X_test, y_test = fetch_mnist("test", return_X_y=True, download_if_missing=False)
    X_train, y_train = X_train[:8000], y_train[:8000]
    X_test, y_test = X_test[:2000], y_test[:2000]
    source, epochs = "MNIST", 5
except DownloadError:
    X, y = load_digits28(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=0.25, stratify=y, random_state=0
    )
    source, epochs = "scikit-learn's digits", 12

print(f"{source}: {len(y_train)} digits to train on, {len(y_test)} to test with")

# %%
# Ten of each, as the network sees them. An image is a row of 784 numbers from 0
# (paper) to 255 (ink).

fig, axes = plt.subplots(10, 10, figsize=(5, 5), layout="constrained")
for digit, row in enumerate(axes):
    for ax, image in zip(row, X_train[y_train == digit], strict=False):
        ax.imshow(image.reshape(28, 28), cmap="gray_r")
        ax.set_axis_off()
fig.suptitle(f"Ten of each digit, from {source}", fontsize=10)
plt.show()

# %%
# Network
# -------
# A recipe is a plain dictionary of constructor parameters. This one is what the books
# agree on: 32 and then 64 kernels of 3 x 3 pixels, max-pooling after each, 128 dense
# units, half of them dropped in each step, and Adam at a constant rate.

from skdigits import RECIPES, CNNDigitClassifier

for name, value in RECIPES["textbook"].items():
    print(f"{name:>14} = {value!r}")

# %%
# Training
# --------
# The books train for 12 epochs; on MNIST five will do to see the course of it. The
# test digits are passed as validation data, so that each epoch is measured on them. (We
# choose nothing by them. To stop early or to compare settings, set aside digits of the
# training data instead.)

classifier = CNNDigitClassifier(
    **RECIPES["textbook"] | {"epochs": epochs}, random_state=0
)
classifier.fit(X_train, y_train, X_val=X_test, y_val=y_test)
print(f"test accuracy after {epochs} epochs: {classifier.score(X_test, y_test):.4f}")

# %%
# What has been trained is an ordinary Keras model. The convolutions look for strokes
# and corners, and pooling keeps the strongest response of four neighbours, so that a
# stroke may lie a pixel further left. Most of the weights are not there but in the
# first dense layer, which weighs every place in the image separately.

network = classifier.model_.layers[-1]  # after the layer that scales the pixels
for layer in network.layers:
    shape = " x ".join(str(n) for n in layer.output.shape[1:])
    print(f"{type(layer).__name__:>14}  {shape:>12}  {layer.count_params():>7} weights")

# %%
# In the curves, the validation digits do *better* than the training digits at first.
# That is no mistake: training is measured with half of the dense units dropped, and
# while the epoch is still under way; validation with all of them, at its end. When the
# training curve passes the validation curve for good, further epochs only learn the
# training digits by heart.

from skdigits.display import TrainingHistoryDisplay

TrainingHistoryDisplay.from_estimator(classifier)
plt.show()

# %%
# Predictions
# -----------
# The confusion matrix counts which digit was taken for which. With hits left out, the
# mistakes stand out.

from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix

predicted = classifier.predict(X_test)
mistakes = confusion_matrix(y_test, predicted)
np.fill_diagonal(mistakes, 0)
display = ConfusionMatrixDisplay(mistakes)
display.plot(cmap="Blues", colorbar=False)
display.ax_.set_title(f"{mistakes.sum()} mistakes in {len(y_test)} digits")
plt.show()

# %%
# And these are the digits behind the counts, the least plausible first. Some lack a
# piece of stroke, some are ambiguous, and some one would think easy: those are where
# a better network finds its gain.

from skdigits.display import DigitGridDisplay

DigitGridDisplay.from_estimator(
    classifier,
    X_test,
    y_test,
    order="worst_first",
    max_images=30,
    n_columns=10,
)
plt.show()

# %%
# One image, all answers
# ----------------------
# The network answers with ten probabilities. For the digit that it is least sure of
# they show what it wavers between; for the one it is surest of, all but one are next to
# zero. The hatched bar is the true label.

proba = classifier.predict_proba(X_test)
sureness = proba.max(axis=1)
fig, axes = plt.subplots(2, 2, figsize=(7, 3.6), width_ratios=[1, 3])
fig.set_layout_engine("constrained")
cases = [("least sure", sureness.argmin()), ("surest", sureness.argmax())]
for (image_ax, bar_ax), (name, i) in zip(axes, cases, strict=True):
    image_ax.imshow(X_test[i].reshape(28, 28), cmap="gray_r")
    image_ax.set_title(f"{name}: a {y_test[i]}")
    image_ax.set_axis_off()
    bars = bar_ax.bar(range(10), proba[i], color="#56B4E9", edgecolor="0.3")
    bars[y_test[i]].set(facecolor="#0072B2", hatch="///", edgecolor="white")
    bar_ax.set(xticks=range(10), ylim=(0, 1.05), ylabel="probability")
    bar_ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# Conclusion
# ----------
# The textbook network is short, and good. Batch normalisation, a learning rate that
# rises and falls, random distortion and softer targets buy a lower error for the same
# time; the defaults of `CNNDigitClassifier` have them all.
