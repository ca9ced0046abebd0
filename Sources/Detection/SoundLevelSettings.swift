/// What a sound level meter measures.
package struct SoundLevelSettings: Equatable, Sendable {
    /// The frequency weighting.
    package var frequencyWeighting = FrequencyWeighting.a
    /// The time weighting of the maximum and of the exceeded levels.
    package var timeWeighting = TimeWeighting.fast
    /// The sound pressure level, in dB, of a sound whose level is 0 dBFS; nil: not calibrated.
    ///
    /// With a 94 dB calibrator on the microphone this is 94 minus the RMS level it shows.
    package var fullScaleSoundPressureDB: Double?

    /// Creates the default settings: A, fast, not calibrated.
    package init() {}
}
