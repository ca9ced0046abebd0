/// When scores become an event.
///
/// The section `detection` of the configuration.
package struct DetectionSettings: Equatable, Sendable {
    /// The step between two windows' scores, in seconds; rounded to whole hops of the model.
    package var hopSeconds: Double = 0.24
    /// The default rule, already overlaid by the model's.
    package var defaults = ClassRule()
    /// The rules of single classes, by class name, complete in themselves.
    package var classes: [String: ClassRule] = [:]

    /// The classes that only collect other sounds: never events, and not among what is known.
    package var collectors: Set<String> = []
    /// Windows below this familiarity count as no known class; nil: no rejection.
    package var leastFamiliarity: Float?
    /// Whether a sound of no known class is an event of the class ``unknownClassName``.
    package var reportsUnknown = false

    /// The name of the class of sounds of no known class.
    package static let unknownClassName = "unknown"

    /// Creates the default settings.
    package init() {}

    /// Whether sounds of a class become events at all.
    package func reports(_ className: String) -> Bool {
        let isAskedFor =
            className == Self.unknownClassName ? reportsUnknown : !collectors.contains(className)
        return isAskedFor && rule(for: className).isEnabled
    }

    /// Whether the rule of a class decides if sounds of it become events.
    package func canSwitch(_ className: String) -> Bool {
        className != Self.unknownClassName || reportsUnknown
    }

    /// Whether a window of the given familiarity may be of a known class.
    package func isFamiliar(_ familiarity: Float?) -> Bool {
        guard let familiarity, let least = leastFamiliarity else { return true }
        return familiarity >= least
    }

    /// The rule for the class of the given name.
    package func rule(for className: String) -> ClassRule {
        classes[className] ?? defaults
    }
}

extension DetectionSettings {
    /// Checks that the settings make sense together.
    ///
    /// - Throws: The first thing that does not, as one line.
    package func validate() throws(InvalidDetectionSetting) {
        try Self.check("hop_s", hopSeconds, isIn: 0.01...10)
        try defaults.validate(as: "detection")
        if let least = leastFamiliarity, !least.isFinite {
            throw InvalidDetectionSetting(
                key: "open_set.threshold",
                found: "\(least)",
                allowed: "a finite number"
            )
        }
        for (name, rule) in classes.sorted(by: { $0.key < $1.key }) {
            try rule.validate(as: "detection.classes.\(name)")
            for other in rule.suppressedBy.sorted() {
                guard other != name, !self.rule(for: other).suppressedBy.contains(name) else {
                    throw InvalidDetectionSetting(
                        key: "detection.classes.\(name).suppressed_by",
                        found: other,
                        allowed: "classes that are not themselves suppressed by '\(name)'"
                    )
                }
            }
        }
    }

    private static func check(
        _ key: String,
        _ value: Double,
        isIn range: ClosedRange<Double>
    )
        throws(InvalidDetectionSetting)
    {
        guard range.contains(value) else {
            throw InvalidDetectionSetting(
                key: "detection.\(key)",
                found: "\(value)",
                allowed: "\(range.lowerBound) to \(range.upperBound)"
            )
        }
    }
}

/// A setting of the gate or of the event decision that cannot be used.
package struct InvalidDetectionSetting: Error, Equatable, Sendable, CustomStringConvertible {
    /// The setting, as the configuration names it.
    package var key: String
    /// What it is set to.
    package var found: String
    /// What it may be set to.
    package var allowed: String

    /// One line: which setting, what it is, what it may be.
    package var description: String {
        "\(key) is \(found); it must be \(allowed)."
    }
}

/// How the scores of several windows become one.
package enum ScoreSmoothing: String, Equatable, Sendable, CaseIterable, Codable {
    /// The mean of the last windows ("soft voting").
    case mean
    /// The median of the last windows; with an even number, the mean of the middle two.
    case median
    /// An exponential mean with the centre of gravity of that many windows: α = 2 / (N + 1).
    case exponential
}

/// Rules as they are stored beside the scores that they judged, under the names of the configuration.
extension ClassRule: Codable {
    private enum CodingKeys: String, CodingKey {
        case isEnabled = "enabled"
        case smoothing = "smoothing_kind"
        case smoothingWindows = "smoothing"
        case on, off
        case minDurationSeconds = "min_duration_s"
        case mergeGapSeconds = "merge_gap_s"
        case confirmationHits = "confirmation_hits"
        case confirmationWindows = "confirmation_windows"
        case maxDurationSeconds = "max_duration_s"
        case coolDownSeconds = "cool_down_s"
        case suppressedBy = "suppressed_by"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        isEnabled = try values.decode(Bool.self, forKey: .isEnabled)
        smoothing = try values.decode(ScoreSmoothing.self, forKey: .smoothing)
        smoothingWindows = try values.decode(Int.self, forKey: .smoothingWindows)
        on = try values.decode(Float.self, forKey: .on)
        off = try values.decode(Float.self, forKey: .off)
        minDurationSeconds = try values.decode(Double.self, forKey: .minDurationSeconds)
        mergeGapSeconds = try values.decode(Double.self, forKey: .mergeGapSeconds)
        confirmationHits = try values.decode(Int.self, forKey: .confirmationHits)
        confirmationWindows = try values.decode(Int.self, forKey: .confirmationWindows)
        maxDurationSeconds = try values.decodeIfPresent(Double.self, forKey: .maxDurationSeconds)
        coolDownSeconds = try values.decode(Double.self, forKey: .coolDownSeconds)
        suppressedBy = try values.decode(Set<String>.self, forKey: .suppressedBy)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(isEnabled, forKey: .isEnabled)
        try values.encode(smoothing, forKey: .smoothing)
        try values.encode(smoothingWindows, forKey: .smoothingWindows)
        try values.encode(on, forKey: .on)
        try values.encode(off, forKey: .off)
        try values.encode(minDurationSeconds, forKey: .minDurationSeconds)
        try values.encode(mergeGapSeconds, forKey: .mergeGapSeconds)
        try values.encode(confirmationHits, forKey: .confirmationHits)
        try values.encode(confirmationWindows, forKey: .confirmationWindows)
        try values.encodeIfPresent(maxDurationSeconds, forKey: .maxDurationSeconds)
        try values.encode(coolDownSeconds, forKey: .coolDownSeconds)
        try values.encode(suppressedBy.sorted(), forKey: .suppressedBy)
    }
}

extension DetectionSettings: Codable {
    private enum CodingKeys: String, CodingKey {
        case hopSeconds = "hop_s"
        case defaults, classes, collectors
        case leastFamiliarity = "least_familiarity"
        case reportsUnknown = "report_unknown"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        hopSeconds = try values.decode(Double.self, forKey: .hopSeconds)
        defaults = try values.decode(ClassRule.self, forKey: .defaults)
        classes = try values.decode([String: ClassRule].self, forKey: .classes)
        collectors = try values.decode(Set<String>.self, forKey: .collectors)
        leastFamiliarity = try values.decodeIfPresent(Float.self, forKey: .leastFamiliarity)
        reportsUnknown = try values.decode(Bool.self, forKey: .reportsUnknown)
    }

    /// Writes the same text for the same settings; classes of the default rule are left out.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(hopSeconds, forKey: .hopSeconds)
        try values.encode(defaults, forKey: .defaults)
        try values.encode(classes.filter { $0.value != defaults }, forKey: .classes)
        try values.encode(collectors.sorted(), forKey: .collectors)
        try values.encodeIfPresent(leastFamiliarity, forKey: .leastFamiliarity)
        try values.encode(reportsUnknown, forKey: .reportsUnknown)
    }
}
