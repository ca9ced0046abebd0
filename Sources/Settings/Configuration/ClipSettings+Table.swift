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
