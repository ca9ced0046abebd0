/// One key of a ``SettingsTable``: a single value, a section, a list or a set of named sections.
package struct SettingsRow<Root: Sendable>: Sendable {
    private enum Content: Sendable {
        /// A single value, as it stands in the file; nil if it is not listed.
        case value((@Sendable (Root) -> String)?)
        /// Several keys of their own below a path.
        case keys(
            values: @Sendable (String, Root) -> [SettingValue],
            descriptions: @Sendable (String, Root) -> [SettingDescription]
        )
    }

    package let key: String
    /// What may stand there, for a message.
    let allowed: String
    let read: @Sendable (YAMLNode, String, inout Root, inout DocumentReading) -> Void
    package private(set) var isRequired = false
    private var appliesLive = true
    private var summary = ""
    private let content: Content

    private init(
        _ key: String,
        allowed: String,
        _ content: Content,
        read: @escaping @Sendable (YAMLNode, String, inout Root, inout DocumentReading) -> Void
    ) {
        self.key = key
        self.allowed = allowed
        self.content = content
        self.read = read
    }

    /// The same key, which may not be left out.
    package var required: SettingsRow {
        var row = self
        row.isRequired = true
        return row
    }

    /// The same key with what the setting does, in one sentence.
    package func help(_ summary: String) -> SettingsRow {
        var row = self
        row.summary = summary
        return row
    }

    /// The settings at a path, with the values that they have.
    func values(at path: String, of root: Root) -> [SettingValue] {
        switch content {
        case .value(let text?):
            [SettingValue(key: path, text: text(root), appliesLive: appliesLive)]
        case .value(nil): []
        case .keys(let values, _): values(path, root)
        }
    }

    /// The settings at a path, in words.
    func descriptions(at path: String, defaults root: Root) -> [SettingDescription] {
        switch content {
        case .value(let text): [description(at: path, defaultText: text?(root) ?? "")]
        case .keys(_, let descriptions): descriptions(path, root)
        }
    }

    private func description(at path: String, defaultText: String) -> SettingDescription {
        SettingDescription(
            key: path,
            defaultText: defaultText,
            allowed: allowed,
            summary: summary,
            appliesLive: appliesLive
        )
    }
}

// MARK: - Single values

extension SettingsRow {
    /// A key with a single value.
    ///
    /// `appliesLive` says whether a running service obeys a change at once; `summary` is what the
    /// setting does, as for ``help(_:)``.
    package static func value<Value: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Root, Value> & Sendable,
        _ form: ValueForm<Value>,
        appliesLive: Bool = true,
        _ summary: String = ""
    ) -> SettingsRow {
        let text: @Sendable (Root) -> String = { form.write($0[keyPath: property]) }
        var row = SettingsRow(key, allowed: form.allowed, .value(text)) {
            node,
            path,
            root,
            reading in
            guard let value = form.value(of: node, for: path, &reading) else { return }
            root[keyPath: property] = value
            reading.accept(path, at: node.position)
        }
        row.appliesLive = appliesLive
        row.summary = summary
        return row
    }

    /// A key with a single value that may be absent: in the file as `word`, such as `auto`.
    package static func optional<Value: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Root, Value?> & Sendable,
        _ form: ValueForm<Value>,
        word: String,
        appliesLive: Bool = true,
        _ summary: String = ""
    ) -> SettingsRow {
        value(key, property, form.or(word), appliesLive: appliesLive, summary)
    }

    /// A key with a single value for which nothing is built in; `unsaid` says what holds then.
    package static func optional<Value: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Root, Value?> & Sendable,
        _ form: ValueForm<Value>,
        unsaid: String,
        appliesLive: Bool = true,
        _ summary: String = ""
    ) -> SettingsRow {
        value(key, property, form.orElse(unsaid), appliesLive: appliesLive, summary)
    }

    /// A key whose value, of any make, is read by `read`; that reports what it does not allow.
    package static func node<Value: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Root, Value> & Sendable,
        allowed: String,
        _ summary: String = "",
        read: @escaping @Sendable (YAMLNode, String, inout DocumentReading) -> Value?
    ) -> SettingsRow {
        var row = SettingsRow(key, allowed: allowed, .value(nil)) { node, path, root, reading in
            guard let value = read(node, path, &reading) else { return }
            root[keyPath: property] = value
            reading.accept(path, at: node.position)
        }
        row.appliesLive = false
        row.summary = summary
        return row
    }
}

// MARK: - Sections

