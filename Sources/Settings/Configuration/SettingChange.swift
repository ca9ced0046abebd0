/// One setting that a reloaded configuration changes.
package struct SettingChange: Equatable, Sendable, CustomStringConvertible {
    /// The dotted path of the key.
    package var key: String
    /// The value that was in force, as in the file.
    package var from: String
    /// The new value, as in the file.
    package var to: String
    /// Whether a running service obeys at once; else it needs a restart.
    package var appliesLive: Bool

    /// Creates the change from its parts.
    package init(key: String, from: String, to: String, appliesLive: Bool) {
        self.key = key
        self.from = from
        self.to = to
        self.appliesLive = appliesLive
    }

    package var description: String {
        "\(key): \(from) -> \(to)\(appliesLive ? "" : " (needs a restart)")"
    }
}
