"""
==============================================
A folder of form fields, with a promised error
==============================================

Forms are read by the thousand, and a wrong number is worse than one that a person has
to look at. This example reads a folder of fields into a table, rejects the numbers that
are unsure, and compares the error that the probabilities promise with the real one.
"""

# sphinx_gallery_thumbnail_number = 2

# %%
# A folder of fields
# ------------------
# The fields are generated: post codes of five digits on paper of many kinds, among
# rulings, boxes and other marks, from the digits that come with scikit-learn. As they
# are meant for training, many are harder to read than those of most forms.

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from PIL import Image

from skdigits.datasets import load_digits28, make_number_images

X, y = load_digits28(return_X_y=True)
fields = make_number_images(X, y, n_images=200, n_digits=(5, 5), random_state=0)
folder = Path(tempfile.mkdtemp())
for i, image in enumerate(fields.images):
    Image.fromarray(image).save(folder / f"{i:03}.png")

fig, axes = plt.subplots(3, 4, figsize=(9, 3.4), layout="constrained")
for ax, image in zip(axes.flat, fields.images, strict=False):
    ax.imshow(image, cmap="gray", vmin=0, vmax=255)
    ax.set_axis_off()
plt.show()

# %%
# Into a table
# ------------
# The reader is told that every number has five digits. ``skdigits read FOLDER --digits
# 5 --format csv`` writes the same table.

from skdigits import load_pretrained

reader = load_pretrained("numbers").set_params(n_digits=5)
paths = sorted(folder.glob("*.png"))
readings = reader.predict_readings(paths)
table = pd.DataFrame(
    {
        "file": [path.name for path in paths],
        "number": [reading.text for reading in readings],
        "probability": [reading.probability for reading in readings],
    }
)
print(table.head(8).to_string(index=False))

# %%
# The promised error
# ------------------
# If the probabilities hold, the expected share of wrong answers is the mean of one
# minus the probability. Sorted from sure to unsure, each threshold gives a share of
# fields that are answered, and an error among them.

table["right"] = table["number"] == fields.target
ranked = table.sort_values("probability", ascending=False, ignore_index=True)
n_answered = np.arange(1, len(ranked) + 1)
promised = (1 - ranked["probability"]).cumsum() / n_answered
real = (~ranked["right"]).cumsum() / n_answered

fig, ax = plt.subplots(figsize=(6.5, 4), layout="constrained")
coverage = n_answered / len(ranked)
ax.plot(coverage, promised, color="#0072B2", label="promised by the probabilities")
ax.plot(coverage, real, color="#D55E00", linestyle="--", label="counted")
ax.set(xlabel="share of fields that are answered", ylabel="share of wrong answers")
ax.set(xlim=(0, 1), ylim=(0, None))
ax.legend()
plt.show()

# %%
# Both curves end, at the right, with the error of the reader that always answers. The
# counted error jumps with each wrong field, since there are few. On pictures of another
# kind the promise may not hold: count there, or let `fit` measure the temperature on a
# hundred labelled fields of your own.
#
# Choose a threshold
# ------------------
# One wrong field in a hundred is accepted here. The threshold is the lowest probability
# at which the promise is kept, and the fields below it go to a person.

TOLERATED = 0.01
kept = np.flatnonzero(promised <= TOLERATED)
threshold = ranked["probability"][kept.max()] if len(kept) else 1.0
reader.set_params(reject_below=threshold)
answers = reader.predict(paths)
is_answered = answers != ""
print(f"reject below {threshold:.3f}")
print(f"answered: {is_answered.mean():.0%}")
print(f"wrong among these: {np.mean(answers != fields.target, where=is_answered):.1%}")

# %%
# The fields that a person has to look at are the hard ones.

from skdigits.display import ReadingDisplay

order = np.argsort(table["probability"])[:6]
fig, axes = plt.subplots(2, 3, figsize=(9, 4), layout="constrained")
for ax, i in zip(axes.flat, order, strict=True):
    ReadingDisplay(fields.images[i], readings[i]).plot(ax=ax)
plt.show()

# %%
# Conclusion
# ----------
# Read with constraints, choose the threshold by the error that you accept, and check
# the promise on labelled fields of your own.
