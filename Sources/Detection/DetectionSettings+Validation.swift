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
