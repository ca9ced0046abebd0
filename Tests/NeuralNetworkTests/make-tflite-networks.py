#!/usr/bin/env python3
"""Makes the small TFLite networks of a folder, with inputs and what LiteRT's reference kernels answer.

make-tflite-networks runs it. Each NAME.tflite has a NAME.json: tensors with type, shape and bytes (base64) for every
input and output in the file's order. Weights are random; the forms are those of Teachable Machine, Edge Impulse and
of every operator that is read.
"""

import base64
import json
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import flatbuffers
import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from keras import layers
from tensorflow.lite.python import schema_py_generated as schema

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(11)
random = np.random.default_rng(11)


def tensor(array):
    array = np.asarray(array, order="C")
    data = base64.b64encode(array.tobytes()).decode()
    return {"type": array.dtype.name, "shape": list(array.shape), "data": data}


def given(details):
    kind = details["dtype"]
    shape = details["shape"]
    if kind in (np.int8, np.uint8, np.int16):
        limits = np.iinfo(kind)
        return random.integers(limits.min, limits.max + 1, shape).astype(kind)
    if kind == np.bool_:
        return random.integers(0, 2, shape).astype(bool)
    if kind in (np.int32, np.int64):
        return random.integers(-9, 10, shape).astype(kind)
    return random.normal(size=shape).astype(np.float32)


def opened(content):
    """LiteRT's reference kernels, or its usual ones for operators that those lack."""
    for kind in (OpResolverType.BUILTIN_REF, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES):
        try:
            interpreter = Interpreter(model_content=content, experimental_op_resolver_type=kind)
            interpreter.allocate_tensors()
            return interpreter
        except ValueError as error:
            reason = error
    raise reason


def keep(name, content):
    """Writes a network with its answer."""
    interpreter = opened(content)
    inputs = []
    for details in interpreter.get_input_details():
        array = given(details)
        interpreter.set_tensor(details["index"], array)
        inputs.append(tensor(array))
    interpreter.invoke()
    outputs = [tensor(interpreter.get_tensor(d["index"])) for d in interpreter.get_output_details()]
    (folder / f"{name}.tflite").write_bytes(content)
    (folder / f"{name}.json").write_text(json.dumps({"inputs": inputs, "outputs": outputs}, indent=1) + "\n")
    operators = {op["op_name"] for op in interpreter._get_ops_details()}
    print(f"{name}: {len(content)} bytes, {' '.join(sorted(operators))}")
    return operators


def converter_of(model):
    if isinstance(model, keras.Model):
        return tf.lite.TFLiteConverter.from_keras_model(model)
    return tf.lite.TFLiteConverter.from_concrete_functions([model.get_concrete_function()], model)


def samples(model):
    shape = [1] + list(model.inputs[0].shape[1:])
    return lambda: ([random.normal(size=shape).astype(np.float32)] for _ in range(64))


