"""
=========================
What the network looks at
=========================

This example looks into a trained network in four ways: the parts of a digit that a
prediction depends on, the responses of the first layer, the representation in the last
hidden layer, and the pairs of digits that it confuses.
"""

# sphinx_gallery_thumbnail_number = 4

# %%
# Train a network
# ---------------
# The default network is trained on the digits that come with scikit-learn.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split

from skdigits import CNNDigitClassifier
from skdigits.datasets import load_digits28

X, y = load_digits28(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.5, stratify=y, random_state=0
)
classifier = CNNDigitClassifier(epochs=6, random_state=0).fit(X_train, y_train)
print(f"test accuracy: {classifier.score(X_test, y_test):.4f}")

# %%
# Parts of a digit that matter
# ----------------------------
# `SaliencyDisplay` covers each part of a digit with background and predicts it again.
# The prediction depends on the parts where its probability falls. The effect is largest
# for a low confidence, so the figure shows the correctly predicted test digit of lowest
# confidence for each class.

from skdigits.display import SaliencyDisplay

proba = classifier.predict_proba(X_test)
is_right = proba.argmax(axis=1) == y_test
chosen = []
for digit in range(10):
    right = np.flatnonzero(is_right & (y_test == digit))
    chosen.append(right[proba[right, digit].argmin()])
SaliencyDisplay.from_estimator(classifier, X_test[chosen], n_columns=5)
plt.show()

# %%
# Dark parts matter most. Most of them are where another digit would differ: on a stroke
# that must be there or must be missing. Empty parts inside a loop or beside an opening
# matter too if a patch there cuts the strokes around them.
#
# Responses of the first layer
# ----------------------------
# `model_` is a Keras model: a layer that scales the pixels, the network, and the
# division by `temperature`. The kernels of its first convolution have 5 x 5 pixels.
# Orange weights are positive, purple ones negative.

import keras

_, rescale, network, _ = classifier.model_.layers
convolution = next(
    layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)
)
kernels = convolution.get_weights()[0][:, :, 0].transpose(2, 0, 1)

fig, axes = plt.subplots(2, 8, figsize=(8, 2.3), layout="constrained")
highest = np.abs(kernels).max()
for ax, kernel in zip(axes.flat, kernels, strict=True):
    ax.imshow(kernel, cmap="PuOr_r", vmin=-highest, vmax=highest)
    ax.set(xticks=[], yticks=[])
plt.show()

# %%
# The kernels hardly look like strokes: after a short training, they still resemble
# their random initial values. Their responses to a digit show more:

responses = keras.Model(network.input, convolution.output)
five = X_test[chosen[5]].reshape(1, 28, 28, 1).astype("float32")
maps = np.asarray(responses(rescale(five)))[0].transpose(2, 0, 1)

fig, axes = plt.subplots(2, 8, figsize=(8, 2.3), layout="constrained")
highest = np.abs(maps).max()
for ax, response in zip(axes.flat, maps, strict=True):
    ax.imshow(response, cmap="PuOr_r", vmin=-highest, vmax=highest)
    ax.set(xticks=[], yticks=[])
fig.suptitle("Responses of these kernels to a five", fontsize=10)
plt.show()

# %%
# A kernel of one colour responds to strokes of any direction. A kernel that is orange
# on one side and purple on the other responds to edges. The next layers combine these
# into corners and arcs.
#
# Representation in the last hidden layer
# ---------------------------------------
# The layer before the ten outputs represents each image by a row of numbers, and
# similar rows mean digits that are similar to the network. t-SNE maps the rows to a
# plane and keeps neighbours together; PCA reduces them to fifty dimensions first.

embed = keras.Model(network.input, network.layers[-2].output)
images = X_test.reshape(-1, 28, 28, 1).astype("float32")
rows = np.asarray(embed(rescale(images))).reshape(len(X_test), -1)
print(f"{rows.shape[1]} numbers describe each of {rows.shape[0]} images")

rows = PCA(50, random_state=0).fit_transform(rows)
plane = TSNE(perplexity=20, max_iter=500, random_state=0).fit_transform(rows)

fig, ax = plt.subplots(figsize=(7, 6.4), layout="constrained")
colors = plt.get_cmap("tab10")
for digit in range(10):
    ax.scatter(*plane[y_test == digit].T, s=16, color=colors(digit), alpha=0.45)
ax.scatter(
    *plane[~is_right].T, s=130, facecolor="none", edgecolor="black", label="error"
)
for digit in range(10):
    x, height = np.median(plane[y_test == digit], axis=0)
    ax.text(
        x,
        height,
        str(digit),
        fontsize=20,
        weight="bold",
        ha="center",
        va="center",
        bbox={"boxstyle": "circle", "facecolor": "white", "edgecolor": colors(digit)},
    )
ax.legend(frameon=False, loc="upper right")
ax.set_axis_off()
plt.show()

# %%
# Each digit forms one or two clusters, although the map does not use the labels: the
# network has separated the classes. Errors (rings) are at the edge of a cluster or in a
# wrong one. Distances between clusters mean little in such a map.
#
# Pairs that are confused
# -----------------------
# Errors are few, so the example uses the probabilities: for each digit, the mean
# probability of each other digit over the test digits.

doubt = np.array([proba[y_test == digit].mean(axis=0) for digit in range(10)])
np.fill_diagonal(doubt, 0)
errors = confusion_matrix(y_test, proba.argmax(axis=1))
order = np.argsort(doubt, axis=None)[::-1][:4]
pairs = np.transpose(np.unravel_index(order, doubt.shape))

fig, axes = plt.subplots(len(pairs), 9, figsize=(8.5, 4), layout="constrained")
for row, (true, other) in zip(axes, pairs, strict=True):
    candidates = np.flatnonzero(y_test == true)
    worst = candidates[np.argsort(proba[candidates, other])[::-1][: len(row)]]
    for ax, i in zip(row, worst, strict=True):
        ax.imshow(X_test[i].reshape(28, 28), cmap="gray_r")
        ax.set(xticks=[], yticks=[])
        ax.set_xlabel(f"{proba[i, other]:.0%}", fontsize=8)
    row[0].set_ylabel(f"{true} as {other}", fontsize=10)
    print(
        f"{true} as {other}: {errors[true, other]} times, "
        f"mean probability {doubt[true, other]:.4f}"
    )
plt.show()

# %%
# Each row shows the digits with the highest probability of the other label, which is
# printed below. Many of the first ones are ambiguous for people too.
#
# Conclusion
# ----------
# These views need only `predict_proba` and `model_`. Use them before applying a network
# to new data: they reveal predictions that depend on the wrong parts, such as a stain
# in the corner.
