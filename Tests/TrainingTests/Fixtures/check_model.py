"""Checks a trained model with onnx.checker and runs it with ONNX Runtime.

    EARWITNESS_KEEP_MODEL=folder swift test --filter ModelFolderWriterTests
    python -m venv v && v/bin/pip install onnx==1.23.2 onnxruntime==1.31.1 numpy==2.4.6
    v/bin/python check_model.py folder/true folder/false

With input.npy and probs.npy in the folder (what the test above writes), ONNX Runtime must give the
scores that Earwitness gave.
"""
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

for folder in map(pathlib.Path, sys.argv[1:]):
    model = onnx.load(folder / "model.onnx")
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
    line = f"{folder}: {len(model.graph.node)} nodes, onnx.checker passes"
    if (folder / "input.npy").exists():
        scores = session.run(["probs"], {"logmel": np.load(folder / "input.npy")})[0]
        difference = np.abs(scores - np.load(folder / "probs.npy")).max()
        assert difference < 1e-5, difference
        line += f", scores differ by at most {difference:.1e}"
    print(line)
