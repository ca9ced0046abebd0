"""Writes operator_cases.json: small operators with the outputs of ONNX Runtime.

Needs: Python 3.11, numpy 2.4.6, onnx 1.23.2, onnxruntime 1.31.1 (PyPI). Images are stored channels
last, as the kernels take them; ONNX Runtime gets them channels first.
"""

import json
import pathlib

import numpy
import onnxruntime
from onnx import TensorProto, helper

random = numpy.random.default_rng(20)


def floats(*shape):
    return random.standard_normal(shape).astype(numpy.float32)


def run(operator, inputs, output_count=1, **attributes):
    names = [f"i{n}" if value is not None else "" for n, value in enumerate(inputs)]
    outputs = [f"o{n}" for n in range(output_count)]
    node = helper.make_node(operator, names, outputs, **attributes)
    graph = helper.make_graph(
        [node], "case",
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, v.shape)
         for n, v in zip(names, inputs) if v is not None],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in outputs])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(None, {n: v for n, v in zip(names, inputs) if v is not None})


def channels_last(image):
    return numpy.moveaxis(image, 1, -1)


def listed(array):
    return [float(f"{v:.9g}") for v in numpy.asarray(array, numpy.float32).ravel()]


def geometry(kernel, strides=(1, 1), dilations=(1, 1), pads=(0, 0, 0, 0)):
    return {"kernel": kernel, "strides": strides, "dilations": dilations, "pads": pads}


cases = {"convolutions": [], "transposedConvolutions": [], "poolings": [], "grus": [], "lstms": []}

for inputs, outputs, groups, height, width, g in [
    (1, 16, 1, 9, 8, geometry((5, 5), (2, 2), pads=(0, 2, 0, 2))),
    (6, 9, 1, 7, 6, geometry((3, 3), pads=(1, 1, 1, 1))),
    (8, 12, 4, 6, 7, geometry((3, 2), (1, 2), (2, 1), (0, 1, 2, 0))),
    (17, 17, 17, 6, 6, geometry((3, 3), (2, 1), (1, 2), (1, 2, 1, 2))),
    (5, 33, 1, 3, 5, geometry((1, 1))),
]:
    x, w, b = floats(1, inputs, height, width), floats(outputs, inputs // groups, *g["kernel"]), floats(outputs)
    y, = run("Conv", [x, w, b], group=groups, strides=g["strides"], dilations=g["dilations"], pads=g["pads"])
    cases["convolutions"].append({
        **g, "inputs": inputs, "outputs": outputs, "groups": groups, "height": height, "width": width,
        "input": listed(channels_last(x)), "weights": listed(w), "bias": listed(b),
        "output": listed(channels_last(y))})

for inputs, outputs, groups, height, width, g, padding in [
    (3, 5, 1, 4, 3, geometry((3, 3), (2, 2), pads=(1, 0, 1, 1)), (1, 1)),
    (4, 6, 2, 3, 5, geometry((2, 3), (1, 2), (2, 1)), (0, 0)),
]:
    x, w, b = floats(1, inputs, height, width), floats(inputs, outputs // groups, *g["kernel"]), floats(outputs)
    y, = run("ConvTranspose", [x, w, b], group=groups, strides=g["strides"], dilations=g["dilations"],
             pads=g["pads"], output_padding=padding)
    cases["transposedConvolutions"].append({
        **g, "inputs": inputs, "outputs": outputs, "groups": groups, "height": height, "width": width,
        "outputPadding": padding, "input": listed(channels_last(x)), "weights": listed(w), "bias": listed(b),
        "output": listed(channels_last(y))})

for kind, counts, ceil, g in [
    ("MaxPool", 0, 0, geometry((2, 2), (2, 2))),
    ("MaxPool", 0, 1, geometry((3, 2), (2, 2), (2, 1), (1, 0, 1, 1))),
    ("AveragePool", 0, 1, geometry((3, 3), (2, 2), pads=(1, 1, 1, 1))),
    ("AveragePool", 1, 0, geometry((3, 2), (1, 2), pads=(1, 1, 2, 0))),
    ("AveragePool", 1, 1, geometry((3, 3), (2, 3), pads=(1, 1, 1, 1))),
]:
    x = floats(1, 5, 8, 7)
    extra = {"count_include_pad": counts} if kind == "AveragePool" else {}
    y, = run(kind, [x], kernel_shape=g["kernel"], strides=g["strides"], dilations=g["dilations"], pads=g["pads"],
             ceil_mode=ceil, **extra)
    cases["poolings"].append({
        **g, "average": kind == "AveragePool", "countsPadding": bool(counts), "roundsUp": bool(ceil),
        "channels": 5, "height": 8, "width": 7, "input": listed(channels_last(x)), "output": listed(channels_last(y))})

for linear in (0, 1):
    hidden, features, steps = 7, 4, 5
    x, w, r, b = floats(steps, 1, features), floats(1, 3 * hidden, features), floats(1, 3 * hidden, hidden), floats(1, 6 * hidden)
    h = floats(1, 1, hidden)
    y, _ = run("GRU", [x, w, r, b, None, h], 2, hidden_size=hidden, linear_before_reset=linear)
    cases["grus"].append({
        "hidden": hidden, "features": features, "steps": steps, "linearBeforeReset": bool(linear), "input": listed(x),
        "w": listed(w), "r": listed(r), "b": listed(b), "state": listed(h), "output": listed(y)})

for peepholes in (False, True):
    hidden, features, steps = 6, 5, 4
    x, w, r, b = floats(steps, 1, features), floats(1, 4 * hidden, features), floats(1, 4 * hidden, hidden), floats(1, 8 * hidden)
    h, c, p = floats(1, 1, hidden), floats(1, 1, hidden), floats(1, 3 * hidden)
    y, _, last = run("LSTM", [x, w, r, b, None, h, c] + ([p] if peepholes else []), 3, hidden_size=hidden)
    cases["lstms"].append({
        "hidden": hidden, "features": features, "steps": steps, "input": listed(x), "w": listed(w), "r": listed(r),
        "b": listed(b), "state": listed(h), "cell": listed(c), "peepholes": listed(p) if peepholes else None,
        "output": listed(y), "lastCell": listed(last)})

path = pathlib.Path(__file__).with_name("operator_cases.json")
path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
