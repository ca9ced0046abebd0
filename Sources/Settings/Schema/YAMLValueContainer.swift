/// One scalar as a decoder sees it.
struct YAMLValueContainer: SingleValueDecodingContainer {
    let node: YAMLNode
    let codingPath: [any CodingKey]

    func decodeNil() -> Bool { node.isNothing }

    func decode(_ type: Bool.Type) throws -> Bool {
        try value(node.plainText.flatMap(Bool.init), "true or false")
    }

    func decode(_ type: String.Type) throws -> String { try value(node.text, "a text") }
    func decode(_ type: Double.Type) throws -> Double { try number() }
    func decode(_ type: Float.Type) throws -> Float { try number() }
    func decode(_ type: Int.Type) throws -> Int { try wholeNumber() }
    func decode(_ type: Int8.Type) throws -> Int8 { try wholeNumber() }
    func decode(_ type: Int16.Type) throws -> Int16 { try wholeNumber() }
    func decode(_ type: Int32.Type) throws -> Int32 { try wholeNumber() }
    func decode(_ type: Int64.Type) throws -> Int64 { try wholeNumber() }
    func decode(_ type: UInt.Type) throws -> UInt { try wholeNumber() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try wholeNumber() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try wholeNumber() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try wholeNumber() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try wholeNumber() }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try Value(from: YAMLNodeDecoder(node, at: codingPath))
    }

    private func number<Value: BinaryFloatingPoint & LosslessStringConvertible>() throws -> Value {
        let text = node.plainText.flatMap { $0.isDecimalNumber ? $0 : nil }
        return try value(text.flatMap { Value($0) }, "a number")
    }

    private func wholeNumber<Value: FixedWidthInteger>() throws -> Value {
        try value(node.plainText.flatMap { Value($0) }, "a whole number")
    }

    private func value<Value>(_ value: Value?, _ expected: String) throws -> Value {
        guard let value else {
            throw DecodingError.typeMismatch(
                Value.self,
                DecodingError.Context(
                    codingPath: codingPath,
                    debugDescription:
                        "\(node.position): found \(node.summary), allowed: \(expected)"
                )
            )
        }
        return value
    }
}
