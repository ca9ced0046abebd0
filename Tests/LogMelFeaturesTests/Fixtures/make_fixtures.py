"""Makes the reference features beside this file with the libraries that our presets imitate.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python make_fixtures.py

Each fixture is `[frames, bands]` float32; fixtures.json says from which test signal, and carries
the sum of its samples, so that a test knows that it has the same signal.
"""

import json
import pathlib

import kaldi_native_fbank
import librosa
import numpy as np
import scipy.signal
from test_signal import as_float, test_signal

folder = pathlib.Path(__file__).parent
described = {}


def save(name, features, rate_hz, seconds, made_by):
    samples = test_signal(rate_hz, seconds)
    features = np.ascontiguousarray(features, dtype=np.float32)
    np.save(folder / f"{name}.npy", features)
    described[name] = {
        "rate_hz": rate_hz,
        "seconds": seconds,
        "sample_sum": int(samples.sum()),
        "made_by": made_by,
    }
    print(f"{name}: {features.shape}, {features.min():.4g} to {features.max():.4g}")


def with_librosa():
    y = as_float(test_signal(22050, 1))
    mel = librosa.feature.melspectrogram(y=y, sr=22050)
    by = f"librosa {librosa.__version__}: "
    save("librosa", librosa.power_to_db(mel).T, 22050, 1, by + "power_to_db(melspectrogram(y))")
    save("librosa_reference_max", librosa.power_to_db(mel, ref=np.max, top_db=60).T, 22050, 1,
         by + "power_to_db(melspectrogram(y), ref=np.max, top_db=60)")
    htk = librosa.feature.melspectrogram(y=y, sr=22050, htk=True, norm=None)
    save("htk", librosa.power_to_db(htk).T, 22050, 1,
         by + "power_to_db(melspectrogram(y, htk=True, norm=None))")
    htk_area = librosa.feature.melspectrogram(y=y, sr=22050, htk=True)
    save("htk_area", librosa.power_to_db(htk_area).T, 22050, 1,
         by + "power_to_db(melspectrogram(y, htk=True))")
    save("pcen", librosa.pcen(librosa.feature.melspectrogram(y=y * 2**31, sr=22050, power=1),
                              sr=22050).T, 22050, 1,
         by + "pcen(melspectrogram(y * 2**31, power=1))")
    urban = librosa.feature.melspectrogram(y=y, sr=22050, n_fft=1024, hop_length=512, n_mels=60)
    save("urban", librosa.power_to_db(urban).T, 22050, 1,
         by + "power_to_db(melspectrogram(y, n_fft=1024, hop_length=512, n_mels=60))")

    y = as_float(test_signal(44100, 1))
    mel128 = librosa.feature.melspectrogram(y=y, sr=44100, n_fft=1024, hop_length=1024, n_mels=128)
    save("mel128", librosa.power_to_db(mel128).T, 44100, 1,
         by + "power_to_db(melspectrogram(y, sr=44100, n_fft=1024, hop_length=1024, n_mels=128))")

    y = as_float(test_signal(32000, 1))
    panns = librosa.feature.melspectrogram(
        y=y, sr=32000, n_fft=1024, hop_length=320, n_mels=64, fmin=50, fmax=14000,
        pad_mode="reflect")
    save("panns", librosa.power_to_db(panns, top_db=None).T, 32000, 1,
         by + "power_to_db(melspectrogram(y, sr=32000, n_fft=1024, hop_length=320, n_mels=64, "
              "fmin=50, fmax=14000, pad_mode='reflect'), top_db=None), which is torchlibrosa's")

    y = as_float(test_signal(16000, 0.125))
    linear = np.abs(librosa.stft(y, n_fft=320, hop_length=32, center=False))
    save("stft_320_32", linear.T, 16000, 0.125,
         by + "abs(stft(y, n_fft=320, hop_length=32, center=False))")
    short = librosa.stft(y, n_fft=512, hop_length=160, win_length=400, center=True,
                         pad_mode="edge")
    save("amplitude_db", librosa.amplitude_to_db(np.abs(short), top_db=None).T, 16000, 0.125,
         by + "amplitude_to_db(abs(stft(y, n_fft=512, hop_length=160, win_length=400, "
              "pad_mode='edge')), top_db=None)")
    for scale, htk in (("slaney", False), ("htk", True)):
        for norm in (None, "slaney"):
            name = f"mel_{scale}_{'area' if norm else 'peak'}"
            weights = librosa.filters.mel(
                sr=16000, n_fft=512, n_mels=40, fmin=60, fmax=7600, htk=htk, norm=norm)
            np.save(folder / f"{name}.npy", np.ascontiguousarray(weights, dtype=np.float32))


