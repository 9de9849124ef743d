"""
====================
Saving and exporting
====================

The best file format for a trained classifier depends on who reads it: Python with
skdigits, Python with Keras only, a phone, or a server in another language. This example
writes four kinds of files, and compares their size, the time to load them and their
predictions.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# Train a classifier
# ------------------
# The classifier is trained on the digits that come with scikit-learn.

import importlib.util
import tempfile
import time
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import softmax
from sklearn.model_selection import train_test_split

import skdigits
from skdigits import CNNDigitClassifier
from skdigits.datasets import load_digits28

X, y = load_digits28(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.2, stratify=y, random_state=0
)
classifier = CNNDigitClassifier(filters=(16, 32, 64), epochs=6, random_state=0)
classifier.fit(X_train, y_train)
print(f"test accuracy: {classifier.score(X_test, y_test):.4f}")

expected = classifier.predict_proba(X_test)
images = X_test.reshape(-1, 28, 28, 1).astype(np.float32)
home = tempfile.TemporaryDirectory()
folder = Path(home.name)
results = {}


def record(name, path, load, predict_proba):
    """Record the size, time to load (best of three) and deviation of a file."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        loaded = load()
        seconds.append(time.perf_counter() - start)
    deviation = np.abs(predict_proba(loaded) - expected).max()
    results[name] = (path.stat().st_size / 1e3, 1e3 * min(seconds), deviation)
    print(f"{name}: probabilities differ by {deviation:.1e} at most")


# %%
# skops: for Python with skdigits
# -------------------------------
# `skdigits.save` writes the estimator with its parameters, classes and training curves
# in the format of skops. Unlike a pickle, such a file runs no code when it is loaded.
# Pipelines, searches and ensembles can be saved too.

path = folder / "digits.skops"
skdigits.save(classifier, path)
record(
    "skops",
    path,
    lambda: skdigits.load(path),
    lambda loaded: loaded.predict_proba(X_test),
)

# %%
# Keras: for Python without skdigits
# ----------------------------------
# `model_` is a Keras model of standard layers. Its input are pixels in the range seen
# in `fit`, of shape `(n, 28, 28, 1)`, and its output are logits; softmax converts them
# to probabilities. The file has no labels: the columns have the order of `classes_`.

import keras

model = classifier.model_
keras_path = folder / "digits.keras"
model.save(keras_path)
record(
    "Keras",
    keras_path,
    lambda: keras.saving.load_model(keras_path),
    lambda loaded: softmax(np.asarray(loaded(images), dtype=float), axis=1),
)

# %%
# LiteRT: for phones and small boards
# -----------------------------------
# `model_.export` writes a folder in the SavedModel format, which TensorFlow Serving
# reads and the converter turns into one small file. With `tf.lite.Optimize.DEFAULT`,
# the weights are rounded to bytes. This makes the file smaller and changes the
# probabilities slightly. The interpreter is the package `ai-edge-litert`, which does
# not need TensorFlow.

import tensorflow as tf

litert_paths = {
    "LiteRT": folder / "digits.tflite",
    "LiteRT, bytes": folder / "b.tflite",
}
model.export(folder / "saved_model", verbose=False)
for name, path in litert_paths.items():
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder / "saved_model"))
    if name == "LiteRT, bytes":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    path.write_bytes(converter.convert())


def run_litert(interpreter):
    """Predict one image at a time, as on a phone."""
    logits = []
    for image in images:
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], image[None])
        interpreter.invoke()
        logits.append(
            interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
        )
    return softmax(np.concatenate(logits).astype(float), axis=1)


if importlib.util.find_spec("ai_edge_litert"):
    from ai_edge_litert.interpreter import Interpreter

    for name, path in litert_paths.items():

        def load(path=path):
            interpreter = Interpreter(model_path=str(path))
            interpreter.allocate_tensors()
            return interpreter

        record(name, path, load, run_litert)
else:
    print("not compared: needs `pip install ai-edge-litert`")

# %%
# ONNX: for other languages and runtimes
# --------------------------------------
# Runtimes for most languages and chips read ONNX. `model.export(path, format="onnx")`
# needs the package `tf2onnx`, and `onnxruntime` runs the file.

if all(map(importlib.util.find_spec, ("tf2onnx", "onnxruntime"))):
    import onnxruntime

    onnx_path = folder / "digits.onnx"
    with warnings.catch_warnings(action="ignore"):  # tf2onnx uses deprecated NumPy
        model.export(onnx_path, format="onnx", verbose=False)

    def run_onnx(session):
        name = session.get_inputs()[0].name
        return softmax(session.run(None, {name: images})[0].astype(float), axis=1)

    record("ONNX", onnx_path, lambda: onnxruntime.InferenceSession(onnx_path), run_onnx)
else:
    print("not compared: needs `pip install tf2onnx onnxruntime`")

# %%
# Comparison
# ----------
# The figure shows the size, the time to load, and the largest difference of a
# probability from that of the classifier. All axes are logarithmic; equal probabilities
# have no bar.

fig, axes = plt.subplots(3, 1, figsize=(7, 4.9), sharey=True, layout="constrained")
titles = ["size (kB)", "time to load (ms)", "largest difference"]
names = list(results)
for ax, title, values in zip(
    axes, titles, np.transpose(list(results.values())), strict=True
):
    bars = ax.barh(names, values, color="#0072B2", hatch="//", edgecolor="white")
    labels = [f"{v:.0f}" if v > 10 else f"{v:.1g}" for v in values]
    ax.bar_label(bars, labels, padding=3, fontsize=9)
    positive = [value for value in values if value > 0]
    ax.set(title=title, xscale="log", xlim=(min(positive) / 4, max(positive) * 8))
    ax.spines[["top", "right"]].set_visible(False)
axes[0].invert_yaxis()
plt.show()

# %%
# Conclusion
# ----------
# For Python programs, use the skops file: it is the only one with the labels, and it is
# a scikit-learn estimator when loaded. For everything else, `model_` can be converted
# like any Keras model.

home.cleanup()
