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
