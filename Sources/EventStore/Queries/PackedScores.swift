import CZlib
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

/// Compression as in zlib's format (RFC 1950), with its checksum.
enum Deflate {
    /// Of 1 to 9: what the highest saves more is not worth its time on a small box.
    private static let level: Int32 = 6
    private static let windowBits: Int32 = 15
    private static let memoryLevel: Int32 = 9
    /// Nothing that is packed is as large, decompressed.
    private static let mostBytes = 1 << 28

    /// Compresses.
    static func compressed(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        let version = zlibVersion()
        // Filtered: repetitions are rarer than in text, and small values frequent.
        let begun = deflateInit2_(
            &stream,
            level,
            Z_DEFLATED,
            windowBits,
            memoryLevel,
            Z_FILTERED,
            version,
            Int32(MemoryLayout<z_stream>.size)
        )
        precondition(begun == Z_OK, "zlib refuses to begin with code \(begun)")
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        var input = bytes
        return [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            input.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                let ended = deflate(&stream, Z_FINISH)
                precondition(ended == Z_STREAM_END, "zlib ends with code \(ended)")
            }
            count = bound - Int(stream.avail_out)
        }
    }

    /// Decompresses.
    ///
    /// - Parameters:
    ///   - data: What ``compressed(_:)`` gave.
    ///   - count: How many bytes it has decompressed.
    /// - Returns: The bytes; nil if they are damaged or not as many.
    static func decompressed(_ data: Data, count: Int) -> [UInt8]? {
        guard count > 0, count <= mostBytes else { return nil }
        var length = UInt(count)
        var isWhole = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { output, written in
            data.withUnsafeBytes { (input: UnsafeRawBufferPointer) in
                let code = uncompress(
                    output.baseAddress,
                    &length,
                    input.bindMemory(to: UInt8.self).baseAddress,
                    UInt(input.count)
                )
                isWhole = code == Z_OK && length == UInt(count)
            }
            written = isWhole ? count : 0
        }
        return isWhole ? bytes : nil
    }
}
