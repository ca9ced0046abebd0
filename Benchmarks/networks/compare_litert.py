"""Times our engine and LiteRT with XNNPACK side by side, one thread each, on the same networks and inputs.

Usage: compare_litert.py YAMNET.tflite [NAME…]. NAMEs: yamnet (the whole file), yamnet-body (from its own spectrogram
on, as `models add` uses it), household-2, household-2-int8 (the same with LiteRT's int8 weights), birdnet (if
fetch-birdnet has put it there). First run `swift build -c release --product networks-benchmark` in Benchmarks; the
Python is that of Tests/NeuralNetworkTests/make-tflite-networks with `onnx`. The two alternate in small blocks, so that
load affects both. Prints the least times, the medians, and the ratios of both.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from ai_edge_litert.interpreter import Interpreter

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = os.environ.get("NETWORKS_BENCHMARK", ROOT / "Benchmarks/.build/release/networks-benchmark")
NAMES = ["yamnet", "yamnet-body", "household-2", "household-2-int8", "birdnet"]
SECONDS = float(os.environ.get("SECONDS_EACH", "8"))
SPECTROGRAM = "Identity_1"


def body(yamnet, folder):
    """The file's network from its spectrogram on, as a TFLite file."""
    import flatbuffers
    from tensorflow.lite.python import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(bytearray(yamnet.read_bytes()), 0))
    graph = model.subgraphs[0]
    start = next(i for i, tensor in enumerate(graph.tensors) if tensor.name.decode() == SPECTROGRAM)
    scores = next(o for o in graph.outputs if 521 in graph.tensors[o].shape)
    needed, kept = {scores}, []
    for operator in reversed(graph.operators):
        if needed.intersection(operator.outputs):
            kept.insert(0, operator)
            needed.update(i for i in operator.inputs if i not in (start, -1))
    graph.operators, graph.inputs, graph.outputs = kept, [start], [scores]
    model.signatureDefs = model.metadata = None
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    path = folder / "yamnet-body.tflite"
    path.write_bytes(builder.Output())
    return path


def household(folder, quantised):
    """Models/household-2 as a TFLite file, through Keras, by the same weights."""
    import onnx
    import tensorflow as tf
    from onnx import numpy_helper

    graph = onnx.load(str(ROOT / "Models/household-2/model.onnx")).graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}

    def array(name):
        if name in arrays:
            return arrays[name]
        steps = arrays[name + ".int8"].astype(np.float32)
        return steps * arrays[name + ".scale"].reshape(-1, *[1] * (steps.ndim - 1))

    layers, values = tf.keras.layers, []
    sound = x = tf.keras.Input((96, 64, 1))
    for node in graph.node:
        if node.op_type not in ("Conv", "Gemm"):
            continue
        weights, bias = array(node.input[1]), array(node.input[2])
        if node.op_type == "Gemm":
            x = layers.GlobalAveragePooling2D()(x)
            layer, weights = layers.Dense(len(bias), activation="sigmoid"), weights.T
            x = layer(x)
        else:
            options = {a.name: list(a.ints) or a.i for a in node.attribute}
            stride = options["strides"][0]
            if options.get("group", 1) > 1:
                layer = layers.DepthwiseConv2D(weights.shape[2], stride, "same")
                weights = weights.transpose(2, 3, 0, 1)
            else:
                layer = layers.Conv2D(weights.shape[0], weights.shape[2], stride, "same")
                weights = weights.transpose(2, 3, 1, 0)
            x = layers.ReLU()(layer(x))
        values.append((layer, weights, bias))
    for layer, weights, bias in values:
        layer.set_weights([weights, bias])
    converter = tf.lite.TFLiteConverter.from_keras_model(tf.keras.Model(sound, x))
    if quantised:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    path = folder / f"household-2-{quantised}.tflite"
    path.write_bytes(converter.convert())
    return path


def networks(name, yamnet, folder):
    """Our file, what we start from, LiteRT's file, and the shape of our input; none: as LiteRT's."""
    if name == "yamnet":
        return yamnet, [], yamnet, None
    if name == "yamnet-body":
        return yamnet, [SPECTROGRAM], body(yamnet, folder), [96, 64]
    if name.startswith("household-2"):
        ours = ROOT / "Models/household-2/model.onnx"
        return ours, [], household(folder, name.endswith("int8")), [1, 1, 96, 64]
    path = ROOT / ".build/birdnet/Model_FP32.tflite"
    return path, [], path, [1, 144_000]


def compare(name, yamnet, folder):
    ours, start, theirs, shape = networks(name, yamnet, folder)
    interpreter = Interpreter(str(theirs), num_threads=1)
    interpreter.allocate_tensors()
    place = interpreter.get_input_details()[0]
    window = np.random.default_rng(0).uniform(-0.3, 0.3, shape or place["shape"]).astype(np.float32)
    np.save(folder / "in.npy", window)
    interpreter.set_tensor(place["index"], window.reshape(place["shape"]))
    process = subprocess.Popen(
        [BINARY, ours, folder / "in.npy", *start],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    times = {"litert": [], "ours": []}
    end = time.monotonic() + SECONDS
    while time.monotonic() < end or len(times["ours"]) < 40:
        for _ in range(10):
            begin = time.perf_counter_ns()
            interpreter.invoke()
            times["litert"].append(time.perf_counter_ns() - begin)
        process.stdin.write("window 10\n")
        process.stdin.flush()
        times["ours"] += [int(t) for t in process.stdout.readline().split()]
    process.stdin.close()
    process.wait()
    least = {k: min(v[10:]) / 1e3 for k, v in times.items()}
    middle = {k: statistics.median(v[10:]) / 1e3 for k, v in times.items()}
    print(
        f"| {name} | {least['litert']:.0f} | {least['ours']:.0f} | {least['ours'] / least['litert']:.2f} "
        f"| {middle['litert']:.0f} | {middle['ours']:.0f} | {middle['ours'] / middle['litert']:.2f} |",
        flush=True,
    )


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: compare_litert.py YAMNET.tflite [NAME…]")
    print("| network | LiteRT, least µs | ours | ratio | LiteRT, median µs | ours | ratio |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        for network in sys.argv[2:] or NAMES:
            compare(network, pathlib.Path(sys.argv[1]), pathlib.Path(scratch))
