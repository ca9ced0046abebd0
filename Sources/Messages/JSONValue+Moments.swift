package import Foundation

extension JSONValue {
    /// A moment in UTC with milliseconds, or `null`.
    package static func moment(_ moment: Date?) -> JSONValue {
        moment.map { .string(UTCTimestamp.text($0)) } ?? .null
    }
}

extension KeyedDecodingContainer {
    func decodeMoment(forKey key: Key) throws -> Date {
        let text = try decode(String.self, forKey: key)
        guard let moment = UTCTimestamp.moment(text) else {
            throw DecodingError.dataCorruptedError(
                forKey: key,
                in: self,
                debugDescription: "'\(text)' is not a time of RFC 3339"
            )
        }
        return moment
    }

    func decodeMomentIfPresent(forKey key: Key) throws -> Date? {
        guard contains(key), try !decodeNil(forKey: key) else {
            return nil
        }
        return try decodeMoment(forKey: key)
    }
}
