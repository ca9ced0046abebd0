/// How one class's scores become events.
package struct ClassRule: Equatable, Sendable {
    /// Whether the class is reported at all.
    package var isEnabled = true
    /// How the scores of several windows become the smoothed score.
    package var smoothing = ScoreSmoothing.mean
    /// The number of windows that are smoothed over, 1...64.
    package var smoothingWindows = 3
    /// The smoothed score at which an event opens, 0...1.
    package var on: Float = 0.8
    /// The smoothed score under which it closes, 0...1, at most `on`.
    package var off: Float = 0.5
    /// Events shorter than this are dropped, in seconds.
    package var minDurationSeconds: Double = 0.1
    /// Sounds of the class closer than this become one event, in seconds.
    package var mergeGapSeconds: Double = 1
    /// How many of the last ``confirmationWindows`` smoothed scores must have reached ``on``.
    package var confirmationHits = 1
    /// The number of windows in which ``confirmationHits`` are looked for, 1...64.
    package var confirmationWindows = 1
    /// An event is ended when it has lasted this long, in seconds; nil: however long it lasts.
    ///
    /// A continuing sound becomes the next event at once, or after the cool-down.
    package var maxDurationSeconds: Double?
    /// How long after the end of an event no other begins, in seconds.
    package var coolDownSeconds: Double = 0
    /// The classes that suppress this one: while one of them is on, this one is not.
    package var suppressedBy: Set<String> = []

    /// Creates the default rule.
    package init() {}
}

extension ClassRule {
    /// Checks every value of the rule.
    ///
    /// - Parameter section: The rule's section, for the message.
    /// - Throws: The first value that cannot be used, as one line.
    package func validate(as section: String) throws(InvalidDetectionSetting) {
        let windows = 1...ScoreSmoother.capacity
        try require(windows ~= smoothingWindows, section, "smoothing", smoothingWindows) {
            "over 1 to \(ScoreSmoother.capacity) windows"
        }
        try require(0...1 ~= on, section, "on", on) { "0 to 1" }
        try require(0...1 ~= off && off <= on, section, "off", off) { "0 to 'on', \(on)" }
        try require(
            0...3600 ~= minDurationSeconds,
            section,
            "min_duration_s",
            minDurationSeconds
        ) { "0 to 3600" }
        try require(0...3600 ~= mergeGapSeconds, section, "merge_gap_s", mergeGapSeconds) {
            "0 to 3600"
        }
        try require(
            windows ~= confirmationWindows && confirmationHits >= 1
                && confirmationHits <= confirmationWindows,
            section,
            "confirmation",
            "\(confirmationHits) of \(confirmationWindows)"
        ) { "k of n windows, k from 1 to n and n at most \(ScoreSmoother.capacity)" }
        if let longest = maxDurationSeconds {
            try require(
                max(1, minDurationSeconds)...86_400 ~= longest,
                section,
                "max_duration_s",
                longest
            ) { "1 to 86400 and not less than 'min_duration_s', \(minDurationSeconds)" }
        }
        try require(0...86_400 ~= coolDownSeconds, section, "cool_down_s", coolDownSeconds) {
            "0 to 86400"
        }
    }

    private func require(
        _ isValid: Bool,
        _ section: String,
        _ key: String,
        _ found: some CustomStringConvertible,
        allowed: () -> String
    ) throws(InvalidDetectionSetting) {
        guard isValid else {
            throw InvalidDetectionSetting(
                key: "\(section).\(key)",
                found: found.description,
                allowed: allowed()
            )
        }
    }
}

/// The place of a class among a model's classes, in the order of its scores.
///
/// An event may also be of the class after the last, ``DetectionSettings/unknownClassName``.
package struct ClassIndex: Hashable, Strideable, Sendable, ExpressibleByIntegerLiteral {
    /// Counted from 0.
    package let rawValue: Int

    /// Makes the place from its number.
    package init(_ rawValue: Int) {
        self.rawValue = rawValue
    }

    package init(integerLiteral value: Int) {
        self.init(value)
    }

    package func advanced(by count: Int) -> ClassIndex { ClassIndex(rawValue + count) }

    package func distance(to other: ClassIndex) -> Int { other.rawValue - rawValue }

    package static func == (left: ClassIndex, right: ClassIndex) -> Bool {
        left.rawValue == right.rawValue
    }

    package static func < (left: ClassIndex, right: ClassIndex) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension Array {
    /// The classes of an array that has an element for each.
    package var classIndices: Range<ClassIndex> { 0..<ClassIndex(count) }

    /// The element of a class.
    package subscript(index: ClassIndex) -> Element {
        get { self[index.rawValue] }
        _modify { yield &self[index.rawValue] }
    }
}
