package import Foundation
import GRDB

extension EventStore {
    /// How much of each bin of time each source was listened to.
    ///
    /// Days of which only totals are kept count in equal parts.
    /// - Parameters:
    ///   - edges: The beginning of each bin and the end of the last, in rising order.
    ///   - source: Only this source; nil: all that were more than stopped in the time.
    /// - Returns: In the order of the bins, then of the sources; also bins of which nothing is known.
    /// - Throws: Any ``StoreError`` of reading.
    package func coverage(
        inBins edges: [Date],
        source: String? = nil
    ) throws(StoreError) -> [BinCoverage] {
        guard edges.count > 1 else { return [] }
        let moments = edges.map(\.utcMilliseconds)
        return try read { database in
            var sources: [(name: String, bins: [CoverageTotals])] = []
            for (id, name) in try Self.sources(named: source, in: database) {
                let bins = try Self.totals(of: id, inBins: moments, in: database)
                if source != nil || bins.contains(where: \.wasUsed) { sources.append((name, bins)) }
            }
            return edges.indices.dropLast().flatMap { bin in
                sources.map { name, bins in
                    BinCoverage(start: edges[bin], source: name, totals: bins[bin])
                }
            }
        }
    }

    private static func totals(
        of source: Int64,
        inBins edges: [Int64],
        in database: Database
    ) throws -> [CoverageTotals] {
        var bins = zip(edges, edges.dropFirst()).map { begin, end in
            var totals = CoverageTotals()
            totals.askedSeconds = Double(end - begin) / 1000
            return totals
        }
        guard let first = edges.first, let last = edges.last else { return [] }
        let days = try Row.fetchCursor(
            database,
            sql: """
                SELECT day_start_utc_ms, state, covered_ms, lost_samples FROM coverage_day
                WHERE source_id = ? AND day_start_utc_ms >= ? AND day_start_utc_ms < ?
                """,
            arguments: [source, startOfDay(first), last]
        )
        while let day = try days.next() {
            guard let state = CoverageState(rawValue: day[1]) else { continue }
            let (start, covered, lost): (Int64, Int64, Int64) = (day[0], day[2], day[3])
            edges.overlaps(with: start..<(start + millisecondsPerDay)) { bin, overlap in
                let share = Double(overlap) / Double(millisecondsPerDay)
                bins[bin].seconds[state, default: 0] += Double(covered) / 1000 * share
                bins[bin].lostSamples += Int64((Double(lost) * share).rounded())
            }
        }
        // After a clock step spans can overlap; no moment counts twice.
        var counted = first
        for span in try spans(of: source, from: first, to: last, in: database) {
            let begin = max(counted, span.start.utcMilliseconds)
            let end = min(last, span.end.utcMilliseconds)
            if span.lostSamples > 0, begin >= first, begin < last {
                bins[edges.bin(holding: begin)].lostSamples += span.lostSamples
            }
            guard end > begin else { continue }
            edges.overlaps(with: begin..<end) { bin, overlap in
                bins[bin].seconds[span.state, default: 0] += Double(overlap) / 1000
            }
            counted = end
        }
        return bins
    }
}

extension [Int64] {
    /// The bin that holds a moment, of bins that these are the edges of, in rising order; not in
    /// range for a moment outside of all of them.
    func bin(holding moment: Int64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] > moment { high = middle } else { low = middle + 1 }
        }
        return low - 1
    }

    /// Calls a function for each bin that a time overlaps, with the length of the overlap.
    func overlaps(with time: Range<Int64>, _ body: (_ bin: Int, _ length: Int64) -> Void) {
        var bin = Swift.max(0, self.bin(holding: time.lowerBound))
        while bin + 1 < count, self[bin] < time.upperBound {
            let length =
                Swift.min(time.upperBound, self[bin + 1]) - Swift.max(time.lowerBound, self[bin])
            if length > 0 { body(bin, length) }
            bin += 1
        }
    }
}

/// How much of a bin of time a source was listened to.
package struct BinCoverage: Sendable, Equatable {
    /// When the bin begins.
    package var start: Date
    /// The name of the source.
    package var source: String
    /// What became of the bin's time.
    package var totals: CoverageTotals
}
