package import Foundation
import GRDB

extension EventStore {
    /// The sound levels of each source in each bin of time, from those of its minutes.
    ///
    /// A minute counts in the bin in which it begins, by how much of it was measured. Bins of whole
    /// quarters of an hour are read from the sums that are kept beside the minutes, so that a year
    /// takes milliseconds.
    /// - Parameters:
    ///   - edges: The beginning of each bin and the end of the last, in rising order.
    ///   - source: Only this source; nil: all.
    /// - Returns: In the order of the bins, then of the sources; without bins that were not measured.
    ///   A source that was calibrated anew in a bin has two.
    /// - Throws: Any ``StoreError`` of reading.
    package func levels(
        inBins edges: [Date],
        source: String? = nil
    ) throws(StoreError) -> [BinLevels] {
        guard edges.count > 1 else { return [] }
        let moments = edges.map(\.utcMilliseconds)
        let isOfQuarters = moments.allSatisfy { $0.isMultiple(of: CountedPiece.shortest) }
        return try read { database in
            let names = try Row.fetchAll(database, sql: "SELECT id, name FROM source").filter {
                source == nil || $0["name"] == source
            }
            let ids = names.map { String($0["id"] as Int64) }.joined(separator: ", ")
            guard !ids.isEmpty else { return [] }
            let sums =
                try isOfQuarters
                ? Self.sumsOfBins(moments, ofSources: ids, in: database)
                : Self.sumsOfMinutes(moments, ofSources: ids, in: database)
            let sources = Dictionary(
                uniqueKeysWithValues: names.map { ($0["id"] as Int64, $0["name"] as String) }
            )
            return sums.map { key, sum in
                sum.levels(of: key, named: sources[key.source] ?? "", start: edges[key.bin])
            }.sorted {
                ($0.start, $0.source, $0.calibrationDB ?? 0)
                    < ($1.start, $1.source, $1.calibrationDB ?? 0)
            }
        }
    }

    private static let columns = """
        source_id, calibration_db, measured_ms, energy_ms, lafmax_dbfs, laf10_db_ms, laf10_ms,
        laf50_db_ms, laf50_ms, laf90_db_ms, laf90_ms, start_utc_ms
        """

    private static func sumsOfBins(
        _ moments: [Int64],
        ofSources ids: String,
        in database: Database
    ) throws -> [BinLevelSum.Key: BinLevelSum] {
        // Row numbers of the database itself, not text of a user.
        let statement = try database.makeStatement(
            sql: """
                SELECT \(columns) FROM level_bin
                WHERE bin_minutes = ? AND start_utc_ms >= ? AND start_utc_ms < ?
                    AND source_id IN (\(ids))
                """
        )
        var sums: [BinLevelSum.Key: BinLevelSum] = [:]
        for run in CountedRun.runs(ofBins: moments) {
            let time = run.piece.time
            let rows = try Row.fetchCursor(
                statement,
                arguments: [run.piece.minutes, time.lowerBound, time.upperBound]
            )
            while let row = try rows.next() { sums.add(row, to: moments) }
        }
        return sums
    }

    private static func sumsOfMinutes(
        _ moments: [Int64],
        ofSources ids: String,
        in database: Database
    ) throws -> [BinLevelSum.Key: BinLevelSum] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT source_id, calibration_db, measured_ms,
                    coalesce(pow(10, laeq_dbfs / 10), 0) * measured_ms, lafmax_dbfs,
                    laf10_dbfs * measured_ms, iif(laf10_dbfs IS NULL, 0, measured_ms),
                    laf50_dbfs * measured_ms, iif(laf50_dbfs IS NULL, 0, measured_ms),
                    laf90_dbfs * measured_ms, iif(laf90_dbfs IS NULL, 0, measured_ms),
                    minute_utc_ms
                FROM level_minute
                WHERE minute_utc_ms >= ? AND minute_utc_ms < ? AND source_id IN (\(ids))
                """,
            arguments: [moments[0], moments.last ?? 0]
        )
        var sums: [BinLevelSum.Key: BinLevelSum] = [:]
        while let row = try rows.next() { sums.add(row, to: moments) }
        return sums
    }
}

/// The sound levels of a source in a bin of time.
package struct BinLevels: Sendable, Equatable {
    /// When the bin begins.
    package var start: Date
    /// The name of the source.
    package var source: String
    /// The sound pressure level of 0 dBFS in dB; nil: the source was not calibrated.
    package var calibrationDB: Double?
    /// How much of the bin was measured, in seconds.
    package var measuredSeconds: Double
    /// The levels in dBFS: `laeq` is the energy mean and `lafMax` the highest; of `laf10`, `laf50` and
    /// `laf90` it is the mean of the minutes' values, since their distribution is not kept.
    package var levels: MeasuredLevels
}

/// What a bin's minutes add up to.
private struct BinLevelSum {
    struct Key: Hashable {
        let bin: Int
        let source: Int64
        let calibrationDB: Double?
    }

    /// A mean that minutes without a value don't take part in.
    private struct Mean {
        private var sum = 0.0
        private var milliseconds: Int64 = 0

        mutating func add(_ part: Double?, milliseconds: Int64) {
            sum += part ?? 0
            self.milliseconds += milliseconds
        }

        var value: Double? { milliseconds > 0 ? sum / Double(milliseconds) : nil }
    }

    private var milliseconds: Int64 = 0
    private var energy = 0.0
    private var lafMax: Double?
    private var laf10 = Mean()
    private var laf50 = Mean()
    private var laf90 = Mean()

    /// Adds a row of a query.
    mutating func add(_ row: Row) {
        milliseconds += row[2] as Int64
        energy += row[3] as Double
        if let highest = row[4] as Double? { lafMax = max(lafMax ?? highest, highest) }
        laf10.add(row[5], milliseconds: row[6])
        laf50.add(row[7], milliseconds: row[8])
        laf90.add(row[9], milliseconds: row[10])
    }

    func levels(of key: Key, named source: String, start: Date) -> BinLevels {
        var levels = MeasuredLevels()
        if energy > 0, milliseconds > 0 {
            levels.laeq = 10 * log10(energy / Double(milliseconds))
        }
        levels.lafMax = lafMax
        levels.laf10 = laf10.value
        levels.laf50 = laf50.value
        levels.laf90 = laf90.value
        return BinLevels(
            start: start,
            source: source,
            calibrationDB: key.calibrationDB,
            measuredSeconds: Double(milliseconds) / 1000,
            levels: levels
        )
    }
}

extension [BinLevelSum.Key: BinLevelSum] {
    /// Adds a row to the bin that holds its beginning.
    fileprivate mutating func add(_ row: Row, to edges: [Int64]) {
        let key = BinLevelSum.Key(
            bin: edges.bin(holding: row[11]),
            source: row[0],
            calibrationDB: row[1]
        )
        self[key, default: BinLevelSum()].add(row)
    }
}
