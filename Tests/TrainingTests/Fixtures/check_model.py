"""Checks trained models with onnx.checker and runs them with ONNX Runtime.

    Tests/NeuralNetworkTests/fetch-node-tests
    .build/onnx-python/bin/python Tests/TrainingTests/Fixtures/check_model.py MODEL...

MODEL is a model folder. With input.npy and probs.npy in it (what ModelFolderTests.swift writes, which run
this for every architecture), ONNX Runtime must give the scores that Earwitness gave, to 1e-5.
"""
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
for folder in map(pathlib.Path, sys.argv[1:]):
    model = onnx.load(folder / "model.onnx")
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(
        str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
    line = f"{folder}: {len(model.graph.node)} nodes, onnx.checker passes"
    if (folder / "input.npy").exists():
        scores = session.run(["probs"], {"logmel": np.load(folder / "input.npy")})[0]
        expected = np.load(folder / "probs.npy")
        if scores.shape != expected.shape:
            sys.exit(f"{folder}: the scores are {scores.shape}, expected {expected.shape}")
        difference = np.abs(scores - expected).max()
        if not difference < 1e-5:
            sys.exit(f"{folder}: the scores differ by {difference:.1e}")
        line += f", scores differ by at most {difference:.1e}"
    print(line)
