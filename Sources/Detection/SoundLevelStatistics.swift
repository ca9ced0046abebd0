/// The sound levels of a stretch of time, in dBFS; `-infinity` is digital silence.
///
/// The caller adds a calibration.
package struct SoundLevelStatistics: Equatable, Sendable {
    /// The stretch, lost samples included.
    package var interval: Range<SampleTime>

    /// How many samples of it were measured.
    package var measuredSamples: Int

    /// The energy mean with weighting A: LAeq.
    package var equivalentA: Float

    /// The energy mean with weighting C: LCeq.
    package var equivalentC: Float

    /// The energy mean with weighting Z: LZeq, all frequencies but a constant offset.
    package var equivalentZ: Float

    /// The highest time-weighted level: LAFmax for weightings A and fast.
    package var maximum: Float

    /// The time-weighted level that was exceeded for a tenth of the time.
    package var exceededFor10Percent: Float

    /// The time-weighted level that was exceeded for half of the time.
    package var exceededFor50Percent: Float

    /// The time-weighted level that was exceeded for nine tenths of the time.
    package var exceededFor90Percent: Float

    /// RMS of the unweighted samples.
    package var rootMeanSquare: Float

    /// The largest magnitude of a sample.
    package var peak: Float

    /// How many samples were at or beyond full scale.
    package var clippedSamples: Int
}

/// The time-weighted levels of a minute, a hundred a second.
struct LevelDistribution: Equatable, Sendable {
    private var meanSquares: [Double] = []

    mutating func add(_ meanSquare: Double) {
        meanSquares.append(meanSquare)
    }

    mutating func reset() {
        meanSquares.removeAll(keepingCapacity: true)
    }

    /// The levels that were exceeded for the given parts of the time, in dBFS.
    ///
    /// Between two measured levels it is interpolated. Nothing measured is `-infinity`.
    func levels(exceededFor parts: [Double]) -> [Double] {
        let sorted = meanSquares.sorted()
        return parts.map { part in
            guard let last = sorted.last else {
                return -.infinity
            }
            let position = (1 - part) * Double(sorted.count - 1)
            let index = Int(position)
            let lower = Decibels.level(ofMeanSquare: sorted[index])
            let upper = Decibels.level(
                ofMeanSquare: index + 1 < sorted.count ? sorted[index + 1] : last
            )
            guard lower > -.infinity, position > Double(index) else {
                return lower
            }
            return lower + (upper - lower) * (position - Double(index))
        }
    }
}
