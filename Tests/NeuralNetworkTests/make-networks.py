"""Builds the networks that the engine is tested with, and ONNX Runtime's outputs for them.

Usage: make-networks.py FOLDER. Weights and inputs are random with fixed seeds, so that nothing of
this needs to be committed; versions are those of requirements.txt. For each network the folder gets
NAME/model.onnx, NAME/in_<input>.npy and NAME/out_<output>.npy.
"""

import os
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


class Builder:
    """Collects nodes and weights of one graph; every method returns the name of its output."""

    def __init__(self, name, seed, opset=13):
        self.name = name
        self.random = np.random.default_rng(seed)
        self.opset = opset
        self.nodes, self.weights = [], []
        self.inputs, self.outputs, self.feeds = [], [], {}
        self.count = 0

    def input(self, name, shape, symbolic=None, scale=1.0):
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, symbolic or shape))
        self.feeds[name] = (self.random.standard_normal(shape) * scale).astype(np.float32)
        return name

    def output(self, name, value):
        self.node("Identity", [value], outputs=[name])
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))

    def constant(self, array):
        self.count += 1
        name = f"w{self.count}"
        self.weights.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def normal(self, shape, deviation):
        return self.constant((self.random.standard_normal(shape) * deviation).astype(np.float32))

    def integers(self, values):
        return self.constant(np.asarray(values, np.int64))

    def node(self, op, inputs, outputs=1, **attributes):
        if isinstance(outputs, int):
            self.count += 1
            outputs = [f"{op.lower()}{self.count}_{i}" for i in range(outputs)]
        self.nodes.append(
            helper.make_node(op, inputs, outputs, name=f"{op}_{len(self.nodes)}", **attributes)
        )
        return outputs[0] if len(outputs) == 1 else outputs

    def conv(self, x, cin, cout, kernel, stride=1, pads=None, groups=1, bias=False, auto=None):
        kernel = [kernel, kernel] if isinstance(kernel, int) else kernel
        strides = [stride] * len(kernel) if isinstance(stride, int) else stride
        fan = cin // groups * int(np.prod(kernel))
        inputs = [x, self.normal([cout, cin // groups, *kernel], np.sqrt(2 / fan))]
        if bias:
            inputs.append(self.normal([cout], 0.1))
        attributes = {"kernel_shape": kernel, "strides": strides, "group": groups}
        if auto:
            attributes["auto_pad"] = auto
        else:
            attributes["pads"] = pads if isinstance(pads, list) else [pads or 0] * 2 * len(kernel)
        return self.node("Conv", inputs, **attributes)

    def norm(self, x, channels, gain=1.0):
        r = self.random
        parameters = [
            r.uniform(0.8, 1.2, channels) * gain,
            r.standard_normal(channels) * 0.1,
            r.standard_normal(channels) * 0.1,
            r.uniform(0.8, 1.2, channels),
        ]
        weights = [self.constant(p.astype(np.float32)) for p in parameters]
        return self.node("BatchNormalization", [x, *weights], epsilon=1e-3)

    def relu(self, x):
        return self.node("Relu", [x])

    def conv_norm_relu(self, x, cin, cout, kernel, **options):
        return self.relu(self.norm(self.conv(x, cin, cout, kernel, **options), cout))

    def pool(self, x, kernel, stride=None, kind="MaxPool", **attributes):
        kernel = [kernel, kernel] if isinstance(kernel, int) else kernel
        stride = kernel if stride is None else stride
        strides = [stride] * len(kernel) if isinstance(stride, int) else stride
        return self.node(kind, [x], kernel_shape=kernel, strides=strides, **attributes)

    def dense(self, x, cin, cout, gain=2.0):
        weights = self.normal([cout, cin], np.sqrt(gain / cin))
        return self.node("Gemm", [x, weights, self.normal([cout], 0.1)], transB=1)

    def save(self, folder):
        graph = helper.make_graph(
            self.nodes, self.name, self.inputs, self.outputs, self.weights
        )
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8
        )
        place = os.path.join(folder, self.name)
        os.makedirs(place, exist_ok=True)
        path = os.path.join(place, "model.onnx")
        onnx.save(model, path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])
        for name, value in self.feeds.items():
            np.save(os.path.join(place, f"in_{name}.npy"), value)
        names = [o.name for o in self.outputs]
        for name, value in zip(names, session.run(names, self.feeds)):
            np.save(os.path.join(place, f"out_{name}.npy"), value)


def vgg():
    """A VGG-like CNN on log-mel, padded in time and frequency."""
    b = Builder("vgg", 1)
    x, channels = b.input("logmel", [1, 1, 96, 64], ["N", 1, 96, 64]), 1
    for width in (32, 64, 128):
        for _ in range(2):
            x = b.conv_norm_relu(x, channels, width, 3, pads=1)
            channels = width
        x = b.pool(x, 2)
    x = b.relu(b.dense(b.node("Flatten", [x]), 128 * 12 * 8, 256))
    x = b.node("Dropout", [x])
    b.output("probs", b.node("Softmax", [b.dense(x, 256, 50)], axis=1))
    return b


def mobilenet():
    """MobileNetV1 on 96 × 64 with 521 outputs: YAMNet's shape, 'same' padding as Keras has it."""
    b = Builder("mobilenet", 2)
    x = b.input("logmel", [1, 1, 96, 64], ["N", 1, 96, 64])
    x = b.conv_norm_relu(x, 1, 32, 3, stride=2, auto="SAME_UPPER")
    channels = 32
    plan = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)]
    for width, stride in plan + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]:
        x = b.conv_norm_relu(
            x, channels, channels, 3, stride=stride, groups=channels, auto="SAME_UPPER"
        )
        x = b.conv_norm_relu(x, channels, width, 1)
        channels = width
    x = b.node("Flatten", [b.node("GlobalAveragePool", [x])])
    b.output("embedding", x)
    b.output("probs", b.node("Sigmoid", [b.dense(x, 1024, 521)]))
    return b


