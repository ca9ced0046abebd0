#!/usr/bin/env python3
"""Times `earwitness similar` on made-up prints in a real history.

Lets the service make a history, fills it with prints of every second of some days, and asks for what is
like an event of which there are prints. Prints the times of the searches, and what the prints take in
the file.

usage: Benchmarks/similar/speed.py EARWITNESS [--days 30] [--rounds 5]
"""

import argparse
import json
import os
import pathlib
import random
import sqlite3
import struct
import subprocess
import tempfile
import time

PER_BLOCK = 60


def fill(database, days):
    """Writes prints of every second up to now, and an event; returns its number."""
    end = int(time.time()) - 60
    source, = database.execute("SELECT id FROM source LIMIT 1").fetchone()
    model, = database.execute("SELECT id FROM model LIMIT 1").fetchone()
    made = random.Random(18)
    offsets = struct.pack(f"<{PER_BLOCK}H", *range(0, 100 * PER_BLOCK, 100))
    # As long as prints are, but of no sound: each byte is a sum of four dice.
    kinds = [
        bytes(sum(made.randrange(-12, 13) for _ in range(4)) & 255 for _ in range(64)) for _ in range(20_000)
    ]
    blocks = days * 86_400 // PER_BLOCK
    database.executemany(
        "INSERT INTO print_block (source_id, model_id, start_utc_ms, window_ms, print_count, offsets, prints)"
        " VALUES (?, ?, ?, 960, ?, ?, ?)",
        (
            (
                source, model, (end - (blocks - block) * PER_BLOCK) * 1000, PER_BLOCK, offsets,
                b"".join(made.choices(kinds, k=PER_BLOCK)),
            )
            for block in range(blocks)
        ),
    )
    start = (end - 3_600) * 1000
    event = database.execute(
        "INSERT INTO event (source_id, class_id, start_utc_ms, end_utc_ms, peak_score, mean_score)"
        " VALUES (?, (SELECT min(id) FROM class WHERE model_id = ? AND NOT is_private), ?, ?, 0.9, 0.8)",
        (source, model, start, start + 2_000),
    ).lastrowid
    database.commit()
    return event


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("earwitness")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, STATE_DIRECTORY=folder, RUNTIME_DIRECTORY=folder)
        configuration = pathlib.Path(folder) / "earwitness.yaml"
        configuration.write_text(json.dumps({"web": {"listen": "off"}}))
        path = pathlib.Path(folder) / "events.sqlite"
        service = subprocess.Popen(
            [options.earwitness, "run", "--config", str(configuration), "--source", "demo"],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        while subprocess.run(
            [options.earwitness, "status"], env=environment, capture_output=True
        ).returncode != 0 or not path.exists():
            time.sleep(0.2)
        service.terminate()
        service.wait()
        database = sqlite3.connect(path)
        before, = database.execute("PRAGMA page_count").fetchone()
        event = fill(database, options.days)
        pages, = database.execute("PRAGMA page_count").fetchone()
        size, = database.execute("PRAGMA page_size").fetchone()
        count, = database.execute("SELECT sum(print_count) FROM print_block").fetchone()
        database.close()
        taken = (pages - before) * size
        print(
            f"{count} prints of {options.days} days take {taken / 1e6:.1f} MB, {taken / count:.1f} bytes each:"
            f" {taken / options.days * 365 / 1e9:.2f} GB a year without any silence"
        )
        command = [options.earwitness, "similar", "--event", str(event), "--since", f"{options.days}d", "--format", "json"]
        times = []
        for _ in range(options.rounds):
            began = time.perf_counter()
            answer = subprocess.run(command, env=environment, check=True, capture_output=True)
            times.append(time.perf_counter() - began)
        found = json.loads(answer.stdout)
        print(
            f"compared {found['event_prints']} with {found['compared_prints']}: {len(found['found'])} sounds in"
            f" {min(times):.2f} to {max(times):.2f} s, start of the program included"
        )


main()
