"""
=============================
The textbook CNN step by step
=============================

Many deep learning courses build this network: two convolutions with pooling, a dense
layer, dropout and ten outputs. skdigits has it as a recipe. This example explains its
layers, its training curves and its errors.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# Data
# ----
# If the files of MNIST are on disk, the example uses 8,000 training digits and 2,000
# test digits, which have no common writers. Otherwise it uses the digits that come with
# scikit-learn, which are fewer and easier. The first line printed names the data set.

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

print(f"{source}: {len(y_train)} training digits, {len(y_test)} test digits")

# %%
# These are ten images of each digit. An image is a row of 784 numbers from 0
# (background) to 255 (stroke).

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
# A recipe is a dictionary of constructor parameters. This one has 32 and 64 kernels of
# 3 x 3 pixels, each followed by max-pooling, a dense layer of 128 units, dropout of
# half of them, and Adam at a constant learning rate.

from skdigits import RECIPES, CNNDigitClassifier

for name, value in RECIPES["textbook"].items():
    print(f"{name:>14} = {value!r}")

# %%
# Training
# --------
# Most textbooks train for 12 epochs; on MNIST, five show the course of the training.
# The test digits serve as validation data, so the accuracy on them is measured after
# each epoch. They are not used to choose anything. For early stopping or for comparing
# settings, set aside some of the training digits instead.

classifier = CNNDigitClassifier(
    **RECIPES["textbook"] | {"epochs": epochs}, random_state=0
)
classifier.fit(X_train, y_train, X_val=X_test, y_val=y_test)
print(f"test accuracy after {epochs} epochs: {classifier.score(X_test, y_test):.4f}")

# %%
# The result is an ordinary Keras model. The convolutions detect strokes and corners,
# and pooling keeps the strongest response of four neighbours, which makes the network
# robust to small shifts. Most weights are in the first dense layer, which has a
# separate weight for each position in the image.

network = classifier.model_.layers[-1]  # after the layer that scales the pixels
for layer in network.layers:
    shape = " x ".join(str(n) for n in layer.output.shape[1:])
    print(f"{type(layer).__name__:>14}  {shape:>12}  {layer.count_params():>7} weights")

# %%
# At first, the validation digits have a *higher* accuracy than the training digits. The
# training accuracy is measured during the epoch with half of the dense units dropped,
# and the validation accuracy after it with all units. When the training curve stays
# above the validation curve, further epochs only lead to overfitting.

from skdigits.display import TrainingHistoryDisplay

TrainingHistoryDisplay.from_estimator(classifier)
plt.show()

# %%
# Predictions
# -----------
# The confusion matrix counts the errors for each pair of digits. Correct predictions
# are left out.

from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix

predicted = classifier.predict(X_test)
errors = confusion_matrix(y_test, predicted)
np.fill_diagonal(errors, 0)
display = ConfusionMatrixDisplay(errors)
display.plot(cmap="Blues", colorbar=False)
display.ax_.set_title(f"{errors.sum()} errors in {len(y_test)} digits")
plt.show()

# %%
# These are the digits whose true labels have the lowest probability. In some of them a
# part of a stroke is missing, and some are ambiguous. Others look easy; a better
# network reads those correctly.

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
# Probabilities of single images
# ------------------------------
# The network predicts ten probabilities. The figure shows them for the digits of the
# lowest and the highest confidence. The hatched bar is the true label.

proba = classifier.predict_proba(X_test)
confidence = proba.max(axis=1)
fig, axes = plt.subplots(2, 2, figsize=(7, 3.6), width_ratios=[1, 3])
fig.set_layout_engine("constrained")
cases = [("lowest", confidence.argmin()), ("highest", confidence.argmax())]
for (image_ax, bar_ax), (name, i) in zip(axes, cases, strict=True):
    image_ax.imshow(X_test[i].reshape(28, 28), cmap="gray_r")
    image_ax.set_title(f"{name}: {y_test[i]}")
    image_ax.set_axis_off()
    bars = bar_ax.bar(range(10), proba[i], color="#56B4E9", edgecolor="0.3")
    bars[y_test[i]].set(facecolor="#0072B2", hatch="///", edgecolor="white")
    bar_ax.set(xticks=range(10), ylim=(0, 1.05), ylabel="probability")
    bar_ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# Conclusion
# ----------
# The textbook network is short and accurate. Batch normalization, a learning rate that
# rises and falls, random distortion and label smoothing give a lower error in the same
# time. The defaults of `CNNDigitClassifier` include all of them.
