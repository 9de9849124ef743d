"""Plots of training and predictions, made like scikit-learn's Display classes.

A display holds numbers; `plot` draws them with matplotlib, which is imported no
sooner. For confusion matrices there is
:class:`sklearn.metrics.ConfusionMatrixDisplay`.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
