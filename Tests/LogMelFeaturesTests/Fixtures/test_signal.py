"""The test signal, as TestSignal.swift computes it: nothing recorded, the same on any machine."""

import math

import numpy as np


def test_signal(rate_hz, seconds):
    """A rising sweep, a steady tone, fading noise, clicks and a stretch of digital silence.

    Quantised to 16 bits, so that rounding in sin() cannot make it differ between languages.
    """
    count = round(rate_hz * seconds)
    samples = np.zeros(count, np.int32)
    highest_hz = 0.45 * rate_hz
    noise = 1
    for n in range(count):
        t = n / rate_hz
        noise = (noise * 1664525 + 1013904223) % 2**32
        value = 0.3 * math.sin(2 * math.pi * (50 * t + (highest_hz - 50) * t * t / (2 * seconds)))
        value += 0.2 * math.sin(2 * math.pi * 440 * t)
        value += 0.1 * math.exp(-3 * t / seconds) * ((noise >> 8) / 2**23 - 1)
        if n % 1777 == 1000:
            value += 0.4
        if 0.55 <= t / seconds < 0.65:
            value = 0
        samples[n] = math.floor(value * 32767 + 0.5)
    return samples


def as_float(samples):
    """Samples of ±1, as a recording of 16 bits is read."""
    return (samples / 32768).astype(np.float32)
