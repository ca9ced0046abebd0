package import Detection

/// The sound levels of a source in one minute of the clock, or in the part of it that was measured.
package struct SoundMinute: Equatable, Sendable {
    /// When the minute begins, in seconds since 1970-01-01 UTC; a multiple of 60.
    ///
    /// For a recording that does not say when it was made, seconds since its beginning.
    package var startSeconds: Double

    /// How much of it was measured, in seconds, at most 60.
    package var measuredSeconds: Double

    /// The rate at which it was measured, in Hz: nothing over half of it is in the levels.
    package var sampleRateHz: Int

    /// The levels, in dBFS.
    package var statistics: SoundLevelStatistics
}
