/// Sound levels in dBFS; nil is digital silence, or too short a time for the level.
package struct MeasuredLevels: Sendable, Equatable {
    /// The energy mean, weighting A.
    package var laeq: Double?
    /// The energy mean, weighting C.
    package var lceq: Double?
    /// The energy mean, weighting Z.
    package var lzeq: Double?
    /// The highest level, weightings A and fast.
    package var lafMax: Double?
    /// The level exceeded for 10 % of the time, weightings A and fast.
    package var laf10: Double?
    /// The level exceeded for 50 % of the time, weightings A and fast.
    package var laf50: Double?
    /// The level exceeded for 90 % of the time, weightings A and fast.
    package var laf90: Double?
    /// RMS of the samples as they are.
    package var rms: Double?
    /// The largest magnitude of a sample.
    package var peak: Double?

    /// Creates levels of nothing.
    package init() {}
}
