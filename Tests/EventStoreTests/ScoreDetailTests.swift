import Detection
import Foundation
import GRDB
import Testing

@testable import EventStore

@Suite("What it takes to judge scores anew")
struct ScoreDetailTests {
    private let files: TemporaryStore

    init() throws {
        files = try TemporaryStore()
    }

    /// Hops of a second at 1,000 Hz, the first of a stretch twice as long.
    private func block(familiarity: [Float?]) -> ScoreBlock {
        var block = ScoreBlock(
            start: noon,
            hopMicroseconds: 1_000_000,
            classCount: 3,
            details: HopDetails(
                listeningSince: noon(plus: -3),
                sampleRateHz: 1_000,
                firstSample: 3_000,
                silentSamples: 2_500,
                rules: #"{"on":0.5}"#
            )
        )
        var start = SampleTime(3_000)
        for (index, familiarity) in familiarity.enumerated() {
            let end = start + (index == 0 ? 2_000 : 1_000)
            block.append(
                ScoredHop(
                    window: (end - 2_000)..<end,
                    hop: start..<end,
                    gate: index == 1 ? .closed : .open,
                    scores: index == 1 ? [] : [0, 0.25 * Float(index), 1],
                    familiarity: familiarity,
                    levelDBFS: -20,
                    envelope: Array(repeating: 0.01, count: Int(end - start) / 10)
                )
            )
            start = end
        }
        return block
    }

    @Test func aBlockComesBackWithEverythingThatADecisionTakes() throws {
        let store = try files.open()
        let blocks = [block(familiarity: [nil, nil, nil]), block(familiarity: [nil, nil, -1.5])]
        try store.write(
            measurements: blocks.map {
                .scores(source: "porch", model: TemporaryStore.model.key, $0)
            }
        )
        let past = try store.pastBlocks(from: noon, to: noon(plus: 1), model: "test")
        #expect(past.heads.count == 2)
        #expect(past.rules.values.sorted() == [#"{"on":0.5}"#])
        #expect(past.classNames.values.first == ["dog_bark", "speech", "rain"])
        var packs = PackedScores()
        for (head, block) in zip(past.heads, blocks) {
            #expect(try store.scoreBlock(head.id, &packs) == block)
            #expect(head.endSample == 7_000 && head.silentSamples == 2_500)
            #expect(head.peaks == [0, 127, 254])
            #expect(head.hopCount == 3 && head.sampleRateHz == 1_000)
        }
    }

    @Test func detailsGoWithTheirScores() throws {
        let store = try files.open()
        try store.write(
            measurements: [
                .scores(
                    source: "porch",
                    model: TemporaryStore.model.key,
                    block(familiarity: [nil, nil])
                )
            ]
        )
        _ = try store.applyRetention(RetentionPolicy(scoreDays: 1), now: noon(plus: 200_000))
        try store.close()
        let database = try DatabaseQueue(path: files.path)
        let count = "SELECT count(*) FROM score_detail"
        #expect(try database.read { try Int.fetchOne($0, sql: count) } == 0)
    }

    @Test func aHistoryOfTheFormatBeforeLosesNothingAndItsScoresCanBeJudged() throws {
        let old = try DatabaseQueue(path: files.path)
        try StoreSchema.migrator.migrate(old, upTo: "6 counts")
        try old.write { database in
            try database.execute(
                sql: """
                    INSERT INTO source (id, name, first_seen_utc_ms) VALUES (4, 'porch', :noon);
                    INSERT INTO model (id, name, version, sha256, first_used_utc_ms)
                        VALUES (2, 'test', '1', 'a', :noon);
                    INSERT INTO class (id, model_id, class_index, name, label, is_private)
                        VALUES (7, 2, 0, 'dog_bark', 'Dog bark', 0), (8, 2, 1, 'rain', 'Rain', 0);
                    INSERT INTO event (id, source_id, class_id, start_utc_ms, end_utc_ms,
                        peak_score, mean_score, level_dbfs)
                        VALUES (31, 4, 8, :noon, :noon + 500, 0.75, 0.5, -20);
                    INSERT INTO coverage (source_id, start_utc_ms, end_utc_ms, state)
                        VALUES (4, :noon, :noon + 2000, 'listening');
                    INSERT INTO score_block (source_id, model_id, start_utc_ms, hop_us, hop_count,
                        class_count, scores, levels)
                        VALUES (4, 2, :noon, 240000, 2, 2, x'00FEFFFF', x'28FF');
                    """,
                arguments: ["noon": noon.utcMilliseconds]
            )
        }
        let before = try rows(of: old)
        try old.close()

        let store = try files.open()
        let past = try store.pastBlocks(from: noon, to: noon(plus: 1), model: "test")
        let head = try #require(past.heads.first)
        #expect(head.source == "porch" && head.ruleSet == nil && head.peaks == nil)
        #expect(head.hopCount == 2 && head.endSample - head.firstSample == 2 * 3_840)
        var packs = PackedScores()
        let block = try #require(try store.scoreBlock(head.id, &packs))
        #expect(block.scores == [0, 254, 255, 255] && block.details == nil)
        let event = try #require(try store.event(31))
        #expect(event.className == "rain" && event.end == noon(plus: 0.5))
        try store.close()
        let new = try DatabaseQueue(path: files.path)
        #expect(try rows(of: new) == before)
        let version = try new.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
        #expect(version == StoreSchema.version)
    }

    /// The rows of the tables that format 6 has, as text.
    private func rows(of database: DatabaseQueue) throws -> [String] {
        let tables = [
            "source", "model", "class", "event", "coverage", "score_block", "event_count",
        ]
        return try database.read { database in
            try tables.flatMap { table in
                try Row.fetchAll(database, sql: "SELECT * FROM \(table)").map { "\(table) \($0)" }
            }
        }
    }
}
