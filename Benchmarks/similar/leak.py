#!/usr/bin/env python3
"""Tries to read from prints what was said and by whom, and to get the spectrogram back.

Each recording is one window, its loudest. A word is read by ridge regression and by the five nearest prints, taught
by recordings of other speakers; the speaker by recordings of other words; the log-mel spectrogram is
estimated by ridge regression from prints of other speakers. The attacker knows the network and the
projection, and gets the best of three strengths of the ridge.

usage: Benchmarks/similar/leak.py EARWITNESS MODEL-FOLDER TABLE.csv   (columns: path, word, speaker)
"""

import argparse

import numpy
from prints import Embedder, listed, prints, unit

RIDGES = (0.03, 0.3, 3.0)
FOLDS = 5


def ridge(known, wanted, asked, strength):
    """Predicts rows of numbers from others that are known."""
    mean, deviation = known.mean(0), known.std(0) + 1e-6
    x = numpy.c_[(known - mean) / deviation, numpy.ones(len(known))]
    weights = numpy.linalg.solve(x.T @ x + strength * len(x) * numpy.eye(x.shape[1]), x.T @ wanted)
    return numpy.c_[(asked - mean) / deviation, numpy.ones(len(asked))] @ weights


def folds(groups):
    """Splits so that no group is on both sides."""
    names = numpy.random.default_rng(0).permutation(sorted(set(groups)))
    place = {name: number % min(FOLDS, len(names)) for number, name in enumerate(names)}
    return numpy.array([place[group] for group in groups])


def read(rows, labels, groups):
    """How often a label is read by ridge and by neighbours, and by guessing the commonest."""
    names = sorted(set(labels))
    wanted = numpy.array([[label == name for name in names] for label in labels], float)
    fold, right = folds(groups), numpy.zeros((len(RIDGES) + 1, len(rows)))
    for number in set(fold):
        held, taught = fold == number, fold != number
        truth = wanted[held].argmax(1)
        for place, strength in enumerate(RIDGES):
            guess = ridge(rows[taught], wanted[taught], rows[held], strength).argmax(1)
            right[place, held] = guess == truth
        nearest = numpy.argsort(-unit(rows[held]) @ unit(rows[taught]).T, axis=1)[:, :5]
        votes = wanted[taught][nearest].sum(1) + 1e-3 * wanted[taught][nearest[:, 0]]
        right[-1, held] = votes.argmax(1) == truth
    return right[:-1].mean(1).max(), right[-1].mean(), wanted.mean(0).max()


def regained(rows, spectrograms, groups):
    """The share of the spectrograms' variance that is regained, and the correlation of what is left
    of them without each one's mean spectrum and loudness."""
    flat, fold = spectrograms.reshape(len(rows), -1), folds(groups)
    estimate, mean = numpy.zeros_like(flat), numpy.zeros_like(flat)
    for number in set(fold):
        held, taught = fold == number, fold != number
        estimate[held] = ridge(rows[taught], flat[taught], rows[held], RIDGES[1])
        mean[held] = flat[taught].mean(0)
    explained = 1 - ((flat - estimate) ** 2).sum() / ((flat - mean) ** 2).sum()

    def detail(values):
        planes = values.reshape(spectrograms.shape)
        plain = planes.mean(1, keepdims=True) + planes.mean(2, keepdims=True) - planes.mean((1, 2), keepdims=True)
        return (planes - plain).reshape(len(rows), -1)

    pairs = zip(detail(flat), detail(estimate))
    return explained, numpy.mean([numpy.corrcoef(one, other)[0, 1] for one, other in pairs])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("earwitness")
    parser.add_argument("model")
    parser.add_argument("table")
    options = parser.parse_args()
    embedder = Embedder(options.earwitness, options.model)
    windows, words, speakers = [], [], []
    for path, word, speaker in listed(options.table, "word", "speaker"):
        all_windows = embedder.windows(path, step=1)
        if len(all_windows):
            windows.append(all_windows[all_windows.mean((1, 2)).argmax()])
            words.append(word)
            speakers.append(speaker)
    windows, words, speakers = numpy.stack(windows), numpy.array(words), numpy.array(speakers)
    embeddings = embedder.embeddings(windows)
    coarse = windows.reshape(len(windows), 12, 8, 16, 4).mean((2, 4)).reshape(len(windows), -1)
    print(f"{len(words)} recordings of {len(set(words))} words by {len(set(speakers))} speakers")
    for name, rows in (
        ("print", prints(embeddings).astype(float)), ("embedding", embeddings), ("log-mel 12 x 16", coarse),
    ):
        for what, labels, groups in (("word", words, speakers), ("speaker", speakers, words)):
            if len(set(labels)) > 20:
                continue
            best, nearest, chance = read(rows, labels, groups)
            print(f"{name}: {what} read {100 * best:.0f} % (ridge), {100 * nearest:.0f} % (nearest), chance {100 * chance:.0f} %")
    explained, detail = regained(prints(embeddings).astype(float), windows, speakers)
    print(f"print: {100 * explained:.0f} % of the log-mel variance regained, detail correlates by {detail:.2f}")


main()