def integers(model, interface=tf.int8, wide=False):
    converter = converter_of(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = samples(model)
    kind = tf.lite.OpsSet.TFLITE_BUILTINS_INT8
    if wide:
        kind = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
    converter.target_spec.supported_ops = [kind]
    converter.inference_input_type = converter.inference_output_type = interface
    return converter.convert()


def plain(model):
    return converter_of(model).convert()


def smaller(model, kind=None):
    converter = converter_of(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind:
        converter.target_spec.supported_types = [kind]
    return converter.convert()


def outside(model):
    """With weights behind the FlatBuffers part, as in files of more than 2 GB."""
    converter = converter_of(model)
    converter._experimental_use_buffer_offset = True
    return converter.convert()


def exchanged(content, old, new, kind=None, options=None):
    """With an operator that the converter does not write in the place of another, and its options."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    for code in model.operatorCodes:
        if code.builtinCode == old:
            code.builtinCode, code.deprecatedBuiltinCode, code.version = new, min(new, 127), 1
    for operator in model.subgraphs[0].operators:
        if model.operatorCodes[operator.opcodeIndex].builtinCode == new:
            operator.builtinOptionsType, operator.builtinOptions = kind or 0, options
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def biased(model):
    """Biases and scales of normalisation that are not 0 and 1."""
    for variable in model.weights:
        if variable.path.endswith(("bias", "beta", "moving_mean")):
            variable.assign(random.normal(scale=0.3, size=variable.shape))
        if variable.path.endswith(("gamma", "moving_variance")):
            variable.assign(random.uniform(0.5, 1.5, size=variable.shape))
    return model


def teachable_machine():
    """A spectrogram's network as Teachable Machine has it, with less of everything."""
    return biased(
        keras.Sequential(
            [
                keras.Input((43, 48, 1)),
                layers.Conv2D(8, (2, 8), activation="relu"),
                layers.MaxPooling2D(),
                layers.Conv2D(16, (2, 4), activation="relu"),
                layers.MaxPooling2D(),
                layers.Conv2D(16, (2, 4), activation="relu"),
                layers.MaxPooling2D(),
                layers.Flatten(),
                layers.Dense(24, activation="relu"),
                layers.Dropout(0.5),
                layers.Dense(4, activation="softmax"),
            ]
        )
    )


def edge_impulse():
    """Rows of filter-bank energies and convolutions along time, as Edge Impulse has it."""
    return biased(
        keras.Sequential(
            [
                keras.Input((24 * 16,)),
                layers.Reshape((24, 16)),
                layers.Conv1D(8, 3, padding="same", activation="relu"),
                layers.MaxPooling1D(2, padding="same"),
                layers.Dropout(0.25),
                layers.Conv1D(16, 3, padding="same", activation="relu"),
                layers.MaxPooling1D(2, padding="same"),
                layers.Flatten(),
                layers.Dense(3, activation="softmax"),
            ]
        )
    )


def mobile():
    """Depthwise convolutions, a residual sum, a squeeze, and a mean, as in networks for phones."""
    image = keras.Input((24, 16, 1))
    value = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(image)
    value = layers.BatchNormalization()(value)
    value = layers.ReLU(6.0)(value)
    branch = layers.DepthwiseConv2D(3, padding="same")(value)
    branch = layers.Activation("hard_swish")(branch)
    scale = layers.GlobalAveragePooling2D(keepdims=True)(branch)
    scale = layers.Conv2D(8, 1, activation="sigmoid")(scale)
    branch = layers.Multiply()([branch, scale])
    value = layers.Add()([value, layers.Conv2D(8, 1)(branch)])
    value = layers.DepthwiseConv2D(3, strides=2, padding="same", activation="relu")(value)
    value = layers.Conv2D(32, 1, activation="relu")(value)
    value = layers.GlobalAveragePooling2D()(value)
    return biased(keras.Model(image, layers.Dense(5, activation="sigmoid")(value)))


def dense():
    """Layers wide enough that the converter stores their weights in 8 bits."""
    return biased(
        keras.Sequential(
            [
                keras.Input((12, 10, 4)),
                layers.Conv2D(32, 3, padding="same", activation="relu"),
                layers.Conv2D(16, 3, strides=2, activation="relu"),
                layers.Flatten(),
                layers.Dense(16, activation="tanh"),
                layers.Dense(4, activation="softmax"),
            ]
        )
    )


class Operators(tf.Module):
    """A function whose outputs are each an operator's or two."""

    def __init__(self, function, *signature):
        super().__init__()
        self.get_concrete_function = tf.function(
            lambda *values: {f"out_{i:02}": v for i, v in enumerate(function(*values))},
            input_signature=[tf.TensorSpec(shape, kind) for shape, kind in signature],
        ).get_concrete_function


def arithmetic(x, y):
    positive = tf.abs(x) + 0.1
    return [
        x + y, x - y, x * y, x / (tf.abs(y) + 0.5), tf.maximum(x, y), tf.minimum(x, y),
        tf.math.squared_difference(x, y), tf.pow(positive, y), tf.math.floordiv(x, positive),
        tf.math.floormod(x, positive), tf.where(x > y, x, y), tf.where(x < y, x, tf.zeros_like(x)),
        tf.exp(x), tf.math.log(positive), tf.sqrt(positive), tf.math.rsqrt(positive), tf.square(x), -x,
        tf.sin(x), tf.cos(x), tf.floor(x), tf.math.ceil(x), tf.round(x * 4), tf.sign(x), tf.nn.elu(x),
        tf.nn.leaky_relu(x, 0.2), tf.nn.relu6(x * 5), tf.clip_by_value(x * 2, -1, 1),
        x * tf.nn.relu6(x + 3) / 6, tf.tanh(x), tf.sigmoid(x), tf.nn.relu(x - y),
        tf.math.add_n([x, x, x * y]),
    ]  # fmt: skip


def logic(x, y):
    i, j = tf.cast(x * 10, tf.int32), tf.cast(y * 10, tf.int32) * 2 + 1
    a, b = x > 0.3, y <= 0.2
    return [
        tf.equal(i, j), tf.not_equal(i, j), x >= y, x < y, i > j, tf.logical_and(a, b), tf.logical_or(a, b),
        tf.logical_not(a), i // j, i % j, i * j + 3, tf.cast(a, tf.float32), tf.cast(i, tf.int64),
        tf.where(a, i, j),
    ]  # fmt: skip


def reductions(x):
    best = tf.math.top_k(x, 3)
    return [
        tf.reduce_mean(x, [1, 2]), tf.reduce_mean(x, -1, keepdims=True), tf.reduce_sum(x, 1),
        tf.reduce_max(x, [2, 3]), tf.reduce_min(x, 2, keepdims=True), tf.reduce_prod(x, 3),
        tf.argmax(x, 3, tf.int32), tf.argmin(x, 1), best.values, best.indices, tf.nn.l2_normalize(x, -1),
        tf.nn.softmax(x), tf.nn.softmax(x * 0.5), tf.nn.log_softmax(x),
    ]  # fmt: skip


def movement(x):
    parts = tf.split(x, 2, 2)
    first, second, third = tf.split(x, [1, 2, 3], 2)
    rows = tf.unstack(x, axis=1)
    return [
        tf.reshape(x, [1, -1, 4]), tf.reshape(x, [4, 6, 4]), tf.expand_dims(x, 2), tf.squeeze(x, 0),
        tf.transpose(x, [0, 3, 1, 2]), tf.concat([parts[1], parts[0]], 2), tf.concat([third, first, second], 2),
        tf.stack([rows[3], rows[0]], 2), x[:, 1:3, ::2], x[:, -1, 1:-1, tf.newaxis], x[..., ::-1], x[0, 2:],
        tf.slice(x, [0, 1, 0, 2], [1, 2, -1, 1]), tf.gather(x, [3, 0, 0], axis=1), tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]]),
        tf.pad(x, [[0, 0], [2, 1], [0, 0], [1, 1]], constant_values=2.5),
        tf.pad(x, [[0, 0], [2, 1], [1, 2], [0, 0]], "REFLECT"), tf.tile(x, [1, 2, 1, 3]), tf.reverse(x, [2, 3]),
        tf.broadcast_to(x[:, :1], [2, 4, 6, 4]), tf.fill([2, 3], 7.5) + x[0, 0, 0, 0],
    ]  # fmt: skip


