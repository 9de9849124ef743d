"""
===========
Quick start
===========

Train a network on the 1,797 digits that come with scikit-learn, see how well it reads
digits it has not seen, and look at those it got wrong. The whole takes some seconds
on a laptop.
"""

# %%
# The digits were scanned at 8 x 8 pixels; `load_digits28` brings them to the framing
# of MNIST, 28 x 28. A fifth is kept for the test.

from sklearn.model_selection import train_test_split

from skdigits.datasets import load_digits28

X, y = load_digits28(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.2, stratify=y, random_state=0
)

# %%
# `CNNDigitClassifier` is used like every classifier of scikit-learn. It takes the
# pixels as they are, here bytes from 0 to 255.

from skdigits import CNNDigitClassifier

classifier = CNNDigitClassifier(random_state=0)
classifier.fit(X_train, y_train)
print(f"accuracy on the test digits: {classifier.score(X_test, y_test):.4f}")

# %%
# Loss and accuracy of each pass over the training digits are in `history_`. The loss
# falls by orders of magnitude while the learning rate goes up and down again.

from skdigits.display import TrainingHistoryDisplay

display = TrainingHistoryDisplay.from_estimator(classifier)

# %%
# The test digits the network is least sure of, worst first. What has a thick frame was
# read wrongly; most of these one would have to look at twice oneself.

from skdigits.display import DigitGridDisplay

display = DigitGridDisplay.from_estimator(
    classifier, X_test, y_test, order="worst_first", max_images=20
)

# %%
# A dozen lines take a classifier from data to a verdict. The same classifier goes into
# a Pipeline, a `GridSearchCV` or a `VotingClassifier` unchanged.
