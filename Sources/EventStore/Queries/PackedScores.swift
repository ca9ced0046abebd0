import Foundation
import GRDB

/// Finds the scores of a block, in its own row or in a pack.
///
/// It has the pack that was read last at hand, since blocks that are asked for one after another are
/// mostly in one.
package struct PackedScores {
    private var last: (id: Int64, pack: ScorePack?)?

    /// Begins with no pack.
    package init() {}

    /// The scores of a block.
    ///
    /// - Parameters:
    ///   - row: A row with `scores` and `levels` of `score_block`, `pack_id` and `place` of
    ///     `score_place`, and where they are needed `envelope` of `score_detail`.
    ///   - database: Where packs are.
    /// - Returns: What is stored; nil if the pack is lost or damaged.
    /// - Throws: What reading the pack throws.
    mutating func part(of row: Row, in database: Database) throws -> ScorePack.Part? {
        if let scores = row["scores"] as Data? {
            return ScorePack.Part(
                scores: [UInt8](scores),
                levels: (row["levels"] as Data?).map { [UInt8]($0) },
                envelope: row.hasColumn("envelope")
                    ? (row["envelope"] as Data?).map { [UInt8]($0) } : nil
            )
        }
        guard let id = row["pack_id"] as Int64?, let place = row["place"] as Int? else {
            return nil
        }
        if last?.id != id {
            let statement = try database.cachedStatement(
                sql: "SELECT content FROM score_pack WHERE id = ?"
            )
            let content = try Data.fetchOne(statement, arguments: [id])
            last = (id, content.flatMap { ScorePack(content: $0) })
        }
        return last?.pack?.part(at: place)
    }
}
