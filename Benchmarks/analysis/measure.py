"""Times `earwitness analyze` of whole folders, by format and by number of jobs.

    python3 -m venv venv && venv/bin/pip install -r Benchmarks/analysis/requirements.txt
    make build
    venv/bin/python Benchmarks/analysis/measure.py FOLDER [MODEL] [PROGRAM]

FOLDER holds recordings, such as the data set's `esc10`. 200 clips of 5 s and one recording of ten
minutes are made of them in each format, so that every format holds the same sound. The default model
is `household-2`. Prints seconds of sound per second of processor time (all threads, program start
included), and the elapsed time with 1, 2 and 4 jobs. Rounds alternate; the fastest counts. Decoding
with libsndfile alone is the upper limit of each format.
"""

import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np
import soundfile
import soxr

ROUNDS = 5
CLIP_SECONDS = 5
CLIP_COUNT = 200
LONG_SECONDS = 600
FORMATS = {
    "16 kHz WAV": (16000, "wav", "PCM_16"),
    "16 kHz FLAC": (16000, "flac", "PCM_16"),
    "44.1 kHz FLAC": (44100, "flac", "PCM_16"),
    "44.1 kHz Ogg Vorbis": (44100, "ogg", "VORBIS"),
}


def sound_of(folder, seconds):
    """The given length of the folder's recordings at 44.1 kHz, one after the other."""
    pieces, have = [], 0
    paths = sorted(p for p in folder.rglob("*") if p.suffix in (".ogg", ".wav", ".flac"))
    while have < seconds * 44100:
        for path in paths:
            samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
            pieces.append(soxr.resample(samples.mean(axis=1), rate, 44100))
            have += len(pieces[-1])
            if have >= seconds * 44100:
                break
    return np.concatenate(pieces)[: seconds * 44100]


def write(folder, sound, clip_seconds, kind):
    rate, ending, subtype = kind
    folder.mkdir(parents=True)
    step = clip_seconds * 44100
    for index in range(len(sound) // step):
        clip = sound[index * step:(index + 1) * step]
        path = folder / f"{index:04}.{ending}"
        with soundfile.SoundFile(path, "w", rate, 1, subtype=subtype) as file:
            out = clip if rate == 44100 else soxr.resample(clip, 44100, rate)
            # In pieces, because libsndfile's Vorbis encoder overflows its stack on long buffers.
            for start in range(0, len(out), 65536):
                file.write(out[start:start + 65536])


def processor_seconds(who):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def run(program, model, folder, jobs):
    """Processor time and elapsed time of one analysis."""
    before, began = processor_seconds(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(
        [program, "analyze", "--model", model, "--count", "--format", "csv", "--jobs",
         str(jobs), str(folder)], check=True, stdout=subprocess.DEVNULL)
    return processor_seconds(resource.RUSAGE_CHILDREN) - before, time.monotonic() - began


def decode(folder):
    """Processor time of decoding alone."""
    before = processor_seconds(resource.RUSAGE_SELF)
    for path in sorted(folder.iterdir()):
        with soundfile.SoundFile(path) as file:
            room = np.empty((32768, file.channels), dtype=np.float32)
            while len(file.read(out=room)):
                pass
    return processor_seconds(resource.RUSAGE_SELF) - before


def main():
    source = pathlib.Path(sys.argv[1])
    default = pathlib.Path(__file__).parents[2] / ".build/release/earwitness"
    model = sys.argv[2] if len(sys.argv) > 2 else "household-2"
    program = sys.argv[3] if len(sys.argv) > 3 else str(default)
    with tempfile.TemporaryDirectory() as name:
        home = pathlib.Path(name)
        (home / "earwitness.yaml").write_text("web: {listen: off}\n")
        os.environ |= {"EARWITNESS_CONFIG": str(home / "earwitness.yaml"),
                       "STATE_DIRECTORY": name}
        sound = sound_of(source, max(CLIP_COUNT * CLIP_SECONDS, LONG_SECONDS))
        folders = {}
        for title, kind in FORMATS.items():
            for length, seconds in ((CLIP_SECONDS, CLIP_COUNT * CLIP_SECONDS),
                                    (LONG_SECONDS, LONG_SECONDS)):
                folder = home / f"{title}-{length}".replace(" ", "_")
                write(folder, sound[: seconds * 44100], length, kind)
                folders[title, length] = (folder, seconds)

        best = {}

        def keep(key, value):
            best[key] = min(best.get(key, value), value)

        jobs = [count for count in (1, 2, 4) if count <= (os.cpu_count() or 1)]
        for _ in range(ROUNDS):
            for key, (folder, _) in folders.items():
                keep((key, "whole"), run(program, model, folder, 1)[0])
                keep((key, "decode"), decode(folder))
            for count in jobs:
                keep(("jobs", count),
                     run(program, model, folders["44.1 kHz FLAC", CLIP_SECONDS][0], count)[1])

        print(f"Model {model}\n")
        print("| format | length of each | times real time per core | decoding alone |")
        print("|---|---|---|---|")
        for (title, length), (_, seconds) in folders.items():
            whole = seconds / best[(title, length), "whole"]
            bound = seconds / best[(title, length), "decode"]
            print(f"| {title} | {length} s | {whole:,.0f} | {bound:,.0f} |")
        print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}; "
              f"{CLIP_COUNT} clips of 44.1 kHz FLAC:\n")
        print("| jobs | seconds | speed-up | efficiency |")
        print("|---|---|---|---|")
        for count in jobs:
            gain = best["jobs", 1] / best["jobs", count]
            print(f"| {count} | {best['jobs', count]:.2f} | {gain:.2f} | {gain / count:.0%} |")


if __name__ == "__main__":
    main()
