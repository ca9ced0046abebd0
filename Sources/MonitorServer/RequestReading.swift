import Foundation
import HTTPTypes
import Hummingbird
import Messages
import NIOCore

extension Request {
    /// Refuses any query, for routes that know no keys.
    func refuseQuery() throws(APIError) {
        _ = try QueryReader(uri.query, known: [])
    }
}

/// Reads the query of a request strictly: an unknown key or a bad value is an error that says what
/// is allowed.
struct QueryReader {
    private var values: [String: [String]] = [:]

    /// Splits a query.
    ///
    /// A plus sign is a plus sign, so that an offset such as `+01:00` need not be escaped.
    /// - Parameters:
    ///   - query: What follows the question mark; nil if there is none.
    ///   - known: The keys that the route knows.
    /// - Throws: `APIError` with the unknown key or the pair that cannot be read.
    init(_ query: String?, known: [String]) throws(APIError) {
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = String(parts[0]).removingPercentEncoding,
                let value = parts.count == 2 ? String(parts[1]).removingPercentEncoding : ""
            else {
                throw .invalidValue("'\(pair)' in the query is not percent-encoded UTF-8.")
            }
            guard known.contains(key) else {
                let allowed = known.isEmpty ? "none" : known.joined(separator: ", ")
                throw APIError(
                    .badRequest,
                    "unknown_key",
                    "Unknown key '\(key)' in the query; allowed: \(allowed)."
                )
            }
            values[key, default: []].append(value)
        }
    }

    /// All values of a key that may be given several times.
    func all(_ key: String) -> [String] {
        values[key] ?? []
    }

    /// The value of a key that may be given once.
    func one(_ key: String) throws(APIError) -> String? {
        let all = values[key] ?? []
        guard all.count <= 1 else {
            throw .invalidValue("'\(key)' is given \(all.count) times; give it once.")
        }
        return all.first
    }

    /// A moment, in any form that the commands know too: `until` ends with it, any other key
    /// begins with it.
    func moment(_ key: String, now: Date) throws(APIError) -> Date? {
        guard let text = try one(key) else {
            return nil
        }
        do {
            let bound: MomentExpression.Bound = key == "until" ? .until : .since
            return try MomentExpression.reading(text, as: bound, now: now).moment
        } catch {
            throw .invalidValue("\(key): \(error.description)")
        }
    }

    /// A whole number.
    func integer(_ key: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let text = try one(key) else {
            return nil
        }
        guard let number = Int(text), range.contains(number) else {
            throw .invalidValue(
                "\(key): '\(text)' is not a whole number from \(range.lowerBound) to "
                    + "\(range.upperBound)."
            )
        }
        return number
    }

    /// A number.
    func number(_ key: String, in range: ClosedRange<Double>) throws(APIError) -> Double? {
        guard let text = try one(key) else {
            return nil
        }
        guard let number = Double(text), range.contains(number) else {
            throw .invalidValue(
                "\(key): '\(text)' is not a number from \(range.lowerBound) to "
                    + "\(range.upperBound)."
            )
        }
        return number
    }

    /// One of several words.
    func word(_ key: String, of words: [String]) throws(APIError) -> String? {
        guard let text = try one(key) else {
            return nil
        }
        guard words.contains(text) else {
            throw .invalidValue(
                "\(key): '\(text)' is not one of \(words.joined(separator: ", "))."
            )
        }
        return text
    }
}

/// Reads the JSON object in the body of a request strictly.
struct BodyReader {
    private let values: [String: BodyValue]

    /// Reads a body.
    ///
    /// It must be declared as JSON: a page of another site cannot do that without being asked
    /// about first.
    /// - Parameters:
    ///   - request: The request.
    ///   - maxBytes: The largest body.
    ///   - known: The keys that the route knows.
    /// - Throws: `APIError`, or `NIOTooManyBytesError` if the body is too large.
    init(_ request: Request, maxBytes: Int, known: [String]) async throws {
        let type = request.headers[.contentType]?.prefix { $0 != ";" } ?? ""
        guard type.lowercased() == "application/json" else {
            throw APIError(
                .unsupportedMediaType,
                "not_json",
                "The body is declared as '\(type)'; send JSON with "
                    + "'Content-Type: application/json'."
            )
        }
        let buffer = try await Self.bytes(of: request, maxBytes: maxBytes)
        let parsed = try? JSONDecoder().decode(
            [String: BodyValue].self,
            from: Data(buffer.readableBytesView)
        )
        guard let object = parsed else {
            throw APIError(
                .badRequest,
                "invalid_json",
                "The body is not a JSON object."
            )
        }
        if let unknown = object.keys.filter({ !known.contains($0) }).min() {
            throw APIError(
                .badRequest,
                "unknown_key",
                "Unknown key '\(unknown)' in the body; allowed: \(known.joined(separator: ", "))."
            )
        }
        values = object
    }

    /// The whole body; one that breaks off, or is not as its head declares, is the client's fault.
    private static func bytes(of request: Request, maxBytes: Int) async throws -> ByteBuffer {
        do {
            return try await request.body.collect(upTo: maxBytes)
        } catch let error as NIOTooManyBytesError {
            throw error
        } catch {
            throw APIError(
                .badRequest,
                "broken_body",
                "The body does not match the length that the request declares."
            )
        }
    }

    /// Whether a key is present, also with `null`.
    func contains(_ key: String) -> Bool {
        values[key] != nil
    }

    /// A number; nil if the key is missing or `null`.
    func number(_ key: String, in range: ClosedRange<Double>) throws(APIError) -> Double? {
        guard let value = present(key) else {
            return nil
        }
        guard case .number(let number) = value, range.contains(number) else {
            throw .invalidValue(
                "\(key): \(value.shown) is not a number from \(range.lowerBound) to "
                    + "\(range.upperBound)."
            )
        }
        return number
    }

    /// A flag; nil if the key is missing or `null`.
    func flag(_ key: String) throws(APIError) -> Bool? {
        guard let value = present(key) else {
            return nil
        }
        guard case .bool(let flag) = value else {
            throw .invalidValue("\(key): \(value.shown) is neither true nor false.")
        }
        return flag
    }

    /// A text; nil if the key is missing or `null`.
    func text(_ key: String, maxLength: Int) throws(APIError) -> String? {
        guard let value = present(key) else {
            return nil
        }
        guard case .text(let text) = value, !text.isEmpty, text.count <= maxLength else {
            throw .invalidValue(
                "\(key): \(value.shown) is not text of 1 to \(maxLength) characters."
            )
        }
        return text
    }

    private func present(_ key: String) -> BodyValue? {
        values[key] == .null ? nil : values[key]
    }
}

/// A value in the body of a request, with strict types: `true` is not a number.
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
