from ._csv import load_csv
from ._digits import load_digits28
from ._folder import load_image_folder
from ._idx import load_idx
from ._mnist import fetch_mnist
from ._strokes import render_strokes

__all__ = [
    "fetch_mnist",
    "load_csv",
    "load_digits28",
    "load_idx",
    "load_image_folder",
    "render_strokes",
]
