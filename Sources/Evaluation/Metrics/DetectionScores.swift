/// Tallies over all classes and of each class.
package struct DetectionScores: Equatable, Sendable {
    /// Over all classes, where a detection of the wrong class can be a substitution.
    package var overall = DetectionTally()
    /// Of each class for itself, by its name.
    package var byClass: [String: DetectionTally]

    /// Creates scores of nothing.
    package init(classNames: [String]) {
        byClass = Dictionary(
            classNames.map { ($0, DetectionTally()) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The mean of the classes' F1, over the classes of which the reference has any.
    package var macroF1: Double? { Self.mean(byClass.values.compactMap(\.f1)) }

    /// The mean of the classes' error rates, over the classes of which the reference has any.
    package var macroErrorRate: Double? { Self.mean(byClass.values.compactMap(\.errorRate)) }

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}
