"""The network and its training, the only part that uses Keras."""
