package import LogMelFeatures
package import SettingsSchema

/// The content of a model's `model.yaml`.
package struct ModelDescription: Equatable, Sendable {
    /// The name under which events refer to the model, such as `household-1`.
    package var name = ""
    /// The version of the model.
    package var version = ""
    /// What the model is for, in a sentence or a few.
    package var summary = ""
    /// What the network computes from sound.
    package var frontEnd = FrontEnd()
    /// The network's names and sizes.
    package var network = NetworkDescription()
    /// How scores become events, for all classes.
    package var rule = ClassRuleOverlay()
    /// The classes in the order of the network's scores.
    package var classes: [SoundClass] = []
    /// Where the model came from.
    package var provenance = ModelProvenance()
    /// How well it does.
    package var metrics: [ModelMetric] = []

    /// Creates the description of nothing.
    package init() {}

    /// What the model says of single classes, by class name; a class that is not reported is off.
    package var classRules: [String: ClassRuleOverlay] {
        var rules: [String: ClassRuleOverlay] = [:]
        for soundClass in classes {
            rules[soundClass.name] = soundClass.rule
            if !soundClass.isReported {
                rules[soundClass.name]?.isEnabled = false
            }
        }
        return rules
    }
}
