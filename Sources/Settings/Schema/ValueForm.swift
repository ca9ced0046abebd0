/// What one setting's value looks like in a file: how it is read, written and described.
package struct ValueForm<Value: Sendable>: Sendable {
    /// What is allowed, as it ends the sentence "allowed: …".
    package var allowed: String
    /// Reads a value; nil if the node is not one that is allowed.
    package var read: @Sendable (YAMLNode) -> Value?
    /// Writes a value as it would stand in the file.
    package var write: @Sendable (Value) -> String
    /// What to do about a value that is not allowed; empty where the message says enough.
    package var advice: @Sendable (YAMLNode) -> String

    /// Creates the form from its parts.
    package init(
        allowed: String,
        read: @escaping @Sendable (YAMLNode) -> Value?,
        write: @escaping @Sendable (Value) -> String,
        advice: @escaping @Sendable (YAMLNode) -> String = { _ in "" }
    ) {
        self.allowed = allowed
        self.read = read
        self.write = write
        self.advice = advice
    }

    /// Reads the value of a key, and reports what is not allowed.
    func value(
        of node: YAMLNode,
        for key: String,
        _ reading: inout DocumentReading
    ) -> Value? {
        let value = read(node)
        if value == nil {
            reading.refuse(node, for: key, allowed: allowed, advice: advice(node))
        }
        return value
    }

    /// This form, or a word that stands for "no value", such as `auto` or `off`.
    package func or(_ word: String) -> ValueForm<Value?> {
        ValueForm<Value?>(
            allowed: "\(allowed), or \(word)",
            read: { node in
                if node.means(word) { return .some(nil) }
                guard let value = self.read(node) else { return nil }
                return .some(value)
            },
            write: { value in value.map(self.write) ?? word },
            advice: advice
        )
    }

    /// This form for a setting that may be left out, with what then holds.
    package func orElse(_ whatHolds: String) -> ValueForm<Value?> {
        ValueForm<Value?>(
            allowed: allowed,
            read: { node in
                guard let value = self.read(node) else { return nil }
                return .some(value)
            },
            write: { value in value.map(self.write) ?? whatHolds },
            advice: advice
        )
    }
}

extension ValueForm where Value: BinaryFloatingPoint & LosslessStringConvertible & Sendable {
    /// A number within a range.
    package static func number(in range: ClosedRange<Value>) -> ValueForm {
        ValueForm(
            allowed: "a number from \(range.lowerBound.settingText) "
                + "to \(range.upperBound.settingText)",
            read: { node in
                guard let text = node.plainText, text.isDecimalNumber, let number = Value(text),
                    range.contains(number)
                else { return nil }
                return number
            },
            write: \.settingText,
            advice: { $0.numberAdvice(isWhole: false) }
        )
    }
}

extension ValueForm where Value == ClosedRange<Float> {
    /// Two numbers within a range, the lower one first: `[-90, -30]`.
    package static func range(within limits: ClosedRange<Float>) -> ValueForm {
        ValueForm(
            allowed: "a list of two numbers from \(limits.lowerBound.settingText) to "
                + "\(limits.upperBound.settingText), the lower first",
            read: { node in
                let form = ValueForm<Float>.number(in: limits)
                guard case .sequence(let nodes) = node.content, nodes.count == 2,
                    let lower = form.read(nodes[0]), let upper = form.read(nodes[1]),
                    lower <= upper
                else { return nil }
                return lower...upper
            },
            write: { "[\($0.lowerBound.settingText), \($0.upperBound.settingText)]" },
            advice: { node in
                node.plainText == nil && node.text?.first == "[" ? "remove the quotes" : ""
            }
        )
    }
}

extension ValueForm where Value == Int {
    /// A whole number within a range.
    package static func wholeNumber(in range: ClosedRange<Int>) -> ValueForm {
        ValueForm(
            allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            read: { node in
                guard let text = node.plainText, let number = Int(text), range.contains(number)
                else { return nil }
                return number
            },
            write: { String($0) },
            advice: { $0.numberAdvice(isWhole: true) }
        )
    }
}

extension ValueForm where Value == Int64 {
    /// A size: `2 GB`, `512 MiB` or a number of bytes.
    ///
    /// kB, MB, GB and TB are powers of 1000; KiB, MiB, GiB and TiB powers of 1024.
    package static func byteCount(atLeast minimum: Int64) -> ValueForm {
        ValueForm(
            allowed: "a size of at least \(byteCountText(minimum)), such as 500 MB or 2 GB",
            read: { node in
                guard let text = node.text, let count = bytes(from: text), count >= minimum
                else { return nil }
                return count
            },
            write: byteCountText,
            advice: \.sizeAdvice
        )
    }
}

private let byteUnits: [(name: String, size: Int64)] = [
    ("TiB", 1 << 40), ("TB", 1_000_000_000_000), ("GiB", 1 << 30), ("GB", 1_000_000_000),
    ("MiB", 1 << 20), ("MB", 1_000_000), ("KiB", 1 << 10), ("kB", 1_000),
]

private func bytes(from text: String) -> Int64? {
    let unit = byteUnits.first { text.lowercased().hasSuffix($0.name.lowercased()) }
    var digits = text[...]
    digits.removeLast(unit?.name.count ?? 0)
    while digits.last == " " {
        digits.removeLast()
    }
    guard String(digits).isDecimalNumber, let number = Double(digits) else { return nil }
    let bytes = (number * Double(unit?.size ?? 1)).rounded()
    return bytes >= 0 && bytes < 1e18 ? Int64(bytes) : nil
}

private func byteCountText(_ count: Int64) -> String {
    for unit in byteUnits where count >= unit.size && count % unit.size == 0 {
        return "\(count / unit.size) \(unit.name)"
    }
    return String(count)
}

extension String {
    /// Whether this is a number as people write it: no hexadecimal digits, no `inf`, no `nan`.
    var isDecimalNumber: Bool {
        contains(where: \.isNumber)
            && allSatisfy { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
    }
}

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

extension BinaryFloatingPoint where Self: LosslessStringConvertible {
    /// The number as it would stand in a settings file: without decimals if it is whole.
    package var settingText: String {
        let text = description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
