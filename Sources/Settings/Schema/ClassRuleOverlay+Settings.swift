extension ClassRuleOverlay {
    /// The keys of a class's rule, the same in the configuration and in a model's `model.yaml`.
    package static let settings = SettingsTable<ClassRuleOverlay>([
        .optional(
            "enabled",
            \.isEnabled,
            .flag,
            unsaid: "the model's, else true",
            "Whether the class is reported at all."
        ),
        .optional(
            "smoothing",
            \.smoothing,
            .windowSmoothing,
            unsaid: "the model's, else 3",
            "How the scores of the last windows become the one compared with `on` and `off`."
        ),
        .optional(
            "on",
            \.on,
            .number(in: 0...1),
            unsaid: "the model's, else 0.8",
            "The smoothed score at which an event opens."
        ),
        .optional(
            "off",
            \.off,
            .number(in: 0...1),
            unsaid: "follows `on` in proportion",
            "The smoothed score under which an event closes, at most `on`."
        ),
        .optional(
            "min_duration_s",
            \.minDurationSeconds,
            .number(in: 0...3_600),
            unsaid: "the model's, else 0.1",
            "Events shorter than this are dropped, in seconds."
        ),
        .optional(
            "merge_gap_s",
            \.mergeGapSeconds,
            .number(in: 0...3_600),
            unsaid: "the model's, else 1",
            "Sounds of one class that are nearer than this become one event, in seconds."
        ),
        .optional(
            "confirmation",
            \.confirmation,
            .windowConfirmation,
            unsaid: "the model's, else 1 of 1",
            "How many of the last smoothed scores must have reached `on` before an event opens."
        ),
        .optional(
            "max_duration_s",
            \.maxDurationSeconds,
            ValueForm<Double>.number(in: 1...86_400).or("off"),
            unsaid: "the model's, else off",
            "An event that has lasted this long is ended and the next one begun, in seconds."
        ),
        .optional(
            "cool_down_s",
            \.coolDownSeconds,
            .number(in: 0...86_400),
            unsaid: "the model's, else 0",
            "How long after the end of an event no other of the class begins, in seconds."
        ),
        .optional(
            "suppressed_by",
            \.suppressedBy,
            .names,
            unsaid: "the model's, else []",
            "The classes that suppress this one: while one of them is on, this one is not."
        ),
    ])

    /// The problem of an overlay that contradicts itself; nil if there is none.
    ///
    /// - Returns: The key at fault, what it has and what is allowed.
    package func contradiction() -> (key: String, found: String, allowed: String)? {
        guard let on, let off, off > on else { return nil }
        return ("off", off.settingText, "at most 'on', which is \(on.settingText)")
    }
}
