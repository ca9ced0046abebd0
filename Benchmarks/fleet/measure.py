#!/usr/bin/env python3
"""Measures a fleet of simulated boxes at a real PostgreSQL server on this machine.

Each box has a history of its own, in the format that the service writes, and ships it by 'earwitness fleet send', all
boxes at once. Prints what an hour without the server costs afterwards, how many events a second a long history takes, that sending
again changes nothing, what more boxes at once than the server has connections for do, how long queries of docs/fleet.md take on what has come, and
how late events of services arrive that play the demo in real time.

The server has its default settings, and so waits for the disk at every commit. It runs as user 65534 if this runs as root.

usage: Benchmarks/fleet/measure.py EARWITNESS [--boxes N] [--hour N] [--long N] [--live N] [--folder DIR]
"""

import argparse
import glob
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = pathlib.Path(
    max(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
)
UNPRIVILEGED = 65534


class Server:
    """A server that can be stopped and started again."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        if os.geteuid() == 0:
            os.chown(folder, UNPRIVILEGED, UNPRIVILEGED)
        data = str(folder / "data")
        self.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8")
        self.start()
        self.query("CREATE DATABASE earwitness", database="postgres")
        self.psql("--file", str(ROOT / "config/fleet.sql"))

    def run(self, program, *arguments):
        words = [str(PROGRAMS / program), *arguments]
        if os.geteuid() == 0:
            user = str(UNPRIVILEGED)
            words = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *words]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def start(self, *settings):
        options = " ".join(f"-c {setting}" for setting in settings)
        options += f" -k {self.folder} -p {self.port} -c listen_addresses=127.0.0.1"
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self.run("pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")

    def stop(self):
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "fast", "-w", "stop")

    def psql(self, *arguments, database="earwitness"):
        who = f"host={self.folder} port={self.port} dbname={database} user=postgres"
        words = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", who, *arguments]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()

    def hold(self, count, role):
        """Takes connections of a role until the processes that are returned end."""
        who = f"host=127.0.0.1 port={self.port} dbname=earwitness user={role}"
        words = ["psql", "-X", "-q", who, "--command", "SELECT pg_sleep(600)"]
        holders = [subprocess.Popen(words, stderr=subprocess.DEVNULL) for _ in range(count)]
        taken = f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{role}'"
        while int(self.query(taken)) < count:
            time.sleep(0.1)
        return holders

    def query(self, sql, **options):
        return self.psql("--command", sql, **options)


class Box:
    """A box's folders and its configuration."""

    def __init__(self, folder, name, port):
        self.folder, self.name = folder / name, name
        for part in ("state", "run"):
            (self.folder / part).mkdir(parents=True)
        database = f"host=127.0.0.1 port={port} dbname=earwitness user={name}"
        configuration = self.folder / "earwitness.yaml"
        configuration.write_text(f"web: {{listen: off}}\nfleet: {{database: {database}}}\n")
        self.environment = os.environ | {
            "STATE_DIRECTORY": str(self.folder / "state"),
            "RUNTIME_DIRECTORY": str(self.folder / "run"),
            "EARWITNESS_CONFIG": str(configuration),
        }

    @property
    def history(self):
        return self.folder / "state" / "events.sqlite"

    def start(self, program, *arguments):
        return subprocess.Popen(
            [program, *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def fill(self, template, events, seconds):
        """Takes over a history and adds events that end now, over so many seconds."""
        if not self.history.exists():
            shutil.copy(template, self.history)
        with sqlite3.connect(self.history) as database:
            (last,) = database.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()
            (classes,) = database.execute("SELECT count(*) FROM class").fetchone()
            now = int(time.time() * 1000)
            onsets = sorted(random.randrange(now - seconds * 1000, now) for _ in range(events))
            database.executemany(
                "INSERT INTO event (id, source_id, class_id, start_utc_ms, end_utc_ms, peak_score,"
                " mean_score, level_dbfs) VALUES (?, 1, ?, ?, ?, 0.91, 0.83, -31.5)",
                (
                    (last + 1 + n, random.randint(1, classes), onset, onset + 900)
                    for n, onset in enumerate(onsets)
                ),
            )
            database.execute("DELETE FROM coverage")
            database.execute(
                "INSERT INTO coverage (source_id, start_utc_ms, end_utc_ms, state)"
                " VALUES (1, ?, ?, 'listening')",
                (now - seconds * 1000, now),
            )


def make_template(program, folder):
    """A history that the service itself has made, without what it heard."""
    box = Box(folder, "template", 1)
    service = box.start(program, "run", "--source", "demo", "--pace", "8")
    while not (box.history.exists() and box.history.stat().st_size > 0):
        time.sleep(0.1)
    time.sleep(5)
    service.send_signal(signal.SIGTERM)
    service.communicate()
    with sqlite3.connect(box.history) as database:
        for table in ("score_detail", "score_block", "level_minute", "event", "event_count"):
            database.execute(f"DELETE FROM {table}")
        database.execute("DELETE FROM sqlite_sequence WHERE name = 'event'")
    with sqlite3.connect(box.history) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return box.history


def send(program, boxes):
    """Ships from all boxes at once.

    Gives the seconds until the last was done, those of each box that succeeded, and why others failed.
    """
    begin = time.monotonic()
    running = {box.name: box.start(program, "fleet", "send") for box in boxes}
    times, failures = [], []
    while running:
        for name, process in list(running.items()):
            if process.poll() is None:
                continue
            del running[name]
            if process.returncode == 0:
                times.append(time.monotonic() - begin)
            else:
                failures.append(process.stderr.read().strip())
        time.sleep(0.005)
    return time.monotonic() - begin, times, failures


def report(title, server, before, took, times, failures):
    count = int(server.query("SELECT count(*) FROM fleet.event")) - before
    print(
        f"{title}: {count} events in {took:.1f} s, {count / took:.0f} a second; the first box was"
        f" done after {min(times, default=0):.1f} s, half after"
        f" {statistics.median(times or [0]):.1f} s; {len(failures)} failed"
    )
    for failure in sorted(set(failures))[:2]:
        print(f"    {failure}")
    return before + count


def measure_live(program, folder, server, count):
    """Lets services play the demo for two minutes, and says how late their events arrived."""
    boxes = [Box(folder, f"live{n}", server.port) for n in range(count)]
    for box in boxes:
        server.query(f"CREATE ROLE {box.name} LOGIN IN ROLE earwitness_box")
    services = [box.start(program, "run", "--source", "demo") for box in boxes]
    time.sleep(60)
    begin = server.query("SELECT now()")
    time.sleep(120)
    for service in services:
        service.send_signal(signal.SIGTERM)
    for service in services:
        service.communicate()
    print(
        f"{count} services, real time: events, and seconds from onset to arrival"
        " (median, 95 %, most): "
        + server.query(
            "SELECT count(*), round((percentile_cont(ARRAY[0.5, 0.95, 1]) WITHIN GROUP (ORDER BY"
            " extract(epoch FROM received_utc - start_utc)))[1]::numeric, 2), round((percentile_cont"
            "(ARRAY[0.5, 0.95, 1]) WITHIN GROUP (ORDER BY extract(epoch FROM received_utc -"
            " start_utc)))[2]::numeric, 2), round(max(extract(epoch FROM received_utc - start_utc)),"
            f" 2) FROM fleet.event WHERE box LIKE 'live%' AND start_utc > '{begin}'"
        )
    )


def measure_queries(server):
    text = (ROOT / "docs/fleet.md").read_text()
    for query in re.findall(r"([^\n]+)\n\n```sql\n([^`]+)```", text):
        begin = time.monotonic()
        server.query(query[1])
        print(f"    {1000 * (time.monotonic() - begin):6.0f} ms  {query[0][:80]}")


def main():
    random.seed(17)
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("program")
    parser.add_argument("--boxes", type=int, default=50)
    parser.add_argument("--hour", type=int, default=360, help="events of a box in an hour")
    parser.add_argument("--long", type=int, default=5_000, help="events of a box in its past")
    parser.add_argument("--live", type=int, default=10, help="services that play the demo")
    parser.add_argument("--folder", help="where; default: a temporary folder")
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    with tempfile.TemporaryDirectory(prefix="ewf", dir=options.folder) as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        server = Server(folder / "server")
        try:
            measure(program, folder, server, options)
        finally:
            server.stop()


def measure(program, folder, server, options):
    template = make_template(program, folder)
    print("server:", server.query("SELECT version()").split(" on ")[0])
    boxes = [Box(folder, f"box{n}", server.port) for n in range(options.boxes)]
    for box in boxes:
        server.query(f"CREATE ROLE {box.name} LOGIN IN ROLE earwitness_box")
    for box in boxes:
        box.fill(template, options.long, 30 * 86_400)
    rows = report("a month's history", server, 0, *send(program, boxes))
    size = int(server.query("SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits"
                            " WHERE inhparent = 'fleet.event'::regclass"))
    print(f"    {size / 1e6:.0f} MB, {size / rows:.0f} bytes an event with its indexes")

    for box in boxes:
        box.fill(template, options.hour, 3_600)
    server.stop()
    took, _, failures = send(program, boxes[:1])
    print(f"without a server: {took:.1f} s; {failures[0]}")
    server.start()
    rows = report("an hour without the server", server, rows, *send(program, boxes))

    for box in boxes:
        for file in (box.folder / "state").glob("outbox.sqlite*"):
            file.unlink()
    wrote = "SELECT sum(n_tup_ins + n_tup_upd) FROM pg_stat_user_tables WHERE schemaname = 'fleet'"
    before = server.query(wrote)
    rows = report("all of it again", server, rows, *send(program, boxes))
    time.sleep(2)
    print(f"    rows written before and after: {before}, {server.query(wrote)}")

    for box in boxes:
        box.fill(template, options.long, 3_600)
    server.stop()
    server.start("max_connections=20")
    holders = server.hold(17, boxes[0].name)
    _, times, failures = send(program, boxes)
    print(f"all connections taken: {len(failures)} boxes failed; {failures[0]}")
    for holder in holders:
        holder.terminate()
    # A session that sleeps does not see that its client has gone.
    server.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()"
    )
    rows = report("    and free again", server, rows, *send(program, boxes))
    server.stop()
    server.start()
    print(f"queries of docs/fleet.md on {rows} events:")
    measure_queries(server)
    if options.live:
        measure_live(program, folder, server, options.live)


if __name__ == "__main__":
    main()
