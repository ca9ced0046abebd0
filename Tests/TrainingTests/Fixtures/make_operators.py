"""Each operator's value and gradients by JAX, for ReferenceGradientTests.swift.

    python -m venv v && v/bin/pip install -r requirements.txt && v/bin/python make_operators.py

Writes operators.json: for each case the ONNX operator (version 17) with its attributes, its inputs,
what it gives, factors for what it gives, and the gradient of their product with respect to each
input that is a float. The formulas are written here after ONNX's definition of the operators; the
recurrent unit follows ONNX's equations step by step.
"""
import json

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
random = np.random.default_rng(11)
cases = []


def floats(*shape, low=-1.0, high=1.0):
    return np.float32(random.uniform(low, high, shape)).astype(np.float64)


def apart(*shape):
    """Numbers that differ by a tenth at least, so that a maximum is one number alone."""
    count = int(np.prod(shape))
    return np.float32(random.permutation(count) * 0.1 - 1).astype(np.float64).reshape(shape)


def beside(*shape, places=(0.0,)):
    """Numbers away from where a function bends."""
    x = floats(*shape, low=-3.0, high=3.0)
    for place in places:
        x = np.where(np.abs(x - place) < 0.1, x + 0.25, x)
    return np.float32(x).astype(np.float64)


def listed(value):
    value = np.asarray(value)
    return {"shape": list(value.shape), "values": [float(f"{x:.9g}") for x in value.ravel()]}


def case(operator, function, inputs, constants=(), bounds=(), first=0, **attributes):
    """One case; `constants` (whole numbers) and `bounds` (floats) come behind the inputs."""
    output, back = jax.vjp(lambda *x: function(*x), *map(jnp.asarray, inputs))
    outputs = output if isinstance(output, tuple) else (output,)
    factors = tuple(floats(*x.shape) for x in outputs)
    gradients = back(tuple(map(jnp.asarray, factors)) if isinstance(output, tuple) else
                     jnp.asarray(factors[0]))
    cases.append({
        "operator": operator,
        "lists": {name: list(value) for name, value in attributes.items()
                  if isinstance(value, (list, tuple))},
        "counts": {name: value for name, value in attributes.items() if isinstance(value, int)},
        "numbers": {name: value for name, value in attributes.items() if isinstance(value, float)},
        "texts": {name: value for name, value in attributes.items() if isinstance(value, str)},
        "inputs": [listed(x) for x in inputs],
        "integers": [list(map(int, x)) for x in constants],
        "bounds": list(bounds),
        "firstOutput": first,
        "outputs": [listed(x) for x in outputs],
        "factors": [listed(x) for x in factors],
        "gradients": [listed(x) for x in gradients],
    })


# Functions of one number.
sigmoid, relu = jax.nn.sigmoid, jax.nn.relu
x = floats(3, 5, low=-2.0, high=2.0)
case("Sigmoid", sigmoid, [x])
case("Tanh", jnp.tanh, [x])
case("Softplus", jax.nn.softplus, [x])
case("Gelu", lambda v: jax.nn.gelu(v, approximate=False), [x])
case("Exp", jnp.exp, [x])
case("Neg", jnp.negative, [x])
case("Identity", lambda v: v, [x])
case("Softsign", jax.nn.soft_sign, [x])
case("Mish", lambda v: v * jnp.tanh(jax.nn.softplus(v)), [x])
x = floats(3, 5, low=0.3, high=2.0)
case("Log", jnp.log, [x])
case("Sqrt", jnp.sqrt, [x])
case("Reciprocal", lambda v: 1 / v, [x])
x = beside(4, 6)
case("Relu", relu, [x])
case("Abs", jnp.abs, [x])
case("LeakyRelu", lambda v: jnp.where(v > 0, v, 0.2 * v), [x], alpha=0.2)
case("Elu", lambda v: jnp.where(v > 0, v, 0.7 * jnp.expm1(v)), [x], alpha=0.7)
case("Celu", lambda v: jnp.where(v > 0, v, 0.7 * jnp.expm1(v / 0.7)), [x], alpha=0.7)
case("Selu", jax.nn.selu, [x])
case("PRelu", lambda v, s: jnp.where(v > 0, v, s * v), [x, floats(6, low=0.1, high=0.5)])
case("ThresholdedRelu", lambda v: jnp.where(v > 1, v, 0), [beside(4, 6, places=(1.0,))])
case("HardSigmoid", lambda v: jnp.clip(0.2 * v + 0.5, 0, 1), [beside(4, 6, places=(-2.5, 2.5))])
case("HardSwish", lambda v: v * jnp.clip(v / 6 + 0.5, 0, 1), [x])
x = beside(4, 6, places=(-1.0, 1.5))
case("Clip", lambda v: jnp.clip(v, -1, 1.5), [x], bounds=(-1.0, 1.5))

