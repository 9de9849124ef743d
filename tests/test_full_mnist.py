"""Tests that need the whole of MNIST."""

import sys

import pytest

import skdigits
from skdigits._cli.main import main

pytestmark = pytest.mark.slow

# `getrusage` would count the peak of the process that this one was forked from.
PEAK = """
with open("/proc/self/status") as file:
    print(next(line.split()[1] for line in file if line.startswith("VmHWM")))
"""

OURS = """
from skdigits import CNNDigitClassifier
from skdigits.datasets import fetch_mnist
X, y = fetch_mnist(return_X_y=True)
clf = CNNDigitClassifier(filters=(8,), pool_after=(1,), batch_norm=False,
                         epochs=1, batch_size=128, random_state=0)
clf.set_params(early_stopping=True).fit(X, y, sample_weight=y < 9)
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


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory from /proc")
def test_fit_needs_no_more_memory_than_hand_written_keras(mnist_home, run_python):
    peaks = {}
    for name, script in [("ours", OURS), ("keras", KERAS)]:
        done = run_python(script + PEAK)
        assert done.returncode == 0, done.stderr
        peaks[name] = float(done.stdout)
    assert peaks["ours"] < peaks["keras"], peaks


@pytest.mark.filterwarnings("ignore::skdigits.exceptions.SeveralDigitsWarning")
def test_one_epoch_from_the_command_line_is_enough(mnist_home, tmp_path, capsys):
    output = tmp_path / "mnist.skops"
    options = ["--data-home", mnist_home, "--epochs", "1", "--output", str(output)]
    assert main(["train", "--data", "mnist", *options]) == 0
    words = capsys.readouterr().out.split()
    assert words[:2] == ["images", "10000,"]
    assert float(words[words.index("accuracy") + 1]) >= 0.985
    assert skdigits.load(output)["classifier"].n_iter_ == 1
