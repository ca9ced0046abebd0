#!/usr/bin/env python3
"""Measures how fast a large history answers, by the service's API and by the shell without a service.

Makes a history with EVENTS events of 12 classes and two sources over three years, and with a year of coverage and of
sound levels, lets the service open it, and asks it. Prints how long making and opening it takes, its size, and the
median and slowest of 20 answers for each question; then how long commands take, and how much memory.

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
    "/v1/events?limit=50&order=newest",
    "/v1/events?since=1h",
    "/v1/events?since=30d&class={0}&limit=1000",
    "/v1/coverage?since=365d",
    "/v1/coverage?by=day&since=365d",
    "/v1/coverage?by=hour&since=30d",
    "/v1/levels?by=day&since=365d",
    "/v1/levels?by=hour&since=30d",
]
COMMANDS = [
    ["events", "--limit", "50"],
    ["events", "--since", "1h"],
    ["events", "--limit", "10000", "--format", "json"],
]


class SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


def ask(path, question, waits=False):
    """The body of an answer; with `waits` none while the history can't be read."""
    connection = SocketConnection(path)
    connection.request("GET", question)
    response = connection.getresponse()
    body = response.read()
    if waits and response.status == 503:
        return None
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
    """Waits until the history was checked and can be written; returns for how long, in seconds."""
    began = time.monotonic()
    while True:
        try:
            if b'"fault":null,"waiting_events"' in ask(path, "/v1/status") and ask(path, QUESTIONS[0], waits=True):
                return time.monotonic() - began
        except OSError:
            pass
        time.sleep(0.05)


def stop(process):
    """Ends the service as systemd does."""
    process.send_signal(signal.SIGTERM)
    process.wait()


def fill(path, count):
    """Writes events as the service does; the database's triggers count them."""
    database = sqlite3.connect(path)
    database.executescript(
        """
        PRAGMA synchronous = OFF;
        DELETE FROM event;
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
            0.5 + (moment.n % 50) / 100.0, 0.5
        FROM (SELECT n, ? + CAST(n * ? AS INTEGER) AS start, abs(random()) % ? AS picked FROM number) AS moment
        CROSS JOIN pick ON pick.n = picked
        """,
        (count - 1, sources[0], sources[-1], first, span / count, number),
    )
    database.execute(
        """
        WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < 365 * 48 - 1)
        INSERT INTO coverage (source_id, start_utc_ms, end_utc_ms, state, lost_samples)
        SELECT ?, ? + n * 1800000, ? + (n + 1) * 1800000, iif(n % 40, iif(n % 2, 'listening', 'gated'), 'absent'), 0
        FROM number
        """,
        (sources[0], first + 730 * 86_400_000, first + 730 * 86_400_000),
    )
    levels = ("laeq", "lceq", "lzeq", "lafmax", "laf10", "laf50", "laf90", "rms", "peak")
    database.execute(
        f"""
        WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < 365 * 1440 - 1)
        INSERT INTO level_minute (source_id, minute_utc_ms, measured_ms, sample_rate_hz, clipped_samples,
            {", ".join(f"{level}_dbfs" for level in levels)})
        SELECT ?, (? / 60000 + n) * 60000, 60000, 16000, 0, {", ".join("-40 - n % 30" for _ in levels)} FROM number
        """,
        (sources[0], first + 730 * 86_400_000),
    )
    database.commit()
    name = database.execute("SELECT name FROM class WHERE id = ?", (classes[0],)).fetchone()[0]
    database.close()
    return name


def time_commands(binary, folder):
    """Prints how long commands take that read the history themselves, and how much memory."""
    environment = dict(os.environ, STATE_DIRECTORY=str(folder), RUNTIME_DIRECTORY=str(folder))
    for arguments in COMMANDS:
        began = time.monotonic()
        process = subprocess.Popen([binary, *arguments], env=environment, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            raise SystemExit(f"{arguments}: ended with {os.waitstatus_to_exitcode(status)}")
        print(
            f"{'earwitness ' + ' '.join(arguments):<64} {time.monotonic() - began:7.2f} s, at most "
            f"{usage.ru_maxrss / 1024:.0f} MiB"
        )


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
            print(f"until the history is checked and can be written: {await_history(path):.1f} s")
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
        time_commands(options.earwitness, folder)


if __name__ == "__main__":
    main()
