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
        /// Compressed without loss, 16 bits a sample.
        case flac
        /// Compressed without loss, 24 bits a sample.
        case flac24
        /// Not compressed, 16 bits a sample.
        case wav
        /// Not compressed, 24 bits a sample.
        case wav24
    }

    /// Of which events the sound is kept.
    package var keep = Keep.none
    /// How much is kept before the onset, in seconds.
    package var preRollSeconds: Double = 2
    /// How much is kept after the offset, in seconds.
    package var postRollSeconds: Double = 2
    /// The longest clip, what is before the onset and after the offset included, in seconds.
    package var maxLengthSeconds: Double = 60
    /// The file format.
    package var format = Format.flac
    /// Clips older than this are removed, in days; nil: never.
    package var maxDays: Int? = 90
    /// The largest size of all clips together, in bytes; beyond it the oldest go.
    package var maxSizeBytes: Int64 = 2_000_000_000
    /// What clips leave free on their disk, in bytes.
    package var minFreeBytes: Int64 = 500_000_000
    /// What holds for single classes, by class name.
    package var classes: [String: ClipClassSettings] = [:]

    /// Creates the section with its defaults.
    package init() {}

    /// Whether the sound of events of a class is kept.
    ///
    /// - Parameters:
    ///   - className: The name of the class.
    ///   - isPrivate: Whether its model calls it private.
    /// - Returns: Whether it is.
    package func keeps(_ className: String, isPrivate: Bool) -> Bool {
        switch keep {
        case .none: false
        case .events: classes[className]?.keep ?? !isPrivate
        case .all: classes[className]?.keep ?? true
        }
    }
}
