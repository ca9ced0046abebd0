package import Foundation
import GRDB

extension EventStore {
    /// How many events of each class each source heard, bin by bin.
    ///
    /// Read from the counts that are kept beside the events, so that it takes as long with ten
    /// million events as with a thousand. Classes of the same name in several models are one.
    /// Events that retention removed are known by the UTC day: they count in the bin that holds the
    /// day's noon, if bins are a day or longer. Those that a user called something else are looked up
    /// and taken off, since they are few; they stay among the peaks.
    /// - Parameters:
    ///   - edges: The beginning of each bin and the end of the last, in rising order; they count as
    ///     the quarter of an hour of UTC in which they lie.
    ///   - classes: Only these classes, by name; empty: all.
    ///   - source: Only this source; nil: all.
    ///   - hidesWrong: Whether events do not count of which a user said that they are something else.
    /// - Returns: In the order of the bins, then of source and class; without empty bins.
    /// - Throws: Any ``StoreError`` of reading.
    package func eventCounts(
        inBins edges: [Date],
        classes: [String] = [],
        source: String? = nil,
        hidesWrong: Bool = false
    ) throws(StoreError) -> [BinCount] {
        guard edges.count > 1 else { return [] }
        return try read { database in
            let names = try CountedNames(classes: classes, source: source, in: database)
            guard !names.classes.isEmpty, !names.sources.isEmpty else { return [] }
            let moments = edges.map(\.utcMilliseconds)
            var sums = CountSums(names)
            let reader = try CountReader(names, in: database)
            for (bin, ends) in zip(moments, moments.dropFirst()).enumerated() {
                for piece in CountedPiece.pieces(from: ends.0, to: ends.1) {
                    try reader.read(piece) { sums.add($0, to: bin) }
                }
            }
            if hidesWrong { try Self.removeWrongEvents(from: &sums, edges: moments, in: database) }
            try Self.addRemovedEvents(to: &sums, edges: moments, in: database)
            return sums.counts(edges: edges)
        }
    }

    private static func removeWrongEvents(
        from sums: inout CountSums,
        edges: [Int64],
        in database: Database
    ) throws {
        // Their quarter of an hour says in which bin events were counted.
        let edges = edges.map { $0.roundedDown(to: StoreSchema.countedBinMinutes[0] * 60_000) }
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT start_utc_ms, source_id, class_id
                FROM event_label
                CROSS JOIN event ON event.id = event_id
                CROSS JOIN class ON class.id = class_id
                WHERE event_label.class_name IS NOT class.name AND end_utc_ms IS NOT NULL
                    AND start_utc_ms >= ? AND start_utc_ms < ?
                """,
            arguments: [edges[0], edges.last ?? 0]
        )
        while let row = try rows.next() {
            sums.removeOne(source: row[1], class: row[2], from: edges.bin(holding: row[0]))
        }
    }

    private static func addRemovedEvents(
        to sums: inout CountSums,
        edges: [Int64],
        in database: Database
    ) throws {
        let halfDay = millisecondsPerDay / 2
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT day_start_utc_ms, source_id, class_id, event_count FROM event_day
                WHERE day_start_utc_ms >= ? AND day_start_utc_ms < ?
                """,
            arguments: [edges[0] - halfDay, (edges.last ?? 0) - halfDay]
        )
        while let row = try rows.next() {
            let noon: Int64 = row[0] + halfDay
            let bin = edges.bin(holding: noon)
            // No day is shorter than 22 hours, whatever clocks do.
            guard edges[bin + 1] - edges[bin] >= millisecondsPerDay - 7_200_000 else { continue }
            sums.add(CountedRow(source: row[1], class: row[2], count: row[3], peak: nil), to: bin)
        }
    }
}

/// How many events of a class a source heard in a bin.
package struct BinCount: Sendable, Equatable {
    /// When the bin begins.
    package var start: Date
    /// The name of the class, such as `dog_bark`.
    package var className: String
    /// The name of the source.
    package var source: String
    /// The number of events, 1 or more.
    package var count: Int
    /// The highest peak score, 0...1; nil if retention has removed all the events.
    package var peakScore: Double?
}

/// A time whose counts are rows of one length.
struct CountedPiece: Equatable {
    let minutes: Int64
    /// Beginning and end, in milliseconds since 1970; whole multiples of the length.
    let time: Range<Int64>

    /// Covers a time by as few rows as possible: whole days of UTC, before and after them whole hours,
    /// and quarters of an hour at its ends.
    static func pieces(from start: Int64, to end: Int64) -> [CountedPiece] {
        let quarter = StoreSchema.countedBinMinutes[0] * 60_000
        return pieces(
            start.roundedDown(to: quarter)..<end.roundedDown(to: quarter),
            StoreSchema.countedBinMinutes[...]
        )
    }

