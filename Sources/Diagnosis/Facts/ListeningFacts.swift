import Foundation

/// What a device delivered while it was listened to for a moment.
package struct ListeningFacts: Equatable, Sendable {
    /// The rate that the device says it has, in Hz.
    package var rateHz: Int
    /// How many samples came.
    package var sampleCount = 0
    /// The time from the first to the last of them by the clock, in seconds; 0 if it is not known.
    package var elapsedSeconds = 0.0
    /// The least sample, -1...1.
    package var least: Float = 0
    /// The greatest sample, -1...1.
    package var greatest: Float = 0
    /// The sum of all samples.
    package var sum = 0.0
    /// The sum of the squares of all samples.
    package var squareSum = 0.0
    /// How many samples were at full scale.
    package var clippedCount = 0

    /// Nothing heard yet.
    package init(rateHz: Int) {
        self.rateHz = rateHz
    }

    /// Takes in the samples that follow.
    package mutating func hear(_ samples: Span<Float>) {
        for index in samples.indices {
            let sample = samples[index]
            least = sampleCount == 0 && index == 0 ? sample : min(least, sample)
            greatest = sampleCount == 0 && index == 0 ? sample : max(greatest, sample)
            sum += Double(sample)
            squareSum += Double(sample) * Double(sample)
            if abs(sample) >= Self.fullScale { clippedCount += 1 }
        }
        sampleCount += samples.count
    }

    /// The greatest value of 16 bits; nothing beyond can be told from it.
    private static let fullScale: Float = 32_767.0 / 32_768

    /// The level, RMS in dBFS; nil for digital silence or no sound.
    package var levelDBFS: Double? {
        guard sampleCount > 0, squareSum > 0 else { return nil }
        return 10 * log10(squareSum / Double(sampleCount))
    }

    /// The mean of the samples.
    package var offset: Double { sampleCount == 0 ? 0 : sum / Double(sampleCount) }

    /// The part of the samples that was at full scale.
    package var clippedShare: Double {
        sampleCount == 0 ? 0 : Double(clippedCount) / Double(sampleCount)
    }

    /// The rate at which samples really came, in Hz; nil if it was too short to tell.
    package var measuredRateHz: Double? {
        elapsedSeconds < 0.5 ? nil : Double(sampleCount) / elapsedSeconds
    }
}
