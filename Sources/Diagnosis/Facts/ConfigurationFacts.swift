/// What is known of the configuration.
package struct ConfigurationFacts: Equatable, Sendable {
    /// Its path.
    package var path: String
    /// Whether the file is there; it need not be.
    package var isThere: Bool
    /// What is wrong with it, a line each.
    package var problems: [String]
    /// What of it, or of the thresholds set by command, has no effect, a line each.
    package var remarks: [String]

    /// Creates the facts.
    package init(
        path: String = "",
        isThere: Bool = true,
        problems: [String] = [],
        remarks: [String] = []
    ) {
        self.path = path
        self.isThere = isThere
        self.problems = problems
        self.remarks = remarks
    }
}
