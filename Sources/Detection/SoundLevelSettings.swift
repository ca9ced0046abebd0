/// Of what a sound level meter gives the maximum and the exceeded levels.
package struct SoundLevelSettings: Equatable, Sendable {
    /// The frequency weighting.
    package var frequencyWeighting = FrequencyWeighting.a
    /// The time weighting.
    package var timeWeighting = TimeWeighting.fast

    /// Creates the default settings: A and fast.
    package init() {}
}
