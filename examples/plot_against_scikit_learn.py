"""
=================================================
Comparison with other classifiers of scikit-learn
=================================================

This example compares `CNNDigitClassifier` with other classifiers of scikit-learn on the
same digits: test error, time to fit, time to predict one image, and size of the fitted
model as a file.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# The data are the 1,797 digits that come with scikit-learn, at 28 x 28 pixels. Half of
# them are test digits, so that small differences in the error are visible.

import pickle
import time

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split

from skdigits.datasets import load_digits28

X, y = load_digits28(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.5, stratify=y, random_state=0
)
print(f"{len(y_train)} training digits, {len(y_test)} test digits")

# %%
# Classifiers
# -----------
# Pixels are scaled to [0, 1] for the classifiers that are sensitive to scale.
# `CNNDigitClassifier` does not need this step. It is used with its default parameters
# and with the recipe "fast". The recipe trains for one epoch, which is short for so few
# digits; it gets six epochs here.

from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC

from skdigits import RECIPES, CNNDigitClassifier


def scaled(classifier):
    return make_pipeline(MinMaxScaler(), classifier)


classifiers = {
    "logistic regression": scaled(LogisticRegression(max_iter=300)),
    "random forest": RandomForestClassifier(200, random_state=0),
    "nearest neighbours": scaled(KNeighborsClassifier(3)),
    "SVC": scaled(SVC(C=10)),
    "MLPClassifier": scaled(
        MLPClassifier(128, learning_rate_init=0.005, random_state=0)
    ),
    "CNN, fast": CNNDigitClassifier(**RECIPES["fast"] | {"epochs": 6}, random_state=0),
    "CNN, default": CNNDigitClassifier(random_state=0),
}

# %%
# Measurements
# ------------
# The first network of a process loads TensorFlow, and the first network of each
# configuration is compiled. A small fit before the measurements loads TensorFlow; the
# times to fit include compilation. The time to predict is the median over thirty single
# images.

CNNDigitClassifier(filters=(4,), epochs=1).fit(X_train[:50], y_train[:50])

results = {}
for name, classifier in classifiers.items():
    start = time.perf_counter()
    classifier.fit(X_train, y_train)
    fit_seconds = time.perf_counter() - start

    seconds = []
    for i in range(33):
        start = time.perf_counter()
        classifier.predict(X_test[i : i + 1])
        seconds.append(time.perf_counter() - start)

    results[name] = {
        "test error (%)": 100 * (1 - classifier.score(X_test, y_test)),
        "fit (s)": fit_seconds,
        "one image (ms)": 1000 * np.median(seconds[3:]),
        "file (MB)": len(pickle.dumps(classifier)) / 1e6,
    }

columns = list(results["CNN, default"])
print(f"{'':>20}" + "".join(f"{column:>16}" for column in columns))
for name, row in results.items():
    print(f"{name:>20}" + "".join(f"{row[column]:16.3g}" for column in columns))

# %%
# Lower is better in every panel. The last three axes are logarithmic, and the bars of
# the networks are hatched.

fig, axes = plt.subplots(2, 2, figsize=(8.5, 5.6), sharey=True, layout="constrained")
names = list(results)
is_network = ["CNN" in name for name in names]
for ax, column in zip(axes.flat, columns, strict=True):
    values = [results[name][column] for name in names]
    for place, (value, hatched) in enumerate(zip(values, is_network, strict=True)):
        ax.barh(
            place,
            value,
            color="#0072B2" if hatched else "#E69F00",
            hatch="//" if hatched else None,
            edgecolor="white",
        )
        ax.annotate(
            f" {value:.3g}", (value, place), va="center", fontsize=9, color="0.2"
        )
    if column != columns[0]:
        ax.set_xscale("log")
        ax.set_xlim(min(values) / 3, max(values) * 6)
    else:
        ax.set_xlim(0, 1.25 * max(values))
    ax.set_title(column)
    ax.spines[["top", "right"]].set_visible(False)
axes[0, 0].set_yticks(range(len(names)), names)
axes[0, 0].invert_yaxis()
plt.show()

# %%
# The convolutional networks have the lowest errors and small files, because the weights
# of a kernel are shared by all positions of the image. Nearest neighbours store every
# training digit. The networks take longer to fit. They predict a single image in about
# a millisecond.
#
# Standard error
# --------------
# Each error rate is measured on one test set. Its standard error shows how much it
# would vary by chance.

for name, row in results.items():
    share = row["test error (%)"] / 100
    spread = 100 * np.sqrt(share * (1 - share) / len(y_test))
    print(f"{name:>20}: {100 * share:4.1f} % wrong, standard error {spread:.1f}")

# %%
# Where two ranges overlap, the order of the classifiers may change on other digits. The
# gap between networks and linear models is much wider.
#
# Which digits are misclassified
# ------------------------------
# The figure shows the digits that at least one classifier got wrong. A dark cell is an
# error. Different kinds of classifiers make different errors.

names = list(classifiers)
wrong = np.array([classifiers[name].predict(X_test) != y_test for name in names])
hard = np.flatnonzero(wrong.any(axis=0))
hard = hard[np.argsort(wrong[:, hard].sum(axis=0))[::-1]]

fig, ax = plt.subplots(figsize=(9, 2.6), layout="constrained")
ax.pcolormesh(wrong[:, hard], cmap="Greys", edgecolor="0.9", linewidth=0.3)
ax.set_yticks(np.arange(len(names)) + 0.5, names)
ax.invert_yaxis()
ax.set(xlabel=f"the {len(hard)} digits with an error, most errors first")
plt.show()

# %%
# Conclusion
# ----------
# Linear models and support vector machines fit fast and are good baselines. The network
# is worth its training time where errors are expensive. Its advantage grows with the
# number and the variety of the digits, because random distortion of the training digits
# makes a convolutional network robust to such changes.
