#!/usr/bin/env python3
"""Writes Fixtures/birdnet.json: the greatest scores that LiteRT gives with BirdNET's networks in .build/birdnet.

Runs with the Python of make-tflite-networks. The sound is a rising tone with pseudo-random noise, by the same formula
as in BirdNETTests.swift; the place and week are those of a spring in Berlin and an autumn in Nairobi.
"""

import json
import pathlib

import numpy as np
from ai_edge_litert.interpreter import Interpreter

here = pathlib.Path(__file__).parent
networks = here / "../../.build/birdnet"


def best(network, values):
    interpreter = Interpreter(str(networks / network))
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], values)
    interpreter.invoke()
    scores = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0]
    order = np.argsort(-scores)[:40]
    return {"indices": [int(i) for i in order], "scores": [float(scores[i]) for i in order], "sum": float(scores.sum(dtype=float))}


def sound():
    state, noise = 1, []
    for _ in range(144_000):
        state = (state * 1_664_525 + 1_013_904_223) % (1 << 32)
        noise.append(state / (1 << 31) - 1)
    t = np.arange(144_000) / 48_000
    tone = np.sin(2 * np.pi * (2000 * t + 400 * t * t)) * (np.sin(2 * np.pi * 3 * t) > 0)
    return (0.3 * tone + 0.01 * np.array(noise)).astype(np.float32)[None]


answers = {"sound": best("Model_FP32.tflite", sound())}
for name, place in {"berlin": (52.5, 13.4, 18), "nairobi": (-1.3, 36.8, 40)}.items():
    answers[name] = best("MData_Model_V2_FP16.tflite", np.array([place], np.float32))
(here / "Fixtures/birdnet.json").write_text(json.dumps(answers, indent=1) + "\n")
