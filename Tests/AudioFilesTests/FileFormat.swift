import CSndFile
import Testing

/// A format that recordings come in, and how exactly it keeps samples.
struct FileFormat: CustomTestStringConvertible, Sendable {
    /// The name of a file in this format.
    var name: String
    /// libsndfile's number.
    var code: Int
    /// A rate that is common in it.
    var rateHz: Int
    /// The largest error of a sample, or of an amplitude where the format is lossy.
    var tolerance: Double
    /// Whether a codec changes single samples.
    var isLossy = false
    /// The most channels that the format takes.
    var maximumChannels = 6

    var testDescription: String { name }

    static let all = [
        FileFormat(
            name: "u8.wav",
            code: SF_FORMAT_WAV | SF_FORMAT_PCM_U8,
            rateHz: 8_000,
            tolerance: 1 / 127.0
        ),
        FileFormat(
            name: "s16.wav",
            code: SF_FORMAT_WAV | SF_FORMAT_PCM_16,
            rateHz: 11_025,
            tolerance: 1 / 32_000.0
        ),
        FileFormat(
            name: "s24.wav",
            code: SF_FORMAT_WAV | SF_FORMAT_PCM_24,
            rateHz: 44_100,
            tolerance: 1e-6
        ),
        FileFormat(
            name: "s32.wav",
            code: SF_FORMAT_WAV | SF_FORMAT_PCM_32,
            rateHz: 96_000,
            tolerance: 1e-6
        ),
        FileFormat(
            name: "f32.wav",
            code: SF_FORMAT_WAV | SF_FORMAT_FLOAT,
            rateHz: 250_000,
            tolerance: 1e-6
        ),
        FileFormat(
            name: "f64.wav",
            code: SF_FORMAT_WAV | SF_FORMAT_DOUBLE,
            rateHz: 48_000,
            tolerance: 1e-6
        ),
        FileFormat(
            name: "ulaw.wav",
            code: SF_FORMAT_WAV | SF_FORMAT_ULAW,
            rateHz: 8_000,
            tolerance: 0.02
        ),
        FileFormat(
            name: "extensible.wav",
            code: SF_FORMAT_WAVEX | SF_FORMAT_PCM_24,
            rateHz: 44_100,
            tolerance: 1e-6
        ),
        FileFormat(
            name: "rf64.wav",
            code: SF_FORMAT_RF64 | SF_FORMAT_PCM_16,
            rateHz: 22_050,
            tolerance: 1 / 32_000.0
        ),
        FileFormat(
            name: "s16.flac",
            code: SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
            rateHz: 16_000,
            tolerance: 1 / 32_000.0
        ),
        FileFormat(
            name: "s24.flac",
            code: SF_FORMAT_FLAC | SF_FORMAT_PCM_24,
            rateHz: 192_000,
            tolerance: 1e-6
        ),
        FileFormat(
            name: "vorbis.ogg",
            code: SF_FORMAT_OGG | SF_FORMAT_VORBIS,
            rateHz: 44_100,
            tolerance: 0.02,
            isLossy: true
        ),
        FileFormat(
            name: "opus.ogg",
            code: SF_FORMAT_OGG | SF_FORMAT_OPUS,
            rateHz: 48_000,
            tolerance: 0.02,
            isLossy: true
        ),
        FileFormat(
            name: "layer3.mp3",
            code: SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III,
            rateHz: 44_100,
            tolerance: 0.02,
            isLossy: true,
            maximumChannels: 2
        ),
    ]
}
