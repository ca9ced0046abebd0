package import Foundation
import GRDB

/// 2020-01-01: a clock that shows less was never set, as that of a machine without a battery is
/// until the network tells it the time.
private let earliestOfSetClock: Int64 = 1_577_836_800_000

/// Whether a time begins by a clock that nobody had set and ends by one that was: it never passed.
func isTimeOfUnsetClock(_ start: Int64, _ end: Int64) -> Bool {
    start < earliestOfSetClock && end >= earliestOfSetClock
}

extension EventStore {
    /// Writes the part of a span that comes after all that is known of its time.
    ///
    /// A clock that was set forward skipped the span; but part of it may have been listened to, or
    /// accounted for, before the clock fell behind.
    static func insertWhereUnknown(_ span: CoverageSpan, in database: Database) throws {
        let known = try Int64.fetchOne(
            database,
            sql: """
                SELECT max(known) FROM (
                    SELECT max(end_utc_ms) AS known FROM coverage
                        WHERE source_id = :source AND start_utc_ms < :end
                    UNION ALL
                    SELECT max(day_start_utc_ms) + :day FROM coverage_day
                        WHERE source_id = :source AND day_start_utc_ms < :end)
                """,
            arguments: [
                "source": span.sourceID, "end": span.end.utcMilliseconds,
                "day": millisecondsPerDay,
            ]
        )
        var unknown = span
        if let known { unknown.start = max(span.start, Date(utcMilliseconds: known)) }
        guard unknown.start < unknown.end,
            !isTimeOfUnsetClock(unknown.start.utcMilliseconds, unknown.end.utcMilliseconds)
        else { return }
        try insert(unknown, in: database)
    }

    /// Lets sources begin when the clock was first set, if they were first seen before: what was
    /// heard until then stays, but the decades between never were.
    static func forgetTimeOfUnsetClock(before date: Int64, in database: Database) throws {
        guard date >= earliestOfSetClock else { return }
        try database.execute(
            sql: "UPDATE source SET first_seen_utc_ms = ? WHERE first_seen_utc_ms < ?",
            arguments: [date, earliestOfSetClock]
        )
    }
}

/// A moment at which the wall clock was set.
package struct ClockStep: Sendable, Equatable, Codable {
    /// The moment by the clock as it is since then.
    package var date: Date
    /// By how many seconds it was set: above 0 for forward.
    package var seconds: Double
    /// The number of the first event that can be dated by the new clock.
    package var firstEventID: Int64

    /// Creates the step from its parts.
    package init(date: Date, seconds: Double, firstEventID: Int64 = 0) {
        self.date = date
        self.seconds = seconds
        self.firstEventID = firstEventID
    }
}

/// The length of a UTC day, in milliseconds.
let millisecondsPerDay: Int64 = 86_400_000

extension Date {
    /// Milliseconds since 1970-01-01T00:00:00Z, rounded to the nearest.
    var utcMilliseconds: Int64 {
        Int64((timeIntervalSince1970 * 1000).rounded())
    }

    /// The moment that lies `utcMilliseconds` milliseconds after 1970-01-01T00:00:00Z.
    init(utcMilliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(utcMilliseconds) / 1000)
    }
}

/// The beginning of the UTC day in which a moment lies; both in milliseconds since 1970.
func startOfDay(_ milliseconds: Int64) -> Int64 {
    let remainder = milliseconds % millisecondsPerDay
    return milliseconds - (remainder < 0 ? remainder + millisecondsPerDay : remainder)
}
