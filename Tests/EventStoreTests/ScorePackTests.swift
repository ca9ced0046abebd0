import Detection
import Foundation
import GRDB
import TestSupport
import Testing

@testable import EventStore

@Suite("Packed scores")
struct ScorePackTests {
    private let files: TemporaryStore
    private let store: EventStore

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
    }

    /// A minute of hops of half a second, whose gate closes now and then.
    private func block(minute: Int, hasDetails: Bool = true, seed: UInt64 = 1) -> ScoreBlock {
        var random = SeededNumbers(seed: seed &* 1_000 &+ UInt64(minute))
        let first = Int64(minute * 60_000)
        var block = ScoreBlock(
            start: noon(plus: Double(minute) * 60),
            hopMicroseconds: 500_000,
            classCount: 3,
            details: hasDetails
                ? HopDetails(
                    listeningSince: noon,
                    sampleRateHz: 1_000,
                    firstSample: first,
                    rules: "{}"
                ) : nil
        )
        for hop in 0..<Int64(120) {
            let start = SampleTime(first + hop * 500)
            let isOpen = Int.random(in: 0..<5, using: &random) > 0
            block.append(
                ScoredHop(
                    window: start..<start + 500,
                    hop: start..<start + 500,
                    gate: isOpen ? .open : .closed,
                    scores: isOpen
                        ? (0..<3).map { _ in Float.random(in: 0...1, using: &random) } : [],
                    levelDBFS: .random(in: -90...0, using: &random),
                    envelope: (0..<50).map { _ in Float.random(in: 0...0.1, using: &random) }
                )
            )
        }
        return block
    }

    private func write(_ blocks: [ScoreBlock], of source: String = "porch") throws {
        try store.write(
            measurements: blocks.map {
                .scores(source: source, model: TemporaryStore.model.key, $0)
            }
        )
    }

    /// Packs all that may be packed; returns the beginnings of what was.
    private func pack(before limit: Date) throws -> [Date] {
        var packed: [Date] = []
        while let begin = try store.packScores(from: noon(plus: -86_400), before: limit) {
            packed.append(begin)
        }
        return packed
    }

    private func count(_ sql: String) throws -> Int {
        try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(sql)") } ?? 0
    }

    /// All blocks as both readers give them.
    private func stored() throws -> [ScoreBlock?] {
        let end = noon(plus: 86_400)
        var packs = PackedScores()
        return try store.pastBlocks(from: noon, to: end, model: "test").heads.map {
            try store.scoreBlock($0.id, &packs)
        } + store.scoreBlocks(from: noon, to: end)
    }

    @Test func whatIsPackedSaysTheSameToTheBit() throws {
        try write((0..<25).map { block(minute: $0, hasDetails: $0 != 3) })
        try write((5..<8).map { block(minute: $0, seed: 2) }, of: "garden")
        let before = try stored()
        #expect(before.count == 56 && !before.contains(nil))
        let packed = try pack(before: noon(plus: 86_400))
        #expect(packed == [noon, noon(plus: 900)])
        #expect(try count("score_block WHERE scores IS NOT NULL OR levels IS NOT NULL") == 0)
        #expect(try count("score_detail WHERE envelope IS NOT NULL") == 0)
        #expect(try count("score_pack") == 3)
        #expect(try stored() == before)
    }

    @Test func aQuarterOfAnHourThatIsNotOverStaysAsItIs() throws {
        try write((0..<20).map { block(minute: $0) })
        #expect(try pack(before: noon(plus: 899)) == [])
        #expect(try pack(before: noon(plus: 1_500)) == [noon])
        #expect(try count("score_block WHERE scores IS NOT NULL") == 5)
    }

    @Test func aBlockThatIsWrittenLateIsPackedByItself() throws {
        try write([block(minute: 0), block(minute: 2)])
        _ = try pack(before: noon(plus: 900))
        try write([block(minute: 1)])
        let before = try stored()
        #expect(try pack(before: noon(plus: 900)) == [noon])
        #expect(try count("score_pack") == 2)
        #expect(try stored() == before)
    }

    @Test func aPackGoesWithTheLastOfItsBlocks() throws {
        try write((0..<10).map { block(minute: $0) })
        _ = try pack(before: noon(plus: 900))
        let now = noon(plus: 86_400 + 300)
        _ = try store.applyRetention(RetentionPolicy(scoreDays: 1), now: now)
        #expect(try count("score_place") == 5)
        #expect(try count("score_pack") == 1)
        #expect(try stored().first == block(minute: 5))
        _ = try store.applyRetention(RetentionPolicy(scoreDays: 1), now: now + 600)
        #expect(try count("score_block") == 0)
        #expect(try count("score_pack") == 0)
    }

    @Test func aDamagedOrLostPackIsAsIfItsBlocksWereGone() throws {
        let whole = block(minute: 20, hasDetails: false)
        try write([block(minute: 0), whole])
        _ = try pack(before: noon(plus: 86_400))
        try store.write { database in
            try database.execute(
                sql: "UPDATE score_pack SET content = substr(content, 1, 300) WHERE id = 1"
            )
        }
        #expect(try stored() == [nil, whole, whole])
        try store.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    PRAGMA foreign_keys = OFF;
                    DELETE FROM score_pack WHERE id = 1;
                    """
            )
            try RescuedReferences.repair(database)
        }
        #expect(try stored() == [whole, whole])
        #expect(try pack(before: noon(plus: 86_400)) == [])
    }

    @Test func whateverIsDamagedOfAPackIsNoticed() {
        let part = ScorePack.Part(scores: [1, 2, 3, 4], levels: [5, 6], envelope: [7, 8, 9])
        let content = ScorePack.content(of: [part, part], classCount: 2)
        let pack = ScorePack(content: content)
        #expect(pack?.part(at: 0) == part && pack?.part(at: 1) == part && pack?.part(at: 2) == nil)
        for length in 0..<content.count {
            #expect(ScorePack(content: content.prefix(length)) == nil)
        }
        for index in content.indices {
            var damaged = content
            damaged[index] ^= 1
            #expect(ScorePack(content: damaged) == nil)
        }
    }

    @Test func theScoresOfAHistoryOfTheFormatBeforeArePackedAndSayTheSame() throws {
        try write([block(minute: 0), block(minute: 1, hasDetails: false)])
        let before = try stored()
        try store.close()
        // What a store of format 7 is: without the tables of format 8, and with columns that may not
        // be NULL.
        let old = try DatabaseQueue(path: files.path)
        try old.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    DROP TABLE score_place;
                    DROP TABLE score_pack;
                    DELETE FROM grdb_migrations WHERE identifier = '8 packed scores';
                    PRAGMA user_version = 7;
                    PRAGMA writable_schema = ON;
                    UPDATE sqlite_schema SET sql = replace(replace(sql, 'scores BLOB',
                        'scores BLOB NOT NULL'), 'envelope BLOB', 'envelope BLOB NOT NULL')
                        WHERE name IN ('score_block', 'score_detail');
                    PRAGMA writable_schema = RESET;
                    """
            )
        }
        let tables = "sqlite_schema WHERE sql LIKE '%BLOB NOT NULL%' AND name LIKE 'score_%'"
        #expect(
            try old.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(tables)") } == 2
        )
        try old.close()

        _ = try store.open(now: noon)
        #expect(try stored() == before)
        #expect(try pack(before: noon(plus: 900)) == [noon])
        #expect(try stored() == before)
        let finding = try store.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
        #expect(finding == "ok")
    }
}
