/// What reading the configuration again has changed.
package struct ReloadMessage: WireMessage {
    /// What is in force at once, a line each.
    package var applied: [String]
    /// What takes a restart to be in force, a line each.
    package var needsRestart: [String]

    /// Creates the message from its parts.
    package init(applied: [String], needsRestart: [String]) {
        self.applied = applied
        self.needsRestart = needsRestart
    }

    package var json: JSONValue {
        .object([
            .init("applied", .array(applied.map { .string($0) })),
            .init("needs_restart", .array(needsRestart.map { .string($0) })),
        ])
    }

    private enum CodingKeys: String, CodingKey {
        case applied
        case needsRestart = "needs_restart"
    }
}
