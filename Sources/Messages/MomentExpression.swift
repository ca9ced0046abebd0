package import Foundation
package import Platform

/// A moment as users and clients write it.
///
/// | form | meaning |
/// |---|---|
/// | `now`; `30s`, `15m`, `2h`, `3d`, `1w` | the present; how long ago |
/// | `2026-11-29`, `today`, `yesterday` | a whole day: its beginning, or its end where a range ends |
/// | `2026-11-29 06:00`, `2026-11-29T06:00:30`, `yesterday 22:00` | local time |
/// | `06:00` | local time, today |
/// | `2026-11-29T06:00:00Z`, `2026-11-29 06:00+01:00` | RFC 3339; the zone that it names |
package enum MomentExpression {
    /// What a moment is to a range of time.
    package enum Bound: Sendable {
        /// The range begins with it: of what is meant, the earliest moment.
        case since
        /// The range ends with it: of what is meant, the latest moment.
        case until
    }

    /// What was read.
    package struct Reading: Equatable, Sendable {
        /// The moment.
        package let moment: Date
        /// What the user should know: clocks show the time twice, or never.
        package let remark: String?
    }

    /// A text that has none of the forms.
    package struct Unreadable: Error, Equatable, CustomStringConvertible {
        /// What was found.
        package var text: String

        /// Creates the error.
        package init(text: String) {
            self.text = text
        }

        package var description: String {
            let isDate = text.firstMatch(of: /^\d{4}-\d\d-\d\d/) != nil
            let fault =
                isDate && WallTime(date: text.prefix(10)) == nil ? ": there is no such date" : ""
            return "'\(text)' is not a time\(fault). Give '2026-11-29', '2026-11-29 06:00', "
                + "'06:00', 'yesterday 22:00', 'now', 'today', 'yesterday', RFC 3339 "
                + "(2026-11-20T23:00:00Z), or how long ago (30s, 15m, 2h, 3d, 1w)."
        }
    }

    /// Reads a moment.
    ///
    /// - Parameters:
    ///   - text: One of the forms.
    ///   - bound: Which end of a range it is.
    ///   - now: The present time.
    ///   - zone: Whose clocks are meant where the text names no zone.
    /// - Returns: The moment, and what is to be said of it.
    /// - Throws: `Unreadable` with what was found and what is allowed.
    package static func reading(
        _ text: String,
        as bound: Bound,
        now: Date = Date(),
        zone: Zone = .local
    ) throws(Unreadable) -> Reading {
        if text == "now" { return Reading(moment: now, remark: nil) }
        if let seconds = secondsAgo(text) { return Reading(moment: now - seconds, remark: nil) }
        if let time = TimeText(text), let ahead = time.secondsAhead {
            let reading = ClockReading(of: time.wall, in: .fixed(secondsAhead: ahead))
            return Reading(moment: reading.first, remark: nil)
        }
        let today = zone.wallTime(at: now).startOfDay()
        if let day = day(text[...], today: today) {
            let edge = day.startOfDay(addingDays: bound == .since ? 0 : 1)
            return Reading(moment: ClockReading(of: edge, in: zone).first, remark: nil)
        }
        guard let wall = localTime(text, today: today) else { throw Unreadable(text: text) }
        let reading = ClockReading(of: wall, in: zone)
        let moment = bound == .since ? reading.first : reading.last
        return Reading(
            moment: moment,
            remark: reading.remark(on: text, taken: moment, in: zone)
        )
    }

    /// A day by its date or its name.
    private static func day(_ text: Substring, today: WallTime) -> WallTime? {
        switch text {
        case "today": today
        case "yesterday": today.startOfDay(addingDays: -1)
        default: WallTime(date: text)
        }
    }

    /// A time of day, of the day before it or of today.
    private static func localTime(_ text: String, today: WallTime) -> WallTime? {
        if let time = TimeText(text) { return time.secondsAhead == nil ? time.wall : nil }
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard let clock = parts.last, (1...2).contains(parts.count),
            let day = parts.count == 1 ? today : day(parts[0], today: today)
        else { return nil }
        guard let time = TimeText("\(day.dateText) \(clock)"), time.secondsAhead == nil else {
            return nil
        }
        return time.wall
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

extension WallTime {
    /// The beginning of a date such as `2026-11-29`; nil for other text.
    fileprivate init?(date text: Substring) {
        guard text.utf8.count == 10, let time = TimeText("\(text) 00:00") else { return nil }
        self = time.wall
    }
}
