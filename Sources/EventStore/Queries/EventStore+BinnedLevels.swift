package import Foundation
import GRDB

extension EventStore {
    /// The sound levels of each source in each bin of time, from those of its minutes.
    ///
    /// A minute counts in the bin in which it begins, by how much of it was measured.
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
        guard let first = edges.first, let last = edges.last, edges.count > 1 else { return [] }
        let moments = edges.map(\.utcMilliseconds)
        return try read { database in
            var sums: [BinLevelSum.Key: BinLevelSum] = [:]
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT minute_utc_ms, source.name, calibration_db, measured_ms, laeq_dbfs,
                        laf10_dbfs, laf50_dbfs, laf90_dbfs, lafmax_dbfs
                    FROM level_minute JOIN source ON source.id = source_id
                    WHERE minute_utc_ms >= :from AND minute_utc_ms < :to
                        AND (:source IS NULL OR source.name = :source)
                    """,
                arguments: [
                    "from": first.utcMilliseconds, "to": last.utcMilliseconds, "source": source,
                ]
            )
            while let row = try rows.next() {
                let key = BinLevelSum.Key(
                    bin: moments.bin(holding: row[0]),
                    source: row[1],
                    calibrationDB: row[2]
                )
                sums[key, default: BinLevelSum()].add(row)
            }
            return sums.sorted { $0.key < $1.key }.map { key, sum in
                sum.levels(of: key, start: edges[key.bin])
            }
        }
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
    struct Key: Hashable, Comparable {
        let bin: Int
        let source: String
        let calibrationDB: Double?

        static func < (left: Key, right: Key) -> Bool {
            (left.bin, left.source, left.calibrationDB ?? 0)
                < (right.bin, right.source, right.calibrationDB ?? 0)
        }
    }

    /// A mean that minutes without a value don't take part in.
    private struct Mean {
        private var sum = 0.0
        private var seconds = 0.0

        mutating func add(_ value: Double?, seconds: Double) {
            guard let value else { return }
            sum += value * seconds
            self.seconds += seconds
        }

        var value: Double? { seconds > 0 ? sum / seconds : nil }
    }

    private var energy = LevelSum()
    private var laf10 = Mean()
    private var laf50 = Mean()
    private var laf90 = Mean()
    private var seconds = 0.0

    /// Adds a row of the query.
    mutating func add(_ row: Row) {
        let milliseconds: Int64 = row[3]
        let seconds = Double(milliseconds) / 1000
        self.seconds += seconds
        energy.add(seconds: seconds, laeq: row[4], lafMax: row[8])
        laf10.add(row[5], seconds: seconds)
        laf50.add(row[6], seconds: seconds)
        laf90.add(row[7], seconds: seconds)
    }

    func levels(of key: Key, start: Date) -> BinLevels {
        let summary = energy.summary(
            of: LevelSum.Key(source: key.source, calibrationDB: key.calibrationDB),
            askedSeconds: seconds
        )
        var levels = MeasuredLevels()
        levels.laeq = summary.laeq
        levels.lafMax = summary.lafMax
        levels.laf10 = laf10.value
        levels.laf50 = laf50.value
        levels.laf90 = laf90.value
        return BinLevels(
            start: start,
            source: key.source,
            calibrationDB: key.calibrationDB,
            measuredSeconds: seconds,
            levels: levels
        )
    }
}
