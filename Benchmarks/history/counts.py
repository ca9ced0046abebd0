#!/usr/bin/env python3
"""Measures how fast /v1/counts and /v1/events answer with many events.

Makes a history of the format before counts were kept, with EVENTS events of 12 classes and two sources
over three years, lets the service bring it up to date, and asks it. Prints how long the migration takes,
the size of the database, and the median and slowest of 20 answers for each question.

usage: Benchmarks/history/counts.py EARWITNESS [--events N] [--folder DIR]
"""

import argparse
import http.client
import os
import pathlib
import signal
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import time

YEARS = 3
QUESTIONS = [
    "/v1/counts?by=hour&since=1d",
    "/v1/counts?by=hour&since=1w",
    "/v1/counts?by=hour&since=30d",
    "/v1/counts?by=day&since=30d",
    "/v1/counts?by=day&since=365d",
    "/v1/counts?by=hour&since=365d&class={0}",
    "/v1/counts?by=week&since=365d",
    "/v1/counts?by=month&since=1000d",
    "/v1/counts?by=day&since=30d&time_zone=Asia/Kathmandu",
    "/v1/events?limit=100&order=newest",
    "/v1/events?limit=100&order=newest&class={0}&min_score=0.9",
]


class SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


def ask(path, question):
    """The body of an answer."""
    connection = SocketConnection(path)
    connection.request("GET", question)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise SystemExit(f"{question}: {response.status} {body[:300]!r}")
    return body


def start(binary, folder):
    """A service with its state in a folder, once it answers."""
    environment = dict(os.environ, STATE_DIRECTORY=str(folder), RUNTIME_DIRECTORY=str(folder))
    process = subprocess.Popen(
        [binary, "run", "--source", "demo"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=(folder / "log").open("ab"),
    )
    return process


def await_history(path):
    """Waits until the history can be written; returns for how long, in seconds."""
    began = time.monotonic()
    while True:
        try:
            if b'"fault":null,"waiting_events"' in ask(path, "/v1/status"):
                return time.monotonic() - began
        except OSError:
            pass
        time.sleep(0.05)


def stop(process):
    """Ends the service as systemd does."""
    process.send_signal(signal.SIGTERM)
    process.wait()


def fill(path, count):
    """Takes the counts away and writes events as the format before did."""
    database = sqlite3.connect(path)
    database.executescript(
        """
        PRAGMA synchronous = OFF;
        DROP TRIGGER event_written_whole; DROP TRIGGER event_ended; DROP TRIGGER event_removed;
        DROP TABLE event_count;
        DELETE FROM grdb_migrations WHERE identifier = '6 counts';
        DELETE FROM event;
        PRAGMA user_version = 5;
        INSERT OR IGNORE INTO source (name, first_seen_utc_ms) VALUES ('garden', 0);
        """
    )
    classes = [row[0] for row in database.execute("SELECT id FROM class ORDER BY id LIMIT 12")]
    sources = [row[0] for row in database.execute("SELECT id FROM source ORDER BY id LIMIT 2")]
    span = YEARS * 365 * 86_400_000
    first = int(time.time() * 1000) - span
    database.execute("CREATE TEMP TABLE pick (n INTEGER PRIMARY KEY, class_id INTEGER)")
    # Few classes are frequent and most are rare, as at home.
    weights = [1 / (rank + 1) for rank in range(len(classes))]
    total = sum(weights)
    number = 0
    for identifier, weight in zip(classes, weights):
        for _ in range(round(1000 * weight / total)):
            database.execute("INSERT INTO pick VALUES (?, ?)", (number, identifier))
            number += 1
    database.execute(
        """
        WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < ?)
        INSERT INTO event (source_id, class_id, start_utc_ms, end_utc_ms, peak_score, mean_score)
        SELECT iif(random() & 3, ?, ?), pick.class_id, start, start + 900,
            0.5 + (n % 50) / 100.0, 0.5
        FROM (SELECT n, ? + CAST(n * ? AS INTEGER) AS start, abs(random()) % ? AS picked FROM number)
        CROSS JOIN pick ON pick.n = picked
        """,
        (count - 1, sources[0], sources[-1], first, span / count, number),
    )
    database.commit()
    name = database.execute("SELECT name FROM class WHERE id = ?", (classes[0],)).fetchone()[0]
    database.close()
    return name


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("earwitness")
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--folder", help="where the history is made (default: a temporary folder)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = pathlib.Path(name)
        path = str(folder / "api.sock")
        process = start(options.earwitness, folder)
        await_history(path)
        stop(process)
        began = time.monotonic()
        frequent = fill(folder / "events.sqlite", options.events)
        print(f"{options.events} events made in {time.monotonic() - began:.0f} s")
        process = start(options.earwitness, folder)
        try:
            print(f"integrity check and migration: {await_history(path):.1f} s")
            print(f"database: {(folder / 'events.sqlite').stat().st_size / 1e6:.0f} MB")
            for question in QUESTIONS:
                question = question.format(frequent)
                times = []
                for _ in range(20):
                    began = time.monotonic()
                    body = ask(path, question)
                    times.append((time.monotonic() - began) * 1000)
                print(
                    f"{question:<64} median {statistics.median(times):7.1f} ms, "
                    f"slowest {max(times):7.1f} ms, {len(body) / 1000:8.1f} kB"
                )
        finally:
            stop(process)


if __name__ == "__main__":
    main()
