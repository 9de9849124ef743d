"""Plot trainings and predictions, with classes like scikit-learn's displays.

A display holds numbers; `plot` imports matplotlib and draws them. For confusion
matrices, use :class:`sklearn.metrics.ConfusionMatrixDisplay`.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
