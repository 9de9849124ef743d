from . import datasets, display, exceptions
from ._batches import apply_in_batches
from ._classifier import CNNDigitClassifier
from ._dask_client import dask_client
from ._draw import write_drawing_page
from ._drawing_pad import DrawingPad
from ._io import read_image, read_images
from ._persistence import TRUSTED_TYPES, load, save
from ._pipeline import make_digit_pipeline, search_space
from ._preprocessing import DigitPreprocessor
from ._pretrained import load_pretrained
from ._reader import DigitReader, read_number
from ._recipes import RECIPES

__all__ = [
    "RECIPES",
    "TRUSTED_TYPES",
    "CNNDigitClassifier",
    "DigitPreprocessor",
    "DigitReader",
    "DrawingPad",
    "apply_in_batches",
    "dask_client",
    "datasets",
    "display",
    "exceptions",
    "load",
    "load_pretrained",
    "make_digit_pipeline",
    "read_image",
    "read_images",
    "read_number",
    "save",
    "search_space",
    "write_drawing_page",
]

__version__: str