def shapes(x):
    """Shapes that are computed, as when a batch's length is left open."""
    size = tf.shape(x)
    frames = size[1] // 4
    cut = tf.reshape(x[:, : frames * 4], tf.stack([size[0], frames, 4]))
    places = tf.range(0, frames - 1) * 1
    pairs = tf.gather(cut, tf.reshape(places, [-1, 1]) + tf.constant([[0, 1]]), axis=1)
    return [
        pairs, tf.reshape(pairs, tf.concat([size[:1], [-1]], 0)), tf.zeros(tf.stack([frames, 2])) + 1.5,
        tf.cast(tf.reduce_prod(size), tf.float32) * x[:, 0], x[:, tf.maximum(frames - 2, 0) :],
        tf.slice(x, tf.stack([0, frames]), tf.stack([size[0], 3])), tf.rank(x) + size[1],
    ]  # fmt: skip


def images(x):
    def weights(*shape):
        return tf.constant(random.normal(scale=0.4, size=shape).astype(np.float32))

    strided = tf.nn.conv2d(x, weights(3, 2, 4, 5), [1, 2, 1, 1], "SAME")
    return [
        tf.nn.relu6(strided + weights(5)), tf.nn.conv2d(x, weights(3, 3, 4, 2), 1, "VALID", dilations=[1, 2, 1, 1]),
        tf.nn.depthwise_conv2d(x, weights(3, 3, 4, 2), [1, 1, 1, 1], "SAME"),
        tf.nn.depthwise_conv2d(x, weights(2, 3, 4, 1), [1, 2, 2, 1], "VALID"),
        tf.nn.conv2d_transpose(x, weights(3, 3, 2, 4), [1, 18, 12, 2], 2, "SAME"),
        tf.nn.conv2d_transpose(x, weights(2, 3, 3, 4), [1, 18, 13, 3], 2, "VALID"),
        tf.nn.avg_pool2d(x, 3, 2, "SAME"), tf.nn.max_pool2d(x, [2, 3], [2, 1], "VALID"),
        tf.clip_by_value(tf.nn.conv2d(x, weights(1, 1, 4, 3), 1, "SAME"), -1, 1),
        tf.compat.v1.image.resize_bilinear(x, [5, 9]), tf.image.resize(x, [13, 4]),
        tf.compat.v1.image.resize_bilinear(x, [17, 11], align_corners=True),
        tf.compat.v1.image.resize_nearest_neighbor(x, [5, 9]), tf.image.resize(x, [13, 4], "nearest"),
        tf.matmul(x, weights(1, 1, 4, 3)), tf.matmul(x, x, transpose_b=True), tf.nn.relu(tf.matmul(x[0], x[0], transpose_a=True)),
        tf.reduce_mean(tf.nn.relu(tf.nn.conv2d(x, weights(2, 2, 4, 3), 1, "SAME")), [1, 2], keepdims=True),
    ]  # fmt: skip


