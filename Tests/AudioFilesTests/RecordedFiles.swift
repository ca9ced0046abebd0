import CSndFile
import Foundation
import TestSupport
import Testing

extension TemporaryFolder {
    /// Writes interleaved samples in one of libsndfile's formats and returns the file's path.
    func record(
        _ samples: [Double],
        as name: String,
        format: Int,
        rateHz: Int,
        channels: Int = 1
    ) throws -> String {
        var info = SF_INFO()
        info.samplerate = Int32(rateHz)
        info.channels = Int32(channels)
        info.format = Int32(format)
        let made = sf_open(file(name), Int32(SFM_WRITE), &info)
        let encoder = try #require(made, "libsndfile cannot write \(name)")
        sf_command(encoder, Int32(SFC_SET_CLIPPING), nil, 1)
        let written = sf_writef_double(encoder, samples, sf_count_t(samples.count / channels))
        #expect(Int(written) == samples.count / channels)
        #expect(sf_close(encoder) == 0)
        return file(name)
    }

    /// Keeps the first bytes of a file.
    func cut(_ path: String, toBytes count: Int) throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try bytes.prefix(count).write(to: URL(fileURLWithPath: path))
    }
}

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

/// Signals whose numbers are known, and files that hold them.
enum TestSignal {
    /// A sine of the given frequency.
    static func sine(
        hz: Double,
        rateHz: Int,
        count: Int,
        amplitude: Double = 0.5,
        phase: Double = 0
    ) -> [Float] {
        (0..<count).map { index in
            Float(amplitude * sin(2 * .pi * hz * Double(index) / Double(rateHz) + phase))
        }
    }

    /// White noise in ±1 from a small generator with a seed.
    static func noise(count: Int, seed: UInt32 = 1) -> [Float] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(Int32(bitPattern: state)) / 2_147_483_648
        }
    }

    /// Amplitude and phase of one frequency in a signal, by least squares over a Hann window.
    ///
    /// The slice's indices are its samples' times, in samples of `rateHz`.
    static func component(
        hz: Double,
        of signal: ArraySlice<Float>,
        rateHz: Int
    ) -> (amplitude: Double, phase: Double) {
        var real = 0.0
        var imaginary = 0.0
        var weights = 0.0
        let count = signal.count
        for index in signal.indices {
            let position = Double(index - signal.startIndex) / Double(count)
            let weight = 0.5 - 0.5 * cos(2 * .pi * position)
            let angle = 2 * .pi * hz * Double(index) / Double(rateHz)
            real += weight * Double(signal[index]) * sin(angle)
            imaginary += weight * Double(signal[index]) * cos(angle)
            weights += weight
        }
        let amplitude = 2 * (real * real + imaginary * imaginary).squareRoot() / weights
        return (amplitude, atan2(imaginary, real))
    }

    /// RMS level in dB of full scale 1.
    static func levelDB(_ signal: ArraySlice<Float>) -> Double {
        let power = signal.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(signal.count)
        return 10 * log10(power)
    }
}
