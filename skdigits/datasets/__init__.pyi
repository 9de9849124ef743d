from ._csv import load_csv
from ._digits import load_digits28
from ._folder import load_image_folder
from ._idx import load_idx
from ._mnist import fetch_mnist
from ._numbers import make_number_images
from ._optdigits import fetch_optdigits
from ._semeion import fetch_semeion
from ._strokes import render_strokes
from ._uji import fetch_uji_strokes
from ._usps import fetch_usps

__all__ = [
    "fetch_mnist",
    "fetch_optdigits",
    "fetch_semeion",
    "fetch_uji_strokes",
    "fetch_usps",
    "load_csv",
    "load_digits28",
    "load_idx",
    "load_image_folder",
    "make_number_images",
    "render_strokes",
]
