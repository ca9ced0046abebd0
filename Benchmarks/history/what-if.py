#!/usr/bin/env python3
"""Measures how long 'earwitness what-if' takes.

Lets a service make a history, fills it with DAYS days of scores of SOURCES sources of its model as the
service stores them (packed, the gate open all the time, EVENTS sounds a day that the class scores high on), and
asks for another threshold, without a running service. Prints the median and slowest of five answers. What
real scores weigh, score-size.py measures.

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
import zlib

RATE = 16_000
BLOCK_SECONDS = 60
BLOCKS_A_PACK = 15


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


# Of 256 random bytes so many become each value: most classes are sure that they are not heard, and the
# level of a room varies by some decibels from one hundredth of a second to the next.
QUIET_SCORES = bytes(0 if n < 180 else 4 if n < 230 else 8 if n < 248 else 12 for n in range(256))
ROOM_LEVELS = bytes(
    100 if n < 20 else 104 if n < 110 else 108 if n < 220 else 112 for n in range(256)
)


def block(count, length, classes, wanted, generator, is_loud):
    """A block's scores, its highest bytes, its levels and those of 10 ms."""
    scores = bytearray(generator.randbytes(count * classes).translate(QUIET_SCORES))
    if is_loud:
        start = generator.randrange(count - 4)
        for hop in range(start, start + 3):
            scores[hop * classes + wanted] = generator.randrange(90, 255) if hop else 200
    peaks = bytes(max(scores[place::classes]) for place in range(classes))
    levels = generator.randbytes(count).translate(ROOM_LEVELS)
    return bytes(scores), peaks, levels, generator.randbytes(length).translate(ROOM_LEVELS)


def differences(values):
    return bytes((value - last) & 255 for last, value in zip(b"\0" + values, values))


def pack(database, parts, classes):
    """Stores the scores, levels and levels of 10 ms of some blocks as docs/database.md says."""
    raw = struct.pack("<2I", len(parts), classes)
    for _, scores, levels, envelope in parts:
        raw += struct.pack("<3I", len(scores) // classes, len(levels), len(envelope))
    for place in range(classes):
        raw += b"".join(scores[place::classes] for _, scores, _, _ in parts)
    raw += differences(b"".join(part[2] for part in parts))
    raw += differences(b"".join(part[3] for part in parts))
    row = database.execute(
        "INSERT INTO score_pack (content) VALUES (?)",
        (struct.pack("<I", len(raw)) + zlib.compress(raw),),
    ).lastrowid
    database.executemany(
        "INSERT INTO score_place VALUES (?, ?, ?)",
        [(part[0], row, place) for place, part in enumerate(parts)],
    )


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
    for table in ("score_place", "score_pack", "score_detail", "score_block", "event"):
        database.execute(f"DELETE FROM {table}")
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
        parts = []
        for number in range(blocks):
            first = number * count * hop
            length = (first + count * hop) * 100 // RATE - first * 100 // RATE
            scores, peaks, levels, envelope = block(
                count, length, classes, wanted, generator, generator.random() < chance
            )
            identifier = database.execute(
                "INSERT INTO score_block (source_id, model_id, start_utc_ms, hop_us, hop_count,"
                " class_count, scores, levels) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (row, model, since + number * count * hop_us // 1000, hop_us, count, classes,
                 None, None),
            ).lastrowid
            database.execute(
                "INSERT INTO score_detail VALUES (?, ?, ?, ?, 0, ?, ?, ?, NULL, ?)",
                (identifier, since, RATE, first, rules, runs, peaks, None),
            )
            parts.append((identifier, scores, levels, envelope))
            if len(parts) == BLOCKS_A_PACK or number == blocks - 1:
                pack(database, parts, classes)
                parts = []
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
        print(f"{size / 1e6:.0f} MB")
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
