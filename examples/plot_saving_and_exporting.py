"""
=============================
Saving, sharing and exporting
=============================

A trained classifier is worth keeping. Which file to keep it in depends on who is going
to read it: Python with skdigits, Python with Keras alone, a phone, or a server written
in another language. This example writes four kinds of file, and compares their size,
the time to load them, and whether they still give the same answers.
"""

# sphinx_gallery_thumbnail_number = 1

# %%
# A classifier to save
# --------------------
# Trained on the digits that come with scikit-learn.

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
    """Note size, time to load (the best of three) and deviation of a file."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        loaded = load()
        seconds.append(time.perf_counter() - start)
    deviation = np.abs(predict_proba(loaded) - expected).max()
    results[name] = (path.stat().st_size / 1e3, 1e3 * min(seconds), deviation)
    print(f"{name}: probabilities differ by {deviation:.1e} at most")


# %%
# skops: for those who have skdigits
# ----------------------------------
# `skdigits.save` writes the estimator itself, with its parameters, its classes and its
# training curves, in the format of skops. Unlike a pickle, such a file runs no code
# when it is loaded. It takes pipelines, searches and ensembles as well.

path = folder / "digits.skops"
skdigits.save(classifier, path)
record(
    "skops",
    path,
    lambda: skdigits.load(path),
    lambda loaded: loaded.predict_proba(X_test),
)

# %%
# Keras: for those who do not
# ---------------------------
# `model_` is the network as a Keras model of stock layers. It takes pixels as `fit` saw
# them, of shape `(n, 28, 28, 1)`, and returns logits; softmax makes probabilities of
# them. Labels are not in this file: the columns are in the order of `classes_`.

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
# `model_.export` writes a folder in TensorFlow's format, which TensorFlow Serving reads
# as it is, and which its converter turns into one small file. With
# `tf.lite.Optimize.DEFAULT` it also rounds the weights to bytes, which saves much of
# the size and moves the probabilities a little. The interpreter is a package of its
# own, `ai-edge-litert`, and needs no TensorFlow.

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
    """Read one image at a time, as a phone would."""
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
    print("not compared: `pip install ai-edge-litert` brings the interpreter")

# %%
# ONNX: for everything else
# -------------------------
# ONNX is read by runtimes for nearly every language and chip. Keras writes it with
# `model.export(path, format="onnx")`, which asks for the package `tf2onnx`;
# `onnxruntime` runs it.

if all(map(importlib.util.find_spec, ("tf2onnx", "onnxruntime"))):
    import onnxruntime

    onnx_path = folder / "digits.onnx"
    with warnings.catch_warnings(action="ignore"):  # tf2onnx is behind NumPy's times
        model.export(onnx_path, format="onnx", verbose=False)

    def run_onnx(session):
        name = session.get_inputs()[0].name
        return softmax(session.run(None, {name: images})[0].astype(float), axis=1)

    record("ONNX", onnx_path, lambda: onnxruntime.InferenceSession(onnx_path), run_onnx)
else:
    print("not compared: `pip install tf2onnx onnxruntime` brings writer and runtime")

# %%
# Side by side
# ------------
# Size, time to load, and the largest difference of any probability to those of
# the classifier. All axes are logarithmic; what is exactly equal has no bar.

fig, axes = plt.subplots(1, 3, figsize=(9.5, 2.8), sharey=True, layout="constrained")
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
# Between Python programs, share the skops file: it is the only one that brings the
# labels, and goes on being a scikit-learn estimator. For everything else, `model_` is a
# Keras model, and whatever converts those converts it.

home.cleanup()
