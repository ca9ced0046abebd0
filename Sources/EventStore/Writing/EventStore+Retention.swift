package import Foundation
import GRDB

/// The number of rows that one transaction removes at most, so that writing an event never waits
/// long.
private let removalBatch = 5_000

/// So much free space is left to be filled again: packing scores frees as much every few minutes.
private let freePagesToKeep: Int64 = 1_000

extension EventStore {
    /// Removes what is older, or takes more space, than the policy allows.
    ///
    /// Scores go first, being the bulk, then prints, then sound levels, then events, the oldest of each
    /// first.
    /// Removed days leave their totals. An event in progress stays.
    /// - Returns: What was removed; the clips are the caller's to delete.
    package func applyRetention(
        _ policy: RetentionPolicy,
        now: Date = Date()
    ) throws(StoreError) -> RetentionReport {
        var report = RetentionReport()
        func limit(_ days: Int) -> Int64 { now.utcMilliseconds - Int64(days) * millisecondsPerDay }
        if let days = policy.scoreDays {
            report.removedScoreBlocks += try removeRows(of: .scores, before: limit(days))
        }
        if let days = policy.printDays {
            report.removedPrintBlocks += try removeRows(of: .prints, before: limit(days))
        }
        if let days = policy.levelDays {
            report.removedLevelMinutes += try removeRows(of: .levels, before: limit(days))
        }
        if let days = policy.eventDays {
            // Whole days, since coverage is folded by the day.
            let day = startOfDay(limit(days))
            try removeEvents(before: day, report: &report)
            report.foldedCoverageSpans += try foldCoverage(before: day)
        }
        if let maxBytes = policy.maxBytes {
            try shrink(to: maxBytes, now: now, report: &report)
        }
        let free = try freePages()
        if report != RetentionReport() || free > freePagesToKeep {
            try giveBackFreeSpace()
        }
        return report
    }

    /// A table whose rows are removed by their age alone, and the column of it.
    private enum AgedTable: String {
        case scores = "score_block"
        case prints = "print_block"
        case levels = "level_minute"

        var column: String { self == .levels ? "minute_utc_ms" : "start_utc_ms" }
    }

    /// Removes the rows of a table that are older than a moment, some at a time.
    private func removeRows(
        of table: AgedTable,
        before limit: Int64
    ) throws(StoreError) -> Int {
        var total = 0
        var removed = 0
        repeat {
            removed = try write { database in
                try database.execute(
                    sql: """
                        DELETE FROM \(table.rawValue) WHERE id IN (
                            SELECT id FROM \(table.rawValue) WHERE \(table.column) < ?
                            ORDER BY \(table.column) LIMIT ?)
                        """,
                    arguments: [limit, removalBatch]
                )
                return database.changesCount
            }
            total += removed
        } while removed == removalBatch
        return total
    }

    private func removeEvents(
        before limit: Int64,
        report: inout RetentionReport
    ) throws(StoreError) {
        while try removeBatch(before: limit, report: &report) == removalBatch {}
    }

    /// Removes the oldest events, as many as one transaction may, and returns how many.
    private func removeBatch(
        before limit: Int64,
        report: inout RetentionReport
    ) throws(StoreError) -> Int {
        let batch = try write { database in
            try Self.removeOldestEvents(before: limit, count: removalBatch, in: database)
        }
        report.removedEvents += batch.removedEvents
        report.orphanedClips += batch.orphanedClips
        return batch.removedEvents
    }

