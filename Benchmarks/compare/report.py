"""Writes docs/performance.md: Earwitness beside what people would use instead, on this machine.

    make compare YAMNET=yamnet.tflite YAMNET_LABELS=yamnet_class_map.csv

Runs the measurements of this folder and of those beside it one after the other, each with its peers
in turns, and puts their tables together. Needs an idle machine, pulseaudio, paplay, arecord, and the
release builds of the program and of Benchmarks, which `make compare` makes. What a measurement printed is
kept in .build/compare-parts until the page is written: a run that was interrupted goes on where it was.
"""

import argparse
import datetime
import importlib.metadata
import os
import pathlib
import platform
import shutil
import subprocess
import sys

import soundfile
import soxr

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "Benchmarks"
PARTS = ROOT / ".build/compare-parts"
PEERS = ["ai-edge-litert", "onnxruntime", "librosa", "kaldi-native-fbank", "numpy"]


def parts(options):
    """The measurements: a heading, what it says, and the command that prints its tables."""
    python = sys.executable
    teacher = ["--yamnet", options.yamnet, "--labels", options.labels]
    live = [python, BENCHMARKS / "compare/live.py", *teacher, "--seconds", str(options.seconds)]
    binaries = BENCHMARKS / ".build/release"
    return [
        ("Listening to silence",
         "One PulseAudio source that is silent; all listen to it at the same time. The script is "
         "[thirty lines of Python](../Benchmarks/compare/script.py): arecord, an RMS gate, YAMNet by LiteRT every "
         "0.48 s, rows into SQLite; its figures include arecord's.",
         live),
        ("Listening to sound", "The same while the demo recording is played over and over.",
         [*live, options.sound]),
        ("From a sound to its row", "A bark is played at moments that follow no beat; then the sound server is killed and started "
         "anew. Times begin when the player is started.",
         [python, BENCHMARKS / "compare/latency.py", *teacher]),
        ("Recordings", "An hour of sound; what Python does is in "
         "[offline.py](../Benchmarks/compare/offline.py).",
         [python, BENCHMARKS / "compare/offline.py", *teacher, ROOT / "Tests/Recordings"]),
        ("Networks", "A window of each, alternating in blocks of ten; one thread each. LiteRT with XNNPACK.",
         [python, BENCHMARKS / "networks/compare_litert.py", options.yamnet, *options.networks]),
        ("Features", "Ten minutes of 16 kHz sound to 64 log-mel bands; `fftw` is the bare transforms, which is the "
         "limit.",
         [python, BENCHMARKS / "features/compare.py", binaries / "features-benchmark"]),
        ("A large history", "Questions to the service's API on the Unix socket, then commands without a service.",
         [python, BENCHMARKS / "history/counts.py", options.program, "--events", str(options.events)]),
        ("A small box", "The same sound, heard at the same time by services that control groups hold to so much processor "
         "time and memory. Needs root.",
         [python, BENCHMARKS / "compare/small_box.py", options.sound]),
        ("Growth", "More microphones and more windows a second, all at the same time on one source.",
         [python, BENCHMARKS / "compare/growth.py", options.sound]),
        ("How many microphones", "`earwitness bench`: stages by themselves, then the whole path on noise that keeps "
         "the gate open.",
         [options.program, "bench", "--model", "household-2"]),
    ]


def machine():
    """What it was measured on, in one line each."""
    model = next(
        (line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")),
        platform.machine())
    flags = next((line for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith(("flags", "Features"))), "")
    vectors = [name for name in ("avx512f", "avx2", "asimd") if name in flags.split()]
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PEERS if is_installed(name)]
    return [
        f"- {datetime.date.today()}, {model}, {os.cpu_count()} cores ({', '.join(vectors)}), load "
        f"{os.getloadavg()[0]:.1f} at the beginning.",
        f"- {platform.system()} {platform.release()}, Python {platform.python_version()}, {', '.join(versions)}.",
    ]


def is_installed(name):
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def output(heading, command):
    """What a measurement prints, or printed in the run before; plain lines become a block, tables stay."""
    kept = PARTS / f"{heading}.md"
    if kept.exists():
        return kept.read_text(encoding="utf-8")
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    result = subprocess.run([str(part) for part in command], env=environment, stdout=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"{command[1] if len(command) > 1 else command[0]} ended with {result.returncode}.")
    text = result.stdout.strip()
    text = text if text.startswith("|") else f"```\n{text}\n```"
    kept.write_text(text, encoding="utf-8")
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--yamnet", required=True, help="YAMNet as published, yamnet.tflite")
    parser.add_argument("--labels", required=True, help="its yamnet_class_map.csv")
    parser.add_argument("--sound", help="a WAV file to play; without it the demo recording")
    parser.add_argument("--program", default=str(ROOT / ".build/release/earwitness"))
    parser.add_argument("--seconds", type=float, default=60, help="how long a round of listening lasts")
    parser.add_argument("--events", type=int, default=10_000_000, help="events of the large history")
    parser.add_argument("--networks", nargs="*", default=["yamnet", "yamnet-body"])
    parser.add_argument("--output", default=str(ROOT / "docs/performance.md"))
    options = parser.parse_args()
    if not options.sound:
        options.sound = ROOT / ".build/compare-sound.wav"
        sound, rate = soundfile.read(ROOT / "Sources/System/CDemoRecording/demo.flac", dtype="float32")
        soundfile.write(options.sound, soxr.resample(sound, rate, 16_000), 16_000, subtype="PCM_16")
    PARTS.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Performance", "",
        "Earwitness beside what people would use instead, measured by `make compare` in one go on one machine. Peers take "
        "turns or run at the same time, so that other load meets all alike; compare within a table, not between "
        "machines.", "", *machine(),
    ]
    for heading, words, command in parts(options):
        print(f"{heading} …", file=sys.stderr, flush=True)
        lines += ["", f"## {heading}", "", words, "", output(heading, command)]
    pathlib.Path(options.output).write_text("\n".join(lines) + "\n", encoding="utf-8")
    shutil.rmtree(PARTS)


if __name__ == "__main__":
    main()
