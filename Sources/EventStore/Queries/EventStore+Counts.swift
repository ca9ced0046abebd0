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
            // The quarter of an hour of an event says in which bin it was counted.
            let quarters = moments.map { $0.roundedDown(to: CountedPiece.shortest) }
            var sums = CountSums(names)
            let reader = try CountReader(names, in: database)
            for run in CountedRun.runs(ofBins: quarters) {
                if run.isOfSingleRows {
                    try reader.readRows(of: run.piece) {
                        sums.add($0, to: quarters.bin(holding: $1))
                    }
                } else {
                    let bin = quarters.bin(holding: run.piece.time.lowerBound)
                    try reader.readSums(of: run.piece) { sums.add($0, to: bin) }
                }
            }
            if hidesWrong { try Self.removeWrongEvents(from: &sums, edges: quarters, in: database) }
            try Self.addRemovedEvents(to: &sums, edges: moments, in: database)
            return sums.counts(edges: edges)
        }
    }

    private static func removeWrongEvents(
        from sums: inout CountSums,
        edges: [Int64],
        in database: Database
    ) throws {
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
    var time: Range<Int64>

    /// The length of the shortest rows, in milliseconds.
    static let shortest = StoreSchema.countedBinMinutes[0] * 60_000

    /// Covers a time by as few rows as possible: whole days of UTC, before and after them whole hours,
    /// and quarters of an hour at its ends.
    static func pieces(from start: Int64, to end: Int64) -> [CountedPiece] {
        pieces(
            start.roundedDown(to: shortest)..<end.roundedDown(to: shortest),
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

/// What one query reads: a piece of one bin, or a row for each of many bins that follow one another.
struct CountedRun: Equatable {
    var piece: CountedPiece
    /// Whether each of its rows is a bin's whole piece.
    let isOfSingleRows: Bool

    /// Covers all bins by as few queries as possible; a month of hours is one.
    ///
    /// - Parameter edges: The beginning of each bin and the end of the last, in rising order.
    /// - Returns: The queries, in the order of time.
    static func runs(ofBins edges: [Int64]) -> [CountedRun] {
        var runs: [CountedRun] = []
        for (start, end) in zip(edges, edges.dropFirst()) {
            for piece in CountedPiece.pieces(from: start, to: end) {
                let isSingle = piece.time.count == piece.minutes * 60_000
                if isSingle, let last = runs.last, last.isOfSingleRows,
                    last.piece.minutes == piece.minutes,
                    last.piece.time.upperBound == piece.time.lowerBound
                {
                    runs[runs.count - 1].piece.time =
                        last.piece.time.lowerBound..<piece.time.upperBound
                } else {
                    runs.append(CountedRun(piece: piece, isOfSingleRows: isSingle))
                }
            }
        }
        return runs
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
    /// The names in alphabetical order; several rows of classes may have the same.
    let sources: [String]
    let classes: [String]
    /// The place of the name of each row.
    let sourcePlaces: [Int64: Int]
    let classPlaces: [Int64: Int]
    let isOfAllClasses: Bool
    let isOfAllSources: Bool

    init(classes: [String], source: String?, in database: Database) throws {
        let wanted = Set(classes)
        (self.sources, sourcePlaces) = try Self.named("source", in: database) { name in
            source == nil || name == source
        }
        (self.classes, classPlaces) = try Self.named("class", in: database) { name in
            wanted.isEmpty || wanted.contains(name)
        }
        isOfAllClasses = wanted.isEmpty
        isOfAllSources = source == nil
    }

    private static func named(
        _ table: String,
        in database: Database,
        where isWanted: (String) -> Bool
    ) throws -> (names: [String], places: [Int64: Int]) {
        var known: [Int64: String] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT id, name FROM \(table)")
        where isWanted(row["name"]) {
            known[row["id"]] = row["name"]
        }
        let names = Set(known.values).sorted()
        let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        return (names, known.compactMapValues { places[$0] })
    }
}

private struct CountedRow {
    let source: Int64
    let `class`: Int64
    let count: Int
    let peak: Double?
}

/// Reads pieces with two prepared statements.
private struct CountReader {
    private let sums: Statement
    private let rows: Statement

    init(_ names: CountedNames, in database: Database) throws {
        var conditions = "bin_minutes = ? AND start_utc_ms >= ? AND start_utc_ms < ?"
        // Row numbers of the database itself, not text of a user.
        if !names.isOfAllSources {
            conditions += " AND source_id IN (\(Self.list(names.sourcePlaces)))"
        }
        if !names.isOfAllClasses {
            conditions += " AND class_id IN (\(Self.list(names.classPlaces)))"
        }
        sums = try database.makeStatement(
            sql: """
                SELECT source_id, class_id, sum(events), max(peak_score) FROM event_count
                WHERE \(conditions) GROUP BY source_id, class_id
                """
        )
        rows = try database.makeStatement(
            sql: """
                SELECT source_id, class_id, events, peak_score, start_utc_ms FROM event_count
                WHERE \(conditions)
                """
        )
    }

    private static func list(_ places: [Int64: Int]) -> String {
        places.keys.sorted().map(String.init).joined(separator: ", ")
    }

    /// The sums over a piece.
    func readSums(of piece: CountedPiece, _ body: (CountedRow) -> Void) throws {
        try read(sums, piece) { row in body(Self.counted(row)) }
    }

    /// The rows of a piece, each with the beginning of its time.
    func readRows(of piece: CountedPiece, _ body: (CountedRow, _ start: Int64) -> Void) throws {
        try read(rows, piece) { row in body(Self.counted(row), row[4]) }
    }

    private func read(
        _ statement: Statement,
        _ piece: CountedPiece,
        _ body: (Row) -> Void
    ) throws {
        let rows = try Row.fetchCursor(
            statement,
            arguments: [piece.minutes, piece.time.lowerBound, piece.time.upperBound]
        )
        while let row = try rows.next() { body(row) }
    }

    private static func counted(_ row: Row) -> CountedRow {
        CountedRow(source: row[0], class: row[1], count: row[2], peak: row[3])
    }
}

/// Counts by bin, source and class, as they are added up.
private struct CountSums {
    private let names: CountedNames
    /// By a number that rises in the order of the bins, then of source and class.
    private var sums: [Int: (count: Int, peak: Double?)] = [:]

    init(_ names: CountedNames) {
        self.names = names
    }

    private func key(_ bin: Int, _ source: Int64, _ class: Int64) -> Int? {
        guard let source = names.sourcePlaces[source], let place = names.classPlaces[`class`] else {
            return nil
        }
        return (bin * names.sources.count + source) * names.classes.count + place
    }

    mutating func add(_ row: CountedRow, to bin: Int) {
        guard let key = key(bin, row.source, row.class) else { return }
        var sum = sums[key] ?? (0, nil)
        sum.count += row.count
        if let peak = row.peak { sum.peak = max(sum.peak ?? peak, peak) }
        sums[key] = sum
    }

    /// Takes an event off that was counted.
    mutating func removeOne(source: Int64, class: Int64, from bin: Int) {
        guard let key = key(bin, source, `class`), let sum = sums[key] else { return }
        sums[key] = sum.count > 1 ? (sum.count - 1, sum.peak) : nil
    }

    func counts(edges: [Date]) -> [BinCount] {
        sums.sorted { $0.key < $1.key }.map { key, sum in
            let (rest, place) = key.quotientAndRemainder(dividingBy: names.classes.count)
            let (bin, source) = rest.quotientAndRemainder(dividingBy: names.sources.count)
            return BinCount(
                start: edges[bin],
                className: names.classes[place],
                source: names.sources[source],
                count: sum.count,
                peakScore: sum.peak
            )
        }
    }
}
