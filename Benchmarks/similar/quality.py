#!/usr/bin/env python3
"""Measures how well prints find sounds of the same class, against the whole embedding.

Of each recording the prints are taken together, as those of an event, and compared with every window
of the recordings of other groups (another fold, another repository). Prints the mean share of the ten
nearest recordings that are of the same class; recordings whose class others have fewer than ten of are
not asked about, but found.

usage: Benchmarks/similar/quality.py EARWITNESS MODEL-FOLDER TABLE.csv   (columns: path, class, group)
"""

import argparse

import numpy
from prints import Embedder, listed, prints, unit

NEAREST = 10


def share(rows, recordings, labels, groups):
    """The mean share of the nearest recordings that are of the class that is asked about."""
    rows = unit(rows)
    asked = unit(numpy.stack([rows[recordings == number].mean(0) for number in range(len(labels))]))
    likeness = asked @ rows.T
    best = numpy.stack([likeness[:, recordings == number].max(1) for number in range(len(labels))], axis=1)
    shares = []
    for number, label in enumerate(labels):
        others = groups != groups[number]
        if (labels[others] == label).sum() < NEAREST:
            continue
        nearest = numpy.argsort(-numpy.where(others, best[number], -2))[:NEAREST]
        shares.append((labels[nearest] == label).mean())
    return numpy.mean(shares), len(shares)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("earwitness")
    parser.add_argument("model")
    parser.add_argument("table")
    options = parser.parse_args()
    embedder = Embedder(options.earwitness, options.model)
    embeddings, recordings, labels, groups = [], [], [], []
    for path, label, group in listed(options.table, "class", "group"):
        found = embedder.embeddings(embedder.windows(path, step=48))
        if len(found) == 0:
            continue
        embeddings.append(found)
        recordings += [len(labels)] * len(found)
        labels.append(label)
        groups.append(group)
    embeddings, recordings = numpy.concatenate(embeddings), numpy.array(recordings)
    labels, groups = numpy.array(labels), numpy.array(groups)
    print(f"{len(labels)} recordings, {len(embeddings)} windows")
    for name, rows in (("embedding, float32", embeddings), ("print, 64 bytes", prints(embeddings))):
        mean, count = share(rows, recordings, labels, groups)
        print(f"{name}: {100 * mean:.1f} % of the {NEAREST} nearest are of the class ({count} asked about)")
    own = unit(prints(embeddings))
    one, other = numpy.random.default_rng(1).integers(0, len(own), (2, 100_000))
    likeness = (own[one] * own[other]).sum(1)
    for name, chosen in (
        ("same class", labels[recordings[one]] == labels[recordings[other]]),
        ("another class", labels[recordings[one]] != labels[recordings[other]]),
    ):
        chosen &= groups[recordings[one]] != groups[recordings[other]]
        quantiles = numpy.percentile(likeness[chosen], [5, 50, 95, 99])
        print(f"likeness of windows of {name}, of 5, 50, 95, 99 % less than", *(f"{value:.2f}" for value in quantiles))


main()
