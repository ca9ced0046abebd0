#!/usr/bin/env python3
"""Lets many clients follow the live page's streams while four sources are listened to.

Starts PulseAudio with four null sinks into which the clips of Tests/Recordings play one after the
other, and a service that listens to them. CLIENTS clients follow `/v1/stream` over TCP as browsers
do, each with a spectrogram. Some of them stop reading for a while, again and again, as a telephone
in a lift does, and come back with the last id that they saw. Prints what was lost in capture, the
memory of the service, how many clients were dropped and came back, and how many events clients
missed.

Needs pulseaudio and paplay.

usage: Benchmarks/page/follow.py EARWITNESS [--clients 50] [--slow 10] [--seconds 180]
"""

import argparse
import http.client
import json
import os
import pathlib
import re
import selectors
import signal
import socket
import subprocess
import tempfile
import threading
import time

SOURCES = ["porch", "kitchen", "cellar", "attic"]
CLIPS = pathlib.Path(__file__).parents[2] / "Tests/Recordings/esc10"
EVENT = re.compile(rb'id: (\S+)\ndata: \{"id":(\d+),.*?"end":(null|")')
IDENTIFIER = re.compile(rb"^id: (\S+)$", re.MULTILINE)
STALL_S, READ_S = 45, 20


class Client:
    """A reader of one endless answer; a slow one stalls and comes back."""

    def __init__(self, port, path, is_slow=False):
        self.port, self.path, self.is_slow = port, path, is_slow
        self.bytes = self.dropped = self.resumed = 0
        self.last_id = None
        self.began, self.ended = set(), set()
        self.rest = b""
        self.socket = None
        self.connect()

    def connect(self):
        """Asks, with the id that was seen last, by HTTP/1.0: the body then comes as it is."""
        self.socket = socket.socket()
        if self.is_slow:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
        self.socket.connect(("127.0.0.1", self.port))
        resume = f"Last-Event-ID: {self.last_id}\r\n" if self.last_id else ""
        self.socket.sendall(f"GET {self.path} HTTP/1.0\r\nHost: localhost\r\n{resume}\r\n".encode())
        self.socket.setblocking(False)
        self.rest = b""
        self.reads_until = time.monotonic() + READ_S if self.is_slow else float("inf")
        self.stalls_until = 0.0

    def read(self, now):
        """Takes what has come; false if the service has closed the connection."""
        if self.is_slow and now > self.reads_until:
            self.stalls_until = now + STALL_S
            self.reads_until = self.stalls_until + READ_S
        if now < self.stalls_until:
            return True
        try:
            data = self.socket.recv(1 << 18)
        except BlockingIOError:
            return True
        except OSError:
            data = b""
        self.bytes += len(data)
        if data and "stream" in self.path:
            self.parse(data)
        return bool(data)

    def parse(self, data):
        """Remembers the last id, and which events began and ended."""
        whole, found, self.rest = (self.rest + data).rpartition(b"\n\n")
        if not found:
            return
        identifiers = IDENTIFIER.findall(whole)
        if identifiers:
            self.last_id = identifiers[-1].decode()
        for _, number, end in EVENT.findall(whole):
            (self.began if end == b"null" else self.ended).add(int(number))

    def come_back(self):
        """Connects again after the service has closed the connection."""
        self.dropped += 1
        self.socket.close()
        self.connect()
        self.resumed += 1


