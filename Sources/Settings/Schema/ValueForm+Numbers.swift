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
            allowed: "two numbers from \(limits.lowerBound.settingText) to "
                + "\(limits.upperBound.settingText) in a list, the lower one first",
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
                node.plainText == nil && node.text?.first == "[" ? "take the quotes away" : ""
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
    /// A number of bytes: `2 GB`, `512 MiB` or a bare number of bytes.
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
