/// The section `clips`: whether the sound of events is kept.
package struct ClipSettings: Equatable, Sendable {
    /// Which events get a clip.
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

    /// Which events get a clip.
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
    /// The largest size of all clips together, in bytes; above it the oldest are removed.
    package var maxSizeBytes: Int64 = 2_000_000_000
    /// What clips leave free on their disk, in bytes.
    package var minFreeBytes: Int64 = 500_000_000
    /// The rules for single classes, by class name.
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

/// `clips.classes.NAME`: the clip settings of one class.
package struct ClipClassSettings: Equatable, Sendable {
    /// Whether its sound is kept; nil: as `clips.keep` says.
    package var keep: Bool?
    /// Its clips that are older are removed, in days; nil: as `clips.max_days` says.
    package var maxDays: Int?
    /// The largest size of its clips together, in bytes; nil: no separate limit.
    package var maxSizeBytes: Int64?

    /// Creates empty settings.
    package init() {}
}

extension ClipSettings {
    /// The keys of the section `clips`.
    package static let settings = SettingsTable<ClipSettings>([
        .value("keep", \.keep, .choice)
            .help("Which events get a clip; `events` leaves out the model's private classes."),
        .value("pre_roll_s", \.preRollSeconds, .number(in: 0...60))
            .help("Audio kept before the onset, in seconds."),
        .value("post_roll_s", \.postRollSeconds, .number(in: 0...60))
            .help("Audio kept after the offset, in seconds."),
        .value("max_length_s", \.maxLengthSeconds, .number(in: 1...600))
            .help("The longest clip, in seconds; a longer event keeps its beginning."),
        .value("format", \.format, .choice)
            .help("The file format of clips, with 16 or 24 bits per sample."),
        .optional("max_days", \.maxDays, .wholeNumber(in: 1...36_500), word: "forever")
            .help("How long clips are kept, in days."),
        .value("max_size", \.maxSizeBytes, .byteCount(atLeast: 1_000_000))
            .help("The total size of all clips; above it the oldest are removed."),
        .value("min_free", \.minFreeBytes, .byteCount(atLeast: 0))
            .help(
                "Disk space that stays free; below it the oldest clips are removed and no new ones are written."
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
        .optional("keep", \.keep, .flag, unsaid: "as `clips.keep` says")
            .help("Whether events of the class get a clip; `clips.keep: none` overrides it."),
        .optional(
            "max_days",
            \.maxDays,
            .wholeNumber(in: 1...36_500),
            unsaid: "as `clips.max_days` says"
        )
        .help("How long clips of the class are kept, in days."),
        .optional("max_size", \.maxSizeBytes, .byteCount(atLeast: 0), unsaid: "no separate limit")
            .help("The total size of the class's clips; above it the oldest are removed."),
    ])
}
