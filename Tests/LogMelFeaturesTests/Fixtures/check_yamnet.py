"""Holds our YAMNet fixture, which NumPy made by formula, against TensorFlow's own operators.

    python3 -m venv venv && venv/bin/pip install tensorflow-cpu==2.21.0
    venv/bin/python check_yamnet.py
"""

import pathlib

import numpy as np
import tensorflow as tf
from test_signal import as_float, test_signal

fixture = np.load(pathlib.Path(__file__).parent / "yamnet.npy")
magnitude = tf.abs(tf.signal.stft(as_float(test_signal(16000, 1)), 400, 160, 512))
matrix = tf.signal.linear_to_mel_weight_matrix(64, 257, 16000, 125.0, 7500.0)
features = tf.math.log(tf.matmul(magnitude, matrix) + 0.001).numpy()
largest = np.abs(features - fixture).max()
print(f"TensorFlow {tf.__version__}: largest difference {largest:.2g}, "
      f"{largest / (fixture.max() - fixture.min()):.2g} of the range")
