package import Foundation

/// The sound levels of one source in one minute of the clock, or in the part of it that was measured.
package struct LevelMinute: Sendable, Equatable {
    /// The row of the source.
    package var sourceID: Int64
    /// When the minute begins.
    package var minute: Date
    /// How much of it was measured, in seconds, 0...60.
    package var measuredSeconds: Double
    /// The rate at which it was measured, in Hz: nothing over half of it is in the levels.
    package var sampleRateHz: Int
    /// The sound pressure level of 0 dBFS in dB; nil: the source was not calibrated.
    package var calibrationDB: Double?
    /// The levels.
    package var levels: MeasuredLevels
    /// How many samples were at or beyond full scale.
    package var clippedSamples: Int

    /// Creates the minute from its parts.
    package init(
        sourceID: Int64,
        minute: Date,
        measuredSeconds: Double,
        sampleRateHz: Int,
        calibrationDB: Double?,
        levels: MeasuredLevels,
        clippedSamples: Int
    ) {
        precondition((0...60).contains(measuredSeconds), "a minute has at most 60 seconds")
        self.sourceID = sourceID
        self.minute = minute
        self.measuredSeconds = measuredSeconds
        self.sampleRateHz = sampleRateHz
        self.calibrationDB = calibrationDB
        self.levels = levels
        self.clippedSamples = clippedSamples
    }
}
