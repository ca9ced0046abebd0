import Foundation
import GRDB
import Testing

@testable import EventStore

@Suite("A store without space")
struct FullDiskTests {
    @Test func aWriteThatDoesNotFitIsRefusedAndLeavesEverythingElse() throws {
        let files = try TemporaryStore()
        let store = try files.open()
        let source = try store.sourceID(named: "porch", now: noon)
        let model = try store.register(files.model, now: noon)
        let pages = try store.write { database in
            try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        }
        try store.write { database in
            try database.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
        }
        var block = ScoreBlock(
            sourceID: source,
            modelID: model.modelID,
            start: noon,
            hopMicroseconds: 10_000,
            classCount: 3
        )
        for _ in 0..<100_000 {
            block.append(scores: [0.1, 0.2, 0.3], levelDBFS: -30)
        }
        #expect(throws: StoreError.diskFull(path: files.path)) {
            try store.append(block)
        }
        let event = try store.begin(
            NewEvent(
                sourceID: source,
                classID: model.classIDs[0],
                start: noon,
                end: noon,
                peakScore: 1,
                meanScore: 1,
                levelDBFS: -10
            )
        )
        #expect(try store.event(event) != nil)
        #expect(try store.scoreBlocks(from: noon, to: noon(plus: 9_999)).isEmpty)
    }
}
