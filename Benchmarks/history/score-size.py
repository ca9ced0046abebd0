#!/usr/bin/env python3
"""Measures how much stored scores take, in the file, of sounds that are really heard.

Lets a service listen to recordings of half an hour or more, one after the other, with the gate open all
the time and faster than they were. Prints what a day and a year of each would take, packed.

usage: Benchmarks/history/score-size.py EARWITNESS RECORDING... [--pace N] [--model M]
"""

import argparse
import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import time
import zlib

TABLES = ("score_block", "score_detail", "score_place", "score_pack")


def listen(binary, recording, model, pace, folder):
    """Lets a service hear a recording once."""
    configuration = folder / "earwitness.yaml"
    sources = [{"name": "recording", "device": f"file:{recording.resolve()}"}]
    configuration.write_text(
        json.dumps(
            {
                "sources": sources,
                "gate": {"open_dbfs": -119, "close_dbfs": -120},
                "clips": {"keep": "none"},
                "web": {"listen": "off"},
            }
            | ({"model": model} if model else {})
        )
    )
    environment = dict(os.environ, STATE_DIRECTORY=str(folder), RUNTIME_DIRECTORY=str(folder))
    with open(folder / "log", "w") as log:
        service = subprocess.Popen(
            [binary, "run", "--config", str(configuration), "--pace", str(pace)],
            env=environment, stdout=log, stderr=log,
        )
    # The service ends by itself when all recordings are over.
    if service.wait() != 0:
        raise SystemExit((folder / "log").read_text())


def bytes_of(database, tables):
    """What tables and their indexes take in the file."""
    names = [
        name for (name,) in database.execute(
            f"SELECT name FROM sqlite_schema WHERE tbl_name IN ({', '.join('?' * len(tables))})", tables
        )
    ]
    query = f"SELECT sum(pgsize) FROM dbstat WHERE name IN ({', '.join('?' * len(names))})"
    return database.execute(query, names).fetchone()[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("earwitness")
    parser.add_argument("recordings", nargs="+", type=pathlib.Path, metavar="RECORDING")
    parser.add_argument("--pace", type=float, default=10)
    parser.add_argument("--model")
    options = parser.parse_args()
    for recording in options.recordings:
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary)
            listen(options.earwitness, recording, options.model, options.pace, folder)
            database = sqlite3.connect(folder / "events.sqlite")
            # What is not packed yet.
            database.execute("PRAGMA foreign_keys = ON")
            database.execute("DELETE FROM score_block WHERE scores IS NOT NULL")
            seconds, classes = database.execute(
                "SELECT sum(hop_count * hop_us) / 1e6, max(class_count) FROM score_block"
            ).fetchone()
            if not seconds:
                raise SystemExit(f"of '{recording}' no quarter of an hour is packed: give a longer one")
            database.commit()
            database.execute("VACUUM")
            day = bytes_of(database, TABLES) / seconds * 86_400
            packs = [content for (content,) in database.execute("SELECT content FROM score_pack")]
            began = time.process_time()
            raw = sum(len(zlib.decompress(content[4:])) for content in packs)
            speed = raw / (time.process_time() - began)
            print(
                f"{recording.name}: {seconds / 3600:.1f} h, {classes} classes: {day / 1e6:.2f} MB a day,"
                f" {day * 365 / 1e9:.2f} GB a year, {day / 1e3 / classes:.0f} kB a class and day;"
                f" {raw / seconds * 86_400 / 1e6:.1f} MB a day decompressed, at {speed / 1e6:.0f} MB/s"
            )


main()
