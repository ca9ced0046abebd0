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
        if let details = block.details {
            try insert(
                details,
                peaks: block.peaks,
                ofBlock: database.lastInsertedRowID,
                in: database
            )
        }
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
        var packs = PackedScores()
        return try Row.fetchAll(
            database,
            sql: """
                SELECT score_block.*, pack_id, place, source.name AS source, model.name AS model
                FROM score_block
                LEFT JOIN score_place ON score_place.block_id = score_block.id
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
        ).compactMap { row in
            guard let part = try packs.part(of: row, in: database) else { return nil }
            return ScoreBlock(row: row, part: part).map { (row, $0) }
        }
    }
}

extension ScoreBlock {
    init?(row: Row, part: ScorePack.Part) {
        let hopCount: Int = row["hop_count"]
        self.init(
            start: Date(utcMilliseconds: row["start_utc_ms"]),
            hopMicroseconds: row["hop_us"],
            classCount: row["class_count"],
            scores: part.scores,
            levels: part.levels ?? Array(repeating: Self.silentLevelByte, count: hopCount)
        )
    }
}

extension EventStore {
    /// The stored scores of a time, each block with its source, model and classes.
    ///
    /// - Parameters:
    ///   - from: The beginning.
    ///   - to: The end.
    ///   - source: Only of this source; nil: of all.
    ///   - model: Only of models of this name; nil: of all.
    /// - Returns: In order of their beginning.
    /// - Throws: Any ``StoreError`` of reading.
    package func namedScores(
        from: Date,
        to: Date,
        source: String? = nil,
        model: String? = nil
    ) throws(StoreError) -> [NamedScores] {
        try read { database in
            var classes: [Int64: [String]] = [:]
            return try Self.blocks(from: from, to: to, source: source, model: model, in: database)
                .map { row, block in
                    let id: Int64 = row["model_id"]
                    let names = try classes[id] ?? Self.classNames(ofModel: id, in: database)
                    classes[id] = names
                    return NamedScores(
                        source: row["source"],
                        model: row["model"],
                        classes: names,
                        block: block
                    )
                }
        }
    }

    private static func classNames(ofModel id: Int64, in database: Database) throws -> [String] {
        try String.fetchAll(
            database,
            sql: "SELECT name FROM class WHERE model_id = ? ORDER BY class_index",
            arguments: [id]
        )
    }
}

/// Scores of consecutive hops, with the names that belong to them.
package struct NamedScores: Sendable, Equatable {
    /// The name of the source.
    package var source: String
    /// The name of the model.
    package var model: String
    /// The names of its classes, in the order of the block's scores.
    package var classes: [String]
    /// The scores.
    package var block: ScoreBlock

    /// Joins the parts.
    package init(source: String, model: String, classes: [String], block: ScoreBlock) {
        self.source = source
        self.model = model
        self.classes = classes
        self.block = block
    }
}
