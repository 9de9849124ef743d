"""
====================
A page of a register
====================

Registers hold numbers one above the other. This example reads a column of years, all
at once, and finds entries that need a second look.
"""

# sphinx_gallery_thumbnail_number = 2

# %%
# A page
# ------
# The example writes its own page: years between 1850 and 1949 on ruled, yellowed paper,
# with digits that come with scikit-learn.

import matplotlib.pyplot as plt
import numpy as np

from skdigits.datasets import load_digits28

X, y = load_digits28(return_X_y=True)
digits = X.reshape(-1, 28, 28) / 255
rng = np.random.default_rng(1)

years = [str(year) for year in np.sort(rng.integers(1850, 1950, size=8))]
PITCH = 48  # pixels from line to line
page = np.full((PITCH * len(years) + 40, 220), 0.85)
for row, year in enumerate(years):
    top, left = 30 + PITCH * row, 40 + rng.integers(0, 30)
    page[top + 32] = 0.55  # ruling
    for label in year:
        place = page[top : top + 28, left : left + 28]
        place -= 0.6 * digits[rng.choice(np.flatnonzero(y == int(label)))] * place
        left += rng.integers(19, 24)
page += rng.normal(0, 0.015, page.shape)
tint = np.array([255, 240, 205])
page = np.clip(page[:, :, None] * tint, 0, 255).astype(np.uint8)

fig, ax = plt.subplots(figsize=(3, 5.6), layout="constrained")
ax.imshow(page)
ax.set_axis_off()
plt.show()

# %%
# Read all lines
# --------------
# ``multiple=True`` returns all numbers of a picture, from top to bottom. The register
# holds years of two centuries, which the pattern says.

from skdigits import load_pretrained

reader = load_pretrained("numbers").set_params(pattern="1[89][0-9]{2}")
[readings] = reader.predict_readings([page], multiple=True)
for reading, year in zip(readings, years, strict=False):
    print(f"{reading.text}  {reading.probability:.3f}  written: {year}")

# %%
# Where they are
# --------------
# Each reading has the box of its number. Entries below a probability of 0.9 are marked
# for a second look.

from matplotlib.patches import Rectangle

fig, ax = plt.subplots(figsize=(3.6, 5.6), layout="constrained")
ax.imshow(page)
for reading in readings:
    left, top, right, bottom = reading.box
    color = "#0072B2" if reading.probability >= 0.9 else "#D55E00"
    size = right - left, bottom - top
    ax.add_patch(Rectangle((left, top), *size, fill=False, edgecolor=color))
    ax.text(right + 5, bottom - 5, reading.text, color=color, weight="bold")
ax.set_axis_off()
plt.show()

# %%
# A check across lines
# --------------------
# This register is in order. A year that is earlier than the one above was misread or
# miswritten, so its alternatives are worth a look.

from itertools import pairwise

for above, reading in pairwise(readings):
    if reading.text < above.text:
        likely = [text for text, _ in reading.alternatives if text >= above.text]
        print(f"{reading.text} below {above.text}: perhaps {' or '.join(likely[:3])}")

# %%
# Conclusion
# ----------
# Pass whole pages with ``multiple=True``, say what the column holds, and use what is
# known about neighbouring entries to check them. Cut the columns of a table apart
# first: numbers side by side are read as one.
