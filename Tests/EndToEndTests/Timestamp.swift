import Foundation

/// Times as the program prints them in JSON.
enum Timestamp {
    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    static func date(_ value: Any?) -> Date? {
        (value as? String).flatMap { try? style.parse($0) }
    }

    static func text(_ date: Date) -> String {
        style.format(date)
    }
}
