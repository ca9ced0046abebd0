package import Foundation
import GRDB

extension EventStore {
    /// The recorded spans that touch a time, in order of their beginning; of all sources unless
    /// one is named.
    package func coverageSpans(
        from: Date,
        to: Date,
        source: String? = nil
    ) throws(StoreError) -> [CoverageStretch] {
        try read { database in
            let sources = try Self.sources(named: source, in: database)
            return try sources.flatMap { id, _ in
                try Self.spans(
                    of: id,
                    from: from.utcMilliseconds,
                    to: to.utcMilliseconds,
                    in: database
                )
            }.sorted { left, right in left.start < right.start }
        }
    }

    /// How much of a time was really listened to.
    ///
    /// Of all sources together, those that were stopped all the time do not count if another one
    /// was not: they are no longer configured.
    /// - Parameters:
    ///   - from: The beginning; nil: when the source was first seen.
    ///   - to: The end; not after the present, of which nothing can be known.
    ///   - source: The name of a source; nil: all sources.
    /// - Returns: The totals of each source and of all together.
    /// - Throws: Any ``StoreError`` of reading.
    package func coverage(
        from: Date?,
        to: Date,
        source: String? = nil
    ) throws(StoreError) -> CoverageSummary {
        try read { database in
            let sources = try Self.sources(named: source, in: database)
            let firstSeen = try sources.map { id, _ in
                try Self.firstSeen(source: id, in: database)
            }
            let end = to.utcMilliseconds
            let start = min(end, from?.utcMilliseconds ?? firstSeen.min() ?? end)
            var parts: [CoverageSummary.Source] = []
            for (id, name) in sources {
                let totals = try Self.totals(of: id, from: start, to: end, in: database)
                parts.append(CoverageSummary.Source(name: name, totals: totals))
            }
            let used = parts.filter { $0.totals.wasUsed }
            return CoverageSummary(
                from: Date(utcMilliseconds: start),
                to: to,
                sources: used.isEmpty ? parts : used
            )
        }
    }

    static func sources(
        named name: String?,
        in database: Database
    ) throws -> [(Int64, String)] {
        try Row.fetchAll(
            database,
            sql: "SELECT id, name FROM source WHERE :name IS NULL OR name = :name ORDER BY name",
            arguments: ["name": name]
        ).map { ($0["id"], $0["name"]) }
    }

    private static func firstSeen(source: Int64, in database: Database) throws -> Int64 {
        try Int64.fetchOne(
            database,
            sql: "SELECT first_seen_utc_ms FROM source WHERE id = ?",
            arguments: [source]
        ) ?? 0
    }

    /// A span never crosses midnight UTC, so none that matters begins before the day of `from`.
    static func spans(
        of source: Int64,
        from: Int64,
        to: Int64,
        in database: Database
    ) throws -> [CoverageStretch] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT * FROM coverage
                WHERE source_id = ? AND start_utc_ms >= ? AND start_utc_ms < ?
                    AND end_utc_ms >= ?
                ORDER BY start_utc_ms, id
                """,
            arguments: [source, startOfDay(from), to, from]
        ).compactMap(CoverageStretch.init(row:))
    }

    private static func totals(
        of source: Int64,
        from: Int64,
        to: Int64,
        in database: Database
    ) throws -> CoverageTotals {
        var totals = CoverageTotals()
        totals.askedSeconds = Double(to - from) / 1000
        try addFoldedDays(of: source, from: from, to: to, to: &totals, in: database)
        // After a clock step spans can overlap; no moment counts twice.
        var counted = from
        for span in try spans(of: source, from: from, to: to, in: database) {
            let begin = max(counted, span.start.utcMilliseconds)
            let end = min(to, span.end.utcMilliseconds)
            totals.lostSamples += span.lostSamples
            if end > begin {
                totals.seconds[span.state, default: 0] += Double(end - begin) / 1000
                counted = end
            }
        }
        return totals
    }

    /// Adds the days of which only totals are kept, in proportion where only a part is asked for.
    private static func addFoldedDays(
        of source: Int64,
        from: Int64,
        to: Int64,
        to totals: inout CoverageTotals,
        in database: Database
    ) throws {
        let days = try Row.fetchAll(
            database,
            sql: """
                SELECT day_start_utc_ms, state, covered_ms, lost_samples FROM coverage_day
                WHERE source_id = ? AND day_start_utc_ms >= ? AND day_start_utc_ms < ?
                """,
            arguments: [source, startOfDay(from), to]
        )
        for day in days {
            guard let state = CoverageState(rawValue: day["state"]) else {
                continue
            }
            let start: Int64 = day["day_start_utc_ms"]
            let overlap = min(to, start + millisecondsPerDay) - max(from, start)
            let fraction = Double(max(0, overlap)) / Double(millisecondsPerDay)
            let covered: Int64 = day["covered_ms"]
            let lost: Int64 = day["lost_samples"]
            totals.seconds[state, default: 0] += Double(covered) / 1000 * fraction
            totals.lostSamples += Int64((Double(lost) * fraction).rounded())
        }
    }
}

extension CoverageTotals {
    /// Whether the source was more than stopped.
    var wasUsed: Bool {
        seconds.contains { state, seconds in state != .stopped && seconds > 0 }
    }
}

extension CoverageStretch {
    /// Reads a row of `coverage`; nil for a state of a later version.
    init?(row: Row) {
        guard let state = CoverageState(rawValue: row["state"]) else {
            return nil
        }
        self.init(
            state: state,
            start: Date(utcMilliseconds: row["start_utc_ms"]),
            end: Date(utcMilliseconds: row["end_utc_ms"]),
            lostSamples: row["lost_samples"],
            reason: row["reason"]
        )
    }
}

/// How much of a time range was listened to, for each source and in total.
package struct CoverageSummary: Sendable, Equatable {
    /// The part of one source.
    package struct Source: Sendable, Equatable {
        /// The source's name.
        package var name: String
        /// Its totals.
        package var totals: CoverageTotals
    }

    /// The beginning of the time asked for.
    package var from: Date
    /// The end of the time asked for.
    package var to: Date
    /// The sources that the totals are made of, in alphabetical order.
    package var sources: [Source]

    /// The sum over the sources.
    package var totals: CoverageTotals {
        sources.map(\.totals).reduce(CoverageTotals(), +)
    }
}

/// How much of an asked time was spent in which state.
package struct CoverageTotals: Sendable, Equatable {
    /// The time asked for, in seconds; over all sources, their sum.
    package var askedSeconds: Double = 0
    /// The time in each state, in seconds; a state that did not occur is missing.
    package var seconds: [CoverageState: Double] = [:]
    /// The number of samples that were lost.
    package var lostSamples: Int64 = 0

    /// Creates totals of nothing.
    package init() {}

    /// The time that was really listened to, silence included, in seconds.
    package var listenedSeconds: Double {
        (seconds[.listening] ?? 0) + (seconds[.gated] ?? 0)
    }

    /// The share of the time range that was listened to, 0...1; nil if it is empty.
    package var listenedFraction: Double? {
        askedSeconds > 0 ? min(1, listenedSeconds / askedSeconds) : nil
    }

    /// The time that nothing is known of, in seconds.
    package var unknownSeconds: Double {
        max(0, askedSeconds - seconds.values.reduce(0, +))
    }

    /// The totals of both, one after the other.
    package static func + (left: CoverageTotals, right: CoverageTotals) -> CoverageTotals {
        var sum = left
        sum.askedSeconds += right.askedSeconds
        sum.seconds.merge(right.seconds, uniquingKeysWith: +)
        sum.lostSamples += right.lostSamples
        return sum
    }
}
