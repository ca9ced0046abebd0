package import Foundation

/// Moments as text: UTC with milliseconds, such as `2026-11-20T23:03:57.120Z`.
package enum UTCTimestamp {
    /// The moment as text, rounded to the nearest millisecond.
    package static func text(_ moment: Date) -> String {
        let milliseconds = Int64((moment.timeIntervalSince1970 * 1000).rounded())
        let (day, ofDay) = milliseconds.quotientAndRemainder(flooringBy: 86_400_000)
        let (year, month, dayOfMonth) = civilDate(ofDay: day)
        let (hour, ofHour) = ofDay.quotientAndRemainder(dividingBy: 3_600_000)
        let (minute, ofMinute) = ofHour.quotientAndRemainder(dividingBy: 60_000)
        let (second, fraction) = ofMinute.quotientAndRemainder(dividingBy: 1_000)
        return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(dayOfMonth, 2) + "T"
            + padded(hour, 2) + ":" + padded(minute, 2) + ":" + padded(second, 2) + "."
            + padded(fraction, 3) + "Z"
    }

    /// Reads a moment of RFC 3339, with any offset and any number of decimals; nil if it is not
    /// one.
    ///
    /// A date alone, or a missing offset, is not one: it would be guessed.
    package static func moment(_ text: String) -> Date? {
        let pattern =
            /(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d{1,9})?([Zz]|([+-])(\d\d):(\d\d))/
        guard let match = try? pattern.wholeMatch(in: text),
            let year = Int64(match.1), let month = Int64(match.2), let dayOfMonth = Int64(match.3),
            let hour = Int64(match.4), let minute = Int64(match.5), let second = Int64(match.6),
            (1...12).contains(month), (1...daysIn(month: month, of: year)).contains(dayOfMonth),
            hour < 24, minute < 60, second <= 60
        else {
            return nil
        }
        var offsetMinutes: Int64 = 0
        if let sign = match.9, let hours = match.10.flatMap({ Int64($0) }),
            let minutes = match.11.flatMap({ Int64($0) })
        {
            guard hours < 24, minutes < 60 else {
                return nil
            }
            offsetMinutes = (sign == "-" ? -1 : 1) * (hours * 60 + minutes)
        }
        let days = dayNumber(year: year, month: month, day: dayOfMonth)
        let seconds = days * 86_400 + hour * 3_600 + (minute - offsetMinutes) * 60 + second
        let fraction = match.7.flatMap { Double("0" + $0) } ?? 0
        return Date(timeIntervalSince1970: Double(seconds) + fraction)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func daysIn(month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Days from 1970-01-01 to a date of the Gregorian calendar, counted in years that begin in
    /// March, so that a leap day comes last.
    private static func dayNumber(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = marchYear.quotientAndRemainder(flooringBy: 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The inverse of `dayNumber`.
    private static func civilDate(ofDay day: Int64) -> (Int64, Int64, Int64) {
        let (era, dayOfEra) = (day + 719_468).quotientAndRemainder(flooringBy: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}

extension Int64 {
    /// Division that rounds towards minus infinity, so that the remainder is not negative.
    fileprivate func quotientAndRemainder(flooringBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
