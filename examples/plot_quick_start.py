"""
===========
Quick start
===========

Train a network on the 1,797 digits that come with scikit-learn, see how well it reads
digits it has not seen, look at those it got wrong, and read a picture of your own.
Nothing is downloaded, and the whole takes some seconds on a laptop.
"""

# sphinx_gallery_thumbnail_number = 3

# %%
# Digits
# ------
# The digits were scanned at 8 x 8 pixels; `load_digits28` brings them to the framing
# of MNIST, 28 x 28 pixels, bright ink on black. A fifth is kept for the test, with
# equally many of each digit.

import matplotlib.pyplot as plt
from sklearn.model_selection import train_test_split

from skdigits.datasets import load_digits28

X, y = load_digits28(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.2, stratify=y, random_state=0
)
print(f"{len(X_train)} digits to train on, {len(X_test)} to test with")
print(f"pixels: {X.dtype} from {X.min()} to {X.max()}, {X.shape[1]} per image")

# %%
# Two rows of ten, as they are in the file:

fig, axes = plt.subplots(2, 10, figsize=(9, 2), layout="constrained")
for ax, image in zip(axes.flat, X, strict=False):
    ax.imshow(image.reshape(28, 28), cmap="gray_r")
    ax.set_axis_off()
plt.show()

# %%
# Train
# -----
# `CNNDigitClassifier` is used like every classifier of scikit-learn. It takes the
# pixels as they are, here bytes from 0 to 255; nothing has to be scaled, reshaped or
# one-hot encoded. With a `random_state` the same call gives the same network again.

from skdigits import CNNDigitClassifier

classifier = CNNDigitClassifier(random_state=0)
classifier.fit(X_train, y_train)

# %%
# Loss and accuracy of each pass over the training digits are in `history_`. The loss
# falls steeply while the learning rate goes up, and settles while it comes down again.
# Both are measured on digits that were just distorted at random, so the network does
# better on digits as they are than these curves say.

from skdigits.display import TrainingHistoryDisplay

TrainingHistoryDisplay.from_estimator(classifier)
plt.show()

# %%
# Test
# ----
# One number says how many of the unseen digits were read correctly.

accuracy = classifier.score(X_test, y_test)
print(f"accuracy on the test digits: {accuracy:.4f}")
print(f"read wrongly: {(classifier.predict(X_test) != y_test).sum()} of {len(y_test)}")

# %%
# Which digits are hard? The grid starts with the test digit whose true label the
# network thought least likely. What has a thick frame was read wrongly; below each
# digit stands what it was taken for, and with which probability. Most of the first
# ones need a second look from a human reader, too.

from skdigits.display import DigitGridDisplay

DigitGridDisplay.from_estimator(
    classifier, X_test, y_test, order="worst_first", max_images=20, n_columns=10
)
plt.show()

# %%
# Read a picture
# --------------
# A photo is not in MNIST framing: it is large, the paper is bright, the digit is
# somewhere. `DigitPreprocessor` finds it. Here a picture is drawn by code, a "7" in
# blue ink on a light page; for a file, `skdigits.read_image("seven.jpg")` gives such
# an array.

import numpy as np
from skimage.draw import line

page = np.full((240, 180, 3), (238, 233, 220), dtype=np.uint8)
for stroke in [(60, 50, 60, 120), (60, 120, 180, 75)]:
    rows, columns = line(*stroke)
    for shift in range(9):  # the width of the pen
        page[rows + shift, columns + shift // 2] = (30, 50, 130)

from skdigits import DigitPreprocessor
from skdigits.display import PreprocessingDisplay

preprocessor = DigitPreprocessor()
framed = preprocessor.transform([page])
label = classifier.predict(framed)[0]
probability = classifier.predict_proba(framed).max()
print(f"this is a {label} with probability {probability:.3f}")

PreprocessingDisplay.from_estimator(preprocessor, page)
plt.show()

# %%
# The strip shows the way from the page to the 28 x 28 pixels that the network reads:
# grey levels, ink with the light evened out, the pixels that belong to the digit, the
# crop around them, and the crop scaled and centred as MNIST's digits are.
#
# `make_digit_pipeline` puts both steps into one estimator, `skdigits.save` writes it
# to a file. One such pipeline comes with the package, trained on MNIST, and reads
# pictures at once:

from skdigits import load_pretrained

reader = load_pretrained()
probabilities = reader.predict_proba([page])[0]
label = reader.classes_[probabilities.argmax()]
print(f"the pretrained model: a {label} with probability {probabilities.max():.3f}")

# %%
# Conclusion
# ----------
# A dozen lines take a classifier from data to a verdict. The same object goes into a
# `Pipeline`, a `GridSearchCV` or a `VotingClassifier` unchanged, as the next examples
# show.
