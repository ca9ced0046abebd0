/// The sound levels of a minute.
///
/// Levels are in dB sound pressure level when the meter is calibrated, in dBFS otherwise;
/// `-infinity` is digital silence.
package struct SoundLevelStatistics: Equatable, Sendable {
    /// The minute, or the part of it in which there was sound to measure, lost samples included.
    package var interval: Range<SampleTime>

    /// How many samples of it were measured.
    package var measuredSamples: Int

    /// The energy mean: LAeq for weighting A.
    package var equivalent: Float

    /// The highest time-weighted level: LAFmax for weightings A and fast.
    package var maximum: Float

    /// The time-weighted level that was exceeded for a tenth of the time.
    package var exceededFor10Percent: Float

    /// The time-weighted level that was exceeded for half of the time.
    package var exceededFor50Percent: Float

    /// The time-weighted level that was exceeded for nine tenths of the time.
    package var exceededFor90Percent: Float

    /// Creates the value from its parts.
    package init(
        interval: Range<SampleTime>,
        measuredSamples: Int,
        equivalent: Float,
        maximum: Float,
        exceededFor10Percent: Float,
        exceededFor50Percent: Float,
        exceededFor90Percent: Float
    ) {
        self.interval = interval
        self.measuredSamples = measuredSamples
        self.equivalent = equivalent
        self.maximum = maximum
        self.exceededFor10Percent = exceededFor10Percent
        self.exceededFor50Percent = exceededFor50Percent
        self.exceededFor90Percent = exceededFor90Percent
    }
}
