package import Foundation
import GRDB

extension EventStore {
    /// Writes what it takes to decide about a block anew.
    static func insert(
        _ details: HopDetails,
        peaks: [UInt8],
        ofBlock block: Int64,
        in database: Database
    ) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO score_detail (block_id, listening_since_utc_ms, sample_rate_hz,
                    first_sample, silent_samples, rule_set_id, hop_runs, peaks, familiarity, envelope)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            block, details.listeningSince.utcMilliseconds, details.sampleRateHz,
            details.firstSample, details.silentSamples, try ruleSet(details.rules, in: database),
            details.runBytes, Data(peaks), details.familiarityBytes, Data(details.envelope),
        ])
    }

    private static func ruleSet(_ rules: String, in database: Database) throws -> Int64 {
        let known = try database.cachedStatement(sql: "SELECT id FROM rule_set WHERE rules = ?")
        if let id = try Int64.fetchOne(known, arguments: [rules]) { return id }
        try database.execute(sql: "INSERT INTO rule_set (rules) VALUES (?)", arguments: [rules])
        return database.lastInsertedRowID
    }

    /// What is known of the blocks that begin in a time without reading their scores, source by
    /// source, in the order in which they were heard.
    ///
    /// - Parameters:
    ///   - from: The beginning.
    ///   - to: The end.
    ///   - source: Only of this source; nil: of all.
    ///   - model: The name of the model.
    /// - Returns: The blocks, and the names that belong to their numbers.
    /// - Throws: Any ``StoreError`` of reading.
    package func pastBlocks(
        from: Date,
        to: Date,
        source: String? = nil,
        model: String
    ) throws(StoreError) -> PastBlocks {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT b.id, s.name, b.model_id, b.start_utc_ms, b.hop_us, b.hop_count,
                        b.class_count, d.listening_since_utc_ms, d.sample_rate_hz,
                        d.first_sample, d.silent_samples, d.rule_set_id, d.hop_runs, d.peaks
                    FROM score_block AS b
                    JOIN source AS s ON s.id = b.source_id
                    LEFT JOIN score_detail AS d ON d.block_id = b.id
                    WHERE b.start_utc_ms >= :from AND b.start_utc_ms < :to
                        AND b.model_id IN (SELECT id FROM model WHERE name = :model)
                        AND (:source IS NULL OR s.name = :source)
                    """,
                arguments: [
                    "from": from.utcMilliseconds, "to": to.utcMilliseconds, "model": model,
                    "source": source,
                ]
            )
            var past = PastBlocks()
            while let row = try rows.next() { past.heads.append(PastBlock(row: row)) }
            past.heads.sort { $0.order < $1.order }
            for row in try Row.fetchAll(database, sql: "SELECT id, rules FROM rule_set") {
                past.rules[row[0]] = row[1]
            }
            for row in try Row.fetchAll(
                database,
                sql: """
                    SELECT class.model_id, class.name FROM class
                    JOIN model ON model.id = class.model_id
                    WHERE model.name = ? ORDER BY class.model_id, class_index
                    """,
                arguments: [model]
            ) {
                past.classNames[row[0], default: []].append(row[1])
            }
            return past
        }
    }

    /// A block with its details.
    ///
    /// - Parameters:
    ///   - id: The row of the block.
    ///   - packs: What finds its scores; one for all blocks that are asked for one after another.
    /// - Returns: The block; nil if retention has removed it meanwhile.
    /// - Throws: Any ``StoreError`` of reading.
    package func scoreBlock(
        _ id: Int64,
        _ packs: inout PackedScores
    ) throws(StoreError) -> ScoreBlock? {
        try read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT * FROM score_block
                    LEFT JOIN score_detail ON score_detail.block_id = score_block.id
                    LEFT JOIN rule_set ON rule_set.id = score_detail.rule_set_id
                    LEFT JOIN score_place ON score_place.block_id = score_block.id
                    WHERE score_block.id = ?
                    """
            )
            guard let row = try Row.fetchOne(statement, arguments: [id]),
                let part = try packs.part(of: row, in: database),
                var block = ScoreBlock(row: row, part: part)
            else { return nil }
            block.details = HopDetails(row: row, envelope: part.envelope ?? [])
            return block
        }
    }
}

