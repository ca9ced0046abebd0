package import Foundation
import GRDB

/// 2020-01-01: a clock that shows less was never set, as that of a machine without a battery is
/// until the network tells it the time.
private let earliestOfSetClock: Int64 = 1_577_836_800_000

/// Whether a time begins by a clock that was not set and ends by one that was: it never passed.
func isTimeOfUnsetClock(_ start: Int64, _ end: Int64) -> Bool {
    start < earliestOfSetClock && end >= earliestOfSetClock
}

extension EventStore {
    /// The moments at which the wall clock was set, in the order in which it happened.
    package func clockSteps() throws(StoreError) -> [ClockStep] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM clock_step ORDER BY id").map { row in
                ClockStep(
                    date: Date(utcMilliseconds: row["at_utc_ms"]),
                    seconds: Double(row["step_ms"] as Int64) / 1000,
                    firstEventID: row["first_event_id"]
                )
            }
        }
    }

    static func insert(_ step: ClockStep, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO clock_step (at_utc_ms, step_ms, first_event_id) VALUES (?, ?, ?)
                """,
            arguments: [
                step.date.utcMilliseconds, Int64((step.seconds * 1000).rounded()),
                step.firstEventID,
            ]
        )
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
