"""
====================================
A pipeline and a grid search over it
====================================

Which learning rate goes with which batch size? A grid search tries every pair, on
folds of the training data, and a heat map shows the answer at a glance. The same search
runs on a pipeline that frames the pictures first; on the way we see what it costs, and
how not to frame the same picture over and over.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# Data and pipeline
# -----------------
# `make_digit_pipeline` composes a `DigitPreprocessor` and a `CNNDigitClassifier`, whose
# parameters it takes. The network is a small one, and trains for a few epochs only:
# a search has to fit it dozens of times. The digits are those that come with
# scikit-learn, at 28 x 28 pixels.

import tempfile
import time

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import GridSearchCV, train_test_split

from skdigits import make_digit_pipeline, search_space
from skdigits.datasets import load_digits28

X, y = load_digits28(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, train_size=400, stratify=y, random_state=0
)
pipeline = make_digit_pipeline(filters=(8, 16), epochs=3, random_state=0)
pipeline

# %%
# What to search
# --------------
# Every parameter of a step has a name in the pipeline, made of the step and the
# parameter: `classifier__learning_rate`. `search_space` holds values worth a try for
# the parameters that matter most. For a wider view, and since the digits are few, we
# stretch the learning rates and shrink the batches.

grid = search_space()
print(grid)
grid["classifier__learning_rate"] = [0.001, 0.003, 0.01, 0.03, 0.1]
grid["classifier__batch_size"] = [16, 32, 64]

# %%
# Search
# ------
# Each of the fifteen candidates is fitted on two of three folds and scored on the
# third. `memory` lets the pipeline remember, in a folder, what the preprocessor made of
# a fold: the pictures of each fold are framed once, not once per candidate.

with tempfile.TemporaryDirectory() as folder:
    pipeline.set_params(memory=folder)
    search = GridSearchCV(pipeline, grid, cv=3)
    start = time.perf_counter()
    search.fit(X_train, y_train)
    seconds = time.perf_counter() - start
    test_accuracy = search.score(X_test, y_test)

n_fits = len(search.cv_results_["params"]) * search.n_splits_ + 1
print(f"{n_fits} fits in {seconds:.0f} s, {seconds / n_fits:.2f} s each")
print(f"best parameters: {search.best_params_}")
print(f"accuracy in the search: {search.best_score_:.4f}, on the test digits: ", end="")
print(f"{test_accuracy:.4f}")

# %%
# A fit takes a fraction of a second although a network is built, because it is built
# once: learning rate and batch size are inputs of the compiled training step, so all of
# these fits share one. With `n_jobs=2` two processes would share the fits; each of them
# first has to load TensorFlow, which pays off for longer searches than this.
#
# Heat map
# --------
# `cv_results_` holds one row per candidate. Sorted into a table of learning rates by
# batch sizes, its scores make a picture.

results = search.cv_results_
rates = grid["classifier__learning_rate"]
sizes = grid["classifier__batch_size"]
scores = np.zeros((len(rates), len(sizes)))
for params, score in zip(results["params"], results["mean_test_score"], strict=True):
    row = rates.index(params["classifier__learning_rate"])
    column = sizes.index(params["classifier__batch_size"])
    scores[row, column] = score

best = np.unravel_index(scores.argmax(), scores.shape)

fig, ax = plt.subplots(figsize=(5.6, 5), layout="constrained")
image = ax.imshow(scores, cmap="cividis", aspect="auto")
for (row, column), score in np.ndenumerate(scores):
    is_best = (row, column) == best
    ax.text(
        column,
        row,
        f"{score:.3f}",
        ha="center",
        va="center",
        color="black" if image.norm(score) > 0.5 else "white",
        fontweight="bold" if is_best else "normal",
        bbox={"facecolor": "none", "edgecolor": "black"} if is_best else None,
    )
ax.set(xlabel="batch size", ylabel="learning rate")
ax.set_xticks(range(len(sizes)), sizes)
ax.set_yticks(range(len(rates)), rates)
fig.colorbar(image, label="mean accuracy of three folds")
plt.show()

# %%
# The frame marks the best pair. Down each column the score rises and falls again: a low
# rate gets nowhere in three epochs, a high one throws the network about. Along the
# rows, smaller batches make more steps out of the same epochs, which counts when
# there are few of them, and forgive a rate that is a little off. A search of one
# parameter at a time would not have shown how wide the good region is.
#
# How much do neighbours differ?
# ------------------------------
# The same candidates as a curve with the spread over the three folds. Where the bars
# overlap, the order of two candidates is chance, and one may pick the cheaper one.

fig, ax = plt.subplots(figsize=(7, 3.8), layout="constrained")
batch_sizes = np.array([p["classifier__batch_size"] for p in results["params"]])
learning_rates = np.array([p["classifier__learning_rate"] for p in results["params"]])
styles = zip(["#0072B2", "#E69F00", "#009E73"], ["o-", "s--", "^:"], strict=True)
for place, (size, (color, line)) in enumerate(zip(sizes, styles, strict=True)):
    chosen = batch_sizes == size
    ax.errorbar(
        learning_rates[chosen] * 1.04 ** (place - 1),  # side by side
        results["mean_test_score"][chosen],
        results["std_test_score"][chosen],
        fmt=line,
        color=color,
        capsize=3,
        label=f"batches of {size}",
    )
ax.set(xscale="log", xlabel="learning rate", ylabel="accuracy")
ax.set_xticks(rates, rates)
ax.minorticks_off()
ax.legend(frameon=False, loc="lower left")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# Conclusion
# ----------
# A grid of two parameters is worth its price for the picture of how they interact.
# Beyond two, the number of candidates explodes; the next example spends fewer fits on
# more parameters.
