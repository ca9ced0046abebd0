"""What it costs to listen: Earwitness beside a Python script with LiteRT, on one PulseAudio source.

    make build
    python3 -m pip install -r Benchmarks/compare/requirements.txt
    python3 Benchmarks/compare/live.py --yamnet yamnet.tflite --labels yamnet_class_map.csv [SOUND.wav]

All of them listen at the same time to the monitor of one null sink, into which SOUND is played over and
over; without it they hear silence. Each figure is the median over the rounds: processor time of all
threads and child processes in percent of a core, wake-ups a second (voluntary context switches),
resident and private memory. Needs pulseaudio, paplay, arecord and the `pulse` plugin of ALSA.
"""

import argparse
import contextlib
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SINK = "module-null-sink sink_name=mic rate=16000 channels=1 format=s16le norewinds=1"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sound", nargs="?", help="a WAV file to play; without it there is silence")
    parser.add_argument("--yamnet", required=True, help="YAMNet as published, yamnet.tflite")
    parser.add_argument("--labels", required=True, help="its yamnet_class_map.csv")
    parser.add_argument("--program", default=str(ROOT / ".build/release/earwitness"))
    parser.add_argument("--models", nargs="+", default=["household-2", "yamnet"], metavar="MODEL",
                        help="installed models; 'yamnet' is the file of --yamnet as 'models add' installs it")
    parser.add_argument("--seconds", type=float, default=60, help="how long a round lasts")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def processes(root):
    """A process and all that it started."""
    found = [root]
    for parent in found:
        for task in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def usage(root):
    """Seconds of processor time and the number of voluntary context switches until now."""
    seconds, switches = 0.0, 0
    for process in processes(root):
        for task in pathlib.Path(f"/proc/{process}/task").iterdir():
            with contextlib.suppress(FileNotFoundError):
                seconds += int((task / "schedstat").read_text().split()[0]) / 1e9
                status = (task / "status").read_text()
                switches += int(status.split("\nvoluntary_ctxt_switches:")[1].split()[0])
    return seconds, switches


def memory(root):
    """Resident and private memory in MiB."""
    resident = private = 0
    for process in processes(root):
        for line in pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            name, *rest = line.split()
            resident += int(rest[0]) if name == "Rss:" else 0
            private += int(rest[0]) if name in ("Private_Clean:", "Private_Dirty:") else 0
    return resident / 1024, private / 1024


def start_sink(folder, stack):
    """Starts a sound server of our own; returns its environment."""
    environment = os.environ | {
        "XDG_RUNTIME_DIR": folder, "HOME": folder, "PULSE_STATE_PATH": f"{folder}/state",
        "PULSE_SERVER": f"unix:{folder}/native", "ALSA_CONFIG_PATH": f"{folder}/asound.conf",
    }
    pathlib.Path(f"{folder}/asound.conf").write_text(
        "</usr/share/alsa/alsa.conf>\n"
        f'pcm.mic {{ type pulse server "unix:{folder}/native" device "mic.monitor" fallback "" }}\n'
    )
    server = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit",
              "--use-pid-file=no", "--disable-shm=yes",
              "-L", f"module-native-protocol-unix socket={folder}/native auth-anonymous=1", "-L", SINK]
    start(server, environment, stack)
    while not pathlib.Path(f"{folder}/native").exists():
        time.sleep(0.1)
    return environment


def start(command, environment, stack):
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stack.callback(lambda: (process.kill(), process.wait()))
    return process


def start_earwitness(options, model, folder, environment, stack):
    state = pathlib.Path(folder) / model
    state.mkdir()
    (state / "earwitness.yaml").write_text(f"web: {{listen: off}}\nmodel: {model}\n")
    command = [options.program, "run", "--config", f"{state}/earwitness.yaml", "--source", "mic"]
    own = environment | {"STATE_DIRECTORY": str(state), "RUNTIME_DIRECTORY": str(state)}
    if model == "yamnet":
        subprocess.run([options.program, "models", "add", options.yamnet, "--labels", options.labels],
                       env=own | {"EARWITNESS_CONFIG": f"{state}/earwitness.yaml"}, check=True, stdout=subprocess.DEVNULL)
    return start(command, own, stack)


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        environment = start_sink(folder, stack)
        if options.sound:
            play = f'while paplay --device=mic "{options.sound}"; do :; done'
            start(["sh", "-c", play], environment, stack)
        script = [sys.executable, str(ROOT / "Benchmarks/compare/script.py"), "mic", options.yamnet,
                  options.labels, f"{folder}/events.sqlite"]
        peers = {"script, YAMNet by LiteRT": start(script, environment, stack)}
        for model in options.models:
            peers[f"Earwitness, {model}"] = start_earwitness(options, model, folder, environment, stack)
        time.sleep(20)
        figures = {name: [] for name in peers}
        for _ in range(options.rounds):
            before = {name: usage(peer.pid) for name, peer in peers.items()}
            time.sleep(options.seconds)
            for name, peer in peers.items():
                if peer.poll() is not None:
                    sys.exit(f"{name} ended with {peer.returncode} before the round was over.")
                seconds, switches = (now - then for now, then in zip(usage(peer.pid), before[name]))
                figures[name].append(
                    (100 * seconds / options.seconds, switches / options.seconds, *memory(peer.pid))
                )
    print("| listening | % of a core | wake-ups/s | resident MiB | private MiB |\n| --- | --- | --- | --- | --- |")
    for name, rounds in figures.items():
        values = [statistics.median(column) for column in zip(*rounds)]
        print("| {} | {:.2f} | {:.0f} | {:.0f} | {:.0f} |".format(name, *values))


if __name__ == "__main__":
    main()
