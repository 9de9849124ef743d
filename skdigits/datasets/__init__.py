"""Data sets of handwritten digits, and loaders for your own.

`fetch_mnist`, `fetch_optdigits`, `fetch_semeion`, `fetch_usps` and `fetch_uji_strokes`
read public data sets from disk or download them; `load_digits28` needs no download.
`render_strokes` draws pen strokes. `load_idx` reads files in the format of MNIST,
`load_csv` tables such as Kaggle's, and `load_image_folder` pictures in one folder per
label.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
