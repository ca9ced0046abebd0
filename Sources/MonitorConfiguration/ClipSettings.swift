/// The section `clips`: whether the sound of events is kept.
package struct ClipSettings: Equatable, Sendable {
    /// Of which events the sound is kept.
    package enum Keep: String, CaseIterable, Sendable {
        /// No audio is ever written to the disk.
        case none
        /// Of all events but those of classes that the model calls private.
        case events
        /// Of all events, of private classes too.
        case all
    }

    /// The file format of a clip.
    package enum Format: String, CaseIterable, Sendable {
        /// Compressed without loss.
        case flac
        /// Not compressed.
        case wav
    }

    /// Of which events the sound is kept.
    package var keep = Keep.none
    /// How much is kept before the onset, in seconds.
    package var preRollSeconds: Double = 2
    /// How much is kept after the offset, in seconds.
    package var postRollSeconds: Double = 2
    /// The file format.
    package var format = Format.flac
    /// The largest size of all clips together, in bytes; beyond it the oldest go.
    package var maxSizeBytes: Int64 = 2_000_000_000

    /// Creates the section with its defaults.
    package init() {}
}
