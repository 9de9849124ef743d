"""Draw `_static/digits_read.png`, the picture of the README: ``python digits_read.py``.

It shows the test digits that the pipeline of the README is least sure of.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from sklearn.model_selection import train_test_split

from skdigits import make_digit_pipeline
from skdigits.datasets import load_digits28
from skdigits.display import DigitGridDisplay

X, y = load_digits28(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
pipeline = make_digit_pipeline(random_state=0).fit(X_train, y_train)
print(f"{pipeline.score(X_test, y_test):.4f} of {len(y_test)} test digits")

display = DigitGridDisplay.from_estimator(
    pipeline, X_test, y_test, order="worst_first", max_images=14, n_columns=7
)
display.figure_.savefig(
    Path(__file__).parent / "_static" / "digits_read.png",
    dpi=100,
    pil_kwargs={"optimize": True},
)
