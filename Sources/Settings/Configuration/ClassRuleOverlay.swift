package import Detection

/// A file's rule for one class; nil: not set.
///
/// A model states such overlays for its classes, the configuration for single classes or for all,
/// and each lies over the one before.
package struct ClassRuleOverlay: Equatable, Sendable {
    /// Whether the class is reported.
    package var isEnabled: Bool?
    /// How the scores of several windows become the smoothed score.
    package var smoothing: WindowSmoothing?
    /// The smoothed score at which an event opens.
    package var on: Float?
    /// The smoothed score under which it closes.
    package var off: Float?
    /// Events shorter than this are dropped, in seconds.
    package var minDurationSeconds: Double?
    /// Sounds of the class closer than this become one event, in seconds.
    package var mergeGapSeconds: Double?
    /// How many of the last smoothed scores must have reached `on`.
    package var confirmation: WindowConfirmation?
    /// An event is ended when it has lasted this long, in seconds; `.some(nil)`: never.
    package var maxDurationSeconds: Double??
    /// How long after the end of an event no other begins, in seconds.
    package var coolDownSeconds: Double?
    /// The classes that suppress this one.
    package var suppressedBy: Set<String>?

    /// Creates the overlay that changes nothing.
    package init() {}

    /// Lays what this overlay says over a rule.
    ///
    /// An overlay that moves `on` without a word about `off` moves `off` in proportion, so that
    /// the rule keeps its hysteresis and `off` never comes to lie above `on`.
    package func applied(to rule: ClassRule) -> ClassRule {
        var result = rule
        result.isEnabled = isEnabled ?? rule.isEnabled
        result.minDurationSeconds = minDurationSeconds ?? rule.minDurationSeconds
        result.mergeGapSeconds = mergeGapSeconds ?? rule.mergeGapSeconds
        result.maxDurationSeconds = maxDurationSeconds ?? rule.maxDurationSeconds
        result.coolDownSeconds = coolDownSeconds ?? rule.coolDownSeconds
        result.suppressedBy = suppressedBy ?? rule.suppressedBy
        if let smoothing {
            result.smoothing = smoothing.kind
            result.smoothingWindows = smoothing.windows
        }
        if let confirmation {
            result.confirmationHits = confirmation.hits
            result.confirmationWindows = confirmation.windows
        }
        if let on {
            result.on = on
            result.off = rule.on > 0 ? min(on, rule.off * on / rule.on) : 0
        }
        if let off {
            result.off = min(off, result.on)
        }
        return result
    }
}

extension ClassRuleOverlay {
    /// The keys of a class's rule, the same in the configuration and in a model's `model.yaml`.
    package static let settings = SettingsTable<ClassRuleOverlay>([
        .optional("enabled", \.isEnabled, .flag, unsaid: "the model's, else true")
            .help("Whether the class is reported at all."),
        .optional("smoothing", \.smoothing, .windowSmoothing, unsaid: "the model's, else 3")
            .help(
                "How the last windows' scores are combined before the comparison with `on` and `off`."
            ),
        .optional("on", \.on, .number(in: 0...1), unsaid: "the model's, else 0.8")
            .help("The smoothed score at which an event opens."),
        .optional("off", \.off, .number(in: 0...1), unsaid: "follows `on` in proportion")
            .help("The smoothed score under which an event closes, at most `on`."),
        .optional(
            "min_duration_s",
            \.minDurationSeconds,
            .number(in: 0...3_600),
            unsaid: "the model's, else 0.1"
        )
        .help("Events shorter than this are dropped, in seconds."),
        .optional(
            "merge_gap_s",
            \.mergeGapSeconds,
            .number(in: 0...3_600),
            unsaid: "the model's, else 1"
        )
        .help("Events of one class closer than this become one event, in seconds."),
        .optional(
            "confirmation",
            \.confirmation,
            .windowConfirmation,
            unsaid: "the model's, else 1 of 1"
        )
        .help("How many of the last smoothed scores must have reached `on` before an event opens."),
        .optional(
            "max_duration_s",
            \.maxDurationSeconds,
            ValueForm<Double>.number(in: 1...86_400).or("off"),
            unsaid: "the model's, else off"
        )
        .help("The longest event, in seconds; a longer sound becomes several events."),
        .optional(
            "cool_down_s",
            \.coolDownSeconds,
            .number(in: 0...86_400),
            unsaid: "the model's, else 0"
        )
        .help("The shortest pause between two events of the class, in seconds."),
        .optional("suppressed_by", \.suppressedBy, .names, unsaid: "the model's, else []")
            .help("The classes that suppress this one: while one of them is on, this one is not."),
    ])

    /// The problem of an overlay that contradicts itself; nil if there is none.
    ///
    /// - Returns: The key at fault, what it has and what is allowed.
    package func contradiction() -> (key: String, found: String, allowed: String)? {
        guard let on, let off, off > on else { return nil }
        return ("off", off.settingText, "at most 'on', which is \(on.settingText)")
    }
}

