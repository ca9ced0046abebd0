package import Foundation

/// A JSON value whose objects keep the order of their keys.
///
/// Foundation's encoder does not keep the order of keys, and people read these lines.
package enum JSONValue: Sendable, Equatable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number.
    case integer(Int64)
    /// Any number; one that is not finite is written as `null`, since JSON has none.
    case number(Double)
    /// A text.
    case string(String)
    /// A list.
    case array([JSONValue])
    /// Keys and values, in order.
    case object([Member])

    /// A key of an object and its value.
    package struct Member: Sendable, Equatable {
        /// The key.
        package var key: String
        /// The value.
        package var value: JSONValue

        /// Creates the member.
        package init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// The value as JSON on one line.
    package var text: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .null:
            text += "null"
        case .bool(let value):
            text += value ? "true" : "false"
        case .integer(let value):
            text += String(value)
        case .number(let value):
            text += value.isFinite ? "\(value)" : "null"
        case .string(let value):
            Self.write(value, to: &text)
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                text += index == 0 ? "" : ","
                value.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                text += index == 0 ? "" : ","
                Self.write(member.key, to: &text)
                text += ":"
                member.value.write(to: &text)
            }
            text += "}"
        }
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        defer { text += "\"" }
        // Nearly every text is like this, and answers have tens of thousands.
        if string.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) {
            return text += string
        }
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            // The line separators end a line in some readers of one object a line; controls
            // change a terminal; U+EF80...U+EFFF, which have no shape, stand for a path's bytes.
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}",
                "\u{EF80}"..."\u{EFFF}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default:
                text.unicodeScalars.append(scalar)
            }
        }
    }
}

extension JSONValue {
    /// A text, or `null`.
    package static func string(_ value: String?) -> JSONValue {
        value.map { .string($0) } ?? .null
    }

    /// A number rounded to so many decimals, or `null`.
    package static func number(_ value: Double?, decimals: Int) -> JSONValue {
        guard let value, value.isFinite else {
            return .null
        }
        let factor = (0..<decimals).reduce(1.0) { product, _ in product * 10 }
        let rounded = (value * factor).rounded() / factor
        return .number(rounded == 0 ? 0 : rounded)
    }
}

extension JSONValue {
    /// A moment in UTC with milliseconds, or `null`.
    package static func moment(_ moment: Date?) -> JSONValue {
        moment.map { .string(UTCTimestamp.text($0)) } ?? .null
    }
}
