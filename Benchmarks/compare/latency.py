"""How long a sound takes to become a row, and who still listens after the sound server went away.

    python3 Benchmarks/compare/latency.py --yamnet yamnet.tflite --labels yamnet_class_map.csv

Earwitness and the script of this folder listen to one PulseAudio source at the same time. A bark is played into it
again and again at moments that follow no beat; what counts is the time from the start of playing to the first new row
in each database, so that both bear the same delay of the player. A bark without a row within five seconds is missed.
Then the sound server is killed and started anew, and the bark is played once more.
"""

import argparse
import contextlib
import pathlib
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import soundfile
import soxr
from live import ROOT, start, start_earwitness, start_sink

BARK = ROOT / "Tests/Recordings/esc10/dog_bark/1-100032-A.ogg"
QUESTIONS = {"script": "SELECT count(*) FROM event", "Earwitness": "SELECT count(*) FROM event"}
LONGEST = 5


def make_bark(path):
    """The first bark of the recording, as 16 kHz WAV that begins with its sound."""
    sound, rate = soundfile.read(BARK, dtype="float32", always_2d=True)
    sound = soxr.resample(sound.mean(axis=1), rate, 16_000)
    first = next(index for index, sample in enumerate(sound) if abs(sample) > 0.02)
    soundfile.write(path, sound[first:first + 16_000], 16_000, subtype="PCM_16")


def count(database, question):
    """How many rows there are; none while there is no database yet."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)) as rows:
            return rows.execute(question).fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def play(bark, databases, environment):
    """Seconds from the start of playing to the first new row of each program; None for one that wrote none."""
    before = {name: count(path, QUESTIONS[name]) for name, path in databases.items()}
    found = dict.fromkeys(databases)
    began = time.monotonic()
    with subprocess.Popen(["paplay", "--device=mic", bark], env=environment):
        while time.monotonic() - began < LONGEST and None in found.values():
            for name, path in databases.items():
                if found[name] is None and count(path, QUESTIONS[name]) > before[name]:
                    found[name] = time.monotonic() - began
            time.sleep(0.01)
    return found


def show(name, times, comes_back):
    heard = sorted(value for value in times if value is not None)
    if heard:
        last = heard[min(len(heard) - 1, round(0.99 * (len(heard) - 1)))]
        middle = f"{statistics.median(heard):.2f} | {last:.2f}"
    else:
        middle = "– | –"
    print(f"| {name} | {len(heard)} of {len(times)} | {middle} | {'yes' if comes_back else 'no'} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--yamnet", required=True, help="YAMNet as published, yamnet.tflite")
    parser.add_argument("--labels", required=True, help="its yamnet_class_map.csv")
    parser.add_argument("--program", default=str(ROOT / ".build/release/earwitness"))
    parser.add_argument("--barks", type=int, default=30)
    options = parser.parse_args()
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        bark = f"{folder}/bark.wav"
        make_bark(bark)
        server = stack.enter_context(contextlib.ExitStack())
        environment = start_sink(folder, server)
        databases = {"script": f"{folder}/events.sqlite", "Earwitness": f"{folder}/household-2/events.sqlite"}
        script = [sys.executable, str(ROOT / "Benchmarks/compare/script.py"), "mic", options.yamnet,
                  options.labels, databases["script"]]
        start(script, environment, stack)
        start_earwitness(options, "household-2", folder, environment, stack)
        time.sleep(20)
        rounds = []
        for _ in range(options.barks):
            time.sleep(4 + chance.random())
            rounds.append(play(bark, databases, environment))
        server.close()
        pathlib.Path(f"{folder}/native").unlink(missing_ok=True)
        time.sleep(5)
        start_sink(folder, stack)
        time.sleep(30)
        again = play(bark, databases, environment)
    print("| from a bark to its row | heard | median, s | 99th percentile, s | hears again when the sound server is back |")
    print("| --- | --- | --- | --- | --- |")
    for name in databases:
        show({"script": "the script, YAMNet by LiteRT", "Earwitness": "Earwitness, household-2"}[name],
             [found[name] for found in rounds], again[name] is not None)


if __name__ == "__main__":
    main()
