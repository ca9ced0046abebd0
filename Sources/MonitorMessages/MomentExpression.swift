package import Foundation

/// A moment as users and clients write it: RFC 3339, `now`, `today`, `yesterday`, or how long
/// ago, such as `15m`, `2h`, `3d`.
package enum MomentExpression {
    /// Says that a text is none of the forms.
    package struct Unreadable: Error, Equatable, CustomStringConvertible {
        /// What was found.
        package var text: String

        /// Creates the error.
        package init(text: String) {
            self.text = text
        }

        package var description: String {
            "'\(text)' is not a time. Give RFC 3339 with an offset "
                + "(2026-11-20T23:00:00Z), 'now', 'today', 'yesterday', or how long ago "
                + "(30s, 15m, 2h, 3d, 1w)."
        }
    }

    /// Reads a moment.
    ///
    /// - Parameters:
    ///   - text: One of the forms.
    ///   - now: The present time.
    ///   - calendar: Whose midnight `today` means; the machine's time zone by default.
    /// - Returns: The moment.
    /// - Throws: `Unreadable` with what was found and what is allowed.
    package static func moment(
        _ text: String,
        now: Date = Date(),
        calendar: Calendar = .current
    ) throws(Unreadable) -> Date {
        switch text {
        case "now":
            return now
        case "today":
            return calendar.startOfDay(for: now)
        case "yesterday":
            let today = calendar.startOfDay(for: now)
            return calendar.date(byAdding: .day, value: -1, to: today) ?? today - 86_400
        default:
            if let seconds = secondsAgo(text) {
                return now - seconds
            }
            if let moment = UTCTimestamp.moment(text) {
                return moment
            }
            throw Unreadable(text: text)
        }
    }

    private static func secondsAgo(_ text: String) -> Double? {
        let units: [Character: Double] = [
            "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800,
        ]
        guard let last = text.last, let unit = units[last], text.count <= 10,
            let count = Int(text.dropLast()), count >= 0, text.first?.isNumber == true
        else {
            return nil
        }
        return Double(count) * unit
    }
}
