package import Foundation
import GRDB

extension EventStore {
    /// Writes a block of scores, unless the gate was closed all the time: coverage says as much.
    static func insert(
        _ block: ScoreBlock,
        ofSource source: Int64,
        model: Int64,
        in database: Database
    ) throws {
        precondition(
            block.end.timeIntervalSince(block.start) <= ScoreBlock.maxSeconds,
            "a block is at most an hour long"
        )
        guard block.hopCount > 0, !block.isAllGated else {
            return
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO score_block (source_id, model_id, start_utc_ms, hop_us,
                    hop_count, class_count, scores, levels)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            source, model, block.start.utcMilliseconds,
            block.hopMicroseconds, block.hopCount, block.classCount, Data(block.scores),
            Data(block.levels),
        ])
    }

    /// The blocks that overlap a time, in order of their beginning; of all sources and models
    /// unless one is named.
    package func scoreBlocks(
        from: Date,
        to: Date,
        source: String? = nil,
        model: String? = nil
    ) throws(StoreError) -> [ScoreBlock] {
        try read { database in
            try Self.blocks(from: from, to: to, source: source, model: model, in: database)
                .map(\.block)
        }
    }

    /// The blocks that overlap a time, each with its row, which has `model_id` and the names `source`
    /// and `model` too.
    static func blocks(
        from: Date,
        to: Date,
        source: String?,
        model: String?,
        in database: Database
    ) throws -> [(row: Row, block: ScoreBlock)] {
        let earliest = from.utcMilliseconds - Int64(ScoreBlock.maxSeconds * 1000)
        return try Row.fetchAll(
            database,
            sql: """
                SELECT score_block.*, source.name AS source, model.name AS model FROM score_block
                JOIN source ON source.id = score_block.source_id
                JOIN model ON model.id = score_block.model_id
                WHERE start_utc_ms >= :earliest AND start_utc_ms < :to
                    AND start_utc_ms + hop_count * hop_us / 1000 > :from
                    AND (:source IS NULL OR source.name = :source)
                    AND (:model IS NULL OR model.name = :model)
                ORDER BY start_utc_ms, score_block.id
                """,
            arguments: [
                "earliest": earliest, "from": from.utcMilliseconds,
                "to": to.utcMilliseconds, "source": source, "model": model,
            ]
        ).compactMap { row in ScoreBlock(row: row).map { (row, $0) } }
    }
}

extension ScoreBlock {
    fileprivate init?(row: Row) {
        let hopCount: Int = row["hop_count"]
        let levels = (row["levels"] as Data?).map { [UInt8]($0) }
        self.init(
            start: Date(utcMilliseconds: row["start_utc_ms"]),
            hopMicroseconds: row["hop_us"],
            classCount: row["class_count"],
            scores: [UInt8](row["scores"] as Data),
            levels: levels ?? Array(repeating: Self.silentLevelByte, count: hopCount)
        )
    }
}

/// The scores of consecutive hops of one source, so that other thresholds can be tried on them.
package struct ScoreBlock: Sendable, Equatable {
    /// The byte that stands for a score of a hop during which the gate was closed.
    package static let gatedByte: UInt8 = 255
    /// The byte of a score of 1: a score is its byte divided by this.
    package static let fullScoreByte: UInt8 = 254
    /// The byte of a hop of digital silence; any other byte `b` is a level of -b/2 dBFS.
    package static let silentLevelByte: UInt8 = 255
    /// The longest block, in seconds.
    package static let maxSeconds = 3600.0

    /// The beginning of the first hop.
    package var start: Date
    /// The length of a hop, in microseconds.
    package var hopMicroseconds: Int64
    /// The number of classes, 1 or more.
    package var classCount: Int
    /// One byte a class and hop, row-major, shape `[hopCount, classCount]`.
    package private(set) var scores: [UInt8] = []
    /// One byte a hop, shape `[hopCount]`.
    package private(set) var levels: [UInt8] = []

    /// Creates a block without hops.
    package init(
        start: Date,
        hopMicroseconds: Int64,
        classCount: Int
    ) {
        precondition(classCount > 0, "a model has at least one class")
        precondition(hopMicroseconds > 0, "a hop has a length")
        self.start = start
        self.hopMicroseconds = hopMicroseconds
        self.classCount = classCount
    }

    /// The number of hops.
    package var hopCount: Int { scores.count / classCount }

    /// The end of the last hop.
    package var end: Date {
        start + Double(hopCount) * Double(hopMicroseconds) / 1_000_000
    }

    /// Whether the gate was closed all the time, so that the block says nothing.
    package var isAllGated: Bool { scores.allSatisfy { $0 == Self.gatedByte } }

    /// Adds a hop.
    ///
    /// - Parameters:
    ///   - scores: A probability per class, shape `[classCount]`; empty while the gate is closed.
    ///   - levelDBFS: The level of the hop, RMS in dBFS; `-inf` for digital silence.
    package mutating func append(scores: [Float], levelDBFS: Float) {
        precondition(
            scores.isEmpty || scores.count == classCount,
            "a hop has one score per class, or no scores"
        )
        if scores.isEmpty {
            self.scores.append(contentsOf: repeatElement(Self.gatedByte, count: classCount))
        } else {
            self.scores.append(contentsOf: scores.map(Self.byte(ofScore:)))
        }
        levels.append(Self.byte(ofLevel: levelDBFS))
    }

    /// The scores of a hop, shape `[classCount]`; nil if the gate was closed.
    package func scores(ofHop hop: Int) -> [Float]? {
        let bytes = scores[(hop * classCount)..<((hop + 1) * classCount)]
        guard bytes.first != Self.gatedByte else {
            return nil
        }
        return bytes.map { Float($0) / Float(Self.fullScoreByte) }
    }

    /// The level of a hop, RMS in dBFS, to half a decibel; `-inf` for digital silence.
    package func levelDBFS(ofHop hop: Int) -> Float {
        levels[hop] == Self.silentLevelByte ? -.infinity : -Float(levels[hop]) / 2
    }

    /// Decodes a row of the database; nil if it is inconsistent.
    init?(
        start: Date,
        hopMicroseconds: Int64,
        classCount: Int,
        scores: [UInt8],
        levels: [UInt8]
    ) {
        guard classCount > 0, hopMicroseconds > 0, scores.count == levels.count * classCount else {
            return nil
        }
        self.init(
            start: start,
            hopMicroseconds: hopMicroseconds,
            classCount: classCount
        )
        self.scores = scores
        self.levels = levels
    }

    private static func byte(ofScore score: Float) -> UInt8 {
        UInt8((min(1, max(0, score)) * Float(fullScoreByte)).rounded())
    }

    private static func byte(ofLevel levelDBFS: Float) -> UInt8 {
        guard levelDBFS.isFinite else {
            return silentLevelByte
        }
        return UInt8(min(Float(silentLevelByte - 1), max(0, (-levelDBFS * 2).rounded())))
    }
}