# Arithmetic with broadcasting.
for shape in [(2, 3, 4), (3, 1), (4,), (1, 1, 1)]:
    a, b = floats(2, 3, 4), floats(*shape, low=0.5, high=2.0)
    case("Add", jnp.add, [a, b])
    case("Sub", jnp.subtract, [b, a])
    case("Mul", jnp.multiply, [a, b])
    case("Div", jnp.divide, [a, b])
    case("Pow", jnp.power, [floats(2, 3, 4, low=0.5, high=2.0), b])
    case("Max", jnp.maximum, [a * 3, b])
    case("Min", jnp.minimum, [b, a * 3])

# Convolutions: [batch, channels, height, width], strides, dilations, padding, groups, channel by
# channel, and over one axis.
for strides, dilations, pads, groups in [
        ((1, 1), (1, 1), (0, 0, 0, 0), 1), ((2, 1), (1, 1), (1, 0, 1, 2), 1),
        ((1, 2), (2, 1), (2, 1, 0, 1), 1), ((1, 1), (1, 1), (1, 1, 1, 1), 2),
        ((2, 2), (1, 1), (1, 1, 1, 1), 4)]:
    def convolve(x, w, b):
        return jax.lax.conv_general_dilated(
            x, w, strides, [(pads[0], pads[2]), (pads[1], pads[3])], rhs_dilation=dilations,
            feature_group_count=groups,
            dimension_numbers=("NCHW", "OIHW", "NCHW")) + b[:, None, None]
    case("Conv", convolve, [floats(2, 4, 7, 6), floats(8, 4 // groups, 3, 2), floats(8)],
         strides=strides, dilations=dilations, pads=pads, group=groups)
case("Conv", lambda x, w: jax.lax.conv_general_dilated(
    x, w, (2,), [(2, 1)], dimension_numbers=("NCH", "OIH", "NCH")),
    [floats(2, 3, 9), floats(2, 3, 4)], strides=[2], pads=[2, 1])

# Batch normalisation with the running averages; with the batch's statistics see network.json.
case("BatchNormalization",
     lambda x, s, b, m, v: (x - m[:, None, None]) / jnp.sqrt(v[:, None, None] + 1e-5)
     * s[:, None, None] + b[:, None, None],
     [floats(4, 3, 2, 5), floats(3, low=0.5, high=2.0), floats(3), floats(3),
      floats(3, low=0.5, high=2.0)])


# Pooling.
def pooled(x, start, combine, kernel, strides, pads):
    return jax.lax.reduce_window(x, start, combine, (1, 1) + kernel, (1, 1) + strides,
                                 ((0, 0), (0, 0)) + pads)


for kernel, strides, pads in [((2, 2), (2, 2), ((0, 0), (0, 0))),
                              ((3, 2), (2, 1), ((1, 1), (1, 0)))]:
    flat = [pads[0][0], pads[1][0], pads[0][1], pads[1][1]]
    case("MaxPool", lambda x: pooled(x, -jnp.inf, jax.lax.max, kernel, strides, pads),
         [apart(2, 3, 6, 5)], kernel_shape=kernel, strides=strides, pads=flat)
    ones = jnp.ones((2, 3, 6, 5))
    case("AveragePool", lambda x: pooled(x, 0.0, jax.lax.add, kernel, strides, pads)
         / pooled(ones, 0.0, jax.lax.add, kernel, strides, pads),
         [floats(2, 3, 6, 5)], kernel_shape=kernel, strides=strides, pads=flat)
case("GlobalAveragePool", lambda x: x.mean((2, 3), keepdims=True), [floats(2, 3, 4, 5)])
case("GlobalMaxPool", lambda x: x.max((2, 3), keepdims=True), [apart(2, 3, 4, 5)])

# Fully connected layers and products of matrices.
case("Gemm", lambda a, b, c: 0.5 * a @ b.T + 2.0 * c, [floats(5, 3), floats(4, 3), floats(4)],
     alpha=0.5, beta=2.0, transB=1)
case("Gemm", lambda a, b, c: a.T @ b + c, [floats(3, 5), floats(3, 4), floats(5, 4)], transA=1)
case("MatMul", jnp.matmul, [floats(2, 5, 3), floats(3, 4)])
case("MatMul", jnp.matmul, [floats(2, 5, 3), floats(2, 3, 4)])

# Reductions and distributions.
for axes, keeps in [((0,), 1), ((1,), 0), ((-1,), 1), ((0, 2), 0), ((0, 1, 2), 1)]:
    case("ReduceMean", lambda x: x.mean(axes, keepdims=bool(keeps)), [floats(2, 3, 4)],
         axes=axes, keepdims=keeps)
    case("ReduceMax", lambda x: x.max(axes, keepdims=bool(keeps)), [apart(2, 3, 4)],
         axes=axes, keepdims=keeps)
    case("ReduceSum", lambda x: x.sum(axes, keepdims=bool(keeps)), [floats(2, 3, 4)],
         constants=[axes], keepdims=keeps)
for axis in (0, 1, -1):
    case("Softmax", lambda x: jax.nn.softmax(x, axis), [floats(3, 4, 2)], axis=axis)
    case("LogSoftmax", lambda x: jax.nn.log_softmax(x, axis), [floats(3, 4, 2)], axis=axis)

# Shapes.
case("Reshape", lambda x: x.reshape(2, 12), [floats(2, 3, 4)], constants=[[0, -1]])
case("Flatten", lambda x: x.reshape(6, 4), [floats(2, 3, 4)], axis=2)
case("Transpose", lambda x: x.transpose(2, 0, 1), [floats(2, 3, 4)], perm=[2, 0, 1])
case("Squeeze", lambda x: x[:, 0], [floats(2, 1, 4)], constants=[[1]])
case("Unsqueeze", lambda x: x[None, :, :, None], [floats(2, 4)], constants=[[0, 3]])
case("Concat", lambda a, b, c: jnp.concatenate([a, b, c], 1),
     [floats(2, 3, 4), floats(2, 1, 4), floats(2, 2, 4)], axis=1)
case("Slice", lambda x: x[:, 4:0:-2, 1:3], [floats(2, 5, 4)],
     constants=[[4, 1], [0, 3], [1, 2], [-2, 1]])
case("Split", lambda x: (x[:, :2], x[:, 2:5]), [floats(2, 5, 3)], constants=[[2, 3]], axis=1)
case("Pad", lambda x: jnp.pad(x, ((0, 0), (1, 2))), [floats(3, 4)], constants=[[0, 1, 0, 2]])


# The recurrent unit.
def gru(x, w, r, b, linear):
    hidden = r.shape[1]
    wb, rb = b[:3 * hidden], b[3 * hidden:]
    state, states = jnp.zeros((x.shape[1], hidden)), []
    for row in x:
        i, h = row @ w.T + wb, state @ r.T + rb
        z = sigmoid(i[:, :hidden] + h[:, :hidden])
        s = sigmoid(i[:, hidden:2 * hidden] + h[:, hidden:2 * hidden])
        again = s * h[:, 2 * hidden:] if linear else (
            (s * state) @ r[2 * hidden:].T + rb[2 * hidden:])
        state = (1 - z) * jnp.tanh(i[:, 2 * hidden:] + again) + z * state
        states.append(state)
    return jnp.stack(states)


def both_ways(x, w, r, b, linear, order):
    forwards = lambda d: gru(x, w[d], r[d], b[d], linear)
    backwards = lambda d: gru(x[::-1], w[d], r[d], b[d], linear)[::-1]
    ways = {"forward": lambda: [forwards(0)], "reverse": lambda: [backwards(0)],
            "bidirectional": lambda: [forwards(0), backwards(1)]}
    return jnp.stack(ways[order](), 1)


for order, count in [("forward", 1), ("reverse", 1), ("bidirectional", 2)]:
    for linear in (0, 1):
        operands = [floats(6, 3, 4), floats(count, 15, 4), floats(count, 15, 5),
                    floats(count, 30, low=-0.3, high=0.3)]
        case("GRU", lambda *a: both_ways(*a, linear, order), operands, hidden_size=5,
             linear_before_reset=linear, direction=order)

        def last(*a):
            states = both_ways(*a, linear, order)
            ends = {"forward": [states[-1, 0]], "reverse": [states[0, 0]],
                    "bidirectional": [states[-1, 0], states[0, count - 1]]}[order]
            return jnp.stack(ends)
        case("GRU", last, operands, first=1, hidden_size=5, linear_before_reset=linear,
             direction=order)


# A head with attention over time, of several operators: see the test for its nodes.
def attention(x, w, v, b):
    return (jax.nn.softmax(x @ w, 1) * (x @ v + b)).sum(1)


case("attention", attention, [floats(2, 5, 4), floats(4, 3), floats(4, 3), floats(3)])


# A convolution in two halves of which attention takes a mixture: see the test for its nodes.
def split_attention(x, w, narrow, wide):
    y = relu(jax.lax.conv_general_dilated(
        x, w, (1, 1), [(1, 1), (1, 1)], feature_group_count=2,
        dimension_numbers=("NCHW", "OIHW", "NCHW")))
    halves = y.reshape(2, 2, 4, *y.shape[2:])
    mean = halves.sum(1).mean((2, 3))
    wanted = relu(mean @ narrow[:, :, 0, 0].T) @ wide[:, :, 0, 0].T
    shares = jax.nn.softmax(wanted.reshape(2, 2, 4), 1)
    return (halves * shares[..., None, None]).sum(1)


case("split_attention", split_attention,
     [floats(2, 4, 5, 3), floats(8, 2, 3, 3), floats(3, 4, 1, 1), floats(8, 3, 1, 1)])

with open("operators.json", "w") as file:
    json.dump(cases, file)
print(f"{len(cases)} cases of {len({c['operator'] for c in cases})} operators")