/// How the scores of several windows become one, as a file states it: `3` or `median 5`.
package struct WindowSmoothing: Equatable, Sendable {
    /// What is made of the scores.
    package var kind: ScoreSmoothing
    /// The number of windows.
    package var windows: Int

    /// Creates the value from its parts.
    package init(kind: ScoreSmoothing = .mean, windows: Int) {
        self.kind = kind
        self.windows = windows
    }
}

extension ValueForm where Value == WindowSmoothing {
    /// A number of windows, alone or after the name of what is made of them.
    static var windowSmoothing: ValueForm {
        ValueForm(
            allowed: "a number of windows from 1 to 64, alone or after mean, median or exponential",
            read: { node in
                let words = (node.plainText ?? "").split(separator: " ").map(String.init)
                guard let number = words.last.flatMap(Int.init), (1...64).contains(number) else {
                    return nil
                }
                switch words.count {
                case 1: return WindowSmoothing(windows: number)
                case 2:
                    return ScoreSmoothing(rawValue: words[0])
                        .map { WindowSmoothing(kind: $0, windows: number) }
                default: return nil
                }
            },
            write: { smoothing in
                smoothing.kind == .mean
                    ? "\(smoothing.windows)" : "\(smoothing.kind.rawValue) \(smoothing.windows)"
            }
        )
    }
}

/// How many windows must agree before an event opens, as a file states it: `2 of 3`.
package struct WindowConfirmation: Equatable, Sendable {
    /// How many of the windows must have reached `on`.
    package var hits: Int
    /// The number of windows that are looked at.
    package var windows: Int

    /// Creates the value from its parts.
    package init(hits: Int, windows: Int) {
        self.hits = hits
        self.windows = windows
    }
}

extension ValueForm where Value == WindowConfirmation {
    /// `K of N`.
    static var windowConfirmation: ValueForm {
        ValueForm(
            allowed: "'K of N' windows such as 2 of 3, K at most N, N at most 64",
            read: { node in
                let words = (node.plainText ?? "").split(separator: " ")
                guard words.count == 3, words[1] == "of", let hits = Int(words[0]),
                    let windows = Int(words[2]), (1...64).contains(windows),
                    (1...windows).contains(hits)
                else { return nil }
                return WindowConfirmation(hits: hits, windows: windows)
            },
            write: { "\($0.hits) of \($0.windows)" }
        )
    }
}

/// What is set for classes in `overrides.yaml`, by class name.
package struct ClassOverrides: Equatable, Sendable {
    /// The smoothed score at which an event opens, 0...1.
    package internal(set) var thresholds: [String: Float] = [:]
    /// Whether events of the class are reported.
    package internal(set) var reported: [String: Bool] = [:]

    /// The keys of the file, and of each model's section in it.
    static let settings = SettingsTable<ClassOverrides>([
        .namedValues("thresholds", \.thresholds, .number(in: 0...1)),
        .namedValues("reported", \.reported, .flag),
    ])

    /// Whether nothing is set.
    var isEmpty: Bool { thresholds.isEmpty && reported.isEmpty }

    /// The keys of what is set for some classes, such as `thresholds.rain`.
    func keys(ofClasses isMeant: (String) -> Bool) -> [String] {
        thresholds.keys.filter(isMeant).map { "thresholds.\($0)" }
            + reported.keys.filter(isMeant).map { "reported.\($0)" }
    }

    /// What is set for a class.
    func change(of className: String) -> ClassChange {
        ClassChange(on: thresholds[className], isReported: reported[className])
    }

    /// Lays what a change says over what is set for a class.
    mutating func set(_ change: ClassChange, of className: String) {
        if let on = change.on { thresholds[className] = on }
        if let isReported = change.isReported { reported[className] = isReported }
    }

    /// Forgets of what is set for a class that which a change says anew.
    mutating func forget(_ change: ClassChange, of className: String) {
        if change.on != nil { thresholds[className] = nil }
        if change.isReported != nil { reported[className] = nil }
    }

    /// Forgets what is set for a class, and gives it back.
    @discardableResult
    mutating func remove(_ className: String) -> ClassChange {
        ClassChange(
            on: thresholds.removeValue(forKey: className),
            isReported: reported.removeValue(forKey: className)
        )
    }
}

/// What is set for a class; nil: not set.
package struct ClassChange: Equatable, Sendable {
    /// The smoothed score at which an event opens, 0...1.
    package var on: Float?
    /// Whether events of the class are reported.
    package var isReported: Bool?

    /// Joins the two.
    package init(on: Float? = nil, isReported: Bool? = nil) {
        self.on = on
        self.isReported = isReported
    }

    /// The same, with another's values where this one has none.
    func filled(from other: ClassChange) -> ClassChange {
        ClassChange(on: on ?? other.on, isReported: isReported ?? other.isReported)
    }
}
