"""Measures how well alarms are told by their cadence.

    python3 -m venv venv && venv/bin/pip install -r Benchmarks/alarms/requirements.txt
    make build
    venv/bin/python Benchmarks/alarms/measure.py PROGRAM DATA... [--alarms N] [--skip-others]

DATA are folders with `manifest.csv`, as of docs/recordings.md. Alarms are made by the figures of the
standards, 28 s of each, with lengths up to 10 % off, a tone that wanders by up to 0.6 %, a second
harmonic or a square wave, played in a room (measured impulse responses of DATA, or noise that decays
in 0.3 to 1.2 s) over a recording of DATA; one in ten is clipped by 12 dB. The level is that of the
alarm while it is on over the RMS of the background. Everything else in DATA is played one after the
other, where nothing may be found. All of it goes through `PROGRAM analyze` with Models/alarms.
"""

import argparse
import collections
import csv
import json
import math
import pathlib
import subprocess
import tempfile

import numpy as np
import soundfile
from scipy.signal import fftconvolve, resample_poly

RATE = 16000
LEVELS = [-5, 0, 5, 10, 20]
SOUND, LEAD, TAIL = 28, 14, 4
MODEL = pathlib.Path(__file__).resolve().parents[2] / "Models/alarms"
# Pulse, gap, pulses, period in seconds: ISO 8201 and NFPA 72.
CADENCES = {"smoke_alarm": (0.5, 0.5, 3, 4.0), "co_alarm": (0.1, 0.1, 4, 5.7)}


