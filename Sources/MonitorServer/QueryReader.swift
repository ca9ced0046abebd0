import Foundation
import HTTPTypes
import Messages

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
                let allowed = known.isEmpty ? "none is" : known.joined(separator: ", ") + " are"
                throw APIError(
                    .badRequest,
                    "unknown_key",
                    "Unknown key '\(key)' in the query; \(allowed) allowed."
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
                "\(key): '\(text)' is none of \(words.joined(separator: ", "))."
            )
        }
        return text
    }
}
