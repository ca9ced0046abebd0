#!/usr/bin/env python3
"""Measures how long 'earwitness what-if' takes, and what stored scores weigh.

Lets a service make a history, fills it with DAYS days of scores of SOURCES sources of its model as the
service writes them (the gate open all the time, EVENTS sounds a day that the class scores high on), and
asks for another threshold, without a running service. Prints the size of the scores, and the median and
slowest of five answers.

usage: Benchmarks/history/what-if.py EARWITNESS [--days N] [--sources N] [--events N] [--folder DIR]
"""

import argparse
import json
import os
import pathlib
import random
import sqlite3
import statistics
import struct
import subprocess
import tempfile
import time

RATE = 16_000
BLOCK_SECONDS = 60


def make_history(binary, folder):
    """Lets a service listen to the demo until it has written scores."""
    environment = dict(os.environ, STATE_DIRECTORY=str(folder), RUNTIME_DIRECTORY=str(folder))
    service = subprocess.Popen(
        [binary, "run", "--source", "demo", "--pace", "20"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(15)
    service.terminate()
    if service.wait(60) != 0:
        raise SystemExit(f"'{binary} run' ended with code {service.returncode}")
    return environment


def block(count, classes, wanted, generator, is_loud):
    """A block's scores, its highest bytes, and its levels, all about as noisy as a room."""
    # Most classes are sure that they are not heard; a few are not.
    quiet = bytes(min(8, int(generator.expovariate(1.5))) for _ in range(4096))
    scores = bytearray((quiet * (count * classes // len(quiet) + 1))[: count * classes])
    if is_loud:
        start = generator.randrange(count - 4)
        for hop in range(start, start + 3):
            scores[hop * classes + wanted] = generator.randrange(90, 255) if hop else 200
    peaks = bytes(max(scores[place::classes]) for place in range(classes))
    levels = bytes(generator.randrange(100, 116) for _ in range(512))
    return bytes(scores), peaks, levels


def fill(path, days, sources, events, class_name):
    """Writes the scores; returns their number of classes and the length of a hop in seconds."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = OFF")
    model, hop_us, classes = database.execute(
        "SELECT model_id, hop_us, class_count FROM score_block LIMIT 1"
    ).fetchone()
    (rules,) = database.execute("SELECT id FROM rule_set LIMIT 1").fetchone()
    (wanted,) = database.execute(
        "SELECT class_index FROM class WHERE model_id = ? AND name = ?", (model, class_name)
    ).fetchone()
    database.execute("DELETE FROM score_block")
    database.execute("DELETE FROM score_detail")
    database.execute("DELETE FROM event")
    hop = hop_us * RATE // 1_000_000
    count = BLOCK_SECONDS * 1_000_000 // hop_us
    blocks = days * 86_400_000_000 // (count * hop_us)
    now = int(time.time() * 1000)
    since = now - blocks * count * hop_us // 1000
    generator = random.Random(1)
    runs = struct.pack("<III", count, hop, 15_360)
    chance = events * days / blocks
    for source in range(sources):
        database.execute(
            "INSERT OR IGNORE INTO source (name, first_seen_utc_ms) VALUES (?, 0)", (f"s{source}",)
        )
        (row,) = database.execute("SELECT id FROM source WHERE name = ?", (f"s{source}",)).fetchone()
        for number in range(blocks):
            first = number * count * hop
            length = (first + count * hop) * 100 // RATE - first * 100 // RATE
            scores, peaks, levels = block(
                count, classes, wanted, generator, generator.random() < chance
            )
            identifier = database.execute(
                "INSERT INTO score_block (source_id, model_id, start_utc_ms, hop_us, hop_count,"
                " class_count, scores, levels) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (row, model, since + number * count * hop_us // 1000, hop_us, count, classes,
                 scores, levels[:count]),
            ).lastrowid
            database.execute(
                "INSERT INTO score_detail VALUES (?, ?, ?, ?, 0, ?, ?, ?, NULL, ?)",
                (identifier, since, RATE, first, rules, runs, peaks,
                 (levels * (length // len(levels) + 1))[:length]),
            )
    database.commit()
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    (size,) = database.execute("PRAGMA page_size").fetchone()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return classes, hop_us / 1e6, pages * size


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("earwitness")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--sources", type=int, default=1)
    parser.add_argument("--events", type=int, default=40, help="loud sounds a day")
    parser.add_argument("--class", dest="class_name", default="dog_bark")
    parser.add_argument("--on", default="0.6")
    parser.add_argument("--folder", help="where the history is made (default: a temporary folder)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(options.folder or temporary)
        environment = make_history(options.earwitness, folder)
        classes, hop_s, size = fill(
            folder / "events.sqlite", options.days, options.sources, options.events,
            options.class_name,
        )
        days = options.days * options.sources
        print(f"{classes} classes, a hop of {hop_s} s, {days} source-days")
        print(f"{size / 1e6 / days:.1f} MB a source and day, {size / 1e3 / days / classes:.0f} kB a class")
        times = []
        for _ in range(5):
            began = time.monotonic()
            answer = subprocess.run(
                [options.earwitness, "what-if", options.class_name, "--on", options.on, "--since",
                 f"{options.days}d", "--format", "json"],
                env=environment, check=True, capture_output=True,
            ).stdout
            times.append(time.monotonic() - began)
        print(f"{json.loads(answer)['would_be']} events would be")
        print(f"what-if: median {statistics.median(times):.2f} s, slowest {max(times):.2f} s")


main()