extension HopDetails {
    fileprivate init?(row: Row, envelope: [UInt8]) {
        guard let since = row["listening_since_utc_ms"] as Int64? else { return nil }
        self.init(
            listeningSince: Date(utcMilliseconds: since),
            sampleRateHz: row["sample_rate_hz"],
            firstSample: row["first_sample"],
            silentSamples: row["silent_samples"],
            rules: row["rules"]
        )
        runs = Self.runs(of: row["hop_runs"])
        familiarity =
            (row["familiarity"] as Data?).map(Self.familiarity)
            ?? Array(repeating: nil, count: row["hop_count"])
        self.envelope = envelope
    }
}

/// The blocks of a time, and the names that belong to their numbers.
package struct PastBlocks: Sendable, Equatable {
    /// The blocks, source by source, in the order in which they were heard.
    package var heads: [PastBlock] = []
    /// The rules of each set, as JSON, by its number.
    package var rules: [Int64: String] = [:]
    /// The names of the classes of each version of the model, in the order of its scores, by its row.
    package var classNames: [Int64: [String]] = [:]
}

/// What is known of a block of scores without reading them.
package struct PastBlock: Sendable, Equatable {
    /// The row of the block.
    package let id: Int64
    /// The name of its source.
    package let source: String
    /// The row of its model: another version has another.
    package let modelRow: Int64
    /// The beginning of the first hop.
    package let start: Date
    /// The length of a hop, in microseconds.
    package let hopMicroseconds: Int64
    /// The number of hops.
    package let hopCount: Int
    /// The number of classes that have scores.
    package let classCount: Int
    /// When the device was opened; nil for blocks without details.
    package let listeningSince: Date?
    /// The rate of the timeline in Hz.
    package let sampleRateHz: Int
    /// The first sample of the first hop.
    package let firstSample: Int64
    /// One past the last sample of the last hop.
    package let endSample: Int64
    /// For how many samples before it the gate was closed, in hops that are not stored.
    package let silentSamples: Int64
    /// The rules that judged it; nil for blocks without details.
    package let ruleSet: Int64?
    /// The highest byte of each class; nil for blocks without details.
    package let peaks: [UInt8]?

    /// The rate that blocks without details are given, whose samples are counted from 1970.
    private static let nominalRateHz: Int64 = 16_000

    fileprivate init(row: Row) {
        id = row[0]
        source = row[1]
        modelRow = row[2]
        let startMilliseconds: Int64 = row[3]
        start = Date(utcMilliseconds: startMilliseconds)
        hopMicroseconds = row[4]
        hopCount = row[5]
        classCount = row[6]
        guard let since = row[7] as Int64? else {
            listeningSince = nil
            sampleRateHz = Int(Self.nominalRateHz)
            firstSample = startMilliseconds * Self.nominalRateHz / 1000
            endSample =
                firstSample + Int64(hopCount) * (hopMicroseconds * Self.nominalRateHz / 1_000_000)
            silentSamples = 0
            ruleSet = nil
            peaks = nil
            return
        }
        listeningSince = Date(utcMilliseconds: since)
        sampleRateHz = row[8]
        let first: Int64 = row[9]
        firstSample = first
        silentSamples = row[10]
        ruleSet = row[11]
        endSample = HopDetails.runs(of: row[12]).reduce(first) {
            $0 + Int64($1.count * $1.hopSamples)
        }
        peaks = [UInt8](row[13] as Data)
    }

    /// The end of the last hop, as its nominal length tells.
    package var end: Date { start + Double(hopCount) * Double(hopMicroseconds) / 1e6 }

    /// By which blocks are sorted: as they were heard, even if the clock was set meanwhile.
    fileprivate var order: Order {
        Order(source: source, since: listeningSince ?? start, sample: firstSample, model: modelRow)
    }

    fileprivate struct Order: Comparable {
        let source: String
        let since: Date
        let sample: Int64
        let model: Int64

        static func < (left: Order, right: Order) -> Bool {
            (left.source, left.since, left.sample, left.model)
                < (right.source, right.since, right.sample, right.model)
        }
    }
}
