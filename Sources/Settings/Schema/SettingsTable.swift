/// The keys that a section of a file may have, and where in a value each of them belongs.
///
/// The one table drives the reading of a file, its documentation and the listing of what is in
/// force, so that a setting is added in one line.
package struct SettingsTable<Root: Sendable>: Sendable {
    package let rows: [SettingsRow<Root>]

    /// Creates the table of the given rows.
    package init(_ rows: [SettingsRow<Root>]) {
        self.rows = rows
    }

    /// Reads a section into `root`; what is not allowed is reported and leaves `root` as it was.
    ///
    /// - Parameters:
    ///   - node: The section; a missing one counts as empty.
    ///   - path: The section's dotted path, empty for the document.
    ///   - root: Receives what is allowed.
    ///   - reading: Receives the positions of values, and the problems.
    package func read(
        _ node: YAMLNode,
        path: String,
        into root: inout Root,
        reading: inout DocumentReading
    ) {
        guard let entries = Self.entries(of: node) else {
            reading.refuse(node, for: path, allowed: allowed)
            return
        }
        for (index, entry) in entries.enumerated() {
            let key = joined(path, entry.key)
            guard let row = rows.first(where: { $0.key == entry.key }) else {
                reading.refuseUnknownKey(
                    entry,
                    path: key,
                    known: rows.map(\.key),
                    after: index > 0 ? entries[index - 1] : nil
                )
                continue
            }
            row.read(entry.value, key, &root, &reading)
        }
        for row in rows where row.isRequired && !entries.contains(where: { $0.key == row.key }) {
            reading.report(
                DocumentProblem(
                    position: node.position,
                    key: joined(path, row.key),
                    found: "nothing",
                    allowed: row.allowed,
                    advice: "add the key '\(row.key)' to this section"
                )
            )
        }
    }

    /// Every setting with the value that it has in `root`.
    package func values(of root: Root, path: String = "") -> [SettingValue] {
        rows.flatMap { $0.values(at: joined(path, $0.key), of: root) }
    }

    /// The settings with the values that they have in `root`, without those that `defaults` has too.
    package func values(of root: Root, path: String, without defaults: Root?) -> [SettingValue] {
        let known = defaults.map { Set(values(of: $0, path: path).map { [$0.key, $0.text] }) }
        return values(of: root, path: path).filter { known?.contains([$0.key, $0.text]) != true }
    }

    /// Every setting in words; `defaults` gives what holds when a setting is left out.
    package func descriptions(defaults: Root, path: String = "") -> [SettingDescription] {
        rows.flatMap { $0.descriptions(at: joined(path, $0.key), defaults: defaults) }
    }

    /// What may stand in place of the section, for a message.
    var allowed: String { "a section with \(rows.map(\.key).joined(separator: ", "))" }

    private func joined(_ path: String, _ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }

    private static func entries(of node: YAMLNode) -> [YAMLNode.Entry]? {
        if node.isNothing { return [] }
        guard case .mapping(let entries) = node.content else { return nil }
        return entries
    }
}

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
    /// Whether a running service applies a change at once, or only after a restart.
    package var appliesLive: Bool

    /// The setting's row in `docs/settings.md`.
    package var documentationRow: String {
        let change = appliesLive ? "at once" : "restart"
        return "| `\(key)` | \(defaultText) | \(allowed) | \(change) | \(summary) |"
    }
}

/// One setting with the value that it has.
package struct SettingValue: Equatable, Sendable {
    /// The dotted path of the key, such as `gate.open_dbfs` or `sources[0].device`.
    package var key: String
    /// The value as it would stand in the file.
    package var text: String
    /// Whether a running service applies a change at once.
    package var appliesLive: Bool
}
