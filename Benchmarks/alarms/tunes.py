"""Measures how well tunes are told that `cadence learn` described from one recording.

    venv/bin/python Benchmarks/alarms/tunes.py PROGRAM DATA... [--tunes N] [--skip-others]

Environment and DATA are as for measure.py. Tunes are of 3 to 8 notes from 500 to 3000 Hz with overtones,
some of which fade as those of a bell do. Each is learnt from a rendition with little noise; three more
renditions, up to 5 % faster or slower, in rooms over recordings of DATA are to be found. The level is that of the tune
while it sounds over the RMS of the background. Everything in DATA is then analysed with all tunes at
once, where nothing may be found.
"""

import argparse
import collections
import pathlib
import subprocess
import tempfile

import numpy as np
import soundfile
from measure import RATE, events, listed, load, others, rooms, seconds_of
from scipy.signal import fftconvolve

LEVELS = [0, 5, 10, 20]
RULE = "rule: {smoothing: 1, on: 0.5, off: 0.5, min_duration_s: 0.3, merge_gap_s: 6}"


def make_tune(random):
    """Notes (Hz, on, off), and how fast they fade in seconds."""
    count = random.integers(3, 9)
    scale = 523.25 * 2 ** (np.array([0, 2, 4, 7, 9, 12, 14, 16, 19, 21, 24]) / 12)
    notes = []
    while len({hertz for hertz, _, _ in notes}) < 2:
        notes = [
            (random.choice(scale), random.choice([0.12, 0.2, 0.3, 0.5]), random.choice([0, 0, 0.1]))
            for _ in range(count)
        ]
    return notes, random.choice([0.3, 1, 10])


def render(tune, pace):
    notes, fade = tune
    waves = []
    for hertz, on, off in notes:
        time = np.arange(int(on * pace * RATE)) / RATE
        wave = sum(
            np.sin(2 * np.pi * n * hertz * time) / n**2 for n in (1, 2, 3) if n * hertz < 7000
        )
        edge = np.minimum(1, np.minimum(time, time[::-1]) / 0.005)
        waves += [wave * edge * 10 ** (-3 * time / fade / 5), np.zeros(int(off * pace * RATE))]
    return np.concatenate(waves)


def learn(program, sound, name, path, random):
    """The lines of the tune's element in `tunes`; none where it is not learnt as one."""
    quiet = np.zeros(2 * RATE)
    padded = np.concatenate([quiet, sound / abs(sound).max() * 0.3, quiet])
    soundfile.write(path, padded + random.normal(size=len(padded)) * 0.001, RATE)
    command = [program, "cadence", "learn", path, "--class", name]
    text = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ).stdout
    return text.partition("tunes:\n")[2]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("data", nargs="+", type=pathlib.Path)
    parser.add_argument("--tunes", type=int, default=40)
    parser.add_argument("--skip-others", action="store_true")
    options = parser.parse_args()
    random = np.random.default_rng(2)
    recordings = listed(options.data)
    places = rooms(recordings, random)
    usable = [path for path, row in recordings if row["class"] != "rir" and seconds_of(row) > 4.5]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "sound.wav"
        tunes, elements = {}, ""
        for number in range(options.tunes):
            name, tune = f"tune_{number}", make_tune(random)
            if element := learn(options.program, render(tune, 1), name, path, random):
                tunes[name] = tune
                elements += element
        print(f"learnt as tunes: {len(tunes)} of {options.tunes}")
        classes = "".join(f"  - {{name: {name}, label: {name}}}\n" for name in tunes)
        model = pathlib.Path(folder) / "tunes"
        model.mkdir()
        head = f'name: tunes\nversion: "1"\ndescription: Made up.\n{RULE}\nclasses:\n{classes}'
        (model / "model.yaml").write_text(f"{head}tunes:\n{elements}")

        found, other = collections.Counter(), 0
        for name, tune in tunes.items():
            for _ in range(3):
                wet = fftconvolve(
                    render(tune, random.uniform(0.95, 1.05)), places[random.integers(len(places))]
                )
                length = len(wet) + 8 * RATE
                background = load(usable[random.integers(len(usable))])
                background = np.tile(background, length // len(background) + 2)[:length]
                background = background + random.normal(size=length) * 1e-5
                dry = wet[: len(render(tune, 1))]
                ratio = np.sqrt((background**2).mean() / (dry**2).mean())
                for level in LEVELS:
                    mix = background.copy()
                    mix[4 * RATE : 4 * RATE + len(wet)] += wet * ratio * 10 ** (level / 20)
                    soundfile.write(path, mix / abs(mix).max() * 0.5, RATE)
                    names = {event["class"] for event in events(options.program, path, model)}
                    found[level] += name in names
                    found[level, "of"] += 1
                    other += bool(names - {name})
        print("|" + "".join(f" {level} dB |" for level in LEVELS))
        print("|" + "---|" * len(LEVELS))
        print("|" + "".join(f" {found[n]} of {found[n, 'of']} |" for n in LEVELS))
        print(f"mixes with an event of another tune: {other}")
        if options.skip_others:
            return
        seconds, wrong = 0, []
        for sound, names in others(recordings):
            soundfile.write(path, sound, RATE)
            seconds += len(sound) / RATE
            for event in events(options.program, path, model):
                near = [at_name for at, at_name in names if at < event["end_s"]][-2:]
                wrong.append(
                    (event["class"], len(tunes[event["class"]][0]), event["start_s"], near)
                )
        print(f"other sound: {seconds / 3600:.2f} h, {len(wrong)} events of {len(tunes)} tunes")
        for line in wrong:
            print(*line)


if __name__ == "__main__":
    main()
