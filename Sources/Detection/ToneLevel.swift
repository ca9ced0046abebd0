import Glibc

/// The level of a calibrator's tone, measured second by second.
///
/// Each second is weighted by a Hann window; the tone is the energy within 3 % of its frequency, so
/// that a calibrator whose battery is low, or noise beside the tone, do not enter.
package struct ToneLevel: Equatable, Sendable {
    /// How far from its frequency the tone may be, as a part of it.
    private static let halfWidth = 0.03

    /// The tone's level, RMS in dBFS; `-infinity` without sound.
    package var toneDBFS: Double
    /// The level of everything but a constant offset, RMS in dBFS.
    package var totalDBFS: Double
    /// The difference between the loudest and the quietest second of the tone, in dB.
    package var spreadDB: Double
    /// How many seconds were measured.
    package var seconds: Int

    /// Measures whole seconds; what is left over is not measured.
    ///
    /// - Parameters:
    ///   - samples: Mono, 1 being full scale, at least a second of them.
    ///   - sampleRateHz: Their rate in Hz.
    ///   - frequencyHz: The tone's frequency, in whole Hz, under half the rate.
    package init(of samples: Span<Float>, sampleRateHz: Int, frequencyHz: Int) {
        precondition(2 * frequencyHz < sampleRateHz, "A tone lies under half the rate.")
        var tones: [Double] = []
        var totals: [Double] = []
        for start in stride(from: 0, through: samples.count - sampleRateHz, by: sampleRateHz) {
            let second = Self.withoutOffset(samples.extracting(start..<start + sampleRateHz))
            tones.append(Self.tonePower(in: second, frequencyHz: frequencyHz))
            totals.append(second.reduce(0) { $0 + $1 * $1 } / Double(second.count))
        }
        seconds = tones.count
        let count = Double(max(1, seconds))
        toneDBFS = Decibels.level(ofMeanSquare: tones.reduce(0, +) / count)
        totalDBFS = Decibels.level(ofMeanSquare: totals.reduce(0, +) / count)
        let levels = tones.map { Decibels.level(ofMeanSquare: $0) }
        spreadDB = (levels.max() ?? 0) - (levels.min() ?? 0)
    }

    private static func withoutOffset(_ samples: Span<Float>) -> [Double] {
        var second: [Double] = []
        second.reserveCapacity(samples.count)
        for index in samples.indices {
            let sample = samples[index]
            second.append(sample.isFinite ? Double(sample) : 0)
        }
        let mean = second.reduce(0, +) / Double(second.count)
        return second.map { $0 - mean }
    }

    /// The mean square of what lies around a frequency in a second, whose bins are 1 Hz apart.
    private static func tonePower(in second: [Double], frequencyHz: Int) -> Double {
        let count = Double(second.count)
        let window = second.indices.map { 0.5 - 0.5 * cos(2 * Double.pi * Double($0) / count) }
        let weighted = zip(second, window).map { $0 * $1 }
        let reach = max(2, Int((Double(frequencyHz) * halfWidth).rounded()))
        let energy = (frequencyHz - reach...frequencyHz + reach).reduce(0.0) { sum, bin in
            sum + power(of: weighted, atBin: bin)
        }
        // The sum over the bins on one side, by Parseval's theorem.
        let windowPower = window.reduce(0) { $0 + $1 * $1 }
        return 2 * energy / (count * windowPower)
    }

    /// |X[bin]|² by Goertzel's recursion.
    private static func power(of samples: [Double], atBin bin: Int) -> Double {
        let coefficient = 2 * cos(2 * Double.pi * Double(bin) / Double(samples.count))
        var (last, beforeLast) = (0.0, 0.0)
        for sample in samples {
            (last, beforeLast) = (sample + coefficient * last - beforeLast, last)
        }
        return last * last + beforeLast * beforeLast - coefficient * last * beforeLast
    }
}
