"""Truths that take the whole of MNIST."""

import pytest

pytestmark = pytest.mark.slow

PEAK = """
import resource
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10)
"""

OURS = """
from skdigits import CNNDigitClassifier
from skdigits.datasets import fetch_mnist
X, y = fetch_mnist(return_X_y=True)
clf = CNNDigitClassifier(filters=(8,), pool_after=(1,), batch_norm=False,
                         epochs=1, batch_size=128, random_state=0)
clf.fit(X, y)
"""

KERAS = """
import keras
from skdigits.datasets import fetch_mnist
X, y = fetch_mnist(return_X_y=True, as_images=True)
X = X.astype("float32")[..., None] / 255
model = keras.Sequential([
    keras.layers.Input((28, 28, 1)),
    keras.layers.Conv2D(8, 5, activation="relu", padding="same"),
    keras.layers.MaxPooling2D(),
    keras.layers.Flatten(),
    keras.layers.Dense(10),
])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(X, y, batch_size=128, epochs=1, verbose=0)
"""


def test_fit_needs_no_more_memory_than_hand_written_keras(mnist_home, run_python):
    peaks = {}
    for name, script in [("ours", OURS), ("keras", KERAS)]:
        done = run_python(script + PEAK)
        assert done.returncode == 0, done.stderr
        peaks[name] = float(done.stdout)
    assert peaks["ours"] < peaks["keras"], peaks
