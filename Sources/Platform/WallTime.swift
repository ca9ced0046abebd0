package import Foundation

/// What a calendar and a clock on the wall show: a date of the Gregorian calendar and a time of
/// day, in no particular zone.
package struct WallTime: Equatable, Sendable {
    /// The year.
    package let year: Int
    /// The month, 1...12.
    package let month: Int
    /// The day of the month, 1...31.
    package let day: Int
    /// Whole seconds that a clock would count from 1970-01-01 00:00:00 to this.
    package let clockSeconds: Int64
    /// The part of a second, 0..<1.
    package let fraction: Double

    /// The hour, 0...23.
    package var hour: Int { secondOfDay / 3_600 }
    /// The minute, 0...59.
    package var minute: Int { secondOfDay / 60 % 60 }
    /// The second, 0...59.
    package var second: Int { secondOfDay % 60 }

    private var secondOfDay: Int { Int(Self.floor(clockSeconds, by: 86_400).remainder) }

    /// Creates a time from date and time of day; nil if they do not exist.
    ///
    /// A second 60, a leap second, is the beginning of the next minute, as the system counts it;
    /// the hour 24 is the end of the day.
    package init?(
        year: Int,
        month: Int,
        day: Int,
        hour: Int = 0,
        minute: Int = 0,
        second: Int = 0,
        fraction: Double = 0
    ) {
        guard (1...9_999).contains(year), (1...12).contains(month),
            (1...Self.dayCount(month: month, year: year)).contains(day),
            (0...23).contains(hour) || (hour == 24 && minute == 0 && second == 0 && fraction == 0),
            (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let days = Self.dayNumber(year: Int64(year), month: Int64(month), day: Int64(day))
        self.init(
            clockSeconds: days * 86_400 + Int64(hour * 3_600 + minute * 60 + second),
            fraction: fraction
        )
    }

    /// Takes the seconds that a clock counts from 1970-01-01 00:00:00.
    package init(clockSeconds: Int64, fraction: Double = 0) {
        let date = Self.civilDate(ofDay: Self.floor(clockSeconds, by: 86_400).quotient)
        (year, month, day) = (Int(date.0), Int(date.1), Int(date.2))
        self.clockSeconds = clockSeconds
        self.fraction = fraction
    }

    /// Midnight of the same day, or of one some days later.
    package func startOfDay(addingDays days: Int = 0) -> WallTime {
        let day = Self.floor(clockSeconds, by: 86_400).quotient + Int64(days)
        return WallTime(clockSeconds: day * 86_400)
    }

    /// The date, such as `2026-11-20`.
    package var dateText: String {
        "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
    }

    /// The time of day, such as `23:03:57`.
    package var timeText: String {
        "\(Self.padded(hour, 2)):\(Self.padded(minute, 2)):\(Self.padded(second, 2))"
    }

    /// A number with leading zeros.
    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func dayCount(month: Int, year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Days from 1970-01-01 to a date of the Gregorian calendar, counted in years that begin in
    /// March, so that a leap day comes last.
    private static func dayNumber(year: Int64, month: Int64, day: Int64) -> Int64 {
        let (era, yearOfEra) = floor(month <= 2 ? year - 1 : year, by: 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The inverse of `dayNumber`.
    private static func civilDate(ofDay day: Int64) -> (Int64, Int64, Int64) {
        let (era, dayOfEra) = floor(day + 719_468, by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// Division that rounds towards minus infinity, so that the remainder is not negative.
    private static func floor(
        _ number: Int64,
        by divisor: Int64
    ) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// A date and a time of day as text, with the zone that it names.
///
/// ISO 8601 as programs write it: `2023-05-01T04:30:00.5+10:00`; a blank may be in place of the
/// `T`, the seconds and their decimals may be missing, and the zone may be `Z`, `+1000`, `+10` or
/// not be there.
package struct TimeText: Equatable, Sendable {
    /// What the clock shows.
    package let wall: WallTime
    /// How many seconds the zone is ahead of UTC; nil if none is named.
    package let secondsAhead: Int?

    /// Reads a text; nil if it has another form, or there is no such date or time of day.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 48,
            let match = String(text).wholeMatch(
                of:
                    /(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)([.,]\d{1,9})?)? ?([Zz]|[+-]\d{1,2}(?::?\d\d)?)?/
            ),
            let year = Int(match.1), let month = Int(match.2), let day = Int(match.3),
            let hour = Int(match.4), let minute = Int(match.5),
            let second = match.6.map({ Int($0) }) ?? 0,
            let fraction = match.7.map({ Double("0." + $0.dropFirst()) }) ?? 0,
            let wall = WallTime(
                year: year,
                month: month,
                day: day,
                hour: hour,
                minute: minute,
                second: second,
                fraction: fraction
            )
        else { return nil }
        self.wall = wall
        guard let zone = match.8 else {
            secondsAhead = nil
            return
        }
        guard let seconds = zone == "Z" || zone == "z" ? 0 : ZoneOffset.seconds(zone) else {
            return nil
        }
        secondsAhead = seconds
    }
}

/// Times as people at this machine read them.
package struct LocalTime: Sendable {
    private let zone: Zone

    /// Times in a zone.
    package init(zone: Zone = .local) {
        self.zone = zone
    }

    /// Date and time to a tenth of a second.
    package func text(_ date: Date) -> String {
        let wall = wallTime(date)
        return "\(wall.dateText) \(wall.timeText).\(Int(wall.fraction * 10))"
    }

    /// Date, hour and minute.
    package func minuteText(_ date: Date) -> String {
        let wall = wallTime(date)
        return "\(wall.dateText) \(wall.timeText.dropLast(3))"
    }

    /// What the zone is called at a time and how far it is ahead of UTC: `CET, +01:00`.
    package func zoneLabel(at date: Date) -> String {
        zone.label(at: date)
    }

    /// The name of a column of times with their zone, such as `start (CET, +01:00)`; both zones
    /// where clocks are changed in between.
    package func title(_ name: String, of dates: [Date]) -> String {
        var labels: [String] = []
        for label in dates.map(zone.label(at:)) where !labels.contains(label) {
            labels.append(label)
        }
        return labels.isEmpty ? name : "\(name) (\(labels.joined(separator: "; ")))"
    }

    /// Milliseconds are exact to what is shown: 0.3 s must not become 0.2.
    private func wallTime(_ date: Date) -> WallTime {
        let milliseconds = (date.timeIntervalSince1970 * 1_000).rounded()
        return zone.wallTime(at: Date(timeIntervalSince1970: (milliseconds + 0.01) / 1_000))
    }
}
