"""What a small box does to listening: Earwitness held to little processor time and memory by control groups.

    make build
    sudo python3 Benchmarks/compare/small_box.py SOUND.wav

All runs listen at the same time to one PulseAudio source, into which SOUND is played over and over. Prints for each
what it took, what it lost or left out, and how many events it wrote; the first one is not held to anything. Works
with version 1 and 2 of the kernel's control groups, and needs pulseaudio, paplay, and the right to make groups.
"""

import argparse
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from live import ROOT, memory, start, start_sink, usage

GROUPS = pathlib.Path("/sys/fs/cgroup")
PERIOD_US = 100_000
LIMITS = [(None, None), (10, None), (5, None), (None, 96), (10, 96)]


class Group:
    """A control group with limits, in version 1 or 2."""

    def __init__(self, name, percent, mebibytes):
        is_unified = (GROUPS / "cgroup.controllers").exists()
        wanted = []
        if percent:
            quota = PERIOD_US * percent // 100
            wanted.append(("cpu", {"cpu.max": f"{quota} {PERIOD_US}"} if is_unified else
                           {"cpu.cfs_period_us": PERIOD_US, "cpu.cfs_quota_us": quota}))
        if mebibytes:
            size = mebibytes << 20
            wanted.append(("memory", {"memory.max": size} if is_unified else {"memory.limit_in_bytes": size}))
        self.folders = []
        for controller, values in wanted:
            folder = GROUPS / ("" if is_unified else controller) / name
            folder.mkdir(exist_ok=True)
            for file, value in values.items():
                (folder / file).write_text(str(value))
            if folder not in self.folders:
                self.folders.append(folder)

    def enter(self):
        """Moves the calling process into the group; it starts the program afterwards."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(os.getpid()))

    def remove(self):
        for folder in self.folders:
            folder.rmdir()


def title(percent, mebibytes):
    limits = [f"{percent} % of a core"] * bool(percent) + [f"{mebibytes} MiB"] * bool(mebibytes)
    return ", ".join(limits) or "no limit"


def ask(program, command, environment):
    found = subprocess.run([program, *command], env=environment, stdout=subprocess.PIPE, text=True)
    if found.returncode != 0:
        sys.exit(f"earwitness {' '.join(command)} ended with {found.returncode}.")
    return found.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sound", help="a WAV file to play")
    parser.add_argument("--program", default=str(ROOT / ".build/release/earwitness"))
    parser.add_argument("--model", default="household-2")
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    print("| held to | % of a core | resident MiB | lost samples | windows left out | events |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        environment = start_sink(folder, stack)
        runs = []
        for number, (percent, mebibytes) in enumerate(LIMITS):
            group = Group(f"earwitness-{os.getpid()}-{number}", percent, mebibytes)
            stack.callback(group.remove)
            state = pathlib.Path(folder) / str(number)
            state.mkdir()
            (state / "earwitness.yaml").write_text(f"web: {{listen: off}}\nmodel: {options.model}\n")
            own = environment | {"STATE_DIRECTORY": str(state), "RUNTIME_DIRECTORY": str(state),
                                 "EARWITNESS_CONFIG": str(state / "earwitness.yaml")}
            process = subprocess.Popen([options.program, "run", "--source", "mic"], env=own, preexec_fn=group.enter,
                                       stdout=subprocess.DEVNULL, stderr=(state / "log").open("w"))
            stack.callback(lambda process=process: (process.kill(), process.wait()))
            runs.append((title(percent, mebibytes), process, own))
        time.sleep(20)
        start(["sh", "-c", f'while paplay --device=mic "{options.sound}"; do :; done'], environment, stack)
        before = [usage(process.pid)[0] for _, process, _ in runs]
        time.sleep(options.seconds)
        for (name, process, own), seconds in zip(runs, before):
            if process.poll() is not None:
                print(f"| {name} | ended with {process.returncode} | | | | |")
                continue
            share = 100 * (usage(process.pid)[0] - seconds) / options.seconds
            source = json.loads(ask(options.program, ["status", "--format", "json"], own))["sources"][0]
            events = ask(options.program, ["events", "--format", "csv"], own)
            print(f"| {name} | {share:.1f} | {memory(process.pid)[0]:.0f} | {source['lost_samples']} "
                  f"| {source['windows_left_out']} | {len(events.splitlines()) - 1} |", flush=True)


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("Making control groups needs root; run it with sudo.")
    main()
