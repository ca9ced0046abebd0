import Foundation
import GRDB

/// A clock that is behind by less than this was only corrected.
private let clockToleranceMilliseconds: Int64 = 500

extension EventStore {
    /// Closes what the last run left open and accounts for the time since.
    static func recover(_ database: Database, now: Date) throws -> RecoveryReport {
        var report = RecoveryReport()
        report.closedEventIDs = try closeAbandonedEvents(database)
        let nowMilliseconds = now.utcMilliseconds
        var latest = nowMilliseconds
        let sources = try Int64.fetchAll(database, sql: "SELECT id FROM source ORDER BY id")
        for source in sources {
            guard let lastKnown = try lastKnownMoment(of: source, in: database) else { continue }
            latest = max(latest, lastKnown)
            guard nowMilliseconds > lastKnown else { continue }
            let stretch = CoverageStretch(
                state: .stopped,
                start: Date(utcMilliseconds: lastKnown),
                end: now,
                reason: "not running"
            )
            guard !isTimeOfUnsetClock(lastKnown, nowMilliseconds) else {
                // The clock of the last run was not set.
                try insertWhereUnknown(stretch, ofSource: source, in: database)
                continue
            }
            try insert(stretch, ofSource: source, in: database)
            let stopped = Double(nowMilliseconds - lastKnown) / 1000
            report.stoppedSeconds = max(report.stoppedSeconds, stopped)
        }
        try forgetTimeOfUnsetClock(before: nowMilliseconds, in: database)
        if latest - nowMilliseconds > clockToleranceMilliseconds {
            try recordClockBehind(byMilliseconds: latest - nowMilliseconds, now: now, in: database)
            report.clockBehindSeconds = Double(latest - nowMilliseconds) / 1000
        }
        return report
    }

    /// A machine without a clock of its own can wake up in the past: what is heard from now on
    /// comes after what was heard before, whatever its date.
    private static func recordClockBehind(
        byMilliseconds behind: Int64,
        now: Date,
        in database: Database
    ) throws {
        let last = try lastEventID(in: database)
        try insert(
            ClockStep(
                date: now,
                seconds: -Double(behind) / 1000,
                firstEventID: last + 1
            ),
            in: database
        )
    }

    private static func closeAbandonedEvents(_ database: Database) throws -> [Int64] {
        let abandoned = try Row.fetchAll(
            database,
            sql: """
                SELECT id, source_id, start_utc_ms FROM event
                WHERE end_utc_ms IS NULL ORDER BY id
                """
        )
        var closed: [Int64] = []
        for row in abandoned {
            let id: Int64 = row["id"]
            let start: Int64 = row["start_utc_ms"]
            let lastKnown = try lastKnownMoment(of: row["source_id"], in: database) ?? start
            try database.execute(
                sql: "UPDATE event SET end_utc_ms = ? WHERE id = ?",
                arguments: [max(start, lastKnown), id]
            )
            closed.append(id)
        }
        return closed
    }

    /// The end of the stretch of time that was accounted for last, in milliseconds.
    ///
    /// Not the latest end: once, the clock may have been ahead for a while.
    private static func lastKnownMoment(of source: Int64, in database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database,
            sql: """
                SELECT coalesce(
                    (SELECT end_utc_ms FROM coverage WHERE source_id = :source
                        ORDER BY id DESC LIMIT 1),
                    (SELECT max(day_start_utc_ms) + :day FROM coverage_day
                        WHERE source_id = :source),
                    (SELECT first_seen_utc_ms FROM source WHERE id = :source))
                """,
            arguments: ["source": source, "day": millisecondsPerDay]
        )
    }
}

/// What was repaired when a run started.
package struct RecoveryReport: Sendable, Equatable {
    /// Events that a crash had left without an end and that are now closed at the last moment
    /// their source was known to be listened to.
    package var closedEventIDs: [Int64] = []

    /// The time without listening that is now recorded as stopped, in seconds; of the source
    /// that was stopped longest.
    package var stoppedSeconds: Double = 0

    /// By how many seconds the wall clock is behind what was recorded last; 0 if it is not.
    package var clockBehindSeconds: Double = 0

    /// Creates the report of a history that was in order.
    package init() {}
}