def load(path):
    try:
        sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError:
        # Some Opus files of the sets are too short for libsndfile.
        command = [
            "ffmpeg",
            "-v",
            "error",
            "-i",
            path,
            "-f",
            "f32le",
            "-ac",
            "1",
            "-ar",
            str(RATE),
            "-",
        ]
        sound = np.frombuffer(
            subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout, "float32"
        )
        return sound
    sound = sound.mean(1)
    if rate != RATE:
        factor = math.gcd(rate, RATE)
        sound = resample_poly(sound, RATE // factor, rate // factor)
    return sound


def alarm(kind, is_square, random):
    """An alarm of `SOUND` seconds, and where it is on."""
    on, off, pulses, period = np.array(CADENCES[kind]) * (1 + random.uniform(-0.1, 0.1))
    pulses = CADENCES[kind][2]
    is_on = np.zeros(SOUND * RATE)
    start = 0.0
    while start < SOUND:
        for pulse in range(pulses):
            begin = start + pulse * (on + off)
            is_on[int(begin * RATE) : int((begin + on) * RATE)] = 1
        start += period * (1 + random.normal(0, 0.004))
    hertz = random.uniform(505, 535) if is_square else random.uniform(2950, 3450)
    wandering = hertz * (1 + np.linspace(0, random.uniform(-0.006, 0.006), len(is_on)))
    phase = 2 * np.pi * np.cumsum(wandering) / RATE
    if is_square:
        wave = sum(np.sin(n * phase) / n for n in range(1, 15, 2))
    else:
        wave = np.sin(phase) + random.uniform(0, 0.3) * np.sin(2 * phase)
    edge = np.hanning(97)
    return wave * np.convolve(is_on, edge / edge.sum(), "same"), is_on > 0.5


def rooms(recordings, random):
    responses = [np.ones(1)]
    for path, row in recordings:
        if row["class"] == "rir":
            sound = load(path)
            responses.append(sound[max(0, np.argmax(abs(sound)) - 20) :][: 5 * RATE // 2])
    for seconds in (0.3, 0.5, 0.8, 1.2):
        count = int(seconds * RATE)
        decay = random.normal(size=count) * 10 ** (-3 * np.arange(count) / count) * 0.15
        decay[0] = 3
        responses.append(decay)
    return [response / np.sqrt((response**2).sum()) for response in responses]


def mixes(recordings, count, random):
    """Yields kind, tone, level and sound of each alarm over a background."""
    places = rooms(recordings, random)
    length = (LEAD + SOUND + TAIL) * RATE
    usable = [path for path, row in recordings if row["class"] != "rir" and seconds_of(row) > 4.5]
    for number in range(count):
        kind, is_square = list(CADENCES)[number % 2], number // 2 % 2 == 1
        wave, is_on = alarm(kind, is_square, random)
        wet = fftconvolve(wave, places[random.integers(len(places))])[: len(wave)]
        background = load(usable[random.integers(len(usable))])
        background = np.tile(background, length // len(background) + 2)
        start = random.integers(len(background) - length)
        background = background[start : start + length] + random.normal(size=length) * 1e-5
        ratio = np.sqrt((background**2).mean() / (wet[is_on] ** 2).mean())
        is_clipped, loudness = random.random() < 0.1, random.uniform(-30, -3)
        for level in LEVELS:
            mix = background.copy()
            mix[LEAD * RATE : (LEAD + SOUND) * RATE] += wet * ratio * 10 ** (level / 20)
            mix *= 10 ** (loudness / 20) / abs(mix).max()
            if is_clipped:
                limit = abs(mix).max() / 4
                mix = np.clip(mix, -limit, limit)
            yield kind, "520 Hz" if is_square else "3.1 kHz", level, mix


def listed(folders):
    """The recordings of folders with `manifest.csv`, each with its row."""
    recordings = []
    for folder in folders:
        with open(folder / "manifest.csv", newline="") as file:
            recordings += [(folder / row["path"], row) for row in csv.DictReader(file)]
    return recordings


def seconds_of(row):
    return float(row["duration_s"] or 0)


def events(program, path, model=MODEL):
    command = [program, "analyze", "--model", model, "--format", "json", path]
    result = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return [json.loads(line) for line in result.stdout.splitlines()]


def others(recordings):
    """Yields everything that is no alarm, in pieces of ten minutes."""
    pieces, names, length = [], [], 0
    for path, row in recordings:
        if row["class"] == "rir" or row["set"] == "arm_fire_alarm":
            continue
        pieces.append(load(path))
        names.append((length / RATE, row["path"]))
        length += len(pieces[-1])
        if length > 600 * RATE:
            yield np.concatenate(pieces), names
            pieces, names, length = [], [], 0
    yield np.concatenate(pieces), names


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("data", nargs="+", type=pathlib.Path)
    parser.add_argument("--alarms", type=int, default=200)
    parser.add_argument("--skip-others", action="store_true")
    options = parser.parse_args()
    recordings = listed(options.data)

    found, wrong, latest = collections.Counter(), 0, []
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "sound.wav"
        for kind, tone, level, mix in mixes(recordings, options.alarms, np.random.default_rng(1)):
            soundfile.write(path, mix, RATE)
            names = {event["class"] for event in events(options.program, path)}
            found[kind, tone, level] += kind in names
            found[kind, tone, level, "of"] += 1
            wrong += bool(names - {kind})
        print("| alarm | tone |" + "".join(f" {level} dB |" for level in LEVELS))
        print("|---|---|" + "---|" * len(LEVELS))
        for kind in CADENCES:
            for tone in ("3.1 kHz", "520 Hz"):
                cells = [
                    f" {found[kind, tone, n]} of {found[kind, tone, n, 'of']} |" for n in LEVELS
                ]
                print(f"| {kind} | {tone} |" + "".join(cells))
        print(f"mixes with an event of the other alarm: {wrong}")
        if options.skip_others:
            return
        seconds = 0
        for sound, names in others(recordings):
            soundfile.write(path, sound, RATE)
            seconds += len(sound) / RATE
            for event in events(options.program, path):
                near = [name for at, name in names if at < event["end_s"]][-3:]
                latest.append((event["class"], event["start_s"], event["end_s"], near))
        print(f"other sound: {seconds / 3600:.2f} h, {len(latest)} events")
        for line in latest:
            print(*line)


if __name__ == "__main__":
    main()
