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
