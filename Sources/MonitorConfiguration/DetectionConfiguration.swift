package import Detection
package import SettingsSchema

/// The section `detection`: what the configuration says over the model's own rules.
package struct DetectionConfiguration: Equatable, Sendable {
    /// The step between two windows' scores, in seconds.
    package var hopSeconds = DetectionSettings().hopSeconds
    /// Whether a sound of no known class is an event.
    package var reportsUnknown = false
    /// Whether windows that the model finds too unfamiliar are of no known class.
    package var rejectsUnfamiliar = true
    /// What holds for every class.
    package var rule = ClassRuleOverlay()
    /// What holds for single classes, by class name.
    package var classes: [String: ClassRuleOverlay] = [:]

    /// Creates the section with its defaults.
    package init() {}

    /// The rules that are in force for a model.
    ///
    /// The built-in rule comes first; over it, each stronger than the one before: the model's rule
    /// for all classes, the model's for the class, the configuration's for all classes, the
    /// configuration's for the class, and the threshold set by `earwitness thresholds`.
    ///
    /// - Parameters:
    ///   - modelRule: What the model says of all its classes.
    ///   - modelClasses: What the model says of single classes.
    ///   - classNames: The names of the model's classes.
    ///   - thresholds: The values set by `earwitness thresholds`, by class name.
    /// - Returns: A complete rule for every class.
    package func settings(
        modelRule: ClassRuleOverlay,
        modelClasses: [String: ClassRuleOverlay],
        classNames: [String],
        thresholds: [String: Float]
    ) -> DetectionSettings {
        var settings = DetectionSettings()
        settings.hopSeconds = hopSeconds
        settings.defaults = rule.applied(to: modelRule.applied(to: ClassRule()))
        for name in classNames {
            var threshold = ClassRuleOverlay()
            threshold.on = thresholds[name]
            let layers = [modelRule, modelClasses[name], rule, classes[name], threshold]
            settings.classes[name] = layers.compactMap(\.self)
                .reduce(ClassRule()) { $1.applied(to: $0) }
        }
        return settings
    }
}
