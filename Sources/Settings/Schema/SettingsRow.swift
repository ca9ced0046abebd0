/// One key of a ``SettingsTable``: a single value, a section, a list or a set of named sections.
package struct SettingsRow<Root: Sendable>: Sendable {
    package let key: String
    /// What may stand there, for a message.
    let allowed: String
    package private(set) var isRequired = false
    let read: @Sendable (YAMLNode, String, inout Root, inout DocumentReading) -> Void
    let values: @Sendable (String, Root) -> [SettingValue]
    let describe: @Sendable (String, Root) -> [SettingDescription]

    /// The same key, which may not be left out.
    package var required: SettingsRow {
        var row = self
        row.isRequired = true
        return row
    }

    /// A key with a single value.
    ///
    /// `appliesLive` says whether a running service obeys a change at once; `summary` is what the
    /// setting does, in one sentence.
    package static func value<Value: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Root, Value> & Sendable,
        _ form: ValueForm<Value>,
        appliesLive: Bool = true,
        _ summary: String
    ) -> SettingsRow {
        SettingsRow(
            key: key,
            allowed: form.allowed,
            read: { node, path, root, reading in
                guard let value = form.read(node) else {
                    reading.refuse(
                        node,
                        for: path,
                        allowed: form.allowed,
                        advice: form.advice(node)
                    )
                    return
                }
                root[keyPath: property] = value
                reading.accept(path, at: node.position)
            },
            values: { path, root in
                [
                    SettingValue(
                        key: path,
                        text: form.write(root[keyPath: property]),
                        appliesLive: appliesLive
                    )
                ]
            },
            describe: { path, root in
                [
                    SettingDescription(
                        key: path,
                        defaultText: form.write(root[keyPath: property]),
                        allowed: form.allowed,
                        summary: summary,
                        appliesLive: appliesLive
                    )
                ]
            }
        )
    }

    /// A key whose value, of any make, is read by `read`; that reports what it does not allow.
    package static func node<Value: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Root, Value> & Sendable,
        allowed: String,
        _ summary: String,
        read: @escaping @Sendable (YAMLNode, String, inout DocumentReading) -> Value?
    ) -> SettingsRow {
        SettingsRow(
            key: key,
            allowed: allowed,
            read: { node, path, root, reading in
                guard let value = read(node, path, &reading) else { return }
                root[keyPath: property] = value
                reading.accept(path, at: node.position)
            },
            values: { _, _ in [] },
            describe: { path, _ in
                [
                    SettingDescription(
                        key: path,
                        defaultText: "",
                        allowed: allowed,
                        summary: summary,
                        appliesLive: false
                    )
                ]
            }
        )
    }

    /// A key with a single value that may be absent: in the file as `word`, such as `auto`.
    package static func optional<Value: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Root, Value?> & Sendable,
        _ form: ValueForm<Value>,
        word: String,
        appliesLive: Bool = true,
        _ summary: String
    ) -> SettingsRow {
        value(key, property, form.or(word), appliesLive: appliesLive, summary)
    }

    /// A key with a single value for which nothing is built in; `unsaid` tells what then holds.
    package static func optional<Value: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Root, Value?> & Sendable,
        _ form: ValueForm<Value>,
        unsaid: String,
        appliesLive: Bool = true,
        _ summary: String
    ) -> SettingsRow {
        value(key, property, form.orElse(unsaid), appliesLive: appliesLive, summary)
    }

    /// A key whose value is a section with keys of its own.
    package static func section<Section: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Root, Section> & Sendable,
        _ table: SettingsTable<Section>
    ) -> SettingsRow {
        SettingsRow(
            key: key,
            allowed: "a section with \(table.keys)",
            read: { node, path, root, reading in
                table.read(node, path: path, into: &root[keyPath: property], reading: &reading)
            },
            values: { path, root in table.values(of: root[keyPath: property], path: path) },
            describe: { path, root in
                table.descriptions(defaults: root[keyPath: property], path: path)
            }
        )
    }

    /// The keys of a section that stand beside the others instead of in a section of their own.
    package static func inline<Section: Sendable>(
        _ property: any WritableKeyPath<Root, Section> & Sendable,
        _ table: SettingsTable<Section>
    ) -> [SettingsRow] {
        table.rows.map { row in
            SettingsRow(
                key: row.key,
                allowed: row.allowed,
                isRequired: row.isRequired,
                read: { node, path, root, reading in
                    row.read(node, path, &root[keyPath: property], &reading)
                },
                values: { path, root in row.values(path, root[keyPath: property]) },
                describe: { path, root in row.describe(path, root[keyPath: property]) }
            )
        }
    }
}