def cnn128():
    """The 128 × 128 log-mel CNN: three blocks without padding in time."""
    b = Builder("cnn128", 3)
    x, channels = b.input("logmel", [1, 1, 128, 128], ["N", 1, 128, 128]), 1
    for width in (16, 32, 64):
        x = b.conv_norm_relu(x, channels, width, 3, pads=[0, 1, 0, 1])
        x = b.pool(x, 2)
        channels = width
    x = b.conv_norm_relu(x, channels, 128, 3, pads=[0, 1, 0, 1])
    x = b.node("ReduceMean", [x], axes=[2, 3], keepdims=0)
    b.output("probs", b.node("Softmax", [b.dense(x, 128, 10)], axis=-1))
    return b


def spectrogram():
    """Two convolutions on a 1491 × 257 STFT magnitude and one sigmoid, as Keras exports it."""
    b = Builder("spectrogram", 4)
    x = b.input("magnitude", [1, 1491, 257, 1], ["N", 1491, 257, 1])
    x = b.node("Transpose", [x], perm=[0, 3, 1, 2])
    x = b.pool(b.relu(b.conv(x, 1, 16, 3, bias=True)), 2)
    x = b.pool(b.relu(b.conv(x, 16, 16, 3, bias=True)), 2)
    x = b.node("Transpose", [x], perm=[0, 2, 3, 1])
    x = b.node("Reshape", [x, b.integers([-1, 371 * 62 * 16])])
    weights = b.normal([371 * 62 * 16, 16], np.sqrt(2 / (371 * 62 * 16)))
    x = b.relu(b.node("Add", [b.node("MatMul", [x, weights]), b.normal([16], 0.1)]))
    x = b.node("Add", [b.node("MatMul", [x, b.normal([16, 1], 0.3)]), b.normal([1], 0.1)])
    b.output("probability", b.node("Sigmoid", [x]))
    return b