    private static func pieces(
        _ time: Range<Int64>,
        _ lengths: ArraySlice<Int64>
    ) -> [CountedPiece] {
        guard let minutes = lengths.last, !time.isEmpty else { return [] }
        let length = minutes * 60_000
        let first = (time.lowerBound + length - 1).roundedDown(to: length)
        let last = time.upperBound.roundedDown(to: length)
        let shorter = lengths.dropLast()
        guard first < last else { return pieces(time, shorter) }
        return pieces(time.lowerBound..<first, shorter)
            + [CountedPiece(minutes: minutes, time: first..<last)]
            + pieces(last..<time.upperBound, shorter)
    }
}

extension Int64 {
    fileprivate func roundedDown(to step: Int64) -> Int64 {
        let remainder = self % step
        return self - (remainder < 0 ? remainder + step : remainder)
    }
}

/// The rows of sources and classes that are counted, and their names.
private struct CountedNames {
    let sources: [Int64: String]
    let classes: [Int64: String]
    let isOfAllClasses: Bool
    let isOfAllSources: Bool

    init(classes: [String], source: String?, in database: Database) throws {
        var sources: [Int64: String] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT id, name FROM source")
        where source == nil || row["name"] == source {
            sources[row["id"]] = row["name"]
        }
        var known: [Int64: String] = [:]
        let wanted = Set(classes)
        for row in try Row.fetchAll(database, sql: "SELECT id, name FROM class")
        where wanted.isEmpty || wanted.contains(row["name"]) {
            known[row["id"]] = row["name"]
        }
        self.sources = sources
        self.classes = known
        isOfAllClasses = wanted.isEmpty
        isOfAllSources = source == nil
    }
}

private struct CountedRow {
    let source: Int64
    let `class`: Int64
    let count: Int
    let peak: Double?
}

/// Reads pieces with one prepared statement.
private struct CountReader {
    private let statement: Statement

    init(_ names: CountedNames, in database: Database) throws {
        var conditions = "bin_minutes = ? AND start_utc_ms >= ? AND start_utc_ms < ?"
        // Row numbers of the database itself, not text of a user.
        if !names.isOfAllSources { conditions += " AND source_id IN (\(Self.list(names.sources)))" }
        if !names.isOfAllClasses { conditions += " AND class_id IN (\(Self.list(names.classes)))" }
        statement = try database.makeStatement(
            sql: """
                SELECT source_id, class_id, sum(events), max(peak_score) FROM event_count
                WHERE \(conditions) GROUP BY source_id, class_id
                """
        )
    }

    private static func list(_ names: [Int64: String]) -> String {
        names.keys.sorted().map(String.init).joined(separator: ", ")
    }

    func read(_ piece: CountedPiece, _ body: (CountedRow) -> Void) throws {
        let rows = try Row.fetchCursor(
            statement,
            arguments: [piece.minutes, piece.time.lowerBound, piece.time.upperBound]
        )
        while let row = try rows.next() {
            body(CountedRow(source: row[0], class: row[1], count: row[2], peak: row[3]))
        }
    }
}

/// Counts by bin, source and class, as they are added up.
private struct CountSums {
    private struct Key: Hashable {
        let bin: Int
        let source: String
        let className: String
    }

    private let names: CountedNames
    private var sums: [Key: (count: Int, peak: Double?)] = [:]

    init(_ names: CountedNames) {
        self.names = names
    }

    mutating func add(_ row: CountedRow, to bin: Int) {
        guard let source = names.sources[row.source], let name = names.classes[row.class] else {
            return
        }
        let key = Key(bin: bin, source: source, className: name)
        let sum = sums[key] ?? (0, nil)
        sums[key] = (sum.count + row.count, [sum.peak, row.peak].compactMap { $0 }.max())
    }

    /// Takes an event off that was counted.
    mutating func removeOne(source: Int64, class: Int64, from bin: Int) {
        guard let source = names.sources[source], let name = names.classes[`class`] else { return }
        let key = Key(bin: bin, source: source, className: name)
        guard let sum = sums[key] else { return }
        sums[key] = sum.count > 1 ? (sum.count - 1, sum.peak) : nil
    }

    func counts(edges: [Date]) -> [BinCount] {
        sums.sorted {
            ($0.key.bin, $0.key.source, $0.key.className)
                < ($1.key.bin, $1.key.source, $1.key.className)
        }.map { key, sum in
            BinCount(
                start: edges[key.bin],
                className: key.className,
                source: key.source,
                count: sum.count,
                peakScore: sum.peak
            )
        }
    }
}
