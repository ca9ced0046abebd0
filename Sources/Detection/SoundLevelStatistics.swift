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
