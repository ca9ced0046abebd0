"""The box that people build: a microphone by arecord, an RMS gate, YAMNet by LiteRT, events into SQLite.

    python3 script.py DEVICE yamnet.tflite yamnet_class_map.csv events.sqlite

It listens at 16 kHz, asks the network every 0.48 s while the last 0.96 s are louder than -50 dBFS, and
writes a row whenever a class reaches 0.5 that was below it.
"""

import csv
import sqlite3
import subprocess
import sys
import time

import numpy
from ai_edge_litert.interpreter import Interpreter

device, model, labels, database = sys.argv[1:]
names = [row["display_name"] for row in csv.DictReader(open(labels, encoding="utf-8"))]
network = Interpreter(model, num_threads=1)
network.allocate_tensors()
entry = network.get_input_details()[0]
exit_ = network.get_output_details()[0]["index"]
rows = sqlite3.connect(database, isolation_level=None)
rows.execute("CREATE TABLE IF NOT EXISTS event (time REAL, class TEXT, score REAL)")
command = ["arecord", "-q", "-D", device, "-f", "S16_LE", "-r", "16000", "-c", "1", "-t", "raw"]
window = numpy.zeros(15_600, numpy.float32)
heard = set()

with subprocess.Popen(command, stdout=subprocess.PIPE) as recorder:
    while block := recorder.stdout.read(2 * 7_680):
        samples = numpy.frombuffer(block, numpy.int16).astype(numpy.float32) / 32_768
        window = numpy.concatenate([window[len(samples) :], samples])
        if numpy.sqrt(numpy.mean(window**2)) < 10 ** (-50 / 20):
            heard = set()
            continue
        network.set_tensor(entry["index"], window.reshape(entry["shape"]))
        network.invoke()
        scores = network.get_tensor(exit_)[0]
        loud = set(numpy.flatnonzero(scores >= 0.5).tolist())
        for index in loud - heard:
            row = (time.time(), names[index], float(scores[index]))
            rows.execute("INSERT INTO event VALUES (?, ?, ?)", row)
        heard = loud
