"""
=========================
What the network looks at
=========================

A network reads digits, but by what? This example asks it in four ways: which parts of
a digit an answer rests on, what the first layer responds to, which digits it confuses,
and how it arranges them in its last layer but one, where all it knows about an image
is in a row of numbers.
"""

# sphinx_gallery_thumbnail_number = 4

# %%
# A network to look into
# ----------------------
# The default network, on the digits that come with scikit-learn.

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
# What an answer rests on
# -----------------------
# Cover a part of the digit with paper, and ask again. Where the probability of the
# answer falls, the answer rested on what is covered. `SaliencyDisplay` does so at each
# place in turn. It shows the most where the network is not quite sure, so we take
# one of each digit that it reads correctly, but with the least confidence.

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
# Dark places decide. Mostly they lie where another digit would differ: on the stroke
# that would have to be there or to be missing. It is not always ink that is
# covered; blank paper inside a loop or beside an opening counts as well, when a patch
# there cuts the strokes around it.
#
# What the first layer responds to
# --------------------------------
# `model_` is an ordinary Keras model: first the layer that scales the pixels, then the
# network itself, last the division by `temperature`. The kernels of its first
# convolution are 5 x 5 pixels each. They are drawn with a scale symmetric around zero:
# orange adds, purple subtracts.

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
# One may look for strokes in them, and find few: in so short a training they keep much
# of the random numbers they started from. What they do shows better in what they make
# of a digit. Each kernel is laid over every place of the image:

responses = keras.Model(network.input, convolution.output)
five = X_test[chosen[5]].reshape(1, 28, 28, 1).astype("float32")
maps = np.asarray(responses(rescale(five)))[0].transpose(2, 0, 1)

fig, axes = plt.subplots(2, 8, figsize=(8, 2.3), layout="constrained")
highest = np.abs(maps).max()
for ax, response in zip(axes.flat, maps, strict=True):
    ax.imshow(response, cmap="PuOr_r", vmin=-highest, vmax=highest)
    ax.set(xticks=[], yticks=[])
fig.suptitle("A five, as each of the kernels above sees it", fontsize=10)
plt.show()

# %%
# Where a five has one colour all over, the kernel responds to ink of any direction.
# Where it is orange on one side and purple on the other, the kernel responds to edges,
# and tells where a stroke begins and ends. The next layers compose corners and arcs of
# these.
#
# The last layer but one
# ----------------------
# In front of the ten outputs the network describes each image by a row of numbers. Two
# digits with similar rows are similar to the network. t-SNE lays the rows out on a
# plane so that neighbours stay neighbours; PCA comes first, to fifty dimensions.

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
    *plane[~is_right].T, s=130, facecolor="none", edgecolor="black", label="misread"
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
# Each digit has an island of its own, or two, though no label went into this map; the
# network has taken the images apart so far that drawing borders is easy. What it
# misreads (in rings) lies at a coast, or on the wrong island. How far islands are apart
# means little in such a map; what lies on the same one does.
#
# The pairs it confuses
# ---------------------
# Errors are few, so we ask for doubts: for each digit, how much probability goes to
# each other one, on average over the test digits.

doubt = np.array([proba[y_test == digit].mean(axis=0) for digit in range(10)])
np.fill_diagonal(doubt, 0)
mistakes = confusion_matrix(y_test, proba.argmax(axis=1))
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
        f"{true} as {other}: {mistakes[true, other]} times, "
        f"mean probability {doubt[true, other]:.4f}"
    )
plt.show()

# %%
# Each row shows the digits nearest to being taken for another, and the probability of
# that other digit below. A person would hesitate at many of the first ones, too.
#
# Conclusion
# ----------
# None of these views needs more than `predict_proba` and `model_`. Look at them before
# you trust a network with something new: one that rests its answers on the wrong
# places, on a stain in the corner, say, gives itself away here.
