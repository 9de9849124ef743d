"""
=================================
Letters, empty pictures and noise
=================================

A classifier of ten digits predicts a digit for every picture, also for a letter, a
scribble or noise. This example measures the confidence of such predictions, shows how
well they can be told from digits, and adds a class for them.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# Digits and other pictures
# -------------------------
# The digits are those that come with scikit-learn. The letters are drawn in the fonts
# of matplotlib and rotated a little; O, I, S, Z and other letters that look like digits
# are left out. Scribbles are random curves. `DigitPreprocessor` frames both.

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
from skdigits.exceptions import NoDigitFoundWarning, SeveralDigitsWarning

warnings.simplefilter("ignore", SeveralDigitsWarning)  # of some scribbles
rng = np.random.default_rng(0)
NAMES = ["DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono:bold"]
FONTS = [ImageFont.truetype(findfont(name), 60) for name in NAMES]


def draw_letter(letter):
    """Draw a slightly rotated letter in one of the fonts, white on black."""
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
# Empty pictures
# --------------
# The preprocessor detects empty pictures. It finds no foreground, warns, and returns a
# row of zeros.

blank = np.full((100, 80), 230, dtype=np.uint8)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always", NoDigitFoundWarning)
    rows = preprocessor.transform([blank, new_letters[0]])
print(f"{caught[0].category.__name__}: {caught[0].message}")
print("rows with a foreground:", rows.any(axis=1))

# %%
# Confidence for other pictures
# -----------------------------
# The network predicts digits for these pictures too:

settings = {"filters": (16, 32, 64), "epochs": 6, "random_state": 0}
classifier = CNNDigitClassifier(**settings).fit(X_train, y_train)
print(f"accuracy on digits: {classifier.score(X_test, y_test):.4f}")

from skdigits.display import DigitGridDisplay

samples = np.concatenate([images[:7] for images in others.values()])
DigitGridDisplay.from_estimator(classifier, samples, n_columns=7)
plt.show()

# %%
# Several of these predictions are as confident as those of digits. The probabilities
# are conditional on the picture being a digit.
#
# Two scores
# ----------
# The network provides two scores that may detect such pictures. The confidence is the
# highest probability. The evidence is the logarithm of the sum of the exponentials of
# the logits; softmax cancels it, but it tends to be higher for digits.


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
    all_values = np.concatenate(list(values.values()))
    edges = np.linspace(all_values.min(), all_values.max(), 26)
    for (name, numbers), style in zip(values.items(), styles, strict=True):
        ax.hist(numbers, edges, density=True, label=name, **style)
    ax.set(xlabel=measure.__name__, ylabel="density", yscale="log")
    ax.spines[["top", "right"]].set_visible(False)
axes[0].legend(frameon=False, loc="upper left")
plt.show()

# %%
# The vertical axis is logarithmic, so rare cases are visible. Digits have higher
# scores, but the distributions overlap: no threshold separates them completely.
#
# A class for other pictures
# --------------------------
# Labels can be strings. A class "none", of letters and some noise, is added to the
# training digits. The test uses other letters, and the training has no scribbles.

nothing = np.concatenate(
    [preprocessor.transform(seen_letters), rng.integers(0, 256, size=(60, 784))]
)
X_more = np.concatenate([X_train.astype(np.float32), nothing])
y_more = np.concatenate([y_train.astype(str), np.repeat("none", len(nothing))])
extended = CNNDigitClassifier(**settings).fit(X_more, y_more)
print("classes:", *extended.classes_)
print(f"accuracy on digits: {extended.score(X_test, y_test.astype(str)):.4f}")


def one_minus_none(images):
    column = extended.classes_.tolist().index("none")
    return 1 - extended.predict_proba(images)[:, column]


# %%
# The area under the ROC curve shows how well each of the three scores separates digits
# from other pictures. It is the probability that a digit has a higher score than
# another picture: 0.5 is chance, 1 is perfect.

measures = [confidence, evidence, one_minus_none]
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
# The dashed line is chance. The additional class helps most for pictures of the kinds
# in the training data, including new letters, and less for scribbles, which are not in
# it.
#
# Conclusion
# ----------
# Use the preprocessor to detect empty pictures. If other marks can occur, collect
# examples and give them their own class. Keep a threshold on the confidence for
# everything else.
