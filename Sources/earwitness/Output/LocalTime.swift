import Foundation

/// Times as people at this machine read them.
enum LocalTime {
    private static let style = Date.VerbatimFormatStyle(
        format: """
            \(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits) \
            \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\
            \(minute: .twoDigits):\(second: .twoDigits).\(secondFraction: .fractional(1))
            """,
        locale: Locale(identifier: "en_US_POSIX"),
        timeZone: .current,
        calendar: Calendar(identifier: .gregorian)
    )

    /// Date and time to a tenth of a second, in local time.
    static func text(_ date: Date) -> String {
        style.format(date)
    }
}
