"""The prints of recordings, as Sources/Detection/SoundPrint.swift makes them, and the numbers they are of."""

import csv
import pathlib
import subprocess
import tempfile

import numpy
import onnxruntime

LENGTH = 64
# Windows that are quieter than this in all of their 10 ms are taken for silence, relative to the loudest.
SILENCE = -6.0


class Embedder:
    """Asks a model with log-mel input and the network output `embedding`, such as household-2."""

    def __init__(self, earwitness, model, window_frames=96):
        self.earwitness, self.model, self.window = earwitness, pathlib.Path(model), window_frames
        self.session = onnxruntime.InferenceSession(self.model / "model.onnx")

    def features(self, recording):
        """The model's input features, shape [frames, bands]; padded to a window."""
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "features.npy"
            command = [self.earwitness, "features", str(recording), "--model", str(self.model), "--output", str(file)]
            subprocess.run(command, check=True, capture_output=True)
            features = numpy.load(file)
        missing = self.window - len(features)
        return numpy.pad(features, ((0, max(0, missing)), (0, 0)), mode="minimum")

    def windows(self, recording, step, most_seconds=10):
        """Windows that are not silent, shape [count, window, bands]."""
        features = self.features(recording)[: most_seconds * 100]
        starts = range(0, len(features) - self.window + 1, step)
        windows = numpy.stack([features[start:start + self.window] for start in starts])
        return windows[windows.max(axis=(1, 2)) > SILENCE].astype(numpy.float32)

    def embeddings(self, windows):
        """What the network gives for windows, shape [count, length]."""
        name = self.session.get_inputs()[0].name
        parts = [
            self.session.run(["embedding"], {name: windows[start:start + 32][:, None]})[0]
            for start in range(0, len(windows), 32)
        ]
        return numpy.concatenate(parts) if parts else numpy.zeros((0, 1024), numpy.float32)


def signs(row):
    """The signs of 64 numbers: SplitMix64 of the row's number."""
    mask = (1 << 64) - 1
    bits = (row + 1) * 0x9E3779B97F4A7C15 & mask
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & mask
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EB & mask
    bits ^= bits >> 31
    return [1 - 2 * (bits >> lane & 1) for lane in range(LENGTH)]


def prints(embeddings):
    """Prints of embeddings, int8, shape [count, 64]."""
    roots = numpy.sign(embeddings) * numpy.sqrt(numpy.abs(embeddings))
    rows = -(-embeddings.shape[1] // LENGTH)
    roots = numpy.pad(roots, ((0, 0), (0, rows * LENGTH - embeddings.shape[1])))
    sums = (roots.reshape(len(roots), rows, LENGTH) * numpy.array([signs(row) for row in range(rows)])).sum(1)
    return numpy.rint(unit(sums) * 127).astype(numpy.int8)


def unit(rows):
    """Rows of length 1."""
    rows = rows.astype(numpy.float32)
    return rows / numpy.maximum(numpy.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def listed(table, label, group):
    """The recordings of a CSV table with a column `path`, as (path, label, group)."""
    folder = pathlib.Path(table).parent
    with open(table, newline="") as lines:
        return [(folder / row["path"], row[label], row[group]) for row in csv.DictReader(lines)]
