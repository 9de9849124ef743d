"""
===========================================
Reading a photographed number, step by step
===========================================

`DigitReader` reads a number as a whole: the digits may touch, and the light may be
uneven. This example photographs a number, reads it, looks at what the reader is unsure
of, and tells it what to expect.
"""

# sphinx_gallery_thumbnail_number = 2

# %%
# A photo
# -------
# To know what is written there, the example makes its own photo: digits that come with
# scikit-learn, side by side, drawn larger on squared paper and lit from one side.

import matplotlib.pyplot as plt
import numpy as np
from skimage.transform import resize

from skdigits.datasets import load_digits28

X, y = load_digits28(return_X_y=True)
digits = X.reshape(-1, 28, 28) / 255
rng = np.random.default_rng(3)


def photograph(number, pitch=19, scale=4):
    """Draw a number on squared paper; digits overlap if the pitch is small."""
    ink = np.zeros((28, 28 + pitch * (len(number) - 1)))
    for i, label in enumerate(number):
        digit = digits[rng.choice(np.flatnonzero(y == int(label)))]
        place = ink[:, pitch * i : pitch * i + 28]
        np.maximum(place, digit, out=place)
    ink = resize(ink, (scale * ink.shape[0], scale * ink.shape[1]))
    page = np.full((320, 640), 0.92)
    page[::40] = page[:, ::40] = 0.7  # squares
    top, left = 110, (page.shape[1] - ink.shape[1]) // 2
    place = page[top : top + ink.shape[0], left : left + ink.shape[1]]
    place -= 0.75 * ink * place
    light = np.linspace(1, 0.45, page.shape[1])
    return np.clip(255 * page * light + rng.normal(0, 4, page.shape), 0, 255)


photo = photograph("20817").astype(np.uint8)

fig, ax = plt.subplots(figsize=(6, 3), layout="constrained")
ax.imshow(photo, cmap="gray", vmin=0, vmax=255)
ax.set_axis_off()
plt.show()

# %%
# Read it
# -------
# One line reads one picture: a path, bytes, a Pillow image or, as here, an array.

from skdigits import read_number

print(read_number(photo))

# %%
# What was read where
# -------------------
# `predict_readings` says more. The reader finds the line, straightens it and reads it
# without cutting digits apart; the boxes are found afterwards.

from skdigits import load_pretrained
from skdigits.display import ReadingDisplay

reader = load_pretrained("numbers")
[reading] = reader.predict_readings([photo])
for digit in reading.digits:
    print(f"{digit.label}  {digit.probability:.3f}  {tuple(digit.box)}")

ReadingDisplay(photo, reading).plot()
plt.show()

# %%
# The probability of the whole number is in the title. It is calibrated: of many numbers
# read with a probability of 0.9, about nine in ten are right.
#
# Alternatives
# ------------
# A reading also has the numbers that come next. In a photo that is hard to read, they
# show what the reader hesitates about.

hard = photograph("70914", pitch=14, scale=3)
hard = np.clip(hard + rng.normal(0, 35, hard.shape), 0, 255).astype(np.uint8)
[reading] = reader.predict_readings([hard])
for text, probability in reading.alternatives[:4]:
    print(f"{text:>6}  {probability:.3f}")

ReadingDisplay(hard, reading).plot()
plt.show()

# %%
# Say what to expect
# ------------------
# Constraints rule alternatives out: the number of digits, a regular expression, or a
# function such as the test of a check digit. They are parameters of the fitted reader.

for constraints in (
    {"n_digits": 5},
    {"n_digits": 5, "pattern": "7.*"},
    {"check": lambda text: sum(map(int, text)) == 21},
):
    reader.set_params(n_digits=None, pattern=None, check=None)
    reader.set_params(**constraints)
    [reading] = reader.predict_readings([hard])
    names = ", ".join(constraints)
    print(f"{names:>17}: {reading.text}  {reading.probability:.3f}")

# %%
# Conclusion
# ----------
# Use `read_number` for one picture and `DigitReader` for many. Tell it what is known
# about the numbers, and look at the alternatives where the probability is low.