def ask(port, path):
    """An answer of the service as JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    return json.load(connection.getresponse())


def memory_mb(process):
    """The resident memory of a process now, and at most so far."""
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return [int(re.search(rf"{key}:\s+(\d+)", text)[1]) / 1024 for key in ["VmRSS", "VmHWM"]]


def processor_seconds(process):
    """The processor time that a process has used."""
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def start_pulse(folder):
    """PulseAudio with a null sink for each source."""
    environment = {
        "XDG_RUNTIME_DIR": str(folder),
        "HOME": str(folder),
        "PULSE_STATE_PATH": str(folder / "state"),
        "PATH": "/usr/bin:/bin",
    }
    modules = [f"module-native-protocol-unix socket={folder}/native auth-anonymous=1"] + [
        f"module-null-sink sink_name={name} rate=16000 channels=1 format=s16le norewinds=1"
        for name in SOURCES
    ]
    options = ["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
    options += ["--disable-shm=yes", "--disallow-exit"]
    for module in modules:
        options += ["-L", module]
    process = subprocess.Popen(
        ["pulseaudio"] + options, env=environment, stderr=subprocess.DEVNULL
    )
    while not (folder / "native").exists():
        time.sleep(0.05)
    return process


def play(folder, name, is_over):
    """Plays clip after clip into a sink."""
    clips = sorted(CLIPS.glob("*/*.ogg"))
    place = SOURCES.index(name) * 7
    environment = {"PULSE_SERVER": f"unix:{folder}/native", "HOME": str(folder)}
    while not is_over.is_set():
        command = ["paplay", f"--device={name}", str(clips[place % len(clips)])]
        subprocess.run(command, env=environment, check=False)
        place += 11


def write_configuration(folder, port):
    """A configuration with the four sources, and what ALSA needs to find them."""
    sources = "".join(f"  - {{name: {name}, device: {name}}}\n" for name in SOURCES)
    (folder / "earwitness.yaml").write_text(
        f"sources:\n{sources}web: {{listen: '127.0.0.1:{port}'}}\n"
    )
    devices = "".join(
        f'pcm.{name} {{ type pulse server "unix:{folder}/native" device "{name}.monitor" '
        f'fallback "" }}\n'
        for name in SOURCES
    )
    (folder / "asound.conf").write_text("<confdir:alsa.conf.d>\n" + devices)


def start_service(binary, folder, port):
    """The service, once it listens to all sources."""
    environment = dict(
        os.environ,
        STATE_DIRECTORY=str(folder),
        RUNTIME_DIRECTORY=str(folder),
        EARWITNESS_CONFIG=str(folder / "earwitness.yaml"),
        ALSA_CONFIG_PATH=f"/usr/share/alsa/alsa.conf:{folder}/asound.conf",
    )
    process = subprocess.Popen(
        [binary, "run"], env=environment, stderr=(folder / "log").open("wb")
    )
    while process.poll() is None:
        try:
            states = [one["state"] for one in ask(port, "/v1/status")["sources"]]
            if all(state in ("listening", "gated") for state in states):
                return process
        except OSError:
            pass
        time.sleep(0.2)
    raise SystemExit((folder / "log").read_text())


def follow(port, options, process):
    """The clients after some time, and the memory of the service at its most."""
    clients = []
    selector = selectors.DefaultSelector()
    for number in range(options.clients):
        is_slow = number < options.slow
        source = SOURCES[number % len(SOURCES)]
        clients.append(Client(port, "/v1/stream", is_slow))
        clients.append(Client(port, f"/v1/spectrogram?source={source}", is_slow))
        time.sleep(0.05)  # The service takes fifty requests a second.
    for client in clients:
        selector.register(client.socket, selectors.EVENT_READ, client)
    began, most, noted = time.monotonic(), 0.0, 0.0
    while (now := time.monotonic()) - began < options.seconds:
        for key, _ in selector.select(0.2):
            client = key.data
            if client.read(now):
                continue
            selector.unregister(client.socket)
            client.come_back()
            selector.register(client.socket, selectors.EVENT_READ, client)
        if now - noted > 1:
            noted, most = now, max(most, memory_mb(process)[0])
        time.sleep(0.02)  # A client that stalls is always readable.
    return clients, most


def report(port, clients, options, process, before, most):
    """Says what became of samples, memory and clients."""
    status = ask(port, "/v1/status")
    used = processor_seconds(process) - before[1]
    for source in status["sources"]:
        keys = ["lost_samples", "overruns", "windows_left_out", "hop_stride"]
        print(f"{source['name']:<8}", ", ".join(f"{key} {source[key]}" for key in keys))
    print(f"memory: {before[0]:.0f} MB before, {most:.0f} MB at most with clients")
    print(f"processor: {used / options.seconds:.2f} cores")
    streams = [client for client in clients if "stream" in client.path]
    pictures = [client for client in clients if "stream" not in client.path]
    for name, group in [("streams", streams), ("spectrograms", pictures)]:
        for words, members in [
            ("that read", [client for client in group if not client.is_slow]),
            ("that stall", [client for client in group if client.is_slow]),
        ]:
            rate = sum(client.bytes for client in members) / max(1, len(members)) / options.seconds
            print(
                f"{len(members)} {name} {words}: {rate / 1000:.1f} kB/s each, "
                f"dropped {sum(client.dropped for client in members)}, "
                f"resumed {sum(client.resumed for client in members)}"
            )
    # What ended just now may be on its way.
    events = [
        event["id"]
        for event in ask(port, "/v1/events?since=1h&limit=10000")["events"]
        if event["start"] > options.since
    ]
    known = set(events[:-5])
    missed = [len(known - client.ended) for client in streams if not client.is_slow]
    slow = [
        len({event for event in known if event <= max(client.ended, default=0)} - client.ended)
        for client in streams
        if client.is_slow
    ]
    print(f"{len(known)} events; clients that read missed {sum(missed)}, the others {sum(slow)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("earwitness")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--slow", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=180)
    options = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    is_over = threading.Event()
    with tempfile.TemporaryDirectory(prefix="ew-") as name:
        folder = pathlib.Path(name)
        write_configuration(folder, port)
        pulse = start_pulse(folder)
        service = None
        try:
            service = start_service(options.earwitness, folder, port)
            for source in SOURCES:
                threading.Thread(target=play, args=(folder, source, is_over), daemon=True).start()
            time.sleep(15)
            options.since = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 10))
            before = memory_mb(service)[0], processor_seconds(service)
            clients, most = follow(port, options, service)
            report(port, clients, options, service, before, most)
        finally:
            is_over.set()
            if service:
                service.send_signal(signal.SIGTERM)
                service.wait()
            pulse.kill()
            pulse.wait()


if __name__ == "__main__":
    main()
