package import Foundation
internal import Platform

/// Moments as text: UTC with milliseconds, such as `2026-11-20T23:03:57.120Z`.
package enum UTCTimestamp {
    /// The moment as text, rounded to the nearest millisecond.
    package static func text(_ moment: Date) -> String {
        let milliseconds = Int64((moment.timeIntervalSince1970 * 1000).rounded())
        let fraction = (milliseconds % 1_000 + 1_000) % 1_000
        let wall = WallTime(clockSeconds: (milliseconds - fraction) / 1_000)
        guard (0...9_999).contains(wall.year) else {
            let digits = String(1_000 + fraction).dropFirst()
            return "\(wall.dateText)T\(wall.timeText).\(digits)Z"
        }
        var text: [UInt8] = []
        text.reserveCapacity(24)
        append(wall.year, 4, "-", to: &text)
        append(wall.month, 2, "-", to: &text)
        append(wall.day, 2, "T", to: &text)
        append(wall.hour, 2, ":", to: &text)
        append(wall.minute, 2, ":", to: &text)
        append(wall.second, 2, ".", to: &text)
        append(Int(fraction), 3, "Z", to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends a number with leading zeros and what follows it.
    private static func append(
        _ number: Int,
        _ width: Int,
        _ end: Unicode.Scalar,
        to text: inout [UInt8]
    ) {
        var divisor = [1, 10, 100, 1_000][width - 1]
        while divisor > 0 {
            text.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
        text.append(UInt8(ascii: end))
    }

    /// Reads a moment of RFC 3339, with any offset and any number of decimals; nil if it is not
    /// one.
    ///
    /// A date alone, or a missing offset, is not one: it would be guessed.
    package static func moment(_ text: String) -> Date? {
        let form =
            /\d{4}-\d\d-\d\d[Tt ](?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)/
        guard text.wholeMatch(of: form) != nil, let time = TimeText(text),
            let ahead = time.secondsAhead
        else { return nil }
        return Date(
            timeIntervalSince1970: Double(time.wall.clockSeconds - Int64(ahead))
                + time.wall.fraction
        )
    }
}
