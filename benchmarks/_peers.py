"""The textbook network in other packages, as their users write it.

Each class has ``train_epoch(X, y)``, so that a benchmark can time single epochs, and
``predict(X)``. All build the same layers (32 and 64 3x3 convolutions, each followed by
max-pooling, 128 units with dropout 0.5), with Adam at 0.001 and batches of 128. They
get float32 pixels from 0 to 1; the conversion is not timed.
"""

import importlib.util
import warnings

import numpy as np

BATCH_SIZE = 128


def missing(*packages):
    """Return the names of packages that are not installed."""
    return [name for name in packages if importlib.util.find_spec(name) is None]


def textbook_keras():
    """Build and compile the textbook network in Keras."""
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


class HandWrittenKeras:
    """`keras.Model.fit`, as in the example of Keras."""

    def __init__(self, seed):
        import keras

        keras.utils.set_random_seed(seed)
        self.model = textbook_keras()

    def train_epoch(self, X, y):
        images = X.reshape(-1, 28, 28, 1)
        self.model.fit(images, y, batch_size=BATCH_SIZE, epochs=1, verbose=0)

    def predict(self, X):
        logits = self.model.predict(X.reshape(-1, 28, 28, 1), batch_size=512, verbose=0)
        return logits.argmax(axis=1)


class RawScikeras:
    """`scikeras.wrappers.KerasClassifier` of the same function."""

    def __init__(self, seed):
        from scikeras.wrappers import KerasClassifier

        self.model = KerasClassifier(
            model=textbook_keras, batch_size=BATCH_SIZE, verbose=0, random_state=seed
        )

    def train_epoch(self, X, y):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.model.partial_fit(X.reshape(-1, 28, 28, 1), y)

    def predict(self, X):
        return self.model.predict(X.reshape(-1, 28, 28, 1), batch_size=512)


class SkorchTorch:
    """`skorch.NeuralNetClassifier` of the same layers in PyTorch."""

    def __init__(self, seed):
        import torch
        from skorch import NeuralNetClassifier

        torch.manual_seed(seed)
        nn = torch.nn
        network = nn.Sequential(
            nn.Conv2d(1, 32, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(64 * 5 * 5, 128),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(128, 10),
        )
        self.model = NeuralNetClassifier(
            network,
            criterion=nn.CrossEntropyLoss,
            optimizer=torch.optim.Adam,
            lr=0.001,
            batch_size=BATCH_SIZE,
            max_epochs=1,
            train_split=None,
            iterator_train__shuffle=True,
            verbose=0,
        )

    def train_epoch(self, X, y):
        self.model.partial_fit(X.reshape(-1, 1, 28, 28), y)

    def predict(self, X):
        return self.model.predict(X.reshape(-1, 1, 28, 28))


class ScikitLearnMLP:
    """`MLPClassifier` with 128 hidden units and otherwise default settings."""

    def __init__(self, seed):
        from sklearn.neural_network import MLPClassifier

        self.model = MLPClassifier((128,), random_state=seed)

    def train_epoch(self, X, y):
        self.model.partial_fit(X, y, classes=np.arange(10))

    def predict(self, X):
        return self.model.predict(X)


class ScikitLearnSVC:
    """`SVC` with an RBF kernel; its only epoch is its fit."""

    def __init__(self, seed):
        from sklearn.svm import SVC

        self.model = SVC(C=10, gamma=0.02, cache_size=2000)

    def train_epoch(self, X, y):
        self.model.fit(X, y)

    def predict(self, X):
        return self.model.predict(X)
