/// One setting in words, for the documentation and for `config show`.
package struct SettingDescription: Equatable, Sendable {
    /// The dotted path of the key; `[]` stands for an element of a list and `NAME` for a name.
    package var key: String
    /// What holds when the setting is left out.
    package var defaultText: String
    /// What may stand in the file.
    package var allowed: String
    /// What the setting does, in one sentence.
    package var summary: String
    /// Whether a running service obeys a change at once, or only after it was started again.
    package var appliesLive: Bool

    /// Creates the description from its parts.
    package init(
        key: String,
        defaultText: String,
        allowed: String,
        summary: String,
        appliesLive: Bool
    ) {
        self.key = key
        self.defaultText = defaultText
        self.allowed = allowed
        self.summary = summary
        self.appliesLive = appliesLive
    }

    /// The setting's row in `docs/settings.md`.
    package var documentationRow: String {
        let change = appliesLive ? "at once" : "restart"
        return "| `\(key)` | \(defaultText) | \(allowed) | \(change) | \(summary) |"
    }
}
