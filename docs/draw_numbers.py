"""Draw the picture of README.md: generated numbers, and what the reader reads there.

python docs/draw_numbers.py
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from skdigits import load_pretrained
from skdigits.datasets import load_digits28, make_number_images
from skdigits.display import ReadingDisplay

N_ROWS, N_COLUMNS = 4, 3
# The generator also makes fields that are faint, as the reader has to learn them; the
# twelve of highest contrast are shown, whatever is read there.
N_MADE, SEED = 60, 3

X, y = load_digits28(return_X_y=True)
numbers = make_number_images(X, y, n_images=N_MADE, n_digits=(3, 7), random_state=SEED)
contrasts = [np.std(image) for image in numbers.images]
chosen = np.sort(np.argsort(contrasts)[-N_ROWS * N_COLUMNS :])
pictures = [numbers.images[i] for i in chosen]
readings = load_pretrained("numbers").predict_readings(pictures)
figure, axes = plt.subplots(N_ROWS, N_COLUMNS, figsize=(10, 6.5), layout="constrained")
for ax, picture, reading in zip(axes.flat, pictures, readings, strict=True):
    ReadingDisplay(picture, reading).plot(ax=ax, text_kw={"size": 9})
figure.savefig(Path(__file__).parent / "_static" / "numbers.png", dpi=100)
right = [r.text == numbers.target[i] for i, r in zip(chosen, readings, strict=True)]
print(f"{sum(right)} of {len(right)} are read right.")