extension SettingsRow {
    /// A key whose value is a section with keys of its own.
    package static func section<Section: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Root, Section> & Sendable,
        _ table: SettingsTable<Section>
    ) -> SettingsRow {
        let content = Content.keys(
            values: { table.values(of: $1[keyPath: property], path: $0) },
            descriptions: { table.descriptions(defaults: $1[keyPath: property], path: $0) }
        )
        return SettingsRow(key, allowed: table.allowed, content) { node, path, root, reading in
            table.read(node, path: path, into: &root[keyPath: property], reading: &reading)
        }
    }

    /// The keys of a section that stand beside the others instead of in a section of their own.
    package static func inline<Section: Sendable>(
        _ property: any WritableKeyPath<Root, Section> & Sendable,
        _ table: SettingsTable<Section>
    ) -> [SettingsRow] {
        table.rows.map { inner in
            let content = Content.keys(
                values: { inner.values(at: $0, of: $1[keyPath: property]) },
                descriptions: { inner.descriptions(at: $0, defaults: $1[keyPath: property]) }
            )
            var row = SettingsRow(inner.key, allowed: inner.allowed, content) {
                inner.read($0, $1, &$2[keyPath: property], &$3)
            }
            row.isRequired = inner.isRequired
            return row
        }
    }

    /// A key whose value is a list of sections, read into copies of `element`.
    ///
    /// A list in a later file replaces the whole list. With `listsDefaults` false only what is set
    /// is listed.
    package static func list<Element: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Root, [Element]> & Sendable,
        of table: SettingsTable<Element>,
        startingFrom element: Element,
        listsDefaults: Bool = true
    ) -> SettingsRow {
        let allowed = "a list, each element beginning with '- '"
        let content = Content.keys(
            values: { path, root in
                root[keyPath: property].enumerated().flatMap { index, value in
                    table.values(
                        of: value,
                        path: "\(path)[\(index)]",
                        without: listsDefaults ? nil : element
                    )
                }
            },
            descriptions: { path, _ in table.descriptions(defaults: element, path: "\(path)[]") }
        )
        return SettingsRow(key, allowed: allowed, content) { node, path, root, reading in
            guard case .sequence(let nodes) = node.content else {
                reading.refuse(node, for: path, allowed: allowed)
                return
            }
            root[keyPath: property] = nodes.enumerated().map { index, node in
                var value = element
                table.read(node, path: "\(path)[\(index)]", into: &value, reading: &reading)
                return value
            }
            reading.accept(path, at: node.position)
        }
    }

    /// A key whose value is a section of names, each with a section read into a copy of `element`.
    ///
    /// With `listsDefaults` false only what is set is listed.
    package static func named<Element: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Root, [String: Element]> & Sendable,
        of table: SettingsTable<Element>,
        startingFrom element: Element,
        listsDefaults: Bool = true
    ) -> SettingsRow {
        let content = Content.keys(
            values: { path, root in
                root[keyPath: property].sorted { $0.key < $1.key }.flatMap { name, value in
                    table.values(
                        of: value,
                        path: "\(path).\(name)",
                        without: listsDefaults ? nil : element
                    )
                }
            },
            descriptions: { path, _ in table.descriptions(defaults: element, path: "\(path).NAME") }
        )
        return named(key, content) { entry, path, root, reading in
            var value = root[keyPath: property][entry.key] ?? element
            table.read(entry.value, path: path, into: &value, reading: &reading)
            root[keyPath: property][entry.key] = value
            return true
        }
    }

    /// A key whose value is a section of names, each with a single value.
    package static func namedValues<Value: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Root, [String: Value]> & Sendable,
        _ form: ValueForm<Value>
    ) -> SettingsRow {
        let content = Content.keys(
            values: { path, root in
                root[keyPath: property].sorted { $0.key < $1.key }.map { name, value in
                    SettingValue(key: "\(path).\(name)", text: form.write(value), appliesLive: true)
                }
            },
            descriptions: { _, _ in [] }
        )
        return named(key, content) { entry, path, root, reading in
            guard let value = form.value(of: entry.value, for: path, &reading) else { return false }
            root[keyPath: property][entry.key] = value
            return true
        }
    }

    /// A section of names, of which `read` takes each entry; it says whether it accepts it.
    private static func named(
        _ key: String,
        _ content: Content,
        read:
            @escaping @Sendable (YAMLNode.Entry, String, inout Root, inout DocumentReading) -> Bool
    ) -> SettingsRow {
        let allowed = "a section of names"
        return SettingsRow(key, allowed: allowed, content) { node, path, root, reading in
            if node.isNothing { return }
            guard case .mapping(let entries) = node.content else {
                reading.refuse(node, for: path, allowed: allowed)
                return
            }
            for entry in entries {
                let path = "\(path).\(entry.key)"
                guard read(entry, path, &root, &reading) else { continue }
                reading.accept(path, at: entry.keyPosition)
            }
        }
    }
}
