/// The sound levels of one source over the whole time asked for, and how much of it was measured.
package struct LevelSummary: Sendable, Equatable {
    /// The name of the source.
    package var source: String
    /// The sound pressure level of 0 dBFS in dB; nil: the source was not calibrated.
    ///
    /// A source that was calibrated anew within the time has a summary for each calibration.
    package var calibrationDB: Double?
    /// The time asked for, in seconds.
    package var askedSeconds: Double
    /// How much of it was measured, in seconds.
    package var measuredSeconds: Double
    /// The energy mean of what was measured, weighting A, in dBFS; nil: digital silence.
    package var laeq: Double?
    /// The highest level, weightings A and fast, in dBFS; nil: digital silence.
    package var lafMax: Double?
}
