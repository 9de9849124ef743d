"""
==============================================
Augmentation and the number of training digits
==============================================

`CNNDigitClassifier` is trained on randomly distorted copies of the digits. This example
trains with and without distortion on 50 to 400 digits, and measures how many labelled
digits the distortion replaces.
"""

# sphinx_gallery_thumbnail_number = 2

# %%
# Data
# ----
# The digits are those of MNIST if its files are on disk. They were written by hundreds
# of people, so their shapes vary much. Otherwise the example uses the digits that come
# with scikit-learn, which are easier. The first line printed names the data set.

import matplotlib.pyplot as plt
import numpy as np
from skimage.transform import AffineTransform, warp
from sklearn.model_selection import train_test_split

from skdigits import CNNDigitClassifier
from skdigits.datasets import fetch_mnist, load_digits28
from skdigits.exceptions import DownloadError

try:
    X, y = fetch_mnist("train", return_X_y=True, download_if_missing=False)
    source, n_test = "MNIST", 3000
except DownloadError:
    X, y = load_digits28(return_X_y=True)
    source, n_test = "scikit-learn's digits", 997
X_pool, X_test, y_pool, y_test = train_test_split(
    X, y, train_size=400, test_size=n_test, stratify=y, random_state=0
)
print(f"{source}: up to {len(y_pool)} training digits, {len(y_test)} test digits")

# %%
# Random distortion
# -----------------
# The distortion is part of the compiled training step, so it costs little time. It is
# drawn anew in every epoch. The figure shows similar distortions made with
# scikit-image: rotations of up to 12 degrees, shear, scaling and shifts. The first
# column holds the original digits.

rng = np.random.default_rng(0)


def distort(image):
    """Randomly rotate, shear, scale and shift an image around its centre."""
    to_center = AffineTransform(translation=(-13.5, -13.5))
    change = AffineTransform(
        rotation=np.deg2rad(rng.uniform(-12, 12)),
        shear=rng.uniform(-0.2, 0.2),
        scale=rng.uniform(0.9, 1.1),
        translation=rng.uniform(-2, 2, size=2),
    )
    back = AffineTransform(translation=(13.5, 13.5))
    return warp(image, (to_center + change + back).inverse)


fig, axes = plt.subplots(4, 10, figsize=(9, 3.8), layout="constrained")
for row, digit in zip(axes, [2, 4, 7, 8], strict=True):
    image = X_pool[y_pool == digit][0].reshape(28, 28) / 255
    for ax, copy in zip(row, [image, *[distort(image) for _ in range(9)]], strict=True):
        ax.imshow(copy, cmap="gray_r")
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_color("0.8")
    row[0].spines[:].set(color="#D55E00", linewidth=2)
plt.show()

# %%
# The distortions are small enough to keep the label: a 6 does not become a 9, and a
# sheared 7 does not become a 1.
#
# From 50 to 400 digits
# ---------------------
# Two networks are trained on the same digits, one with distortion and one without. The
# smaller training sets are subsets of the larger ones.

sizes = [50, 100, 200, 400]
errors = {"affine": [], None: []}
for augmentation, curve in errors.items():
    for size in sizes:
        classifier = CNNDigitClassifier(
            filters=(16, 32, 64), augmentation=augmentation, random_state=0
        )
        classifier.fit(X_pool[:size], y_pool[:size])
        curve.append(1 - classifier.score(X_test, y_test))
        print(f"{size:>4} digits, {augmentation!s:>6}: {curve[-1]:6.2%} wrong")

# %%
# Both axes are logarithmic, so equal ratios have equal distances.

fig, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
styles = {
    "affine": {"color": "#0072B2", "marker": "o", "label": "with random distortion"},
    None: {
        "color": "#D55E00",
        "marker": "s",
        "ls": "--",
        "label": "without distortion",
    },
}
for augmentation, curve in errors.items():
    ax.loglog(sizes, 100 * np.array(curve), linewidth=2, **styles[augmentation])
ax.set_xticks(sizes, sizes)
ax.minorticks_off()
ticks = [tick for tick in (1, 2, 5, 10, 20) if tick < 100 * max(errors[None])]
ax.set_yticks(ticks, [f"{tick:g} %" for tick in ticks])
ax.set(xlabel="training digits", ylabel=f"error on {len(y_test)} test digits")
ax.grid(alpha=0.3)
ax.legend(frameon=False, loc="upper right")
ax.spines[["top", "right"]].set_visible(False)
ax.set_title(source, fontsize=10)
plt.show()

# %%
# The network trained with distortion has a lower error at each size. For the error that
# it reaches, the curve of the other network gives the number of digits that would be
# needed without distortion:

with_distortion, without = (np.log(errors[kind]) for kind in ("affine", None))
for size, error in zip(sizes, with_distortion, strict=True):
    if without.min() < error < without.max():
        worth = np.exp(np.interp(-error, -without, np.log(sizes)))
        print(f"{size:>4} digits with distortion replace {worth:.0f} without")

# %%
# Errors after 50 training digits
# -------------------------------
# These are errors of a network trained on about five digits of each class:

from skdigits.display import DigitGridDisplay

few = CNNDigitClassifier(filters=(16, 32, 64), random_state=0)
few.fit(X_pool[: sizes[0]], y_pool[: sizes[0]])
DigitGridDisplay.from_estimator(
    few, X_test, y_test, order="worst_first", max_images=20, n_columns=10
)
plt.show()

# %%
# Most of them have shapes that are missing in the training digits. Distortion does not
# turn a plain 7 into a crossed 7, or an open 4 into a closed 4. Such variants need
# digits of more writers.
#
# Conclusion
# ----------
# Keep the default distortion. Turn it off with `augmentation=None` for images whose
# position and slant carry information.
