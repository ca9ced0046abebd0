"""What more of everything costs: microphones, and windows a second.

    make build
    python3 Benchmarks/compare/growth.py SOUND.wav

Services with 1 to 16 sources, and with hops of 1 s to 50 ms, listen at the same time to one PulseAudio source, into
which SOUND is played over and over. Needs pulseaudio and paplay.
"""

import argparse
import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile
import time

from live import ROOT, memory, start, start_sink, usage

SOURCES = [1, 2, 4, 8, 16]
HOPS_S = [0.96, 0.24, 0.12, 0.048]


def configuration(model, sources, hop_s):
    """A configuration as people write it."""
    listed = ", ".join(f"{{name: s{number}, device: mic}}" for number in range(sources))
    hop = f"detection: {{hop_s: {hop_s}}}\n" if hop_s else ""
    return f"web: {{listen: off}}\nmodel: {model}\nsources: [{listed}]\n{hop}"


def losses(program, environment):
    """Lost samples and windows left out of all sources."""
    status = subprocess.run([program, "status", "--format", "json"], env=environment, stdout=subprocess.PIPE, text=True)
    sources = json.loads(status.stdout)["sources"]
    return sum(source["lost_samples"] for source in sources), sum(source["windows_left_out"] for source in sources)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sound", help="a WAV file to play")
    parser.add_argument("--program", default=str(ROOT / ".build/release/earwitness"))
    parser.add_argument("--model", default="household-2")
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    wanted = [(f"{count} source{'s' * (count > 1)}, hop 0.48 s", count, None) for count in SOURCES]
    wanted += [(f"1 source, hop {hop} s", 1, hop) for hop in HOPS_S]
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        environment = start_sink(folder, stack)
        start(["sh", "-c", f'while paplay --device=mic "{options.sound}"; do :; done'], environment, stack)
        runs = []
        for number, (title, count, hop) in enumerate(wanted):
            state = pathlib.Path(folder) / str(number)
            state.mkdir()
            (state / "earwitness.yaml").write_text(configuration(options.model, count, hop))
            own = environment | {"STATE_DIRECTORY": str(state), "RUNTIME_DIRECTORY": str(state),
                                 "EARWITNESS_CONFIG": str(state / "earwitness.yaml")}
            runs.append((title, start([options.program, "run"], own, stack), own))
        time.sleep(30)
        before = [usage(process.pid) for _, process, _ in runs]
        time.sleep(options.seconds)
        print("| | % of a core | wake-ups/s | resident MiB | private MiB | lost samples | windows left out |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for (title, process, own), then in zip(runs, before):
            if process.poll() is not None:
                sys.exit(f"The service with {title} ended with {process.returncode}.")
            seconds, switches = (now - past for now, past in zip(usage(process.pid), then))
            resident, private = memory(process.pid)
            lost, left_out = losses(options.program, own)
            print(f"| {title} | {100 * seconds / options.seconds:.2f} | {switches / options.seconds:.0f} | {resident:.0f} "
                  f"| {private:.0f} | {lost} | {left_out} |")


if __name__ == "__main__":
    main()
