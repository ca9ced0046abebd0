/// The thresholds that were set for the classes of one model: a section of `overrides.yaml`.
package struct ModelThresholds: Equatable, Sendable {
    /// The smoothed score at which an event opens, 0...1, by class name.
    package var thresholds: [String: Float] = [:]

    /// Creates the section; without anything, one that changes nothing.
    package init(thresholds: [String: Float] = [:]) {
        self.thresholds = thresholds
    }

    static let settings = SettingsTable<ModelThresholds>([
        .namedValues(
            "thresholds",
            \.thresholds,
            .number(in: 0...1),
            "The smoothed score at which an event of the class of this model opens."
        )
    ])
}
