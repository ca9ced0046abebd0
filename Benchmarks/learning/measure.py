#!/usr/bin/env python3
"""Measures `earwitness learn`: classes that are learnt from a few clips and tested on others.

RECORDINGS holds a folder a class, of 5-second clips named FOLD-SOURCE-TAKE.ogg as those of ESC-10 are: clips of
one fold teach, those of the other folds are tested among the clips of all other classes and of the
folders of --others. The other sounds that a class is told from are made of half the others without it.
A clip counts as recognised if `analyze` finds an event of the class in it.

    python3 Benchmarks/learning/measure.py .build/release/earwitness household-2 RECORDINGS --others FOLDER…
"""

import argparse
import collections
import json
import os
import pathlib
import random
import statistics
import subprocess
import tempfile
import time


class Program:
    """The program with a state of its own."""

    def __init__(self, path, model, folder):
        self.path, self.model = path, model
        config = pathlib.Path(folder) / "earwitness.yaml"
        config.write_text(f"model: {model}\n", encoding="utf-8")
        self.environment = os.environ | {
            "EARWITNESS_CONFIG": str(config), "STATE_DIRECTORY": folder, "RUNTIME_DIRECTORY": folder,
        }

    def run(self, *words):
        return subprocess.run(
            [self.path, *words], env=self.environment, capture_output=True, text=True, check=False
        )

    def scores(self, paths, name):
        """The highest score of an event of the class in each recording, and the events' number."""
        answer = self.run("analyze", "--format", "json", "--jobs", "1", *paths)
        best = collections.defaultdict(float)
        events = collections.Counter()
        for line in answer.stdout.splitlines():
            event = json.loads(line)
            if event["class"] == name:
                best[event["file"]] = max(best[event["file"]], event["peak_score"])
                events[event["file"]] += 1
        return best, events


def average_precision(ranked, total):
    """Mean precision at each recognised clip; those that never fired count as missed."""
    hits, sum_of_precisions = 0, 0.0
    for place, is_of_class in enumerate(ranked, start=1):
        if is_of_class:
            hits += 1
            sum_of_precisions += hits / place
    return sum_of_precisions / total if total else 0.0


def trial(program, folder, clips, name, count, fold, others, seed):
    """Learns a class from `count` clips of a fold and tests it; None where it is refused."""
    chance = random.Random(seed)
    of_fold = [clip for clip in clips[name] if clip.name.startswith(f"{fold}-")]
    teaching = chance.sample(of_fold, min(count, len(of_fold)))
    # Clips of one source never teach and test.
    testing = [clip for clip in clips[name] if not clip.name.startswith(f"{fold}-")]
    rest = [clip for other, list_ in clips.items() if other != name for clip in list_] + others
    chance.shuffle(rest)
    known, unknown = rest[: len(rest) // 2], rest[len(rest) // 2:]
    file = pathlib.Path(folder) / "other-sounds.bin"
    made = program.run(
        "learn", "others", "--model", program.model, "--output", str(file), "--from", "a measurement",
        *map(str, known)
    )
    assert made.returncode == 0, made.stderr
    learnt_name = f"learnt_{name}"
    began = time.monotonic()
    learnt = program.run(
        "learn", learnt_name, "--others", str(file), *map(str, teaching)
    )
    seconds = time.monotonic() - began
    if learnt.returncode != 0:
        return {"refused": learnt.stderr.strip(), "seconds": seconds}
    paths = [str(path) for path in testing + unknown]
    best, _ = program.scores(paths, learnt_name)
    program.run("learn", "remove", learnt_name)
    ours = {str(path) for path in testing}
    hits = sum(1 for path in best if path in ours)
    ranked = [path in ours for path in sorted(best, key=best.get, reverse=True)]
    return {
        "seconds": seconds, "recall": hits / len(ours),
        "precision": hits / len(best) if best else 0.0,
        "ap": average_precision(ranked, len(ours)),
        "false": len(best) - hits, "negatives": len(unknown),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("model")
    parser.add_argument("recordings", type=pathlib.Path)
    parser.add_argument("--others", type=pathlib.Path, nargs="*", default=[])
    parser.add_argument("--classes", nargs="*", default=["dog_bark", "rooster", "chainsaw"])
    parser.add_argument("--counts", type=int, nargs="*", default=[3, 5, 8])
    parser.add_argument("--folds", type=int, nargs="*", default=[1, 2, 3])
    parser.add_argument("--most", type=int, default=400, help="the most recordings of the others")
    options = parser.parse_args()
    clips = {
        folder.name: sorted(folder.glob("*.*")) for folder in options.recordings.iterdir()
        if folder.is_dir()
    }
    endings = {".ogg", ".flac", ".wav", ".opus", ".mp3"}
    others = sorted(
        path for folder in options.others for path in folder.rglob("*") if path.suffix in endings
    )
    random.Random(1).shuffle(others)
    others = others[: options.most]
    print("| class | examples | learnt | recall | precision | AP | false in others | seconds |")
    print("|---|---|---|---|---|---|---|---|")
    for name in options.classes:
        for count in options.counts:
            results = []
            for fold in options.folds:
                with tempfile.TemporaryDirectory(prefix="ew-learn-") as folder:
                    program = Program(options.program, options.model, folder)
                    results.append(trial(program, folder, clips, name, count, fold, others, fold))
            done = [result for result in results if "refused" not in result]
            for result in results:
                if "refused" in result:
                    print(f"<!-- {result['refused']} -->")
            if not done:
                print(f"| {name} | {count} | 0 of {len(results)} | | | | | |", flush=True)
                continue
            mean = {key: statistics.fmean(result[key] for result in done) for key in done[0]}
            print(
                f"| {name} | {count} | {len(done)} of {len(results)} | {mean['recall']:.2f} "
                f"| {mean['precision']:.2f} | {mean['ap']:.2f} "
                f"| {mean['false']:.1f} of {mean['negatives']:.0f} | {mean['seconds']:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