    private static func removeOldestEvents(
        before limit: Int64,
        count: Int,
        in database: Database
    ) throws -> RetentionReport {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT id, source_id, class_id, start_utc_ms, end_utc_ms, clip_path FROM event
                WHERE start_utc_ms < ? AND end_utc_ms IS NOT NULL
                ORDER BY start_utc_ms, id LIMIT ?
                """,
            arguments: [limit, count]
        )
        let countDay = try database.cachedStatement(
            sql: """
                INSERT INTO event_day VALUES (?, ?, ?, 1, ?)
                ON CONFLICT DO UPDATE SET event_count = event_count + 1,
                    sound_ms = sound_ms + excluded.sound_ms
                """
        )
        let delete = try database.cachedStatement(sql: "DELETE FROM event WHERE id = ?")
        for row in rows {
            let start: Int64 = row["start_utc_ms"]
            let end: Int64 = row["end_utc_ms"]
            try countDay.execute(arguments: [
                startOfDay(start), row["source_id"] as Int64, row["class_id"] as Int64,
                end - start,
            ])
            try delete.execute(arguments: [row["id"] as Int64])
        }
        var report = RetentionReport()
        report.removedEvents = rows.count
        report.orphanedClips = rows.compactMap { $0["clip_path"] }
        return report
    }

    /// Replaces spans by the totals of their days, and returns how many.
    private func foldCoverage(before limit: Int64) throws(StoreError) -> Int {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO coverage_day
                    SELECT start_utc_ms - (start_utc_ms % :day) AS day, source_id, state,
                        sum(end_utc_ms - start_utc_ms), sum(lost_samples)
                    FROM coverage WHERE start_utc_ms < :limit
                    GROUP BY day, source_id, state
                    ON CONFLICT DO UPDATE SET covered_ms = covered_ms + excluded.covered_ms,
                        lost_samples = lost_samples + excluded.lost_samples
                    """,
                arguments: ["day": millisecondsPerDay, "limit": limit]
            )
            try database.execute(
                sql: "DELETE FROM coverage WHERE start_utc_ms < ?",
                arguments: [limit]
            )
            return database.changesCount
        }
    }

    private func shrink(
        to maxBytes: Int64,
        now: Date,
        report: inout RetentionReport
    ) throws(StoreError) {
        while try usedBytes() > maxBytes {
            if let day = try oldestDay(of: .scores) {
                let end = day + millisecondsPerDay
                report.removedScoreBlocks += try removeRows(of: .scores, before: end)
            } else if let day = try oldestDay(of: .prints) {
                let end = day + millisecondsPerDay
                report.removedPrintBlocks += try removeRows(of: .prints, before: end)
            } else if let day = try oldestDay(of: .levels) {
                let end = day + millisecondsPerDay
                report.removedLevelMinutes += try removeRows(of: .levels, before: end)
            } else if try removeBatch(before: now.utcMilliseconds, report: &report) == 0 {
                return
            }
        }
    }

    /// The day of a table's oldest row; nil if it is empty.
    private func oldestDay(of table: AgedTable) throws(StoreError) -> Int64? {
        try read { database in
            try Int64.fetchOne(
                database,
                sql: "SELECT min(\(table.column)) FROM \(table.rawValue)"
            ).map(startOfDay)
        }
    }

    /// The space that rows take, without the pages that are free for reuse, in bytes.
    private func usedBytes() throws(StoreError) -> Int64 {
        try write { database in
            let pages = try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            let free = try Int64.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
            let pageSize = try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 0
            return (pages - free) * pageSize
        }
    }

    private func freePages() throws(StoreError) -> Int64 {
        try read { try Int64.fetchOne($0, sql: "PRAGMA freelist_count") ?? 0 }
    }

    private func giveBackFreeSpace() throws(StoreError) {
        try writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA incremental_vacuum")
            try database.execute(sql: "PRAGMA optimize")
            // Fails harmlessly while a reader is busy; the next retention does it then.
            _ = try? database.checkpoint(.truncate)
        }
    }
}

/// How much of the past is kept.
package struct RetentionPolicy: Sendable, Equatable {
    /// For how many days events and coverage are kept in detail; nil: for ever.
    package var eventDays: Int?
    /// For how many days every hop's scores are kept; nil: for ever.
    package var scoreDays: Int?
    /// For how many days the prints of sounds are kept; 0: they are not written at all; nil: for ever.
    package var printDays: Int?
    /// For how many days the sound levels of every minute are kept; nil: for ever.
    package var levelDays: Int?
    /// How large the database may become, in bytes; nil: without limit.
    package var maxBytes: Int64?

    /// Creates a policy; without arguments everything is kept for ever.
    package init(
        eventDays: Int? = nil,
        scoreDays: Int? = nil,
        printDays: Int? = nil,
        levelDays: Int? = nil,
        maxBytes: Int64? = nil
    ) {
        self.eventDays = eventDays
        self.scoreDays = scoreDays
        self.printDays = printDays
        self.levelDays = levelDays
        self.maxBytes = maxBytes
    }
}

/// What retention has removed.
package struct RetentionReport: Sendable, Equatable {
    /// The number of events; their daily counts are kept.
    package var removedEvents = 0
    /// The number of blocks of scores.
    package var removedScoreBlocks = 0
    /// The number of blocks of prints.
    package var removedPrintBlocks = 0
    /// The number of minutes of sound levels.
    package var removedLevelMinutes = 0
    /// The number of spans of coverage that were folded into daily totals.
    package var foldedCoverageSpans = 0
    /// The clips of removed events, relative to the folder of clips, for the caller to delete.
    package var orphanedClips: [String] = []

    /// Creates the report of nothing removed.
    package init() {}
    /// What is logged of it; nil where nothing of weight was removed.
    package var remark: String? {
        guard removedEvents > 0 || removedScoreBlocks > 0 || removedPrintBlocks > 0 else {
            return nil
        }
        return "Removed \(removedEvents) event(s), \(removedScoreBlocks) block(s) of scores and "
            + "\(removedPrintBlocks) of prints older than the retention limits."
    }
}
