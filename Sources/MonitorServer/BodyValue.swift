/// A value in the body of a request, told apart strictly: `true` is not a number.
enum BodyValue: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    /// A list or an object, which no route wants.
    case nested

    init(from decoder: any Decoder) throws {
        guard let value = try? decoder.singleValueContainer() else {
            self = .nested
            return
        }
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else {
            self = .nested
        }
    }

    /// The value as a message quotes it, on one line and not too long.
    var shown: String {
        let text =
            switch self {
            case .null: "null"
            case .bool(let bool): "\(bool)"
            case .number(let number): "\(number)"
            case .text(let text): text
            case .nested: "a list or an object"
            }
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > 60 ? "'\(line.prefix(60))…'" : "'\(line)'"
    }
}
