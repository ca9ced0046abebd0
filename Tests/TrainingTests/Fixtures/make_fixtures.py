"""Gradients, losses and optimiser steps by JAX and Optax, for TrainingTests.

    python -m venv v && v/bin/pip install -r requirements.txt && v/bin/python make_fixtures.py

Writes network.json: a small network (two convolutions, one of them depthwise, batch normalisation
with the batch's statistics, pooling, mean and maximum over time, a fully connected layer), its
logits, losses and gradients, and its weights after three steps of AdamW and of momentum; and
gru.json: states and gradients of a GRU in ONNX's two forms.
"""
import json

import jax
import jax.numpy as jnp
import numpy as np
import optax

jax.config.update("jax_enable_x64", True)
random = np.random.default_rng(7)


def tensor(*shape, scale=1.0):
    return np.float32(random.normal(size=shape) * scale).astype(np.float64)


def listed(value):
    value = np.asarray(value)
    return {"shape": list(value.shape), "values": [float(f"{x:.9g}") for x in value.ravel()]}


weights = {
    "first": tensor(6, 1, 3, 3, scale=0.4),
    "scale": 1 + tensor(6, scale=0.2),
    "shift": tensor(6, scale=0.2),
    "depth": tensor(6, 1, 3, 3, scale=0.4),
    "dense": tensor(4, 12, scale=0.4),
    "bias": tensor(4, scale=0.2),
}
inputs = tensor(5, 1, 13, 8)
targets = np.eye(4)[[0, 1, 2, 3, 1]] * 0.7 + np.eye(4)[[1, 1, 0, 2, 3]] * 0.3


def convolve(x, w, strides, groups):
    return jax.lax.conv_general_dilated(
        x, w, strides, [(0, 0), (1, 1)], feature_group_count=groups,
        dimension_numbers=("NCHW", "OIHW", "NCHW"))


def logits(p):
    x = convolve(inputs, p["first"], (2, 1), 1)
    mean = x.mean((0, 2, 3), keepdims=True)
    variance = ((x - mean) ** 2).mean((0, 2, 3), keepdims=True)
    x = (x - mean) / jnp.sqrt(variance + 1e-5)
    x = jax.nn.relu(x * p["scale"][:, None, None] + p["shift"][:, None, None])
    x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 1, 2), (1, 1, 1, 2), "VALID")
    x = convolve(x, p["depth"], (1, 1), 6)
    profile = x.mean(3)
    x = jnp.concatenate([profile.mean(2), profile.max(2)], 1)
    return x @ p["dense"].T + p["bias"]


def softmax_loss(p, smoothing=0.1):
    smooth = optax.smooth_labels(targets, smoothing)
    return optax.softmax_cross_entropy(logits(p), smooth).mean()


def binary_loss(p, smoothing=0.1):
    smooth = targets * (1 - smoothing) + smoothing / 2
    return optax.sigmoid_binary_cross_entropy(logits(p), smooth).mean()


def steps(optimizer):
    p, state = weights, optimizer.init(weights)
    for _ in range(3):
        gradient = jax.grad(softmax_loss)(p)
        updates, state = optimizer.update(gradient, state, p)
        p = optax.apply_updates(p, updates)
    return {name: listed(value) for name, value in p.items()}


decayed = {name: value.ndim > 1 for name, value in weights.items()}
network = {
    "weights": {name: listed(value) for name, value in weights.items()},
    "inputs": listed(inputs),
    "targets": listed(targets),
    "logits": listed(logits(weights)),
    "softmaxLoss": float(softmax_loss(weights)),
    "binaryLoss": float(binary_loss(weights)),
    "softmaxGradients": {n: listed(v) for n, v in jax.grad(softmax_loss)(weights).items()},
    "binaryGradients": {n: listed(v) for n, v in jax.grad(binary_loss)(weights).items()},
    "afterAdamW": steps(optax.chain(
        optax.clip_by_global_norm(0.5), optax.adamw(0.01, weight_decay=0.02, mask=decayed))),
    "afterMomentum": steps(optax.chain(
        optax.add_decayed_weights(0.02, mask=decayed), optax.sgd(0.05, momentum=0.9))),
}
with open("network.json", "w") as file:
    json.dump(network, file)


def gru(x, w, r, b, linear):
    hidden = r.shape[1]
    wb, rb = b[: 3 * hidden], b[3 * hidden:]
    state, states = jnp.zeros((x.shape[1], hidden)), []
    for row in x:
        i = row @ w.T + wb
        h = state @ r.T + rb
        z = jax.nn.sigmoid(i[:, :hidden] + h[:, :hidden])
        s = jax.nn.sigmoid(i[:, hidden:2 * hidden] + h[:, hidden:2 * hidden])
        if linear:
            again = s * h[:, 2 * hidden:]
        else:
            again = (s * state) @ r[2 * hidden:].T + rb[2 * hidden:]
        state = (1 - z) * jnp.tanh(i[:, 2 * hidden:] + again) + z * state
        states.append(state)
    return jnp.stack(states)


x, w, r, b = tensor(6, 3, 4), tensor(15, 4), tensor(15, 5), tensor(30, scale=0.3)
factors = tensor(6, 3, 5)
cases = []
for linear in (0, 1):
    gradient = jax.grad(lambda *a: (gru(*a, linear) * factors).sum(), argnums=(0, 1, 2, 3))
    cases.append({
        "linear": linear,
        "states": listed(gru(x, w, r, b, linear)),
        "gradients": [listed(value) for value in gradient(x, w, r, b)],
    })
with open("gru.json", "w") as file:
    json.dump({"operands": [listed(value) for value in (x, w, r, b)], "factors": listed(factors),
               "cases": cases}, file)
