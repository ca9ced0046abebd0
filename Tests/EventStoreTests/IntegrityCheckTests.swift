import Foundation
import GRDB
import Testing

@testable import EventStore

@Suite struct IntegrityCheckTests {
    private let files: TemporaryStore
    private let store: EventStore

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
        let source = try store.sourceID(named: "porch")
        let spans = (0..<3_000).map { hour in
            CoverageSpan(
                sourceID: source,
                state: hour.isMultiple(of: 2) ? .listening : .gated,
                start: Date(timeIntervalSince1970: Double(hour) * 3_600),
                end: Date(timeIntervalSince1970: Double(hour + 1) * 3_600)
            )
        }
        try store.record(spans)
        try store.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    /// Overwrites pages in the middle of the file, behind the back of those who have it open.
    private func damage() throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: store.path))
        let size = try file.seekToEnd()
        try file.seek(toOffset: size / 2 / 4_096 * 4_096)
        try file.write(contentsOf: Data(repeating: 0x5A, count: 4_096 * 4))
        try file.close()
    }

    @Test func aWholeHistoryIsFoundWholeWhileItIsInUse() throws {
        try store.makeIntegrityCheck().run()
        #expect(store.fault == nil)
    }

    @Test func damageBehindTheBackOfWhoWritesIsFoundAndMendedByOpeningAgain() throws {
        try damage()
        #expect(store.fault == nil, "nobody has met it")
        let check = try store.makeIntegrityCheck()
        #expect(throws: StoreError.self) { try check.run() }
        #expect(store.fault?.isDamage == true)
        let rescue = try #require(try store.open())
        #expect(FileManager.default.fileExists(atPath: rescue.asidePath))
        #expect(store.fault == nil)
        try store.makeIntegrityCheck().run()
    }

    @Test func aCheckOfAFileThatWasExchangedMeanwhileCastsNoDoubtOnTheNewOne() throws {
        try damage()
        let old = try store.makeIntegrityCheck()
        #expect(throws: StoreError.self) { try store.makeIntegrityCheck().run() }
        #expect(try store.open() != nil)
        #expect(throws: StoreError.self) { try old.run() }
        #expect(store.fault == nil)
    }
}
