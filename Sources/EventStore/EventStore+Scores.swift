package import Foundation
import GRDB

extension EventStore {
    /// Writes a block of scores.
    ///
    /// A block during which the gate was always closed is not written: coverage says as much.
    package func append(_ block: ScoreBlock) throws(StoreError) {
        precondition(
            block.end.timeIntervalSince(block.start) <= ScoreBlock.maxSeconds,
            "a block is at most an hour long"
        )
        try write { database in
            try Self.insert(block, in: database)
        }
    }

    static func insert(_ block: ScoreBlock, in database: Database) throws {
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
            block.sourceID, block.modelID, block.start.utcMilliseconds,
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
        let earliest = from.utcMilliseconds - Int64(ScoreBlock.maxSeconds * 1000)
        return try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT score_block.* FROM score_block
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
            ).compactMap(ScoreBlock.init(row:))
        }
    }
}

extension ScoreBlock {
    fileprivate init?(row: Row) {
        let hopCount: Int = row["hop_count"]
        let levels = (row["levels"] as Data?).map { [UInt8]($0) }
        self.init(
            sourceID: row["source_id"],
            modelID: row["model_id"],
            start: Date(utcMilliseconds: row["start_utc_ms"]),
            hopMicroseconds: row["hop_us"],
            classCount: row["class_count"],
            scores: [UInt8](row["scores"] as Data),
            levels: levels ?? Array(repeating: Self.silentLevelByte, count: hopCount)
        )
    }
}
