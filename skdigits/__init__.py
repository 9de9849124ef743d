"""Handwritten-digit recognition for scikit-learn.

`CNNDigitClassifier` is a scikit-learn classifier around a Keras convolutional
network, `DigitPreprocessor` brings pictures of any kind into MNIST framing, and
`make_digit_pipeline` composes the two. The names are loaded on first use:
``import skdigits`` imports neither NumPy nor TensorFlow.
"""

import lazy_loader as _lazy

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
