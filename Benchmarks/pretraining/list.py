#!/usr/bin/env python3
"""Lists recordings of other sounds, for pretraining a network.

The first hundred recordings of every folder of the manifest with at least eight (folders of the same
name in several collections count as one), except ESC-10: footsteps, doors, drums, words and so on, each a
class. Rooms, microphone noise and long ambience are left out. docs/accuracy-figures.md has the result.

usage: python3 Benchmarks/pretraining/list.py DATA > pretraining.csv
DATA holds the collections of Tests/Recordings/manifest.csv.
"""

import collections
import csv
import pathlib
import sys

MANIFEST = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Recordings" / "manifest.csv"
LEFT_OUT = ("esc10", "rir_", "audiomentations", "speechbrain", "blanket")
FEWEST, MOST = 8, 100


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    data = pathlib.Path(sys.argv[1]).resolve()
    folders = collections.defaultdict(list)
    with open(MANIFEST, newline="") as manifest:
        for row in csv.DictReader(manifest):
            path = pathlib.PurePath(row["path"])
            if not row["path"].startswith(LEFT_OUT):
                folders[path.parts[1]].append(data / path)
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["path", "label"])
    for label, paths in sorted(folders.items()):
        if len(paths) >= FEWEST:
            table.writerows([path, label] for path in paths[:MOST])


if __name__ == "__main__":
    main()
