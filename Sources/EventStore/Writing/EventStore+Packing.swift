package import Foundation
import GRDB

extension EventStore {
    /// How much time a pack holds at most, in milliseconds.
    ///
    /// Longer ones save little, and to read one block takes decompressing all of its pack.
    private static let packMilliseconds: Int64 = 900_000

    /// Packs the scores of the oldest quarter of an hour that is not packed yet.
    ///
    /// Blocks are written as they come, so that a crash loses no more of them, and are packed once
    /// more of their time has passed; those of earlier versions, one step at a time. What they say
    /// stays the same to the bit.
    /// - Parameters:
    ///   - start: Where to look for scores that are not packed.
    ///   - limit: Only what began in a quarter of an hour that is over before this.
    /// - Returns: The beginning of what was packed; nil if there is nothing to be packed.
    /// - Throws: Any ``StoreError`` of writing.
    package func packScores(from start: Date, before limit: Date) throws(StoreError) -> Date? {
        let oldest = try read { database in
            try Int64.fetchOne(
                database,
                sql: """
                    SELECT start_utc_ms FROM score_block
                    WHERE start_utc_ms >= ? AND start_utc_ms < ? AND scores IS NOT NULL
                    ORDER BY start_utc_ms LIMIT 1
                    """,
                arguments: [start.utcMilliseconds, limit.utcMilliseconds]
            )
        }
        guard let oldest else { return nil }
        let begin = oldest - (oldest % Self.packMilliseconds)
        guard begin + Self.packMilliseconds <= limit.utcMilliseconds else { return nil }
        try write { database in
            try Self.pack(begin..<begin + Self.packMilliseconds, in: database)
        }
        return Date(utcMilliseconds: begin)
    }

    private struct PackKey: Hashable {
        let source: Int64
        let model: Int64
        let classCount: Int
    }

    private static func pack(_ time: Range<Int64>, in database: Database) throws {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT score_block.id, source_id, model_id, class_count, scores, levels, envelope
                FROM score_block
                LEFT JOIN score_detail ON score_detail.block_id = score_block.id
                WHERE start_utc_ms >= ? AND start_utc_ms < ? AND scores IS NOT NULL
                ORDER BY start_utc_ms, score_block.id
                """,
            arguments: [time.lowerBound, time.upperBound]
        )
        var blocks: [PackKey: [Row]] = [:]
        for row in rows {
            blocks[PackKey(source: row[1], model: row[2], classCount: row[3]), default: []]
                .append(row)
        }
        for (key, rows) in blocks { try pack(rows, classCount: key.classCount, in: database) }
    }

    private static func pack(_ rows: [Row], classCount: Int, in database: Database) throws {
        let parts = rows.map { row in
            ScorePack.Part(
                scores: [UInt8](row["scores"] as Data),
                levels: (row["levels"] as Data?).map { [UInt8]($0) },
                envelope: (row["envelope"] as Data?).map { [UInt8]($0) }
            )
        }
        try database.cachedStatement(sql: "INSERT INTO score_pack (content) VALUES (?)")
            .execute(arguments: [ScorePack.content(of: parts, classCount: classCount)])
        let pack = database.lastInsertedRowID
        for (place, row) in rows.enumerated() {
            let block: Int64 = row["id"]
            try database.cachedStatement(
                sql: "INSERT INTO score_place (block_id, pack_id, place) VALUES (?, ?, ?)"
            ).execute(arguments: [block, pack, place])
            try database.cachedStatement(
                sql: "UPDATE score_block SET scores = NULL, levels = NULL WHERE id = ?"
            ).execute(arguments: [block])
            try database.cachedStatement(
                sql: "UPDATE score_detail SET envelope = NULL WHERE block_id = ?"
            ).execute(arguments: [block])
        }
    }
}
