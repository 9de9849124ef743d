"""
======================================
Against scikit-learn's own classifiers
======================================

Is a convolutional network worth it, when scikit-learn has a dozen classifiers that read
digits? Here they meet on the same digits, and are asked four things: how often they
err, how long they take to fit, how long to answer for one image, and how large the
fitted model is as a file.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# The 1,797 digits that come with scikit-learn, at 28 x 28 pixels. Half of them are kept
# for the test, so that a difference of a few digits shows.

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
print(f"{len(y_train)} digits to train on, {len(y_test)} to test with")

# %%
# Contestants
# -----------
# Each gets the form of input it likes best: those that are sensitive to scale have the
# pixels brought to 0..1 first. `CNNDigitClassifier` needs no such step. It comes
# with its defaults, and as the recipe "fast" over six epochs in place of one, since one
# epoch of so few digits is short.

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


contestants = {
    "logistic regression": scaled(LogisticRegression(max_iter=300)),
    "random forest": RandomForestClassifier(200, random_state=0),
    "nearest neighbours": scaled(KNeighborsClassifier(3)),
    "support vectors": scaled(SVC(C=10)),
    "MLPClassifier": scaled(
        MLPClassifier(128, learning_rate_init=0.005, random_state=0)
    ),
    "CNN, fast": CNNDigitClassifier(**RECIPES["fast"] | {"epochs": 6}, random_state=0),
    "CNN, default": CNNDigitClassifier(random_state=0),
}

# %%
# Measurements
# ------------
# The first network of a process pays for loading TensorFlow, and the first of its kind
# for being compiled. Loading is no part of a fit, so a small fit comes first;
# compiling is one, so it stays in. Latency is the median over thirty single images.

CNNDigitClassifier(filters=(4,), epochs=1).fit(X_train[:50], y_train[:50])

results = {}
for name, classifier in contestants.items():
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
# Shorter is better in every panel, and the axes of the last three are logarithmic.
# Networks are hatched.

fig, axes = plt.subplots(1, 4, figsize=(11, 3.2), sharey=True, layout="constrained")
names = list(results)
is_network = ["CNN" in name for name in names]
for ax, column in zip(axes, columns, strict=True):
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
axes[0].set_yticks(range(len(names)), names)
axes[0].invert_yaxis()
plt.show()

# %%
# The convolutional networks err least and are among the smallest files, since a kernel
# is shared by all places in the image; the neighbours have to keep every training
# digit. What the networks cost is time to fit. For a single image, a linear model
# answers in a fraction of the time; a network takes about a millisecond.
#
# How sure are these ranks?
# -------------------------
# Each error rate comes from one test set. The standard error of a share of wrong digits
# says how far chance alone would move it.

for name, row in results.items():
    share = row["test error (%)"] / 100
    spread = 100 * np.sqrt(share * (1 - share) / len(y_test))
    print(f"{name:>20}: {100 * share:4.1f} % wrong, give or take {spread:.1f}")

# %%
# Two error rates whose ranges overlap much may well swap places on other digits. The
# gap between networks and linear models is far wider than that.
#
# Where they err
# --------------
# The errors of unlike classifiers are unlike, too. Of the digits that at least one of
# them misread, the figure shows who misread which: a dark cell is a mistake.

names = list(contestants)
wrong = np.array([contestants[name].predict(X_test) != y_test for name in names])
hard = np.flatnonzero(wrong.any(axis=0))
hard = hard[np.argsort(wrong[:, hard].sum(axis=0))[::-1]]

fig, ax = plt.subplots(figsize=(9, 2.6), layout="constrained")
ax.pcolormesh(wrong[:, hard], cmap="Greys", edgecolor="0.9", linewidth=0.3)
ax.set_yticks(np.arange(len(names)) + 0.5, names)
ax.invert_yaxis()
ax.set(xlabel=f"the {len(hard)} digits that somebody misread, hardest first")
plt.show()

# %%
# Conclusion
# ----------
# For a first baseline take a linear model or support vectors: they fit at once. Where
# each misread digit costs something, the network earns its fit time. With more digits
# than these, and wilder ones, the gap widens, because distorted copies of the training
# digits teach a convolutional network what stays the same.
