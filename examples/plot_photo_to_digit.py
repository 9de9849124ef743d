"""
==============================
From a photo to 28 x 28 pixels
==============================

A network trained on MNIST fails on photos: the background is bright and unevenly lit,
and the digit is small and not centred. `DigitPreprocessor` converts a photo to the
framing of MNIST. This example shows its steps and measures the effect of each.
"""

# sphinx_gallery_thumbnail_number = 2

# %%
# Synthetic photos
# ----------------
# To have photos with known labels, the example renders the digits that come with
# scikit-learn: each is drawn in coloured ink at a random position of a textured page,
# lit from one side.

import matplotlib.pyplot as plt
import numpy as np
from skimage.filters import gaussian
from skimage.transform import resize
from sklearn.model_selection import train_test_split

from skdigits.datasets import load_digits28

INKS = [(25, 25, 30), (25, 45, 130), (150, 30, 40), (20, 95, 60)]
PAGE = (200, 160)


def photograph(digit, rng):
    """Render a photo of a digit (28 x 28) on a page."""
    side = rng.integers(70, 125)
    top, left = (rng.integers(0, length - side) for length in PAGE)
    ink = np.zeros(PAGE)
    ink[top : top + side, left : left + side] = resize(digit / 255, (side, side))
    cream, white = np.array([225, 212, 180]), np.array([250, 250, 246])
    background = cream + rng.uniform() * (white - cream)
    texture = gaussian(rng.normal(size=PAGE), 2)[:, :, None] * 12
    pen = np.array(INKS[rng.integers(len(INKS))])
    picture = background + texture + ink[:, :, None] * (pen - background)

    direction = rng.uniform(0, 2 * np.pi)
    height, width = np.mgrid[-1 : 1 : PAGE[0] * 1j, -1 : 1 : PAGE[1] * 1j]
    slope = width * np.cos(direction) + height * np.sin(direction)
    light = 0.7 + 0.25 * slope + 0.1 * np.tanh(8 * (slope - rng.uniform(-0.6, 0.6)))
    picture = picture * np.clip(light, 0, 1)[:, :, None]
    picture += rng.normal(0, 3, picture.shape)  # camera noise
    return np.clip(picture, 0, 255).astype(np.uint8)


X, y = load_digits28(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=300, stratify=y, random_state=0
)
rng = np.random.default_rng(0)
photos = [photograph(digit.reshape(28, 28), rng) for digit in X_test]

fig, axes = plt.subplots(2, 8, figsize=(9, 3), layout="constrained")
for ax, photo in zip(axes.flat, photos, strict=False):
    ax.imshow(photo)
    ax.set_axis_off()
fig.suptitle(f"{len(photos)} photos of digits, the first sixteen")
plt.show()

# %%
# Steps
# -----
# `DigitPreprocessor.explain` returns the steps from a picture to a framed digit, and
# `PreprocessingDisplay` shows them: the grey levels; the foreground, without background
# and shadows; the pixels of the digit; the crop around them; and the digit scaled into
# a box of 20 pixels, with its centre of mass in the middle of 28 x 28 pixels.

from skdigits import DigitPreprocessor
from skdigits.display import PreprocessingDisplay

preprocessor = DigitPreprocessor()
fig, axes = plt.subplots(4, 1, figsize=(8, 7.4), layout="constrained")
for ax, photo in zip(axes, photos, strict=False):
    PreprocessingDisplay.from_estimator(preprocessor, photo, ax=ax)
plt.show()

# %%
# The edge of the shadow is visible on the left, faint in the second panel, and removed
# in the third. Colour does not matter.
#
# The steps are arrays. For the first photo:

steps = preprocessor.explain(photos[0])
for name in ("gray", "ink", "mask", "crop", "framed"):
    step = getattr(steps, name)
    print(f"{name:>7}: {step.dtype!s:>7} {step.shape}, up to {step.max():.2f}")

# %%
# Effect of each step
# -------------------
# A network trained on framed digits predicts the photos after more and more of the
# steps. First, a photo is only converted to grey and resized. Next, its polarity is
# inverted, as in many tutorials. With `center=None`, the preprocessor removes the
# background but keeps the position and the size of the digit. Then the digit is cropped
# and scaled, first with the centre of its bounding box in the middle, then with its
# centre of mass, as in MNIST.

from skdigits import CNNDigitClassifier

classifier = CNNDigitClassifier(filters=(16, 32, 64), epochs=6, random_state=0)
classifier.fit(X_train, y_train)

grey = np.stack([resize(photo, (28, 28)).mean(axis=2) * 255 for photo in photos])
ways = {
    "resized": grey,
    "... and inverted": 255 - grey,
    "background removed": DigitPreprocessor(center=None).transform(photos),
    "... cropped and scaled": DigitPreprocessor(center="box").transform(photos),
    "... centred by mass": DigitPreprocessor(center="mass").transform(photos),
}
accuracy = {}
for name, images in ways.items():
    accuracy[name] = classifier.score(images.reshape(len(images), -1), y_test)
    print(f"{name:>24}: {accuracy[name]:6.1%} accuracy on the photos")
print(f"{'original digits':>24}: {classifier.score(X_test, y_test):6.1%}")

# %%
# The figure shows one photo after these steps, and the accuracy on all photos:

fig, (top, bottom) = plt.subplots(2, 1, figsize=(8.5, 4.4), height_ratios=[1, 1.6])
fig.set_layout_engine("constrained")
places = np.arange(len(ways))
for place, images in zip(places, ways.values(), strict=True):
    image = np.reshape(images[2], (28, 28))
    extent = (place - 0.3, place + 0.3, 0, 0.6)
    top.imshow(image, cmap="gray", vmin=0, vmax=255, extent=extent)
top.set(xlim=(-0.5, len(ways) - 0.5), ylim=(0, 0.6))
top.set_axis_off()
bars = bottom.bar(places, list(accuracy.values()), color="#0072B2", width=0.6)
labels = [f"{share:.0%}" for share in accuracy.values()]
bottom.bar_label(bars, labels, label_type="center", color="white", weight="bold")
bottom.axhline(classifier.score(X_test, y_test), color="0.3", linestyle="--")
bottom.set_xticks(places, list(ways), fontsize=9)
bottom.set(ylim=(0, 1.1), xlim=top.get_xlim(), ylabel="accuracy on the photos")
bottom.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# The dashed line is the accuracy on the original digits, which framing cannot exceed.
# Removing the background is not enough while the digit has the wrong position and size.
# Framing closes most of the gap. The kind of centre matters little to this network,
# which was trained on shifted copies.
#
# Conclusion
# ----------
# If a network performs well in tests but fails on your own pictures, look at its input
# first. `make_digit_pipeline` puts this preprocessor in front of the classifier, so
# training and prediction use the same framing.
