import Foundation
import GRDB

/// Gaps and overlaps between spans up to this come from rounding, in milliseconds.
private let joinToleranceMilliseconds: Int64 = 20

extension EventStore {
    /// Writes a stretch, cut at every midnight UTC, each piece joined to what it continues.
    ///
    /// A piece that continues the row before it in the same state extends it, so that the table
    /// stays small. Gaps and overlaps of up to 20 ms, which come from rounding, are closed. Because no row crosses midnight, rows can be found by their beginning alone and whole days
    /// can be folded into totals. Lost samples are counted in the first piece.
    static func insert(
        _ stretch: CoverageStretch,
        ofSource source: Int64,
        in database: Database
    ) throws {
        var piece = stretch
        var start = stretch.start.utcMilliseconds
        let end = stretch.end.utcMilliseconds
        repeat {
            let pieceEnd = min(end, startOfDay(start) + millisecondsPerDay)
            try insertWithinDay(piece, source, start: start, end: pieceEnd, in: database)
            start = pieceEnd
            piece.lostSamples = 0
        } while start < end
    }

    private static func insertWithinDay(
        _ stretch: CoverageStretch,
        _ source: Int64,
        start: Int64,
        end: Int64,
        in database: Database
    ) throws {
        var start = start
        let previous = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT id, start_utc_ms, end_utc_ms, state, reason FROM coverage
                    WHERE source_id = ? AND start_utc_ms <= ?
                    ORDER BY start_utc_ms DESC, id DESC LIMIT 1
                    """
            ),
            arguments: [source, start]
        )
        if let previous {
            let previousStart: Int64 = previous["start_utc_ms"]
            let previousEnd: Int64 = previous["end_utc_ms"]
            let adjoins = abs(start - previousEnd) <= joinToleranceMilliseconds
            let sameDay = startOfDay(previousStart) == startOfDay(start)
            let sameState =
                previous["state"] as String == stretch.state.rawValue
                && previous["reason"] as String? == stretch.reason
            if adjoins, sameDay, sameState {
                try extend(
                    row: previous["id"],
                    to: max(previousEnd, end),
                    lost: stretch.lostSamples,
                    in: database
                )
                return
            }
            if adjoins, startOfDay(previousEnd) == startOfDay(start) {
                start = previousEnd
            }
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO coverage
                    (source_id, start_utc_ms, end_utc_ms, state, lost_samples, reason)
                VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            source, start, max(start, end), stretch.state.rawValue, stretch.lostSamples,
            stretch.reason,
        ])
    }

    private static func extend(
        row: Int64,
        to end: Int64,
        lost: Int64,
        in database: Database
    ) throws {
        try database.cachedStatement(
            sql: """
                UPDATE coverage SET end_utc_ms = ?, lost_samples = lost_samples + ? WHERE id = ?
                """
        ).execute(arguments: [end, lost, row])
    }

    /// Writes the part of a stretch that comes after all that is known of its time.
    ///
    /// A clock that was set forward skipped the stretch; but part of it may have been listened to, or
    /// accounted for, before the clock fell behind.
    static func insertWhereUnknown(
        _ stretch: CoverageStretch,
        ofSource source: Int64,
        in database: Database
    ) throws {
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
                "source": source, "end": stretch.end.utcMilliseconds,
                "day": millisecondsPerDay,
            ]
        )
        var unknown = stretch
        if let known { unknown.start = max(stretch.start, Date(utcMilliseconds: known)) }
        guard unknown.start < unknown.end,
            !isTimeOfUnsetClock(unknown.start.utcMilliseconds, unknown.end.utcMilliseconds)
        else { return }
        try insert(unknown, ofSource: source, in: database)
    }
}
