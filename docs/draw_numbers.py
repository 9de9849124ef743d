"""Draw the picture of README.md: generated numbers, and what the reader reads there.

python docs/draw_numbers.py
"""

from pathlib import Path

import matplotlib.pyplot as plt

from skdigits import load_pretrained
from skdigits.datasets import load_digits28, make_number_images
from skdigits.display import ReadingDisplay

N_ROWS, N_COLUMNS = 4, 3
SEED = 4

X, y = load_digits28(return_X_y=True)
numbers = make_number_images(
    X, y, n_images=N_ROWS * N_COLUMNS, n_digits=(3, 7), random_state=SEED
)
readings = load_pretrained("numbers").predict_readings(numbers.images)
figure, axes = plt.subplots(N_ROWS, N_COLUMNS, figsize=(10, 8), layout="constrained")
for ax, picture, reading in zip(axes.flat, numbers.images, readings, strict=True):
    ReadingDisplay(picture, reading).plot(ax=ax, text_kw={"size": 9})
figure.savefig(Path(__file__).parent / "_static" / "numbers.png", dpi=100)