def kaldi_features(samples, **changes):
    """Features by kaldi-native-fbank of samples in 16-bit units."""
    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.dither = 0
    options.mel_opts.num_bins = 80
    for path, value in changes.items():
        part, _, name = path.partition("__")
        setattr(getattr(options, part) if name else options, name or part, value)
    computer = kaldi_native_fbank.OnlineFbank(options)
    computer.accept_waveform(16000, samples.astype(np.float32).tolist())
    computer.input_finished()
    return np.stack([computer.get_frame(t) for t in range(computer.num_frames_ready)])


def with_kaldi():
    samples = test_signal(16000, 1)
    by = f"kaldi-native-fbank {kaldi_native_fbank.__version__}: "
    save("kaldi", kaldi_features(samples), 16000, 1, by + "80 bins, no dither")
    save("kaldi_whole", kaldi_features(samples, frame_opts__snip_edges=False), 16000, 1,
         by + "80 bins, no dither, snip_edges false")
    save("kaldi_htk", kaldi_features(
        samples, frame_opts__remove_dc_offset=False, frame_opts__window_type="hamming",
        mel_opts__num_bins=26, mel_opts__low_freq=0, use_power=False), 16000, 1,
         by + "26 bins from 0 Hz, no dither, Hamming, magnitude, no DC removal")


def yamnet_mel_matrix():
    """tf.signal.linear_to_mel_weight_matrix(64, 257, 16000, 125, 7500), from its documentation."""
    def mel(hertz):
        return 1127 * np.log(1 + hertz / 700)
    bins = mel(np.linspace(0, 8000, 257))[:, None]
    edges = np.linspace(mel(125), mel(7500), 66)
    lower, centre, upper = edges[:-2], edges[1:-1], edges[2:]
    return np.maximum(0, np.minimum((bins - lower) / (centre - lower),
                                    (upper - bins) / (upper - centre)))


def with_yamnet():
    y = as_float(test_signal(16000, 1)).astype(np.float64)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    starts = range(0, len(y) - 400 + 1, 160)
    frames = np.stack([y[s:s + 400] * window for s in starts])
    mel = np.abs(np.fft.rfft(frames, 512)) @ yamnet_mel_matrix()
    save("yamnet", np.log(mel + 0.001), 16000, 1,
         f"numpy {np.__version__}: log(abs(rfft(frames × periodic Hann, 512)) @ matrix + 0.001)")


def with_scipy():
    length = 32
    hann = scipy.signal.get_window("hann", length, fftbins=False)
    windows = {
        "hann_periodic": scipy.signal.get_window("hann", length),
        "hann_symmetric": hann,
        "hamming_periodic": scipy.signal.get_window("hamming", length),
        "hamming_symmetric": scipy.signal.get_window("hamming", length, fftbins=False),
        "povey": hann ** 0.85,
        "rectangular": np.ones(length),
    }
    for name, values in windows.items():
        np.save(folder / f"window_{name}.npy", values.astype(np.float32))


if __name__ == "__main__":
    with_librosa()
    with_kaldi()
    with_yamnet()
    with_scipy()
    (folder / "fixtures.json").write_text(json.dumps(described, indent=1, ensure_ascii=False) + "\n")
