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
    ///   - node: The section; nothing at all is taken for an empty one.
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
            reading.refuse(node, for: path, allowed: "a section with \(keys)")
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
        rows.flatMap { $0.values(joined(path, $0.key), root) }
    }

    /// Every setting in words; `defaults` gives what holds when a setting is left out.
    package func descriptions(defaults: Root, path: String = "") -> [SettingDescription] {
        rows.flatMap { $0.describe(joined(path, $0.key), defaults) }
    }

    /// The names of the keys, for a message.
    var keys: String { rows.map(\.key).joined(separator: ", ") }

    private func joined(_ path: String, _ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }

    private static func entries(of node: YAMLNode) -> [YAMLNode.Entry]? {
        if node.isNothing { return [] }
        guard case .mapping(let entries) = node.content else { return nil }
        return entries
    }
}
