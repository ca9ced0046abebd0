package import Foundation
import GRDB

/// Gaps and overlaps between spans up to this come from rounding, in milliseconds.
private let joinToleranceMilliseconds: Int64 = 20

extension EventStore {
    /// Writes a span, cut at every midnight UTC, each piece joined to what it continues.
    ///
    /// Because no row crosses midnight, rows can be found by their beginning alone and whole days
    /// can be folded into totals. Lost samples are counted in the first piece.
    static func insert(_ span: CoverageSpan, in database: Database) throws {
        var piece = span
        var start = span.start.utcMilliseconds
        let end = span.end.utcMilliseconds
        repeat {
            let pieceEnd = min(end, startOfDay(start) + millisecondsPerDay)
            try insertWithinDay(piece, start: start, end: pieceEnd, in: database)
            start = pieceEnd
            piece.lostSamples = 0
        } while start < end
    }

    private static func insertWithinDay(
        _ span: CoverageSpan,
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
            arguments: [span.sourceID, start]
        )
        if let previous {
            let previousStart: Int64 = previous["start_utc_ms"]
            let previousEnd: Int64 = previous["end_utc_ms"]
            let adjoins = abs(start - previousEnd) <= joinToleranceMilliseconds
            let sameDay = startOfDay(previousStart) == startOfDay(start)
            let sameState =
                previous["state"] as String == span.state.rawValue
                && previous["reason"] as String? == span.reason
            if adjoins, sameDay, sameState {
                try extend(
                    row: previous["id"],
                    to: max(previousEnd, end),
                    lost: span.lostSamples,
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
            span.sourceID, start, max(start, end), span.state.rawValue, span.lostSamples,
            span.reason,
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
}

/// A stretch of one source's time and what became of it.
package struct CoverageSpan: Sendable, Equatable {
    /// The row of the source.
    package var sourceID: Int64
    /// What became of the time.
    package var state: CoverageState
    /// The beginning.
    package var start: Date
    /// The end; not before `start`.
    package var end: Date
    /// The number of samples that are missing.
    package var lostSamples: Int64
    /// Why, in a few words for people; nil if the state says it all.
    package var reason: String?

    /// Creates the span from its parts.
    package init(
        sourceID: Int64,
        state: CoverageState,
        start: Date,
        end: Date,
        lostSamples: Int64 = 0,
        reason: String? = nil
    ) {
        precondition(end >= start, "a span does not end before it begins")
        precondition(lostSamples >= 0, "a number of samples is not negative")
        self.sourceID = sourceID
        self.state = state
        self.start = start
        self.end = end
        self.lostSamples = lostSamples
        self.reason = reason
    }
}
