/// One setting with the value that it has.
package struct SettingValue: Equatable, Sendable {
    /// The dotted path of the key, such as `gate.open_dbfs` or `sources[0].device`.
    package var key: String
    /// The value as it would stand in the file.
    package var text: String
    /// Whether a running service obeys a change at once.
    package var appliesLive: Bool

    /// Creates the value from its parts.
    package init(key: String, text: String, appliesLive: Bool) {
        self.key = key
        self.text = text
        self.appliesLive = appliesLive
    }
}
