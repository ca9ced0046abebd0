extension ValueForm where Value == Bool {
    /// `true` or `false`; the other words of YAML 1.1 mean the same.
    package static var flag: ValueForm {
        ValueForm(
            allowed: "true or false",
            read: \.truth,
            write: { String($0) }
        )
    }

    /// `on` or `off`; the other words of YAML 1.1 mean the same.
    package static var onOff: ValueForm {
        ValueForm(
            allowed: "on or off",
            read: \.truth,
            write: { $0 ? "on" : "off" }
        )
    }
}

extension ValueForm where Value == String {
    /// Any text of one line that is not empty, described by `meaning`, such as `a path`.
    package static func text(_ meaning: String) -> ValueForm {
        ValueForm(
            allowed: meaning,
            read: { node in
                guard let text = node.text, !text.isEmpty, !text.contains(where: \.isNewline)
                else { return nil }
                return text
            },
            write: { $0 }
        )
    }

    /// A text of any number of lines, not empty.
    package static func lines(_ meaning: String) -> ValueForm {
        ValueForm(
            allowed: meaning,
            read: { node in node.text.flatMap { $0.isEmpty ? nil : $0 } },
            write: { $0 }
        )
    }

    /// A short name: letters, digits, `_`, `-` and `.`, beginning with a letter or digit.
    package static var name: ValueForm {
        ValueForm(
            allowed: "a name of letters, digits, '_', '-' and '.', at most 64 long",
            read: { node in node.text.flatMap { isName($0) ? $0 : nil } },
            write: { $0 }
        )
    }

    /// Whether a text is a name as ``name`` allows it.
    package static func isName(_ text: String) -> Bool {
        guard let first = text.first, first.isLetter || first.isNumber, text.count <= 64 else {
            return false
        }
        return text.allSatisfy { $0.isLetter || $0.isNumber || "_-.".contains($0) }
    }
}

extension ValueForm where Value == Set<String> {
    /// A list of names.
    package static var names: ValueForm {
        ValueForm(
            allowed: "a list of names such as [rain, sea_waves]",
            read: { node in
                guard case .sequence(let nodes) = node.content else { return nil }
                let names = nodes.compactMap(ValueForm<String>.name.read)
                return names.count == nodes.count ? Set(names) : nil
            },
            write: { "[\($0.sorted().joined(separator: ", "))]" }
        )
    }
}

extension ValueForm
where
    Value: CaseIterable & RawRepresentable & Sendable,
    Value.RawValue == String
{
    /// One word of an enumeration, in any case; a word that is false means `none` where there is
    /// that.
    package static var choice: ValueForm {
        let words = Value.allCases.map(\.rawValue)
        return ValueForm(
            allowed: words.dropLast().joined(separator: ", ") + " or " + (words.last ?? ""),
            read: { node in
                guard let text = node.text else { return nil }
                return Value(rawValue: text) ?? Value(rawValue: text.lowercased())
                    ?? (node.truth == false ? Value(rawValue: "none") : nil)
            },
            write: { $0.rawValue }
        )
    }
}
