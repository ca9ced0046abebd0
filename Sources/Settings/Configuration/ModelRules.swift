/// What the configuration needs to know of a model: its name, its classes and its own rules.
package struct ModelRules: Sendable {
    /// The name under which events refer to the model.
    package var name: String
    /// What the model says of all its classes.
    package var rule: ClassRuleOverlay
    /// What the model says of single classes.
    package var classes: [String: ClassRuleOverlay]
    /// The names of the model's classes.
    package var classNames: [String]

    /// Creates the value from its parts.
    package init(
        name: String,
        rule: ClassRuleOverlay = ClassRuleOverlay(),
        classes: [String: ClassRuleOverlay] = [:],
        classNames: [String]
    ) {
        self.name = name
        self.rule = rule
        self.classes = classes
        self.classNames = classNames
    }
}