extension SettingsRow {
    /// A key whose value is a list of sections, read into copies of `element`.
    ///
    /// A list in a later file replaces the whole list.
    package static func list<Element: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Root, [Element]> & Sendable,
        of table: SettingsTable<Element>,
        startingFrom element: Element
    ) -> SettingsRow {
        SettingsRow(
            key: key,
            allowed: "a list, each element beginning with '- '",
            read: { node, path, root, reading in
                guard case .sequence(let nodes) = node.content else {
                    reading.refuse(
                        node,
                        for: path,
                        allowed: "a list, each element beginning with '- '"
                    )
                    return
                }
                root[keyPath: property] = nodes.enumerated().map { index, node in
                    var value = element
                    table.read(node, path: "\(path)[\(index)]", into: &value, reading: &reading)
                    return value
                }
                reading.accept(path, at: node.position)
            },
            values: { path, root in
                root[keyPath: property].enumerated().flatMap { index, value in
                    table.values(of: value, path: "\(path)[\(index)]")
                }
            },
            describe: { path, _ in table.descriptions(defaults: element, path: "\(path)[]") }
        )
    }

    /// A key whose value is a section of names, each with a section read into a copy of `element`.
    package static func named<Element: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Root, [String: Element]> & Sendable,
        of table: SettingsTable<Element>,
        startingFrom element: Element
    ) -> SettingsRow {
        SettingsRow(
            key: key,
            allowed: "a section of names",
            read: { node, path, root, reading in
                if node.isNothing { return }
                guard case .mapping(let entries) = node.content else {
                    reading.refuse(node, for: path, allowed: "a section of names")
                    return
                }
                for entry in entries {
                    var value = root[keyPath: property][entry.key] ?? element
                    let elementPath = "\(path).\(entry.key)"
                    table.read(entry.value, path: elementPath, into: &value, reading: &reading)
                    root[keyPath: property][entry.key] = value
                    reading.accept(elementPath, at: entry.keyPosition)
                }
            },
            values: { path, root in
                root[keyPath: property].sorted { $0.key < $1.key }.flatMap { name, value in
                    table.values(of: value, path: "\(path).\(name)")
                }
            },
            describe: { path, _ in table.descriptions(defaults: element, path: "\(path).NAME") }
        )
    }

    /// A key whose value is a section of names, each with a single value.
    package static func namedValues<Value: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Root, [String: Value]> & Sendable,
        _ form: ValueForm<Value>,
        appliesLive: Bool = true,
        _ summary: String
    ) -> SettingsRow {
        SettingsRow(
            key: key,
            allowed: "a section of names",
            read: { node, path, root, reading in
                if node.isNothing { return }
                guard case .mapping(let entries) = node.content else {
                    reading.refuse(node, for: path, allowed: "a section of names")
                    return
                }
                for entry in entries {
                    let elementPath = "\(path).\(entry.key)"
                    guard let value = form.read(entry.value) else {
                        reading.refuse(
                            entry.value,
                            for: elementPath,
                            allowed: form.allowed,
                            advice: form.advice(entry.value)
                        )
                        continue
                    }
                    root[keyPath: property][entry.key] = value
                    reading.accept(elementPath, at: entry.keyPosition)
                }
            },
            values: { path, root in
                root[keyPath: property].sorted { $0.key < $1.key }.map { name, value in
                    SettingValue(
                        key: "\(path).\(name)",
                        text: form.write(value),
                        appliesLive: appliesLive
                    )
                }
            },
            describe: { path, _ in
                [
                    SettingDescription(
                        key: "\(path).NAME",
                        defaultText: "",
                        allowed: form.allowed,
                        summary: summary,
                        appliesLive: appliesLive
                    )
                ]
            }
        )
    }
}
