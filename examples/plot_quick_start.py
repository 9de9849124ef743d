"""
===========
Quick start
===========

Train a network on the 1,797 digits that come with scikit-learn, measure its accuracy,
look at its errors, and predict a picture of your own. Nothing is downloaded, and it
takes a few seconds on a laptop.
"""

# sphinx_gallery_thumbnail_number = 3

# %%
# Data
# ----
# The digits were scanned at 8 x 8 pixels. `load_digits28` converts them to the framing
# of MNIST: 28 x 28 pixels, bright digits on black. A fifth of them, stratified by
# class, are test digits.

import matplotlib.pyplot as plt
from sklearn.model_selection import train_test_split

from skdigits.datasets import load_digits28

X, y = load_digits28(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.2, stratify=y, random_state=0
)
print(f"{len(X_train)} training digits, {len(X_test)} test digits")
print(f"pixels: {X.dtype} from {X.min()} to {X.max()}, {X.shape[1]} per image")

# %%
# These are the first twenty images:

fig, axes = plt.subplots(2, 10, figsize=(9, 2), layout="constrained")
for ax, image in zip(axes.flat, X, strict=False):
    ax.imshow(image.reshape(28, 28), cmap="gray_r")
    ax.set_axis_off()
plt.show()

# %%
# Train
# -----
# `CNNDigitClassifier` is used like any classifier of scikit-learn. It takes the pixels
# in any range, here integers from 0 to 255; scaling, reshaping and one-hot encoding are
# not needed. With a `random_state`, results are reproducible.

from skdigits import CNNDigitClassifier

classifier = CNNDigitClassifier(random_state=0)
classifier.fit(X_train, y_train)

# %%
# `history_` holds the loss and the accuracy of each epoch. The loss falls while the
# learning rate rises and then decreases. Both are measured on randomly distorted
# digits; the network does better on the original ones.

from skdigits.display import TrainingHistoryDisplay

TrainingHistoryDisplay.from_estimator(classifier)
plt.show()

# %%
# Evaluate
# --------

accuracy = classifier.score(X_test, y_test)
print(f"accuracy on the test digits: {accuracy:.4f}")
print(f"errors: {(classifier.predict(X_test) != y_test).sum()} of {len(y_test)}")

# %%
# The grid starts with the test digit whose true label has the lowest probability. A
# thick frame marks errors. The predicted label and its probability are below each
# digit. Most of the first digits are hard for people too.

from skdigits.display import DigitGridDisplay

DigitGridDisplay.from_estimator(
    classifier, X_test, y_test, order="worst_first", max_images=18, n_columns=6
)
plt.show()

# %%
# Predict a picture
# -----------------
# In a photo, the background is bright and the digit may be anywhere.
# `DigitPreprocessor` finds the digit and converts it to the framing of MNIST. The
# picture in this example is drawn by code; `skdigits.read_image("seven.jpg")` returns
# such an array for a file.

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
print(f"predicted: {label} with probability {probability:.3f}")

PreprocessingDisplay.from_estimator(preprocessor, page)
plt.show()

# %%
# The figure shows the steps from the page to the 28 x 28 pixels that the network gets:
# grey levels, foreground, pixels of the digit, crop, and the scaled and centred digit.
#
# `make_digit_pipeline` combines both steps into one estimator, and `skdigits.save`
# writes it to a file. The package contains such a pipeline, trained on MNIST:

from skdigits import load_pretrained

pretrained = load_pretrained()
probabilities = pretrained.predict_proba([page])[0]
label = pretrained.classes_[probabilities.argmax()]
print(f"pretrained model: {label} with probability {probabilities.max():.3f}")

# %%
# Conclusion
# ----------
# A dozen lines load data, train a classifier and evaluate it. The next examples use the
# classifier in a `Pipeline`, a `GridSearchCV` and a `VotingClassifier`.
