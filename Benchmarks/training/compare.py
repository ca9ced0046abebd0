"""Seconds per training step here and in JAX: the architecture `small` or `medium`, 64 patches per
step.

    swift build -c release --product earwitness        (in the repository)
    python -m venv v && v/bin/pip install -r requirements.txt
    v/bin/python compare.py ../../.build/release/earwitness DATA/esc10 --cores 0,1,2
    v/bin/python compare.py ../../.build/release/earwitness DATA/esc10 --architecture medium

Both run on the same cores, in turns; only the ratio of the medians counts. A step of Earwitness is the
difference between a long and a short training and includes cropping and augmentation; JAX gets a
prepared batch. An epoch of ESC-10's 400 clips is 6.25 steps.
"""
import argparse
import os
import statistics
import subprocess
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("earwitness")
parser.add_argument("dataset")
parser.add_argument("--architecture", choices=["small", "medium"], default="small")
parser.add_argument("--cores", default="0,1,2")
parser.add_argument("--rounds", type=int, default=3)
options = parser.parse_args()
cores = [int(core) for core in options.cores.split(",")]
os.sched_setaffinity(0, cores)  # before JAX makes its threads; subprocesses inherit it
os.environ["JAX_PLATFORMS"] = "cpu"

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402

random = np.random.default_rng(1)
CHANNELS = [1, 16, 32, 64, 126] if options.architecture == "small" else [1, 32, 64, 128, 256]
SHAPES = [(5, 2, 2, False), (3, 1, 1, True), (3, 1, 1, True), (3, 1, 1, False)]
LAYERS = [(i, o, *shape) for i, o, shape in zip(CHANNELS, CHANNELS[1:], SHAPES)]


def weights():
    layers = [{"w": random.normal(size=(o, i, k, k)) * (2 / (i * k * k)) ** 0.5,
               "scale": np.ones((o, 1, 1)), "shift": np.zeros((o, 1, 1))}
              for i, o, k, _, _, _ in LAYERS]
    dense = {"w": random.normal(size=(2 * CHANNELS[-1], 10)) / 16, "b": np.zeros(10)}
    return jax.tree.map(lambda x: jnp.asarray(x, jnp.float32), {"layers": layers, "dense": dense})


def loss(p, x, labels, key):
    for layer, (_, _, _, stride, pad, pools) in zip(p["layers"], LAYERS):
        x = jax.lax.conv_general_dilated(x, layer["w"], (stride, stride), [(0, 0), (pad, pad)],
                                         dimension_numbers=("NCHW", "OIHW", "NCHW"))
        mean = x.mean((0, 2, 3), keepdims=True)
        variance = x.var((0, 2, 3), keepdims=True)
        x = (x - mean) * jax.lax.rsqrt(variance + 1e-5)
        x = jax.nn.relu(x * layer["scale"] + layer["shift"])
        if pools:
            x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
    x = x.mean(3)
    x = jnp.concatenate([x.mean(2), x.max(2)], 1)
    x = x * jax.random.bernoulli(key, 0.8, x.shape) / 0.8
    logits = x @ p["dense"]["w"] + p["dense"]["b"]
    return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()


optimizer = optax.chain(optax.clip_by_global_norm(5), optax.adamw(3e-3, weight_decay=0.02))
p = weights()
state = optimizer.init(p)
x = jnp.asarray(random.normal(size=(64, 1, 96, 64)), jnp.float32)
labels = jnp.arange(64) % 10


@jax.jit
def step(p, state, key):
    value, gradient = jax.value_and_grad(loss)(p, x, labels, key)
    updates, state = optimizer.update(gradient, state, p)
    return optax.apply_updates(p, updates), state, value


def jax_seconds(count=40):
    global p, state
    start = time.perf_counter()
    for index in range(count):
        p, state, value = step(p, state, jax.random.key(index))
    value.block_until_ready()
    return (time.perf_counter() - start) / count


def earwitness_seconds(cache, short=10, long=50):
    def run(steps):
        start = time.perf_counter()
        subprocess.run(
            [options.earwitness, "train", options.dataset, "--output", f"{cache}/model", "--steps",
             str(steps), "--architecture", options.architecture, "--threads", str(len(cores)), "--cache", f"{cache}/features"],
            check=True, stderr=subprocess.DEVNULL)
        return time.perf_counter() - start
    return (run(long) - run(short)) / (long - short)


with tempfile.TemporaryDirectory() as cache:
    jax_seconds(3)
    earwitness_seconds(cache, 1, 2)
    ours, theirs = [], []
    for _ in range(options.rounds):
        theirs.append(jax_seconds())
        ours.append(earwitness_seconds(cache))
        print(f"jax {theirs[-1] * 1e3:.0f} ms, earwitness {ours[-1] * 1e3:.0f} ms", flush=True)
    ratio = statistics.median(ours) / statistics.median(theirs)
    epoch = statistics.median(ours) * 400 / 64
    print(f"earwitness takes {ratio:.2f} times as long as jax {jax.__version__} on {len(cores)} cores; "
          f"{epoch:.2f} s an epoch of 400 clips")
