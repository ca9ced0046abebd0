/// Measures RMS, peak and clipping over the samples of a source.
package struct LevelMeter: Sendable {
    /// The magnitude from which a sample counts as clipped: the largest 16-bit code.
    package static let clippingMagnitude: Float = 32_767 / 32_768

    private static let laneCount = 8

    private var sum = SquareSum()
    private var peak: Float = 0
    private var clippedSamples = 0

    /// Creates a meter that has measured nothing.
    package init() {}

    /// What was measured since the meter began or was last reset.
    package var reading: LevelReading {
        LevelReading(
            sampleCount: sum.count,
            levelDBFS: Float(Decibels.level(ofMeanSquare: sum.mean)),
            peakDBFS: Float(Decibels.level(ofMeanSquare: Double(peak) * Double(peak))),
            clippedSamples: clippedSamples
        )
    }

    /// Measures the next samples.
    ///
    /// - Parameter samples: Mono, 1 being full scale.
    package mutating func process(_ samples: Span<Float>) {
        sum.add(samples, in: 0..<samples.count)
        measurePeak(samples)
    }

    /// Forgets everything, and begins anew.
    ///
    /// - Returns: What was measured until now.
    @discardableResult
    package mutating func reset() -> LevelReading {
        let last = reading
        self = LevelMeter()
        return last
    }

    private mutating func measurePeak(_ samples: Span<Float>) {
        var peaks = SIMD8<Float>(repeating: peak)
        var clipped = SIMD8<Int32>()
        let wholeLanes = samples.count - samples.count % Self.laneCount
        for index in stride(from: 0, to: wholeLanes, by: Self.laneCount) {
            let eight = SIMD8<Float>(
                samples[index],
                samples[index + 1],
                samples[index + 2],
                samples[index + 3],
                samples[index + 4],
                samples[index + 5],
                samples[index + 6],
                samples[index + 7]
            )
            let magnitudes = eight.replacing(with: -eight, where: eight .< 0)
            peaks.replace(with: magnitudes, where: magnitudes .> peaks)
            clipped.replace(with: clipped &+ 1, where: magnitudes .>= Self.clippingMagnitude)
        }
        peak = peaks.max()
        clippedSamples += Int(clipped.wrappedSum())
        for index in wholeLanes..<samples.count {
            let magnitude = samples[index].magnitude
            peak = max(peak, magnitude)
            clippedSamples += magnitude >= Self.clippingMagnitude ? 1 : 0
        }
    }
}
