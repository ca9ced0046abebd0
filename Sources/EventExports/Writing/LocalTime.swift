package import Foundation

/// Times as people at this machine read them.
package struct LocalTime: Sendable {
    private let style: Date.VerbatimFormatStyle

    /// Times in a zone.
    package init(timeZone: TimeZone = .current) {
        style = Date.VerbatimFormatStyle(
            format: """
                \(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits) \
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\
                \(minute: .twoDigits):\(second: .twoDigits).\(secondFraction: .fractional(1))
                """,
            locale: Locale(identifier: "en_US_POSIX"),
            timeZone: timeZone,
            calendar: Calendar(identifier: .gregorian)
        )
    }

    /// Date and time to a tenth of a second.
    package func text(_ date: Date) -> String {
        style.format(date)
    }
}
