package import Foundation
import GRDB

private let millisecondsPerMinute: Int64 = 60_000

extension EventStore {
    static func insert(
        _ minute: LevelMinute,
        ofSource source: Int64,
        in database: Database
    ) throws {
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
            source, minute.minute.utcMilliseconds,
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

/// The sound levels of one source in one minute of the clock, or in the part of it that was measured.
package struct LevelMinute: Sendable, Equatable {
    /// When the minute begins.
    package var minute: Date
    /// How much of it was measured, in seconds, 0...60.
    package var measuredSeconds: Double
    /// The rate at which it was measured, in Hz: nothing over half of it is in the levels.
    package var sampleRateHz: Int
    /// The sound pressure level of 0 dBFS in dB; nil: the source was not calibrated.
    package var calibrationDB: Double?
    /// The levels.
    package var levels: MeasuredLevels
    /// How many samples were at or beyond full scale.
    package var clippedSamples: Int

    /// Creates the minute from its parts.
    package init(
        minute: Date,
        measuredSeconds: Double,
        sampleRateHz: Int,
        calibrationDB: Double?,
        levels: MeasuredLevels,
        clippedSamples: Int
    ) {
        precondition((0...60).contains(measuredSeconds), "a minute has at most 60 seconds")
        self.minute = minute
        self.measuredSeconds = measuredSeconds
        self.sampleRateHz = sampleRateHz
        self.calibrationDB = calibrationDB
        self.levels = levels
        self.clippedSamples = clippedSamples
    }
}

/// Sound levels in dBFS; nil is digital silence, or too short a time for the level.
package struct MeasuredLevels: Sendable, Equatable {
    /// The energy mean, weighting A.
    package var laeq: Double?
    /// The energy mean, weighting C.
    package var lceq: Double?
    /// The energy mean, weighting Z.
    package var lzeq: Double?
    /// The highest level, weightings A and fast.
    package var lafMax: Double?
    /// The level exceeded for 10 % of the time, weightings A and fast.
    package var laf10: Double?
    /// The level exceeded for 50 % of the time, weightings A and fast.
    package var laf50: Double?
    /// The level exceeded for 90 % of the time, weightings A and fast.
    package var laf90: Double?
    /// RMS of the unweighted samples.
    package var rms: Double?
    /// The largest magnitude of a sample.
    package var peak: Double?

    /// Creates levels of nothing.
    package init() {}
}

/// A minute's levels as the history has them.
package struct StoredLevelMinute: Sendable, Equatable {
    /// The name of the source.
    package var source: String
    /// The minute.
    package var minute: LevelMinute
}

/// The sound levels of one source over the whole time asked for, and how much of it was measured.
package struct LevelSummary: Sendable, Equatable {
    /// The name of the source.
    package var source: String
    /// The sound pressure level of 0 dBFS in dB; nil: the source was not calibrated.
    ///
    /// A source that was calibrated anew within the time has a summary for each calibration.
    package var calibrationDB: Double?
    /// The time asked for, in seconds.
    package var askedSeconds: Double
    /// How much of it was measured, in seconds.
    package var measuredSeconds: Double
    /// The energy mean of what was measured, weighting A, in dBFS; nil: digital silence.
    package var laeq: Double?
    /// The highest level, weightings A and fast, in dBFS; nil: digital silence.
    package var lafMax: Double?
}

/// The energy of a source's minutes, added up.
struct LevelSum {
    /// What is added up separately: a level before and after a calibration can't be added.
    struct Key: Hashable, Comparable {
        var source: String
        var calibrationDB: Double?

        static func < (left: Key, right: Key) -> Bool {
            (left.source, left.calibrationDB ?? 0) < (right.source, right.calibrationDB ?? 0)
        }
    }

    private var seconds = 0.0
    private var energy = 0.0
    private var lafMax: Double?

    /// Adds a minute.
    mutating func add(seconds: Double, laeq: Double?, lafMax: Double?) {
        self.seconds += seconds
        energy += laeq.map { pow(10, $0 / 10) * seconds } ?? 0
        self.lafMax = [self.lafMax, lafMax].compactMap { $0 }.max()
    }

    /// What was added.
    func summary(of key: Key, askedSeconds: Double) -> LevelSummary {
        LevelSummary(
            source: key.source,
            calibrationDB: key.calibrationDB,
            askedSeconds: askedSeconds,
            measuredSeconds: min(seconds, askedSeconds),
            laeq: energy > 0 && seconds > 0 ? 10 * log10(energy / seconds) : nil,
            lafMax: lafMax
        )
    }
}
