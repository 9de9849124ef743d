"""
===========================================
Augmentation, and how many digits one needs
===========================================

A digit that is turned or shifted a little is the same digit. `CNNDigitClassifier`
knows, because it is trained on randomly distorted copies. How much is that worth?
This example trains with few digits and with more, with distortion and without, and
answers in a currency that everybody understands: labelled digits saved.
"""

# sphinx_gallery_thumbnail_number = 2

# %%
# Data
# ----
# Where the files of MNIST are on disk, its digits are used: hundreds of people wrote
# them, and many digits are needed to cover all their hands. Otherwise it is the digits
# that come with scikit-learn; they are easier. The first line printed says which.

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
print(f"{source}: up to {len(y_pool)} digits to train on, {len(y_test)} to test with")

# %%
# What distortion looks like
# --------------------------
# The distortion runs inside the compiled training step, where it costs next to
# nothing, and every epoch draws another one. To see its kind, we make some by hand:
# rotations by up to 12 degrees, shear, scale and shift. On the left stands the digit
# itself.

rng = np.random.default_rng(0)


def distort(image):
    """Rotate, shear, scale and shift an image around its centre, at random."""
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
# The digits remain what they are: no one is turned so far that a 6 would be a 9, or a 7
# with a shear a 1.
#
# From 50 to 400 digits
# ---------------------
# A network with distortion and one without, on the same digits each time. The
# smaller sets are parts of the larger ones.

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
# Both axes are logarithmic, so that "half the error" and "twice the digits" are the
# same distance everywhere.

fig, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
styles = {
    "affine": {"color": "#0072B2", "marker": "o", "label": "with random distortion"},
    None: {"color": "#D55E00", "marker": "s", "ls": "--", "label": "without"},
}
for augmentation, curve in errors.items():
    ax.loglog(sizes, 100 * np.array(curve), linewidth=2, **styles[augmentation])
ax.set_xticks(sizes, sizes)
ax.minorticks_off()
ticks = [tick for tick in (1, 2, 5, 10, 20) if tick < 100 * max(errors[None])]
ax.set_yticks(ticks, [f"{tick:g} %" for tick in ticks])
ax.set(xlabel="digits to train on", ylabel=f"error on {len(y_test)} test digits")
ax.grid(alpha=0.3)
ax.legend(frameon=False, loc="upper right")
ax.spines[["top", "right"]].set_visible(False)
ax.set_title(source, fontsize=10)
plt.show()

# %%
# The network that saw distorted copies errs less with the same digits. Read the figure
# along a horizontal line, and it says how many labelled digits the distortion is worth:

with_distortion, without = (np.log(errors[kind]) for kind in ("affine", None))
for size, error in zip(sizes, with_distortion, strict=True):
    if without.min() < error < without.max():
        worth = np.exp(np.interp(-error, -without, np.log(sizes)))
        print(f"{size:>4} digits with distortion are as good as {worth:.0f} without")

# %%
# Fewer digits still
# ------------------
# What a network gets wrong when it has only seen about five of each digit:

from skdigits.display import DigitGridDisplay

few = CNNDigitClassifier(filters=(16, 32, 64), random_state=0)
few.fit(X_pool[: sizes[0]], y_pool[: sizes[0]])
DigitGridDisplay.from_estimator(
    few, X_test, y_test, order="worst_first", max_images=20, n_columns=10
)
plt.show()

# %%
# Most of them are ways of writing a digit that did not occur among the few, and no
# rotation makes a crossed 7 out of a plain one, or a closed 4 out of an open one. For
# these one needs more writers.
#
# Conclusion
# ----------
# Leave the distortion on; it is the default. Turn it off (`augmentation=None`) for
# images whose place and slant mean something, or to see what your data say by
# themselves.
