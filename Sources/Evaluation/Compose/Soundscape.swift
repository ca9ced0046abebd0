package import SoundDatasets

/// A composed recording and what is in it.
package struct Soundscape: Equatable, Sendable {
    /// The sound, mono.
    package let samples: [Float]
    /// The rate, in Hz.
    package let sampleRateHz: Int
    /// The sounds that were placed, in order of time, without the rooms' tails.
    package let sounds: [LabelledSound]
}
