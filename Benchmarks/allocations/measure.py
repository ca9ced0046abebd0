"""Counts what the analysis allocates for each window, in a release build.

    make build
    python3 Benchmarks/allocations/measure.py [MODEL] [PROGRAM]

`earwitness analyze` reads one and three minutes of silence, and of noise with the gate open, with
every allocation counted (`count.c`, preloaded; glibc). The difference of the two lengths, divided by
the windows that lie between them, is what a window costs. Needs no package.
"""

import os
import pathlib
import random
import subprocess
import sys
import tempfile
import wave

RATE = 16000
MINUTES = (1, 3)
MODEL = sys.argv[1] if len(sys.argv) > 1 else "household-2"
PROGRAM = sys.argv[2] if len(sys.argv) > 2 else ".build/release/earwitness"


def analyze(recording, *options, **environment):
    subprocess.run(
        [PROGRAM, "analyze", "--model", MODEL, "--jobs", "1", *options, recording],
        check=True,
        stdout=subprocess.DEVNULL,
        env=os.environ | environment,
    )


def measure(folder, counter, name, amplitude):
    """The number of allocations and of windows for each length."""
    numbers = random.Random(1)
    counts, windows = [], []
    for minutes in MINUTES:
        path = folder / f"{name}-{minutes}.wav"
        top = int(amplitude * 32767)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            for _ in range(60 * minutes):
                second = (numbers.randint(-top, top) for _ in range(RATE))
                file.writeframes(b"".join(x.to_bytes(2, "little", signed=True) for x in second))
        analyze(path, LD_PRELOAD=str(counter), ALLOCATIONS=str(folder / "count"))
        counts.append(int((folder / "count").read_text()))
        scores = folder / f"scores-{name}-{minutes}"
        analyze(path, "--scores", str(scores))
        windows.append(sum(len(x.read_text().splitlines()) - 1 for x in scores.glob("*.csv")))
    return counts, windows


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    counter = folder / "count.so"
    source = pathlib.Path(__file__).parent / "count.c"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", source, "-o", counter], check=True)
    for name, amplitude in (("silence", 0), ("noise", 0.2)):
        counts, windows = measure(folder, counter, name, amplitude)
        each = (counts[1] - counts[0]) / (windows[1] - windows[0])
        print(f"{name}: {each:.2f} allocations a window")
