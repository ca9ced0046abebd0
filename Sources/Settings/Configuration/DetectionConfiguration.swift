package import Detection

/// Rules on two levels: for all classes, and for single ones.
package struct ClassRules: Equatable, Sendable {
    /// The rule for all classes.
    package var all: ClassRuleOverlay
    /// The rules for single classes, by class name.
    package var classes: [String: ClassRuleOverlay]

    /// Creates the rules; without anything, those that change nothing.
    package init(
        all: ClassRuleOverlay = ClassRuleOverlay(),
        classes: [String: ClassRuleOverlay] = [:]
    ) {
        self.all = all
        self.classes = classes
    }

    /// The keys of a section with such rules.
    static let settings = SettingsTable<ClassRules>(
        SettingsRow.inline(\.all, ClassRuleOverlay.settings) + [
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
    /// What the model itself says.
    package var rules: ClassRules
    /// The names of the model's classes.
    package var classNames: [String]
    /// The step between two scores that the model asks for, in seconds; nil: the usual one.
    package var hopSeconds: Double?

    /// Creates the value from its parts.
    package init(
        name: String,
        rules: ClassRules = ClassRules(),
        classNames: [String],
        hopSeconds: Double? = nil
    ) {
        self.name = name
        self.rules = rules
        self.classNames = classNames
        self.hopSeconds = hopSeconds
    }
}

/// What the configuration says of one model's scores: a section of `detection.models`.
package struct ModelDetection: Equatable, Sendable {
    /// The step between two scores, in seconds; nil: as for all models.
    package var hopSeconds: Double?
    /// The rules for the model's classes.
    package var rules = ClassRules()

    /// The keys of the section.
    static let settings = SettingsTable<ModelDetection>(
        [
            .optional(
                "hop_s",
                \.hopSeconds,
                .number(in: 0.01...10),
                unsaid: "detection.hop_s",
                appliesLive: false
            )
            .help("The step between two scores of this model, in seconds.")
        ] + SettingsRow.inline(\.rules, ClassRules.settings)
    )
}

/// The section `detection`: what the configuration says over the models' own rules.
package struct DetectionConfiguration: Equatable, Sendable {
    /// The step between two scores, in seconds; nil: the model's, else the built-in one.
    package var hopSeconds: Double?
    /// Whether a sound of no known class becomes an event.
    package var reportsUnknown = false
    /// Whether windows that the model finds too unfamiliar count as no known class.
    package var rejectsUnfamiliar = true
    /// The rules for the classes of all models.
    package var rules = ClassRules()
    /// The model that is asked before an event opens.
    package var verify = VerifySettings()
    /// What holds for single models, by the model's name.
    package var models: [String: ModelDetection] = [:]

    /// Creates the section with its defaults.
    package init() {}

    /// The keys of the section.
    static let settings = SettingsTable<DetectionConfiguration>(
        [
            .optional(
                "hop_s",
                \.hopSeconds,
                .number(in: 0.01...10),
                unsaid: "the model's, else 0.24",
                appliesLive: false
            )
            .help(
                "The step between two scores, in seconds; rounded to the model's frames."
            ),
            .value("unknown", \.reportsUnknown, .onOff)
                .help("Whether a sound of no known class becomes an event of the class `unknown`."),
            .value("rejection", \.rejectsUnfamiliar, .onOff)
                .help(
                    "Whether windows that the model finds too unfamiliar (its `open_set`) count as no known class."
                ),
        ] + SettingsRow.inline(\.rules, ClassRules.settings) + [
            .section("verify", \.verify, VerifySettings.settings),
            .named(
                "models",
                \.models,
                of: ModelDetection.settings,
                startingFrom: ModelDetection()
            ),
        ]
    )

    /// The rules that are in force for a model.
    ///
    /// Over the built-in rule lie, each stronger than the one before: the model's rules, for all
    /// classes and for the class; the user's for all classes, first those for every model; the
    /// user's for the class, likewise; and the threshold set by `earwitness thresholds`.
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
        let user = [rules, own.rules]
        var settings = DetectionSettings()
        settings.hopSeconds =
            own.hopSeconds ?? hopSeconds ?? model.hopSeconds ?? settings.hopSeconds
        settings.defaults = ([model.rules.all] + user.map(\.all)).applied
        for name in model.classNames {
            var threshold = ClassRuleOverlay()
            let set = thresholds.change(of: name, in: model.name)
            threshold.on = set.on
            threshold.isEnabled = set.isReported
            let overlays =
                [model.rules.all, model.rules.classes[name]] + user.map(\.all)
                + user.map { $0.classes[name] } + [threshold]
            settings.classes[name] = overlays.compactMap(\.self).applied
        }
        return settings
    }
}

extension [ClassRuleOverlay] {
    /// The built-in rule with these laid over it, the last one on top.
    fileprivate var applied: ClassRule { reduce(ClassRule()) { $1.applied(to: $0) } }
}

/// The section `detection.verify`: the model that is asked before an event of another opens.
package struct VerifySettings: Equatable, Sendable {
    /// The model's name or the path of its folder; nil: none is asked.
    package var model: String?
    /// The score with which it agrees; nil: the class's `on` in that model.
    package var threshold: Float?
    /// Which class of that model stands for a class; others are compared by name.
    package var classes: [String: String] = [:]

    /// Creates the section with its defaults.
    package init() {}

    /// The keys of the section.
    static let settings = SettingsTable<VerifySettings>([
        .optional(
            "model",
            \.model,
            .text("a model's name or the path of its folder"),
            word: "none",
            appliesLive: false
        )
        .help("A second model; an event of another one opens only if it agrees."),
        .optional(
            "threshold",
            \.threshold,
            .number(in: 0...1),
            unsaid: "the class's `on` in that model",
            appliesLive: false
        )
        .help("The score with which the second model agrees."),
        .namedValues("classes", \.classes, .name),
    ])
}
