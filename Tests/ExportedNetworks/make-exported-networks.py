#!/usr/bin/env python3
"""Makes the small networks of this folder as Keras and scikit-learn export them, and ONNX Runtime's answers.

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6 onnx==1.23.2 onnxruntime==1.32.0 \\
        scikit-learn==1.9.1 skl2onnx==1.20.0 tensorflow-cpu==2.21.0 tf2onnx==1.17.0 keras==3.15.1
    venv/bin/python make-exported-networks.py

Each network takes a window of 12 frames and 8 bands and names 3 classes. NAME.npy is what ONNX Runtime gives for
input.npy; the weights are random, or fitted to random numbers.
"""
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import keras
import numpy as np
import onnx
import onnxruntime
from keras import layers
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler

FRAMES, BANDS, CLASSES = 12, 8, 3
folder = pathlib.Path(__file__).parent
keras.utils.set_random_seed(7)
random = np.random.default_rng(7)
window = random.normal(size=(1, FRAMES, BANDS)).astype(np.float32)
np.save(folder / "input.npy", window)


def keep(name, model, output):
    onnx.checker.check_model(model)
    onnx.save(model, folder / f"{name}.onnx")
    session = onnxruntime.InferenceSession(model.SerializeToString())
    given = session.get_inputs()[0]
    shape = [length if isinstance(length, int) else 1 for length in given.shape]
    np.save(folder / f"{name}.npy", session.run([output], {given.name: window.reshape(shape)})[0].reshape(-1))


def export_keras(name, model, opset=None):
    model(np.zeros((1,) + model.input_shape[1:], np.float32))
    model.export(str(folder / f"{name}.onnx"), format="onnx", verbose=False)
    network = onnx.load(folder / f"{name}.onnx")
    if opset:
        # What the network uses means the same there.
        next(entry for entry in network.opset_import if not entry.domain).version = opset
        network.ir_version = 11
    keep(name, network, network.graph.output[0].name)


def images(*last):
    return keras.Sequential(
        [
            layers.Input((FRAMES, BANDS, 1)),
            layers.Conv2D(4, 3, strides=2, activation="relu"),
            layers.BatchNormalization(),
            layers.Conv2D(4, 3, padding="same", activation="relu"),
            *last,
        ]
    )


dense = [layers.GlobalAveragePooling2D(), layers.Dense(CLASSES, activation="sigmoid")]
export_keras("keras-images", images(*dense))
export_keras("keras-opset24", images(*dense), opset=24)
export_keras(
    "keras-kept-axes",
    images(layers.GlobalAveragePooling2D(keepdims=True), layers.Conv2D(CLASSES, 1, activation="sigmoid")),
)
export_keras(
    "keras-sequence",
    keras.Sequential(
        [
            layers.Input((FRAMES, BANDS)),
            layers.Conv1D(4, 3, activation="relu"),
            layers.Bidirectional(layers.LSTM(4)),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    ),
)

rows = random.normal(size=(120, FRAMES * BANDS)).astype(np.float32)
labels = np.array(["bark", "bell", "rain"])[random.integers(0, CLASSES, 120)]
for name, classifier in {
    "sklearn-logistic": make_pipeline(StandardScaler(), LogisticRegression()),
    "sklearn-normalized": make_pipeline(Normalizer(), OneVsRestClassifier(LogisticRegression())),
    "sklearn-mlp": make_pipeline(StandardScaler(), MLPClassifier((5,), max_iter=30)),
}.items():
    network = to_onnx(classifier.fit(rows, labels), rows[:1], options={"zipmap": False})
    keep(name, network, "probabilities")
