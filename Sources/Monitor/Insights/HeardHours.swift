package import Foundation

/// An hour of a source.
package struct HeardHour: Equatable, Sendable {
    /// When it begins.
    package var start: Date
    /// The day of the week by local time, 0 for Monday.
    package var weekday: Int
    /// The hour by local time, 0...23.
    package var hour: Int
    /// How much of it was listened to, 0...1.
    package var listened: Double
    /// How many events of each class began in it.
    package var events: [String: Int]
    /// The energy mean of its levels, weighting A, in dBFS; nil if it was not measured.
    package var laeq: Double?

    /// Joins the parts.
    package init(
        start: Date,
        weekday: Int,
        hour: Int,
        listened: Double,
        events: [String: Int] = [:],
        laeq: Double? = nil
    ) {
        self.start = start
        self.weekday = weekday
        self.hour = hour
        self.listened = listened
        self.events = events
        self.laeq = laeq
    }

    /// Whether enough of it was listened to for what was not heard to count.
    var counts: Bool { listened >= Self.leastListened }

    private static let leastListened = 0.5
}

/// Hours of a source that follow one another, in days that end with the last of them.
package struct HeardHours: Equatable, Sendable {
    /// The name of the source.
    package let source: String
    /// The hours, oldest first; a whole number of days.
    package let hours: [HeardHour]

    /// Makes days of hours.
    ///
    /// - Parameters:
    ///   - source: The name of the source.
    ///   - hours: The hours, oldest first; what is more than whole days is left out at the beginning.
    package init(source: String, hours: [HeardHour]) {
        self.source = source
        self.hours = hours.suffix(hours.count / 24 * 24)
    }

    /// The hours of each day, oldest first.
    var days: [ArraySlice<HeardHour>] {
        stride(from: 0, to: hours.count, by: 24).map { hours[$0..<$0 + 24] }
    }

    /// The classes that were heard, by name.
    var classes: [String] {
        hours.reduce(into: Set<String>()) { $0.formUnion($1.events.keys) }.sorted()
    }
}
