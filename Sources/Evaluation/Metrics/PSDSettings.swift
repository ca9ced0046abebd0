/// The parameters of the polyphonic sound detection score.
package struct PSDSettings: Equatable, Sendable {
    /// Detection tolerance: the share of a detection that must lie in annotated sound.
    package var detectionTolerance: Double
    /// Ground truth intersection: the share of an annotated sound that must be covered.
    package var referenceIntersection: Double
    /// Cross-trigger tolerance: the share of a false detection in sound of another class.
    package var crossTriggerTolerance: Double
    /// The weight of detections in sound of another class.
    package var crossTriggerWeight: Double
    /// The weight of the deviation between classes.
    package var instabilityWeight: Double
    /// The effective false positives an hour up to which the curve counts.
    package var maximumRatePerHour: Double

    /// Creates settings from their parts.
    package init(
        detectionTolerance: Double,
        referenceIntersection: Double,
        crossTriggerTolerance: Double,
        crossTriggerWeight: Double,
        instabilityWeight: Double,
        maximumRatePerHour: Double
    ) {
        self.detectionTolerance = detectionTolerance
        self.referenceIntersection = referenceIntersection
        self.crossTriggerTolerance = crossTriggerTolerance
        self.crossTriggerWeight = crossTriggerWeight
        self.instabilityWeight = instabilityWeight
        self.maximumRatePerHour = maximumRatePerHour
    }

    /// DCASE's first scenario: quick reaction, times that are right.
    package static let scenario1 = PSDSettings(
        detectionTolerance: 0.7,
        referenceIntersection: 0.7,
        crossTriggerTolerance: 0.3,
        crossTriggerWeight: 0,
        instabilityWeight: 1,
        maximumRatePerHour: 100
    )

    /// DCASE's second scenario: the right class, whatever the times.
    package static let scenario2 = PSDSettings(
        detectionTolerance: 0.1,
        referenceIntersection: 0.1,
        crossTriggerTolerance: 0.3,
        crossTriggerWeight: 0.5,
        instabilityWeight: 1,
        maximumRatePerHour: 100
    )
}
