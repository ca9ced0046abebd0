package import Detection

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
    /// What holds for single models, by the model's name.
    package var models: [String: ModelDetection] = [:]

    /// Creates the section with its defaults.
    package init() {}

    /// The rules that are in force for a model.
    ///
    /// The built-in rule comes first; over it, each stronger than the one before: the model's rule
    /// for all classes, the model's for the class; then the configuration's for all classes, for all
    /// classes of the model, for the class in any model, and for the class of the model; and the
    /// threshold set by `earwitness thresholds`.
    ///
    /// - Parameters:
    ///   - model: The model, with what it says itself.
    ///   - thresholds: The values set by `earwitness thresholds`.
    /// - Returns: A complete rule for every class.
    package func settings(
        for model: ModelRules,
        thresholds: ThresholdOverrides = ThresholdOverrides()
    ) -> DetectionSettings {
        let own = models[model.name] ?? ModelDetection()
        var settings = DetectionSettings()
        settings.hopSeconds = own.hopSeconds ?? hopSeconds
        settings.defaults = [model.rule, rule, own.rule].reduce(ClassRule()) { $1.applied(to: $0) }
        for name in model.classNames {
            var threshold = ClassRuleOverlay()
            threshold.on = thresholds.threshold(of: name, in: model.name)
            let layers = [
                model.rule, model.classes[name], rule, own.rule, classes[name], own.classes[name],
                threshold,
            ]
            settings.classes[name] = layers.compactMap(\.self)
                .reduce(ClassRule()) { $1.applied(to: $0) }
        }
        return settings
    }
}

/// What the configuration says of one model's scores: a section of `detection.models`.
package struct ModelDetection: Equatable, Sendable {
    /// The step between two windows' scores, in seconds; nil: as for all models.
    package var hopSeconds: Double?
    /// What holds for every class of the model.
    package var rule = ClassRuleOverlay()
    /// What holds for single classes of the model, by class name.
    package var classes: [String: ClassRuleOverlay] = [:]

    /// Creates the section that says nothing.
    package init() {}

    /// The keys of the section.
    package static let settings = SettingsTable<ModelDetection>(
        [
            .optional(
                "hop_s",
                \.hopSeconds,
                .number(in: 0.01...10),
                unsaid: "detection.hop_s",
                appliesLive: false,
                "The step between two windows' scores of this model, in seconds."
            )
        ] + SettingsRow.inline(\.rule, ClassRuleOverlay.settings) + [
            .named(
                "classes",
                \.classes,
                of: ClassRuleOverlay.settings,
                startingFrom: ClassRuleOverlay()
            )
        ]
    )
}

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
