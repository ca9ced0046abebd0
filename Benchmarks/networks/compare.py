"""Times our engine and ONNX Runtime side by side, one thread each, on the same files and inputs.

Usage: compare.py [NAME…]. First run Tests/NeuralNetworkTests/fetch-node-tests and make-networks,
and `swift build -c release` in Benchmarks; then run this with .build/onnx-python/bin/python. The two
alternate in small blocks, so that load affects both. Prints medians and their ratio.
"""

import os
import statistics
import subprocess
import sys
import time

import numpy as np
import onnxruntime

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
NETWORKS = os.path.join(ROOT, ".build/onnx-networks")
BINARY = os.path.join(ROOT, "Benchmarks/.build/release/networks-benchmark")
NAMES = ["bootstrap", "vgg", "mobilenet", "cnn128", "spectrogram", "urban", "resnest"]
SECONDS = float(os.environ.get("SECONDS_EACH", "6"))


def files(name):
    if name == "bootstrap":
        folder = os.path.join(ROOT, "Tests/ReferenceModels/bootstrap")
        window = np.random.default_rng(0).standard_normal((1, 1, 96, 64)).astype(np.float32)
        path = os.path.join(NETWORKS, "in_bootstrap.npy")
        np.save(path, window)
        return os.path.join(folder, "model.onnx"), path
    folder = os.path.join(NETWORKS, name)
    [array] = [f for f in os.listdir(folder) if f.startswith("in_")]
    return os.path.join(folder, "model.onnx"), os.path.join(folder, array)


def ask(process, request):
    process.stdin.write(request + "\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def compare(name):
    model, array = files(name)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: np.load(array)}
    outputs = [session.get_outputs()[0].name]
    ours = subprocess.Popen(
        [BINARY, model, array], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    streaming = ask(ours, "streaming")
    theirs, windows, hops = [], [], []
    end = time.monotonic() + SECONDS
    first = True
    while time.monotonic() < end or len(theirs) < 6:
        block = 1 if first else max(1, min(50, int(2e7 / max(1, statistics.median(theirs)))))
        for _ in range(block):
            start = time.perf_counter_ns()
            session.run(outputs, feed)
            theirs.append(time.perf_counter_ns() - start)
        windows += [int(t) for t in ask(ours, f"window {block}").split()]
        hops += [int(t) for t in ask(ours, f"hop {block}").split()]
        if first:
            theirs, windows, hops, first = theirs[-1:], [], [], False
    ours.stdin.close()
    ours.wait()
    reference, window = statistics.median(theirs) / 1e3, statistics.median(windows) / 1e3
    line = f"| {name} | {reference:.0f} | {window:.0f} | {reference / window:.2f} |"
    if hops:
        hop = statistics.median(hops) / 1e3
        line += f" {hop:.0f} | {window / hop:.2f} | {reference / hop:.2f} |"
    else:
        line += " – | – | – |"
    print(f"{line} {streaming} |", flush=True)


if __name__ == "__main__":
    print("| network | ONNX Runtime µs | window µs | times faster | hop µs | than a window | "
          "than ONNX Runtime | a hop does |")
    print("|---|---|---|---|---|---|---|---|")
    for network in sys.argv[1:] or NAMES:
        compare(network)
