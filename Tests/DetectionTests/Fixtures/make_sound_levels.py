#!/usr/bin/env python3
"""Writes weightings.csv and sound_levels.csv: reference numbers for the sound level meter.

    python3 -m venv venv && venv/bin/pip install acoustics==0.2.6 numpy==1.26.4 scipy==1.14.1
    venv/bin/python make_sound_levels.py

weightings.csv: the design goals by python-acoustics' formulas (IEC 61672-1:2013, annex E) at the
exact frequencies of its table 3, that table's rounded values, and the acceptance limits of class 1.

sound_levels.csv: the levels of a repeatable noise, weighted with the *analogue* systems of
python-acoustics in the frequency domain, so that no digital filter design enters. Its own
exponential averaging gives one value per time constant only; the recursion of the standard is
written out here with scipy instead.
"""

import csv
import pathlib

import numpy as np
import scipy.signal
from acoustics.standards import iec_61672_1_2013 as iec

HERE = pathlib.Path(__file__).parent

# IEC 61672-1:2013, table 3, class 1, 10 Hz to 20 kHz; -inf where there is no lower limit.
UPPER = [3, 2.5, 2, 2, 2, 1.5] + [1] * 14 + [0.7] + [1] * 6 + [1.5, 1.5, 1.5, 2, 2, 2.5, 3]
LOWER = [-np.inf, -np.inf, -4, -2, -1.5, -1.5] + [-1] * 14 + [-0.7] + [-1] * 6
LOWER += [-1.5, -2, -2.5, -3, -5, -16, -np.inf]

TIME_CONSTANTS = {"fast": 0.125, "slow": 1.0}
AMPLITUDES = [0.5, 0.05, 0.2, 0.01, 0.8, 0.1, 0.02, 0.3]


def write_weightings():
    table = iec.WEIGHTING_DATA
    frequencies = 1000 * 10 ** (0.1 * table.index.to_numpy())
    with open(HERE / "weightings.csv", "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(
            ["nominal_hz", "frequency_hz", "a_db", "c_db", "a_table_db", "c_table_db", "upper_db", "lower_db"])
        for index, frequency in enumerate(frequencies):
            rows.writerow([
                table.nominal.iloc[index], f"{frequency:.6f}",
                f"{iec.weighting_function_a(frequency):.6f}",
                f"{iec.weighting_function_c(frequency):.6f}",
                table.A.iloc[index], table.C.iloc[index], UPPER[index], LOWER[index]])


def noise(rate, seconds):
    """White noise from a linear congruential generator, another amplitude each half second."""
    state = 1
    samples = np.empty(rate * seconds, np.float32)
    for index in range(len(samples)):
        state = (state * 1664525 + 1013904223) % 2**32
        signed = state - 2**32 if state >= 2**31 else state
        amplitude = np.float32(AMPLITUDES[index // (rate // 2) % len(AMPLITUDES)])
        samples[index] = np.float32(signed) / np.float32(2147483648) * amplitude
    return samples


def weigh(samples, rate, weighting):
    numerator, denominator = iec.WEIGHTING_SYSTEMS[weighting]()
    length = 2 * len(samples)
    spectrum = np.fft.rfft(samples.astype(np.float64), length)
    angular = 2 * np.pi * np.fft.rfftfreq(length, 1 / rate)
    _, response = scipy.signal.freqs(numerator, denominator, angular)
    return np.fft.irfft(spectrum * response, length)[:len(samples)]


def statistics(pressure, rate, constant):
    power = pressure**2
    step = 1 - np.exp(-1 / (constant * rate))
    followed = scipy.signal.lfilter([step], [1, step - 1], power)
    ends = np.arange(1, len(power) * 100 // rate + 1) * rate // 100
    ends = ends[ends > round(4 * constant * rate)]
    # The levels, not the powers, are interpolated.
    exceeded = np.percentile(10 * np.log10(followed[ends - 1]), [90, 50, 10])
    _, equivalent = iec.time_averaged_sound_level(pressure, rate, len(pressure) / rate, 1.0)
    return [equivalent[0], 10 * np.log10(followed.max()), *exceeded]


def write_levels():
    with open(HERE / "sound_levels.csv", "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(
            ["rate_hz", "seconds", "frequency_weighting", "time_weighting", "equivalent_dbfs",
             "maximum_dbfs", "exceeded_10_dbfs", "exceeded_50_dbfs", "exceeded_90_dbfs"])
        for rate, seconds in [(16000, 12), (44100, 8), (48000, 8)]:
            samples = noise(rate, seconds)
            for weighting in "ACZ":
                weighted = weigh(samples, rate, weighting) if weighting != "Z" else samples.astype(float)
                for name, constant in TIME_CONSTANTS.items():
                    values = statistics(weighted, rate, constant)
                    rows.writerow([rate, seconds, weighting.lower(), name] + [f"{v:.4f}" for v in values])


write_weightings()
write_levels()
