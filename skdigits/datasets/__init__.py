"""Handwritten digits to train and test on, as uint8 arrays in MNIST framing.

`fetch_mnist` reads MNIST from disk or downloads it, `load_digits28` needs neither
files nor a network, `load_idx` reads any file of the format that MNIST comes in,
and `load_image_folder` reads pictures sorted into one folder per label.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
