package import Foundation
import GRDB

private let millisecondsPerMinute: Int64 = 60_000

extension EventStore {
    /// Writes a minute's sound levels.
    package func append(_ minute: LevelMinute) throws(StoreError) {
        try write { database in
            try Self.insert(minute, in: database)
        }
    }

    static func insert(_ minute: LevelMinute, in database: Database) throws {
        let levels = minute.levels
        try database.cachedStatement(
            sql: """
                INSERT INTO level_minute (source_id, minute_utc_ms, measured_ms,
                    sample_rate_hz, calibration_db, laeq_dbfs, lceq_dbfs, lzeq_dbfs,
                    lafmax_dbfs, laf10_dbfs, laf50_dbfs, laf90_dbfs, rms_dbfs, peak_dbfs,
                    clipped_samples)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            minute.sourceID, minute.minute.utcMilliseconds,
            Int64((minute.measuredSeconds * 1000).rounded()), minute.sampleRateHz,
            minute.calibrationDB, levels.laeq, levels.lceq, levels.lzeq, levels.lafMax,
            levels.laf10, levels.laf50, levels.laf90, levels.rms, levels.peak,
            minute.clippedSamples,
        ])
    }

    /// The minutes that lie in a time, at least in part, the oldest first.
    ///
    /// - Parameters:
    ///   - from: The beginning.
    ///   - to: The end.
    ///   - source: The name of a source; nil: all sources.
    ///   - limit: At most so many, the newest; nil: all.
    /// - Returns: The minutes; those of one source follow one another in time.
    /// - Throws: Any ``StoreError`` of reading.
    package func levelMinutes(
        from: Date,
        to: Date,
        source: String? = nil,
        limit: Int? = nil
    ) throws(StoreError) -> [StoredLevelMinute] {
        let rows = try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT level_minute.*, source.name AS source FROM level_minute
                    JOIN source ON source.id = source_id
                    WHERE minute_utc_ms > :from AND minute_utc_ms < :to
                        AND (:source IS NULL OR source.name = :source)
                    ORDER BY minute_utc_ms DESC, source.name DESC, level_minute.id DESC
                    LIMIT :limit
                    """,
                arguments: [
                    "from": from.utcMilliseconds - millisecondsPerMinute,
                    "to": to.utcMilliseconds, "source": source, "limit": limit ?? -1,
                ]
            ).map(StoredLevelMinute.init(row:))
        }
        return rows.reversed()
    }

    /// Each source's levels over a whole time, and how much of it was measured.
    ///
    /// A minute that lies in the time in part counts in proportion.
    /// - Parameters:
    ///   - from: The beginning.
    ///   - to: The end.
    ///   - source: The name of a source; nil: all sources of which there are levels in the time.
    /// - Returns: In alphabetical order; a source of which there are no levels is not in it.
    /// - Throws: Any ``StoreError`` of reading.
    package func levelSummaries(
        from: Date,
        to: Date,
        source: String? = nil
    ) throws(StoreError) -> [LevelSummary] {
        try read { database in
            var sums: [LevelSum.Key: LevelSum] = [:]
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT source.name AS source, calibration_db, minute_utc_ms, measured_ms,
                        laeq_dbfs, lafmax_dbfs
                    FROM level_minute JOIN source ON source.id = source_id
                    WHERE minute_utc_ms > :from AND minute_utc_ms < :to
                        AND (:source IS NULL OR source.name = :source)
                    """,
                arguments: [
                    "from": from.utcMilliseconds - millisecondsPerMinute,
                    "to": to.utcMilliseconds, "source": source,
                ]
            )
            while let row = try rows.next() {
                let key = LevelSum.Key(source: row["source"], calibrationDB: row["calibration_db"])
                let minute: Int64 = row["minute_utc_ms"]
                let overlap =
                    min(minute + millisecondsPerMinute, to.utcMilliseconds)
                    - max(minute, from.utcMilliseconds)
                let measured: Int64 = row["measured_ms"]
                sums[key, default: LevelSum()].add(
                    seconds: Double(measured) / 1000 * Double(max(0, overlap))
                        / Double(millisecondsPerMinute),
                    laeq: row["laeq_dbfs"],
                    lafMax: row["lafmax_dbfs"]
                )
            }
            let asked = to.timeIntervalSince(from)
            return sums.sorted { $0.key < $1.key }.map { $1.summary(of: $0, askedSeconds: asked) }
        }
    }
}

extension StoredLevelMinute {
    fileprivate init(row: Row) {
        var levels = MeasuredLevels()
        levels.laeq = row["laeq_dbfs"]
        levels.lceq = row["lceq_dbfs"]
        levels.lzeq = row["lzeq_dbfs"]
        levels.lafMax = row["lafmax_dbfs"]
        levels.laf10 = row["laf10_dbfs"]
        levels.laf50 = row["laf50_dbfs"]
        levels.laf90 = row["laf90_dbfs"]
        levels.rms = row["rms_dbfs"]
        levels.peak = row["peak_dbfs"]
        let measured: Int64 = row["measured_ms"]
        self.init(
            source: row["source"],
            minute: LevelMinute(
                sourceID: row["source_id"],
                minute: Date(utcMilliseconds: row["minute_utc_ms"]),
                measuredSeconds: Double(min(max(0, measured), millisecondsPerMinute)) / 1000,
                sampleRateHz: row["sample_rate_hz"],
                calibrationDB: row["calibration_db"],
                levels: levels,
                clippedSamples: row["clipped_samples"]
            )
        )
    }
}
