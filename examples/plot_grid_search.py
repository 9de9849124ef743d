"""
===========================
Grid search over a pipeline
===========================

Learning rate and batch size interact. A grid search evaluates all pairs by
cross-validation, and a heat map shows the result. The search runs over a pipeline that
frames the pictures first; the example also shows how to cache this step.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# Data and pipeline
# -----------------
# `make_digit_pipeline` combines a `DigitPreprocessor` and a `CNNDigitClassifier`, and
# takes the parameters of the classifier. The network is small and trains for few
# epochs, because a search fits it dozens of times. The digits are those that come with
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
# Search space
# ------------
# The name of a parameter in a pipeline consists of its step and its own name:
# `classifier__learning_rate`. `search_space` returns useful values of the most
# important parameters. Here the range of learning rates is widened, and the batches are
# smaller because there are few digits.

grid = search_space()
print(grid)
grid["classifier__learning_rate"] = [0.001, 0.003, 0.01, 0.03, 0.1]
grid["classifier__batch_size"] = [16, 32, 64]

# %%
# Search
# ------
# Each of the fifteen candidates is fitted on two of three folds and scored on the
# third. With `memory`, the pipeline caches the output of the preprocessor in a folder,
# so the pictures of each fold are framed once and not once per candidate.

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
print(f"validation accuracy: {search.best_score_:.4f}, test accuracy: ", end="")
print(f"{test_accuracy:.4f}")

# %%
# Each fit takes a fraction of a second, because all of them share one compiled network:
# learning rate and batch size are inputs of the compiled training step. With
# `n_jobs=2`, two processes would share the fits, but each would first load TensorFlow.
# That pays off in longer searches.
#
# Heat map
# --------
# `cv_results_` has one row per candidate. The heat map arranges the scores by learning
# rate and batch size.

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
# The frame marks the best pair. In each column, the score rises and falls again: three
# epochs are too few for a low rate, and a high rate is unstable. Smaller batches take
# more steps in the same number of epochs, which helps in short trainings, and tolerate
# a wider range of rates. Searching one parameter at a time would not show this.
#
# Variation over the folds
# ------------------------
# The figure shows the same scores with their standard deviation over the three folds.
# Where the bars overlap, the difference may be chance, and the cheaper candidate is a
# good choice.

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
# A grid over two parameters shows how they interact. With more parameters, the number
# of candidates grows too fast; the next example searches more parameters with fewer
# fits.
