"""How fast an hour of sound is analysed: Earwitness beside what people write in Python, on one core.

    python3 Benchmarks/compare/offline.py --yamnet yamnet.tflite --labels yamnet_class_map.csv FOLDER

FOLDER holds recordings, such as Tests/Recordings; an hour is made of them, as 16 kHz FLAC. Every program
reads it, asks its network about a window every 0.48 s unless that is quiet, and prints how many events
there were. Programs alternate; the fastest of the rounds counts. Prints times real time for each second of processor time,
peak memory, and how long a recording of one second takes, which is what starting costs.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

for library in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402
import soundfile  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
RATE_HZ = 16_000
HOP = 7_680
THRESHOLD = 0.5
GATE = 10 ** (-50 / 20)
SECONDS = 3_600


def count_events(scores):
    """How many classes came over the threshold."""
    loud = np.asarray(scores) >= THRESHOLD
    return int((loud[1:] & ~loud[:-1]).sum() + loud[:1].sum())


def is_quiet(window):
    return np.sqrt(np.mean(window**2)) < GATE


def by_litert(path, options):
    """YAMNet as published, which has a front end of its own."""
    from ai_edge_litert.interpreter import Interpreter

    network = Interpreter(options.yamnet, num_threads=1)
    network.allocate_tensors()
    entry, result = network.get_input_details()[0], network.get_output_details()[0]["index"]
    sound, _ = soundfile.read(path, dtype="float32")
    scores = []
    for start in range(0, len(sound) - 15_600 + 1, HOP):
        window = sound[start:start + 15_600]
        if is_quiet(window):
            continue
        network.set_tensor(entry["index"], window.reshape(entry["shape"]))
        network.invoke()
        scores.append(network.get_tensor(result)[0])
    return count_events(scores)


def by_onnxruntime(path, options):
    """`household-2` by ONNX Runtime on features by librosa."""
    import librosa
    import onnxruntime

    session_options = onnxruntime.SessionOptions()
    session_options.intra_op_num_threads = session_options.inter_op_num_threads = 1
    model = str(ROOT / "Models/household-2/model.onnx")
    session = onnxruntime.InferenceSession(model, session_options, ["CPUExecutionProvider"])
    entry = session.get_inputs()[0].name
    sound, _ = soundfile.read(path, dtype="float32")
    mel = librosa.feature.melspectrogram(
        y=sound, sr=RATE_HZ, n_fft=512, win_length=400, hop_length=160, n_mels=64, fmin=125, fmax=7_500,
        htk=True, norm=None, power=1, center=False)
    frames = np.log(mel.T + 1e-3).astype(np.float32)
    scores = [
        session.run(None, {entry: frames[None, None, start:start + 96]})[0][0]
        for start in range(0, len(frames) - 96 + 1, 48)
        if not is_quiet(sound[160 * start:160 * start + 15_600])
    ]
    return count_events(scores)


PEERS = {"litert": by_litert, "onnxruntime": by_onnxruntime}


def make_hour(folder, path, seconds):
    """A recording of the folder's sounds, one after the other."""
    pieces, have = [], 0
    sources = sorted(p for p in pathlib.Path(folder).rglob("*") if p.suffix in (".ogg", ".wav", ".flac"))
    if not sources:
        sys.exit(f"'{folder}' holds no recordings (.ogg, .wav, .flac).")
    import soxr

    while have < seconds * RATE_HZ:
        for source in sources:
            samples, rate = soundfile.read(source, dtype="float32", always_2d=True)
            pieces.append(soxr.resample(samples.mean(axis=1), rate, RATE_HZ))
            have += len(pieces[-1])
    soundfile.write(path, np.concatenate(pieces)[:seconds * RATE_HZ], RATE_HZ, subtype="PCM_16")


def peak_memory(process):
    """The most that a process that runs has had resident so far, in MiB."""
    with open(f"/proc/{process}/status", encoding="ascii") as file:
        return next((int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM")), 0)


def run(command, environment):
    """Processor seconds, elapsed seconds and peak memory in MiB of a program."""
    began = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    # Not ru_maxrss: that begins with what this program takes, of which the other is a copy at first.
    memory, ended = 0, 0
    while not ended:
        memory = max(memory, peak_memory(process.pid))
        time.sleep(0.01)
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}.")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - began, memory


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", help="a folder of recordings")
    parser.add_argument("--yamnet", required=True, help="YAMNet as published, yamnet.tflite")
    parser.add_argument("--labels", required=True, help="its yamnet_class_map.csv")
    parser.add_argument("--program", default=str(ROOT / ".build/release/earwitness"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", nargs=2, metavar=("NAME", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        print(PEERS[options.peer[0]](options.peer[1], options))
        return
    if not options.folder:
        parser.error("name a folder of recordings")
    with tempfile.TemporaryDirectory() as name:
        home = pathlib.Path(name)
        (home / "earwitness.yaml").write_text("web: {listen: off}\n")
        own = os.environ | {"EARWITNESS_CONFIG": str(home / "earwitness.yaml"), "STATE_DIRECTORY": name}
        subprocess.run(
            [options.program, "models", "add", options.yamnet, "--labels", options.labels],
            env=own, check=True, stdout=subprocess.DEVNULL)
        for path, seconds in (("hour.flac", SECONDS), ("second.flac", 1)):
            make_hour(options.folder, home / path, seconds)

        def peer(kind):
            return [sys.executable, __file__, "--yamnet", options.yamnet, "--labels", options.labels, "--peer", kind]

        def analyze(model):
            return [options.program, "analyze", "--jobs", "1", "--count", "--model", model]

        programs = {
            "Python, YAMNet by LiteRT": peer("litert"),
            "Earwitness, YAMNet": analyze("yamnet"),
            "Python, librosa and household-2 by ONNX Runtime": peer("onnxruntime"),
            "Earwitness, household-2": analyze("household-2"),
            "Earwitness, household-1": analyze("household-1"),
        }
        best = {}
        for _ in range(options.rounds):
            for title, command in programs.items():
                hour = run([*command, str(home / "hour.flac")], own)
                start = run([*command, str(home / "second.flac")], own)
                found = (hour[0], start[1], hour[2])
                best[title] = tuple(map(min, best.get(title, found), found))
    print("| an hour of 16 kHz FLAC | times real time per core | to start, s | peak memory, MiB |")
    print("| --- | --- | --- | --- |")
    for title, (seconds, start, memory) in best.items():
        print(f"| {title} | {SECONDS / seconds:,.0f} | {start:.2f} | {memory:.0f} |")


if __name__ == "__main__":
    main()
