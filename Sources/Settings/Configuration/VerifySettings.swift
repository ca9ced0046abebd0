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
