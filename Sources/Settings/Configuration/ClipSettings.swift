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

/// What `clips.classes.NAME` says of one class.
package struct ClipClassSettings: Equatable, Sendable {
    /// Whether its sound is kept; nil: as `clips.keep` says.
    package var keep: Bool?
    /// Its clips that are older are removed, in days; nil: as `clips.max_days` says.
    package var maxDays: Int?
    /// The largest size of its clips together, in bytes; nil: no limit of its own.
    package var maxSizeBytes: Int64?

    /// Creates settings that say nothing.
    package init() {}
}

extension ClipSettings {
    /// The keys of the section `clips`.
    package static let settings = SettingsTable<ClipSettings>([
        .value(
            "keep",
            \.keep,
            .choice,
            "Of which events the sound is kept; `events` leaves out the model's private classes."
        ),
        .value(
            "pre_roll_s",
            \.preRollSeconds,
            .number(in: 0...60),
            "How much sound is kept before the onset, in seconds."
        ),
        .value(
            "post_roll_s",
            \.postRollSeconds,
            .number(in: 0...60),
            "How much sound is kept after the offset, in seconds."
        ),
        .value(
            "max_length_s",
            \.maxLengthSeconds,
            .number(in: 1...600),
            "The longest clip, in seconds; of a longer event the beginning is kept."
        ),
        .value(
            "format",
            \.format,
            .choice,
            "The file format of a clip; 16 bits a sample, or 24."
        ),
        .optional(
            "max_days",
            \.maxDays,
            .wholeNumber(in: 1...36_500),
            word: "forever",
            "How long clips are kept, in days."
        ),
        .value(
            "max_size",
            \.maxSizeBytes,
            .byteCount(atLeast: 1_000_000),
            "The largest size of all clips together; beyond it the oldest go."
        ),
        .value(
            "min_free",
            \.minFreeBytes,
            .byteCount(atLeast: 0),
            "What clips leave free on their disk; under it the oldest go and no new one comes."
        ),
        .named(
            "classes",
            \.classes,
            of: ClipClassSettings.settings,
            startingFrom: ClipClassSettings()
        ),
    ])
}

extension ClipClassSettings {
    /// The keys of a section of `clips.classes`.
    package static let settings = SettingsTable<ClipClassSettings>([
        .optional(
            "keep",
            \.keep,
            .flag,
            unsaid: "as `clips.keep` says",
            "Whether the sound of the class is kept; `clips.keep: none` keeps none all the same."
        ),
        .optional(
            "max_days",
            \.maxDays,
            .wholeNumber(in: 1...36_500),
            unsaid: "as `clips.max_days` says",
            "How long clips of the class are kept, in days."
        ),
        .optional(
            "max_size",
            \.maxSizeBytes,
            .byteCount(atLeast: 0),
            unsaid: "no limit of its own",
            "The largest size of the class's clips together; beyond it the oldest go."
        ),
    ])
}
