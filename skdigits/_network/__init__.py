"""The network and its training. Keras, TensorFlow and scikeras are used here only."""