def urban():
    """The two-block 5 × 5 urban-sound CNN over four windows, whose probabilities are averaged."""
    b = Builder("urban", 5)
    x = b.input("windows", [1, 4, 128, 128], ["N", 4, 128, 128])
    x = b.node("Reshape", [x, b.integers([-1, 1, 128, 128])])
    x = b.pool(b.relu(b.conv(x, 1, 24, 5, bias=True)), [4, 2])
    x = b.pool(b.relu(b.conv(x, 24, 48, 5, bias=True)), [4, 2])
    x = b.node("Flatten", [x])
    x = b.relu(b.dense(x, 48 * 6 * 29, 64))
    x = b.node("Softmax", [b.dense(x, 64, 10)], axis=1)
    x = b.node("Reshape", [x, b.integers([-1, 4, 10])])
    b.output("probs", b.node("ReduceMean", [x], axes=[1], keepdims=0))
    return b


def split_attention(b, x, cin, width, groups_radix=2):
    """ResNeSt's convolution of two splits, each channel weighted by attention over the splits."""
    radix = groups_radix
    x = b.conv_norm_relu(x, cin, width * radix, 3, pads=1, groups=radix)
    parts = b.node("Split", [x], outputs=radix, axis=1)
    gap = b.node("GlobalAveragePool", [b.node("Add", list(parts))])
    inner = max(width * radix // 4, 32)
    gap = b.relu(b.norm(b.conv(gap, width, inner, 1, bias=True), inner))
    attention = b.conv(gap, inner, width * radix, 1, bias=True)
    attention = b.node("Reshape", [attention, b.integers([-1, 1, radix, width])])
    attention = b.node("Transpose", [attention], perm=[0, 2, 1, 3])
    attention = b.node("Softmax", [attention], axis=1)
    attention = b.node("Reshape", [attention, b.integers([-1, radix * width, 1, 1])])
    weights = b.node("Split", [attention], outputs=radix, axis=1)
    weighted = [b.node("Mul", [w, p]) for w, p in zip(weights, parts)]
    return b.node("Add", weighted)


def bottleneck(b, x, cin, width, stride, downsample):
    """One block of ResNeSt: 1 × 1, split attention, average pool, 1 × 1, and the shortcut."""
    shortcut = x
    y = b.conv_norm_relu(x, cin, width, 1)
    y = split_attention(b, y, width, width)
    if stride > 1:
        y = b.pool(y, 3, stride, kind="AveragePool", pads=[1, 1, 1, 1], count_include_pad=1)
    y = b.norm(b.conv(y, width, width * 4, 1), width * 4, gain=0.3)
    if downsample:
        if stride > 1:
            shortcut = b.pool(x, stride, stride, kind="AveragePool", ceil_mode=1)
        shortcut = b.norm(b.conv(shortcut, cin, width * 4, 1), width * 4, gain=0.7)
    return b.relu(b.node("Add", [y, shortcut]))


def resnest():
    """ResNeSt-50, a bidirectional GRU, and attention pooling: clip-wise and frame-wise outputs.

    The input is log-mel of 3.2 s at 32 kHz (window 1024, hop 320).
    """
    b = Builder("resnest", 6)
    frames, bands, classes, hidden = 320, 64, 24, 256
    x = b.input("logmel", [1, 1, frames, bands], ["N", 1, frames, bands])
    x = b.conv_norm_relu(x, 1, 32, 3, stride=2, pads=1)
    x = b.conv_norm_relu(x, 32, 32, 3, pads=1)
    x = b.conv_norm_relu(x, 32, 64, 3, pads=1)
    x = b.pool(x, 3, 2, pads=[1, 1, 1, 1])
    channels = 64
    for stage, (blocks, width) in enumerate([(3, 64), (4, 128), (6, 256), (3, 512)]):
        for block in range(blocks):
            stride = 2 if stage > 0 and block == 0 else 1
            x = bottleneck(b, x, channels, width, stride, block == 0)
            channels = width * 4
    x = b.node("ReduceMean", [x], axes=[3], keepdims=0)  # [N, channels, steps]
    x = b.node("Transpose", [x], perm=[2, 0, 1])
    scale = 1 / np.sqrt(hidden)
    weights = b.normal([2, 3 * hidden, channels], 1 / np.sqrt(channels))
    recurrence = b.normal([2, 3 * hidden, hidden], scale)
    bias = b.normal([2, 6 * hidden], 0.05)
    x = b.node(
        "GRU", [x, weights, recurrence, bias], outputs=["states", ""],
        hidden_size=hidden, direction="bidirectional", linear_before_reset=1,
    )[0]
    x = b.node("Transpose", [x], perm=[2, 1, 3, 0])  # [N, 2, hidden, steps]
    x = b.node("Reshape", [x, b.integers([0, 2 * hidden, -1])])
    attention = b.node("Tanh", [b.conv(x, 2 * hidden, classes, [1], bias=True)])
    attention = b.node("Softmax", [attention], axis=-1)
    classification = b.node("Sigmoid", [b.conv(x, 2 * hidden, classes, [1], bias=True)])
    clip = b.node("Mul", [attention, classification])
    b.output("clipwise", b.node("ReduceSum", [clip, b.integers([2])], keepdims=0))
    frame = b.node(
        "Resize", [classification, "", b.constant(np.asarray([1, 1, 32], np.float32))],
        mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor",
    )
    b.output("framewise", b.node("Transpose", [frame], perm=[0, 2, 1]))
    return b


def bands_first():
    """A CNN on bands × frames, as PyTorch has it: time is the last axis; a residual and a squeeze."""
    b = Builder("bands_first", 8)
    x = b.input("logmel", [1, 1, 64, 96], ["N", 1, 64, 96])
    x = b.conv_norm_relu(x, 1, 16, [5, 3], stride=[2, 1], pads=[2, 0, 2, 0])
    x = b.pool(x, [2, 2])
    y = b.norm(b.conv(x, 16, 16, [3, 1], pads=[1, 0, 1, 0]), 16)
    x = b.relu(b.node("Add", [y, x]))
    x = b.conv_norm_relu(x, 16, 32, [3, 5], pads=[1, 0, 1, 0])
    x = b.conv(x, 32, 24, [16, 3], bias=True)
    x = b.node("Squeeze", [x, b.integers([2])])
    x = b.relu(b.conv(x, 24, 24, [3], bias=True))
    x = b.node("ReduceMax", [x], axes=[2], keepdims=0)
    b.output("probs", b.node("Sigmoid", [b.dense(x, 24, 7)]))
    return b


def sequence():
    """A stack of dilated one-dimensional convolutions whose channels are the bands."""
    b = Builder("sequence", 9)
    x = b.input("logmel", [1, 40, 120], ["N", 40, 120])
    channels = 40
    for dilation in (1, 2, 4):
        weights = b.normal([48, channels, 3], np.sqrt(2 / (3 * channels)))
        x = b.relu(b.node("Conv", [x, weights], dilations=[dilation], kernel_shape=[3]))
        channels = 48
    x = b.node("GlobalAveragePool", [x])
    b.output("probs", b.node("Softmax", [b.dense(b.node("Flatten", [x]), 48, 5)], axis=1))
    return b


def old_forms(opset):
    """Operators whose form has changed since, in the form of an old opset."""
    b = Builder(f"opset{opset}", 7, opset)
    x = b.input("x", [2, 6, 4, 1])
    y = b.input("y", [2, 3, 8, 8])
    axes = (lambda values: {"axes": values}) if opset < 13 else None

    def with_axes(op, value, values, **attributes):
        if axes:
            return b.node(op, [value], **axes(values), **attributes)
        return b.node(op, [value, b.integers(values)], **attributes)

    squeezed = with_axes("Squeeze", x, [3])
    b.output("squeezed", squeezed)
    b.output("unsqueezed", with_axes("Unsqueeze", squeezed, [0, 2]))
    b.output("softmax", b.node("Softmax", [squeezed]))
    b.output("softmax_first", b.node("Softmax", [squeezed], axis=0))
    b.output("logsoftmax", b.node("LogSoftmax", [squeezed]))
    b.output("sum", with_axes("ReduceSum", y, [1, -1], keepdims=0))
    b.output("mean", b.node("ReduceMean", [y], axes=[2, 3]))
    b.output("norm", b.node("ReduceL2", [y], axes=[1], keepdims=0))
    b.output("maximum", b.node("ReduceMax", [y]))
    if opset < 13:
        parts = b.node("Split", [y], outputs=3, axis=2, split=[1, 5, 2])
    else:
        parts = b.node("Split", [y, b.integers([1, 5, 2])], outputs=3, axis=2)
    b.output("split", parts[1])
    halves = b.node("Split", [y], outputs=2, axis=3)
    b.output("half", halves[1])
    b.output("dropout", b.node("Dropout", [y], **({"ratio": 0.3} if opset < 12 else {})))
    b.output("pad", b.node(
        "Pad", [y, b.integers([0, 0, 1, 2, 0, 0, 3, 0]), b.constant(np.float32(0.5))]))
    b.output("reflect", b.node("Pad", [y, b.integers([0, 0, 1, 2, 0, 0, 3, 0])], mode="reflect"))
    b.output("clip", b.node(
        "Clip", [y, b.constant(np.float32(-0.5)), b.constant(np.float32(0.25))]))
    roi, scales = b.constant(np.zeros(0, np.float32)), b.constant(np.float32([1, 1, 1.5, 2]))
    b.output("resized", b.node(
        "Resize", [y, roi, scales], mode="linear", coordinate_transformation_mode="half_pixel"))
    b.output("enlarged", b.node(
        "Resize", [y, roi, scales], mode="nearest", nearest_mode="floor",
        coordinate_transformation_mode="asymmetric"))
    b.output("normalised", b.norm(y, 3))
    b.output("pooled", b.node(
        "AveragePool", [y], kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_LOWER"))
    b.output("flat", b.node("Flatten", [y], axis=-2))
    b.output("cast", b.node("Cast", [b.node("ArgMax", [y], axis=2)], to=TensorProto.FLOAT))
    b.output("top", b.node("TopK", [y, b.integers([3])], outputs=2, axis=1)[0])
    b.output("sliced", b.node(
        "Slice", [y, b.integers([-1, 7]), b.integers([-100, 1]), b.integers([1, 3]),
                  b.integers([-1, -2])]))
    shape = b.node("Shape", [y])
    batch = b.node("Gather", [shape, b.integers([0])])
    target = b.node("Concat", [batch, b.integers([-1])], axis=0)
    b.output("reshaped", b.node("Reshape", [y, target]))
    b.output("transposed", b.node("ConvTranspose", [y, b.normal([3, 2, 3, 3], 0.3)],
                                  strides=[2, 2], pads=[1, 0, 0, 1], output_padding=[1, 0]))
    b.output("dilated", b.node("Conv", [y, b.normal([4, 3, 3, 2], 0.3)], dilations=[2, 3],
                               pads=[2, 1, 1, 2]))
    b.output("strided", b.conv(y, 3, 6, 3, stride=2, pads=[0, 1, 2, 0], groups=3, bias=True))
    line = b.node("Reshape", [y, b.integers([2, 3, 64])])
    b.output("line", b.conv(line, 3, 5, [7], stride=[3], pads=[2, 4], bias=True))
    b.output("gated", b.node("Mul", [y, b.node("Sigmoid", [y])]))
    b.output("residual", b.relu(b.node("Add", [b.conv(y, 3, 3, 3, pads=1), y])))
    return b


NETWORKS = {
    "vgg": vgg, "mobilenet": mobilenet, "cnn128": cnn128, "spectrogram": spectrogram,
    "urban": urban, "resnest": resnest, "bands_first": bands_first, "sequence": sequence,
    "opset11": lambda: old_forms(11),
    "opset12": lambda: old_forms(12), "opset13": lambda: old_forms(13),
    "opset17": lambda: old_forms(17),
}

if __name__ == "__main__":
    for network in NETWORKS.values():
        network().save(sys.argv[1])
