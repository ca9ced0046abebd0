import Foundation

/// A value that goes over the HTTP API or is printed as a line of JSON.
///
/// Its stored properties are the fields, in the documented order; `CodingKeys` names them.
/// ``FieldFormat`` says how their values are written.
package protocol WireMessage: Codable, Sendable, Equatable {
    /// The message as JSON, its keys in the documented order.
    var json: JSONValue { get }
}

extension WireMessage {
    package var json: JSONValue { fields }

    /// The stored properties as JSON.
    var fields: JSONValue {
        let encoder = FieldEncoder()
        do {
            try encode(to: encoder)
        } catch {
            preconditionFailure("a message consists of JSON's types: \(error)")
        }
        return .object(encoder.members)
    }
}

extension JSONValue {
    /// The members of an object; none of any other value.
    var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    /// The same object with more members after one of them.
    func inserting(_ added: [Member], after key: String) -> JSONValue {
        var members = members
        guard let index = members.firstIndex(where: { $0.key == key }) else {
            preconditionFailure("there is no key '\(key)'")
        }
        members.insert(contentsOf: added, at: index + 1)
        return .object(members)
    }
}

extension JSONValue.Member {
    /// A number with the decimals that belong to its key, or `null`.
    static func number(_ key: String, _ value: Double?) -> JSONValue.Member {
        .init(key, .number(value, decimals: FieldFormat.decimals(of: key)))
    }
}

/// How values are written, by their key: all numbers of one unit have the same decimals.
enum FieldFormat {
    /// Fields that are missing rather than `null` when there is no value.
    static let omittedWhenNil: Set = [
        "user_label", "model", "second_score", "no_clip", "smoothed", "mqtt",
        "recording",
    ]

    static func decimals(of key: String) -> Int {
        switch key {
        case "uptime_s", "clock_drift_ppm": 1
        case "laf", "las", "laeq", "laf10", "laf50", "laf90", "lafmax", "lceq", "lzeq": 1
        case _ where key.hasSuffix("_dbfs"): 1
        case "calibration_db": 2
        case "p": 7
        case _ where key.hasSuffix("_percent"): 2
        case "on", "off", "score", "peak_score", "mean_score", "second_score": 4
        case "smoothed", "peak", "threshold": 4
        default: 3  // Seconds, to the millisecond.
        }
    }
}

// MARK: - Writing

/// Gathers the fields of a message in the order in which they are encoded.
private final class FieldEncoder: Encoder {
    var members: [JSONValue.Member] = []
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(FieldContainer(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        preconditionFailure("a message is an object")
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        preconditionFailure("a message is an object")
    }
}

private struct FieldContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: FieldEncoder
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) {
        encoder.members.append(.init(key.stringValue, .null))
    }

    // These are nearly all fields; without a method of their own their types are looked for.
    func encode(_ value: String, forKey key: Key) { append(.string(value), key) }
    func encode(_ value: Bool, forKey key: Key) { append(.bool(value), key) }
    func encode(_ value: Int, forKey key: Key) { append(.integer(Int64(value)), key) }
    func encode(_ value: Int64, forKey key: Key) { append(.integer(value), key) }
    func encode(_ value: Double, forKey key: Key) {
        let name = key.stringValue
        let number = JSONValue.number(value, decimals: FieldFormat.decimals(of: name))
        encoder.members.append(.init(name, number))
    }

    private func append(_ value: JSONValue, _ key: Key) {
        encoder.members.append(.init(key.stringValue, value))
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) {
        encoder.members.append(.init(key.stringValue, Self.json(value, key.stringValue)))
    }

    // Each of these types has a method of its own, whose default leaves nil out.
    func encodeIfPresent(_ value: Bool?, forKey key: Key) { encodeOptional(value, key) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) { encodeOptional(value, key) }
    func encodeIfPresent(_ value: String?, forKey key: Key) {
        if let value { encode(value, forKey: key) } else { encodeMissing(key) }
    }
    func encodeIfPresent(_ value: Double?, forKey key: Key) {
        if let value { encode(value, forKey: key) } else { encodeMissing(key) }
    }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) { encodeOptional(value, key) }

    func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) {
        encodeOptional(value, key)
    }

    private func encodeOptional(_ value: (some Encodable)?, _ key: Key) {
        if let value { encode(value, forKey: key) } else { encodeMissing(key) }
    }

    private func encodeMissing(_ key: Key) {
        if !FieldFormat.omittedWhenNil.contains(key.stringValue) { encodeNil(forKey: key) }
    }

    private static func json(_ value: any Encodable, _ key: String) -> JSONValue {
        switch value {
        case let text as String: .string(text)
        case let number as Double: .number(number, decimals: FieldFormat.decimals(of: key))
        case let moment as Date: .moment(moment)
        case let number as Int64: .integer(number)
        case let number as Int: .integer(Int64(number))
        case let flag as Bool: .bool(flag)
        case let texts as [String]: .array(texts.map { .string($0) })
        case let numbers as [String: Double]:
            object(numbers, decimals: FieldFormat.decimals(of: key))
        case let message as any WireMessage: message.json
        case let messages as [any WireMessage]: .array(messages.map(\.json))
        case let word as any RawRepresentable<String>: .string(word.rawValue)
        default: preconditionFailure("'\(key)' is not a type of JSON")
        }
    }

    private static func object(_ numbers: [String: Double], decimals: Int) -> JSONValue {
        .object(
            numbers.sorted { $0.key < $1.key }.map { .init($0, .number($1, decimals: decimals)) }
        )
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        preconditionFailure("a nested object is a message")
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        preconditionFailure("a list is a property")
    }

    func superEncoder() -> any Encoder { encoder }
    func superEncoder(forKey key: Key) -> any Encoder { encoder }
}

// MARK: - Reading

/// What the compiler's readers of messages call in this module.
extension KeyedDecodingContainer {
    func decode(_ type: Date.Type, forKey key: Key) throws -> Date {
        let text = try decode(String.self, forKey: key)
        guard let moment = UTCTimestamp.moment(text) else {
            throw DecodingError.dataCorruptedError(
                forKey: key,
                in: self,
                debugDescription: "'\(text)' is not an RFC 3339 time"
            )
        }
        return moment
    }

    func decodeIfPresent(_ type: Date.Type, forKey key: Key) throws -> Date? {
        guard contains(key), try !decodeNil(forKey: key) else { return nil }
        return try decode(type, forKey: key)
    }

    /// A flag that a service of an earlier version does not give is false.
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        try decodeIfPresent(type, forKey: key) ?? false
    }

    /// A count that a service of an earlier version does not give is 0.
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 {
        try decodeIfPresent(type, forKey: key) ?? 0
    }

    /// A count that a service of an earlier version does not give is 0.
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
        try decodeIfPresent(type, forKey: key) ?? 0
    }

    /// A list that a service of an earlier version does not give is empty.
    func decode(_ type: [DeliveryMessage].Type, forKey key: Key) throws -> [DeliveryMessage] {
        try decodeIfPresent(type, forKey: key) ?? []
    }
}
