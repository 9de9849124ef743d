"""
==============================================
Letters, blanks and noise: what is not a digit
==============================================

A classifier of ten classes has ten answers, and gives one of them to whatever it is
shown: to the letter K, to a stain, to an empty box. This example shows how sure it is
of such answers, which of its numbers betray them, and how to teach it an eleventh
answer.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# Digits, and other things
# ------------------------
# The digits are those that come with scikit-learn. Letters are drawn in matplotlib's
# fonts, a little turned, without O, I, S, Z and others that can be taken for a digit.
# Scribbles are random curves. Both go through `DigitPreprocessor`, as photos would.

import warnings

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont
from scipy.special import logsumexp
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from skdigits import CNNDigitClassifier, DigitPreprocessor
from skdigits.datasets import load_digits28
from skdigits.exceptions import NoDigitFoundWarning

rng = np.random.default_rng(0)
NAMES = ["DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono:bold"]
FONTS = [ImageFont.truetype(findfont(name), 60) for name in NAMES]


def draw_letter(letter):
    """Draw a letter in one of the fonts, white on black, a little turned."""
    page = Image.new("L", (100, 100))
    font = FONTS[rng.integers(len(FONTS))]
    ImageDraw.Draw(page).text((50, 50), letter, fill=255, font=font, anchor="mm")
    return np.asarray(page.rotate(rng.uniform(-15, 15), resample=Image.BILINEAR))


def draw_scribble():
    """Draw a smooth random curve."""
    turns = np.cumsum(rng.normal(0, 0.5, size=60))
    points = np.cumsum([np.cos(turns), np.sin(turns)], axis=1).T
    points = 20 + 60 * (points - points.min(0)) / np.ptp(points, axis=0).max()
    page = Image.new("L", (100, 100))
    ImageDraw.Draw(page).line([tuple(p) for p in points], fill=255, width=7)
    return np.asarray(page)


preprocessor = DigitPreprocessor()
seen_letters = [draw_letter(letter) for letter in 60 * "ACEHKMR"]
new_letters = [draw_letter(letter) for letter in 30 * "FNPTWX"]
others = {
    "letters": preprocessor.transform(new_letters),
    "scribbles": preprocessor.transform([draw_scribble() for _ in range(180)]),
    "noise": rng.integers(0, 256, size=(180, 784)).astype(np.float32),
}

X, y = load_digits28(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.3, stratify=y, random_state=0
)

# %%
# Empty pictures need no network
# ------------------------------
# A box that nobody wrote into is found before any network is asked: the preprocessor
# finds no ink, says so, and returns a row of zeros.

blank = np.full((100, 80), 230, dtype=np.uint8)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always", NoDigitFoundWarning)
    rows = preprocessor.transform([blank, new_letters[0]])
print(f"{caught[0].category.__name__}: {caught[0].message}")
print("rows with ink:", rows.any(axis=1))

# %%
# How sure of a letter?
# ---------------------
# A network of ten classes reads all the others as digits, too:

settings = {"filters": (16, 32, 64), "epochs": 6, "random_state": 0}
classifier = CNNDigitClassifier(**settings).fit(X_train, y_train)
print(f"accuracy on digits: {classifier.score(X_test, y_test):.4f}")

from skdigits.display import DigitGridDisplay

samples = np.concatenate([images[:10] for images in others.values()])
DigitGridDisplay.from_estimator(classifier, samples, n_columns=10)
plt.show()

# %%
# Quite a few of these answers are given with a confidence that a digit would deserve.
# The probabilities say which of ten digits it is, *given that it is one*.
#
# What betrays them
# -----------------
# Two numbers can be had from the network as it is. One is the confidence, the highest
# probability. The other is the evidence, the logarithm of the sum of the exponentials
# of the logits: softmax divides it away, though a digit tends to have more of it.


def confidence(images):
    return classifier.predict_proba(images).max(axis=1)


def evidence(images):
    return logsumexp(classifier.decision_function(images), axis=1)


styles = [
    {"histtype": "stepfilled", "color": "#56B4E9"},
    {"histtype": "step", "color": "#D55E00", "hatch": "///"},
    {"histtype": "step", "color": "#009E73", "hatch": "..."},
    {"histtype": "step", "color": "black"},
]
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.6), layout="constrained")
for ax, measure in zip(axes, (confidence, evidence), strict=True):
    values = {"digits": measure(X_test)}
    values |= {name: measure(images) for name, images in others.items()}
    together = np.concatenate(list(values.values()))
    edges = np.linspace(together.min(), together.max(), 26)
    for (name, numbers), style in zip(values.items(), styles, strict=True):
        ax.hist(numbers, edges, density=True, label=name, **style)
    ax.set(xlabel=measure.__name__, ylabel="density", yscale="log")
    ax.spines[["top", "right"]].set_visible(False)
axes[0].legend(frameon=False, loc="upper left")
plt.show()

# %%
# The heights are logarithmic, so that rare cases show. Digits lie to the right in both
# panels, but the others reach into their place: no threshold parts them cleanly.
#
# An eleventh answer
# ------------------
# Labels can be strings. So we add a class "none", of letters and some noise, and train
# again. The letters of the test are others than these, and scribbles are not shown.

nothing = np.concatenate(
    [preprocessor.transform(seen_letters), rng.integers(0, 256, size=(60, 784))]
)
X_more = np.concatenate([X_train.astype(np.float32), nothing])
y_more = np.concatenate([y_train.astype(str), np.repeat("none", len(nothing))])
taught = CNNDigitClassifier(**settings).fit(X_more, y_more)
print("classes:", *taught.classes_)
print(f"accuracy on digits: {taught.score(X_test, y_test.astype(str)):.4f}")


def belief_in_digit(images):
    column = taught.classes_.tolist().index("none")
    return 1 - taught.predict_proba(images)[:, column]


# %%
# How well does each of the three numbers tell digits from the rest? The area under the
# ROC curve is the chance that a digit ranks above something else: one half is
# guessing, one is perfect.

measures = [confidence, evidence, belief_in_digit]
areas = np.empty((len(measures), len(others)))
for row, measure in enumerate(measures):
    for column, images in enumerate(others.values()):
        numbers = np.concatenate([measure(X_test), measure(images)])
        is_digit = np.arange(len(numbers)) < len(X_test)
        areas[row, column] = roc_auc_score(is_digit, numbers)

styles = [
    {"color": "#E69F00", "label": "confidence"},
    {"color": "#56B4E9", "label": "evidence", "hatch": ".."},
    {"color": "#0072B2", "label": 'class "none"', "hatch": "//"},
]
fig, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
for row, style in enumerate(styles):
    places = np.arange(len(others)) + 0.27 * (row - 1)
    bars = ax.bar(places, areas[row], width=0.25, edgecolor="white", **style)
    ax.bar_label(bars, fmt="%.3f", fontsize=8)
ax.axhline(0.5, color="0.4", linestyle="--", linewidth=1)
ax.set_xticks(range(len(others)), [f"digits against {name}" for name in others])
ax.set(ylim=(0.4, 1.05), ylabel="area under the ROC curve")
fig.legend(frameon=False, ncols=3, loc="outside upper center")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# The dashed line is guessing. Having been shown things that are no digits helps most
# with things of their kind, even new letters; scribbles, of a new kind, remain harder.
#
# Conclusion
# ----------
# Let the preprocessor catch blanks. If other marks can occur, collect some and give
# them a class of their own. And keep a threshold on the confidence for what nobody
# thought of.