def spectra(x):
    frames = tf.signal.frame(x, 32, 16)
    spectrum = tf.signal.rfft(frames * tf.signal.hann_window(32))
    longer = tf.signal.rfft(frames, [64])
    plane = tf.signal.rfft2d(tf.reshape(x[:, :128], [1, 8, 16]))
    return [
        tf.abs(spectrum), tf.math.real(longer), tf.math.imag(longer), tf.cast(tf.squeeze(spectrum, 0), tf.float32),
        tf.abs(plane), tf.math.real(tf.signal.rfft(frames, [16])),
    ]  # fmt: skip




def slopes():
    image = keras.Input((6, 5, 3))
    value = layers.PReLU(shared_axes=[1, 2], alpha_initializer="random_normal")(image)
    value = layers.Conv2DTranspose(4, 3, strides=2, padding="same")(value)
    value = layers.PReLU(alpha_initializer="random_normal")(value)
    value = layers.Dense(6, activation="relu")(value)
    return biased(keras.Model(image, layers.UpSampling2D()(value)))


F = tf.float32
keep("teachable-machine", plain(teachable_machine()))
keep("edge-impulse-int8", integers(edge_impulse()))
network = mobile()
keep("mobile-float", plain(network))
keep("mobile-int8", integers(network))
keep("mobile-uint8", integers(network, tf.uint8))
keep("mobile-float-interface", integers(network, tf.float32))
network = dense()
keep("dense-float", plain(network))
keep("dense-float16", smaller(network, tf.float16))
keep("dense-hybrid", smaller(network))
keep("dense-int8", integers(network))
keep("dense-int16", integers(network, tf.int16, wide=True))
keep("slopes", plain(slopes()))
keep("arithmetic", plain(Operators(arithmetic, ((2, 3, 4), F), ((4,), F))))
keep("logic", plain(Operators(logic, ((3, 4), F), ((3, 1), F))))
keep("reductions", plain(Operators(reductions, ((2, 4, 3, 5), F))))
keep("movement", plain(Operators(movement, ((1, 4, 6, 4), F))))
keep("shapes", plain(Operators(shapes, ((1, 26), F))))
keep("shapes-open", plain(Operators(shapes, ((None, 26), F))))
keep("images", plain(Operators(images, ((1, 9, 6, 4), F))))
keep("spectra", plain(Operators(spectra, ((1, 160), F))))
keep("outside", outside(edge_impulse()))
elu = plain(Operators(lambda x: [tf.nn.elu(x)], ((3, 4), F)))
ELU, GELU = schema.BuiltinOperator.ELU, schema.BuiltinOperator.GELU
keep("gelu", exchanged(elu, ELU, GELU))
approximate = schema.GeluOptionsT()
approximate.approximate = True
keep("gelu-tanh", exchanged(elu, ELU, GELU, schema.BuiltinOptions.GeluOptions, approximate))
