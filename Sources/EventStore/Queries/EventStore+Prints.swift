package import Foundation
import GRDB

extension EventStore {
    /// Writes a block of prints.
    static func insert(
        _ block: PrintBlock,
        ofSource source: Int64,
        model: Int64,
        in database: Database
    ) throws {
        guard block.count > 0 else { return }
        try database.cachedStatement(
            sql: """
                INSERT INTO print_block (source_id, model_id, start_utc_ms, window_ms, print_count,
                    offsets, prints)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            source, model, block.start.utcMilliseconds,
            Int64((block.windowSeconds * 1000).rounded()), block.count, block.offsetData,
            Data(block.bytes),
        ])
    }

    /// Reads the blocks that may have prints of a time, in order of their beginning, one at a time:
    /// those of a month may be more than memory should hold.
    ///
    /// - Parameters:
    ///   - from: The beginning of the time.
    ///   - to: Its end.
    ///   - source: Only of this source; nil: of all.
    ///   - network: Only of models with the network of this SHA-256; nil: of all.
    ///   - body: Gets each block with its source and its network.
    /// - Throws: Any ``StoreError`` of reading.
    package func forEachPrintBlock(
        from: Date,
        to: Date,
        source: String? = nil,
        network: String? = nil,
        _ body: (_ block: PrintBlock, _ origin: PrintOrigin) throws -> Void
    ) throws(StoreError) {
        try read { database in
            let origins = try Self.printOrigins(source: source, network: network, in: database)
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT source_id, model_id, start_utc_ms, window_ms, offsets, prints
                    FROM print_block WHERE start_utc_ms >= ? AND start_utc_ms < ?
                    ORDER BY start_utc_ms, id
                    """,
                arguments: [
                    (from - PrintBlock.longestSeconds - Self.longestPrintWindow).utcMilliseconds,
                    to.utcMilliseconds,
                ]
            )
            while let row = try rows.next() {
                guard let origin = origins[OriginKey(source: row[0], model: row[1])],
                    let block = PrintBlock(
                        start: Date(utcMilliseconds: row[2]),
                        windowSeconds: Double(row[3] as Int64) / 1000,
                        offsets: row[4],
                        prints: row[5]
                    )
                else { continue }
                try body(block, origin)
            }
        }
    }

    /// No model has windows longer than this, in seconds.
    private static let longestPrintWindow = 60.0

    /// When the oldest print of a source that is kept was made; nil where there are none.
    package func oldestPrint(source: String) throws(StoreError) -> Date? {
        try read { database in
            try Int64.fetchOne(
                database,
                sql: """
                    SELECT start_utc_ms FROM print_block
                    WHERE source_id = (SELECT id FROM source WHERE name = ?)
                    ORDER BY start_utc_ms LIMIT 1
                    """,
                arguments: [source]
            ).map(Date.init(utcMilliseconds:))
        }
    }

    private struct OriginKey: Hashable {
        let source: Int64
        let model: Int64
    }

    private static func printOrigins(
        source: String?,
        network: String?,
        in database: Database
    ) throws -> [OriginKey: PrintOrigin] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT source.id, model.id, source.name, model.name, model.sha256
                FROM source, model
                WHERE (:source IS NULL OR source.name = :source)
                    AND (:network IS NULL OR model.sha256 = :network)
                """,
            arguments: ["source": source, "network": network]
        )
        return Dictionary(
            uniqueKeysWithValues: rows.map { row in
                let origin = PrintOrigin(source: row[2], model: row[3], network: row[4])
                return (OriginKey(source: row[0], model: row[1]), origin)
            }
        )
    }
}

/// Where a print comes from.
package struct PrintOrigin: Sendable, Hashable {
    /// The name of the source.
    package let source: String
    /// The name of the model.
    package let model: String
    /// The SHA-256 of the model's network: only prints of the same are compared.
    package let network: String
}
