"""Times log-mel features of ten minutes of 16 kHz audio, one thread each, side by side.

    python3 -m venv venv && venv/bin/pip install -r features/requirements.txt
    swift build -c release && venv/bin/python features/compare.py .build/release/features-benchmark

All compute 512-point transforms of 25 ms every 10 ms, 64 mel bands and ln. Rounds alternate between
the programs, and the fastest of each counts, so that load affects all alike.
"""

import os
import subprocess
import sys
import time

for library in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import kaldi_native_fbank  # noqa: E402
import librosa  # noqa: E402
import numpy as np  # noqa: E402

ROUNDS = 5
RATE_HZ = 16000


def by_librosa(samples):
    mel = librosa.feature.melspectrogram(
        y=samples, sr=RATE_HZ, n_fft=512, win_length=400, hop_length=160, n_mels=64, center=False)
    return np.log(mel + 1e-6)


def kaldi_computer(frame_length_ms):
    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.dither = 0
    options.frame_opts.frame_length_ms = frame_length_ms
    options.mel_opts.num_bins = 64
    return kaldi_native_fbank.OnlineFbank(options)


def by_kaldi(computer, samples):
    computer.accept_waveform(RATE_HZ, samples)
    computer.input_finished()


def seconds_of_kaldi(samples):
    """Without the time that handing the samples over from Python takes, for which a computer of
    frames longer than all the samples has nothing to compute."""
    idle = seconds_of(by_kaldi, kaldi_computer(700_000.0), samples)
    return seconds_of(by_kaldi, kaldi_computer(25.0), samples) - idle


def seconds_of(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def main(program):
    samples = np.random.default_rng(1).uniform(-1, 1, 600 * RATE_HZ).astype(np.float32)
    kaldi_samples = (samples * 32768).tolist()
    by_librosa(samples[:RATE_HZ])  # compiles what numba compiles
    fastest = {}
    for _ in range(ROUNDS):
        times = {
            f"librosa {librosa.__version__}": seconds_of(by_librosa, samples),
            f"kaldi-native-fbank {kaldi_native_fbank.__version__}":
                seconds_of_kaldi(kaldi_samples),
        }
        lines = subprocess.run([program], capture_output=True, text=True, check=True).stdout
        for line in lines.splitlines():
            name, seconds = line.split("\t")
            times[name] = float(seconds)
        for name, seconds in times.items():
            fastest[name] = min(seconds, fastest.get(name, seconds))
    ours = fastest["log_mel"]
    print(f"{'':32}{'ms':>9}{'of log_mel':>12}")
    for name, seconds in fastest.items():
        print(f"{name:32}{1000 * seconds:9.1f}{seconds / ours:12.2f}")
    bare = min(seconds for name, seconds in fastest.items() if name.startswith("fftw"))
    print(f"log_mel takes {ours / bare:.2f} times the bare transforms and is "
          f"{600 / ours:.0f} times real time")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: compare.py PATH-OF-features-benchmark")
    main(sys.argv[1])
