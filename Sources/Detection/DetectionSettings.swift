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
