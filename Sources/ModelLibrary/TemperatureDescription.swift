/// What `model.yaml` says of the calibration of all classes: the section `calibration`.
package struct TemperatureDescription: Equatable, Sendable {
    /// What all logits are divided by, above 0.
    package var temperature: Float = 1

    /// Creates the description that changes nothing.
    package init() {}
}
