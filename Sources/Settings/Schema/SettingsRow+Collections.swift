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
