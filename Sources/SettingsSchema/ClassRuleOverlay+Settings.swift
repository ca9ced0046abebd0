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
            \.smoothingWindows,
            .wholeNumber(in: 1...100),
            unsaid: "the model's, else 3",
            "The number of windows whose mean is the score that is compared with `on` and `off`."
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
    ])

    /// The problem of an overlay that contradicts itself; nil if there is none.
    ///
    /// - Returns: The key at fault, what it has and what is allowed.
    package func contradiction() -> (key: String, found: String, allowed: String)? {
        guard let on, let off, off > on else { return nil }
        return ("off", off.settingText, "at most 'on', which is \(on.settingText)")
    }
}
