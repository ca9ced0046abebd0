/// A value of a YAML document that knows where it stands.
package struct YAMLNode: Equatable, Sendable {
    /// What the value is made of.
    package enum Content: Equatable, Sendable {
        /// A single value; `isQuoted` if it stands in quotes or in a block, and is thus a text.
        case scalar(String, isQuoted: Bool)
        /// A list.
        case sequence([YAMLNode])
        /// Keys with values, in the order of the document.
        case mapping([Entry])
    }

    /// A key of a mapping and its value.
    package struct Entry: Equatable, Sendable {
        /// The key.
        package var key: String
        /// Where the key stands.
        package var keyPosition: DocumentPosition
        /// The value.
        package var value: YAMLNode
    }

    /// What the value is made of.
    package var content: Content
    /// Where the value begins.
    package var position: DocumentPosition

    /// Creates the value from its parts.
    package init(_ content: Content, at position: DocumentPosition) {
        self.content = content
        self.position = position
    }

    /// Whether nothing stands here: an empty value, `~` or `null`.
    package var isNothing: Bool {
        guard case .scalar(let text, isQuoted: false) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The text of a scalar that is neither quoted nor nothing, else nil.
    package var plainText: String? {
        guard case .scalar(let text, isQuoted: false) = content, !isNothing else { return nil }
        return text
    }

    /// The text of a scalar that is not nothing, quoted or not, else nil.
    package var text: String? {
        guard case .scalar(let text, _) = content, !isNothing else { return nil }
        return text
    }

    /// The entry at a dotted path below this value, such as `compression.offset`, if there is one.
    ///
    /// An index in brackets is ignored.
    package func entry(at path: String) -> Entry? {
        var node = self
        var found: Entry?
        for part in path.split(separator: ".") {
            let key = part.prefix { $0 != "[" }
            guard case .mapping(let entries) = node.content,
                let entry = entries.first(where: { $0.key == key })
            else { return nil }
            found = entry
            node = entry.value
        }
        return found
    }

    /// What stands here, in the words of a message.
    package var summary: String {
        switch content {
        case .scalar where isNothing: "nothing"
        case .scalar(let text, isQuoted: false): "'\(Self.shortened(text))'"
        case .scalar(let text, isQuoted: true): "the text \"\(Self.shortened(text))\""
        case .sequence: "a list"
        case .mapping: "a section"
        }
    }

    private static func shortened(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > 60 ? line.prefix(57) + "..." : line
    }
}
