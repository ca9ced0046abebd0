import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

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
                "The body ends early, or is not as the head of the request declares it."
            )
        }
    }

    /// Whether a key is there, be it with `null`.
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

    /// A text; nil if the key is missing or `null`.
    func text(_ key: String, maxLength: Int) throws(APIError) -> String? {
        guard let value = present(key) else {
            return nil
        }
        guard case .text(let text) = value, !text.isEmpty, text.count <= maxLength else {
            throw .invalidValue(
                "\(key): \(value.shown) is not a text of 1 to \(maxLength) characters."
            )
        }
        return text
    }

    private func present(_ key: String) -> BodyValue? {
        values[key] == .null ? nil : values[key]
    }
}
