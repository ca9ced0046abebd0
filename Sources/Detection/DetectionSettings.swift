/// When scores become an event.
///
/// The section `detection` of the configuration.
package struct DetectionSettings: Equatable, Sendable {
    /// The step between two windows' scores, in seconds; rounded to whole hops of the model.
    package var hopSeconds: Double = 0.24
    /// The rule for every class that has none of its own, already overlaid by the model's own.
    package var defaults = ClassRule()
    /// The rules of single classes, by class name, complete in themselves.
    package var classes: [String: ClassRule] = [:]

    /// Creates the default settings.
    package init() {}

    /// The rule for the class of the given name.
    package func rule(for className: String) -> ClassRule {
        classes[className] ?? defaults
    }
}
