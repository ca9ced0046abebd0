import Foundation
import GRDB
import Testing

@testable import EventStore

@Suite("A damaged store")
struct RescueTests {
    private static let eventCount = 3_000
    private let files: TemporaryStore

    init() throws {
        files = try TemporaryStore()
    }

    /// A closed database with events of some pages, a label, coverage and scores.
    private func fill() throws {
        let store = try files.open()
        let keys = try store.keys(for: [TemporaryStore.model], sources: [("porch", nil)], now: noon)
        _ = try store.apply(
            (1...Self.eventCount).map { number in
                .ended(
                    EventRecord(
                        id: Int64(number),
                        source: "porch",
                        model: TemporaryStore.model.key,
                        className: number.isMultiple(of: 2) ? "rain" : "dog_bark",
                        start: noon(plus: Double(number)),
                        end: noon(plus: Double(number) + 0.5),
                        peakScore: 0.75,
                        meanScore: 0.5,
                        levelDBFS: -30
                    )
                )
            },
            keys: keys
        )
        let stretches = (0..<200).map { minute in
            CoverageStretch(
                state: minute.isMultiple(of: 2) ? .listening : .gated,
                start: noon(plus: Double(minute) * 60),
                end: noon(plus: Double(minute + 1) * 60)
            )
        }
        try store.write(entries: stretches.map { .covered(source: "porch", $0) })
        try store.setLabel(7, to: EventLabel(className: "speech", labelledAt: noon))
        try store.close()
        // What remains of the log is in the file.
        let queue = try DatabaseQueue(path: files.path)
        try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try queue.close()
    }

    private func damage(_ body: (FileHandle, _ size: UInt64) throws -> Void) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: files.path))
        try body(file, try file.seekToEnd())
        try file.close()
    }

    private func overwrite(_ file: FileHandle, at offset: Int, count: Int, with byte: UInt8) throws
    {
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: Data(repeating: byte, count: count))
    }

    private func reopened() throws -> (store: EventStore, report: RescueReport?) {
        let store = EventStore(unopenedAt: files.path)
        let report = try store.open(now: noon)
        return (store, report)
    }

    private func expectWhole(_ store: EventStore) throws {
        let findings = try store.read { database in
            try String.fetchAll(database, sql: "PRAGMA integrity_check")
                + Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map(\.description)
        }
        #expect(findings == ["ok"])
        let keys = try store.keys(for: [TemporaryStore.model], sources: [("porch", nil)], now: noon)
        _ = try store.apply([.started(at: noon(plus: 99_999))], keys: keys)
    }

    private var asideFiles: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: files.folder.path)
                .filter { $0.contains(".damaged-") && !$0.hasSuffix("-shm") }
        }
    }

    @Test(arguments: [UInt8(0), 0xA5, 0xFF])
    func pagesThatWereOverwrittenCostOnlyTheirRows(byte: UInt8) throws {
        try fill()
        try damage { file, size in
            let pages = Int(size) / 4_096
            for page in stride(from: pages / 3, to: pages, by: pages / 4) {
                try overwrite(file, at: page * 4_096, count: 4_096, with: byte)
            }
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: files.path))
        let (store, report) = try reopened()
        let rescue = try #require(report)
        #expect(try Data(contentsOf: URL(fileURLWithPath: rescue.asidePath)) == before)
        #expect(rescue.asidePath.contains("events.sqlite.damaged-20261120T120000Z"))
        let events = try store.events(matching: EventFilter())
        #expect(events.count > Self.eventCount * 8 / 10, "\(events.count)")
        #expect(Set(events.map(\.id)).count == events.count)
        for event in events {
            #expect(event.start == noon(plus: Double(event.id)))
            #expect(event.className == (event.id.isMultiple(of: 2) ? "rain" : "dog_bark"))
        }
        try expectWhole(store)
    }

    @Test(arguments: [0.5, 0.7, 0.95])
    func aTruncatedFileKeepsWhatIsLeft(fraction: Double) throws {
        try fill()
        try damage { file, size in
            try file.truncate(atOffset: UInt64(Double(size) * fraction))
        }
        let (store, report) = try reopened()
        #expect(report != nil)
        let events = try store.events(matching: EventFilter())
        #expect(events.count > 100, "\(events.count)")
        try expectWhole(store)
        #expect(try asideFiles.count == 1)
    }

    @Test func aHeaderOfZerosCostsNoRow() throws {
        try fill()
        try damage { file, _ in try overwrite(file, at: 0, count: 100, with: 0) }
        let (store, report) = try reopened()
        #expect(report?.finding == "not an SQLite database")
        #expect(try store.events(matching: EventFilter()).count == Self.eventCount)
        #expect(try store.event(7)?.userLabel?.className == "speech")
        let totals = try store.coverage(from: noon, to: noon(plus: 12_000)).totals
        #expect(totals.listenedSeconds == 12_000)
        try expectWhole(store)
    }

    @Test func aFirstPageThatIsGoneCostsNoEvent() throws {
        try fill()
        try damage { file, _ in try overwrite(file, at: 0, count: 4_096, with: 0x5A) }
        let (store, report) = try reopened()
        #expect(report != nil)
        #expect(try store.events(matching: EventFilter()).count == Self.eventCount)
        try expectWhole(store)
    }

    @Test func aListOfTablesThatIsGoneCostsNoEvent() throws {
        try fill()
        try damage { file, _ in try overwrite(file, at: 100, count: 3_996, with: 0) }
        let (store, report) = try reopened()
        #expect(report != nil)
        #expect(try store.events(matching: EventFilter()).count == Self.eventCount)
        try expectWhole(store)
    }

    @Test func garbageIsSetAsideAndANewHistoryBegins() throws {
        let garbage = Data((0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try garbage.write(to: URL(fileURLWithPath: files.path))
        let (store, report) = try reopened()
        let rescue = try #require(report)
        #expect(rescue.carriedRows == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: rescue.asidePath)) == garbage)
        try expectWhole(store)
    }

    @Test func eventsWhoseSourceAndClassAreLostKeepTheirTimes() throws {
        try fill()
        let queue = try DatabaseQueue(path: files.path)
        try queue.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    PRAGMA foreign_keys = OFF;
                    DELETE FROM source; DELETE FROM class; DELETE FROM model;
                    """
            )
        }
        try queue.close()
        let rescue = DatabaseRescue(path: files.path)
        _ = try rescue.run(finding: "a test", now: noon)
        let (store, report) = try reopened()
        #expect(report == nil)
        let events = try store.events(matching: EventFilter())
        #expect(events.count == Self.eventCount)
        #expect(events.first?.source == "lost-source-1")
        #expect(events.first?.label.hasPrefix("Lost class") == true)
        try expectWhole(store)
    }

    @Test func aRescueThatACrashInterruptedIsFinished() throws {
        try fill()
        let good = try Data(contentsOf: URL(fileURLWithPath: files.path))
        try good.write(to: URL(fileURLWithPath: files.path + ".rescued"))
        try Data("broken".utf8).write(to: URL(fileURLWithPath: files.path))
        try Data("old log".utf8).write(to: URL(fileURLWithPath: files.path + "-wal"))
        let (store, report) = try reopened()
        #expect((report?.carriedRows ?? 0) > Self.eventCount)
        #expect(try store.events(matching: EventFilter()).count == Self.eventCount)
        #expect(try asideFiles.count == 2, "the file and its log")
        try expectWhole(store)
    }

    @Test func aFileThatIsRemovedWhileItIsOpenIsWrittenAnew() throws {
        try fill()
        let (store, _) = try reopened()
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: files.path + suffix)
        }
        #expect(store.fault == .missing(path: files.path))
        #expect(try store.open(now: noon) == nil)
        #expect(store.fault == nil)
        #expect(try store.events(matching: EventFilter()).count == Self.eventCount)
        try expectWhole(store)
    }

    @Test func damageThatIsMetWhileOpenIsAFaultUntilItIsRescued() throws {
        try fill()
        let (store, _) = try reopened()
        try damage { file, size in
            for page in 2..<(Int(size) / 4_096) {
                try overwrite(file, at: page * 4_096, count: 4_096, with: 0x11)
            }
        }
        _ = try? store.events(matching: EventFilter())
        #expect(store.fault != nil)
        #expect(try store.open(now: noon) != nil)
        #expect(store.fault == nil)
        try expectWhole(store)
    }
}

@Suite struct IntegrityCheckTests {
    private let files: TemporaryStore
    private let store: EventStore

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
        let stretches = (0..<3_000).map { hour in
            CoverageStretch(
                state: hour.isMultiple(of: 2) ? .listening : .gated,
                start: Date(timeIntervalSince1970: Double(hour) * 3_600),
                end: Date(timeIntervalSince1970: Double(hour + 1) * 3_600)
            )
        }
        try store.write(entries: stretches.map { .covered(source: "porch", $0) })
        try store.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    /// Overwrites pages of rows while the file is open.
    private func damage() throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: store.path))
        let size = try file.seekToEnd()
        try file.seek(toOffset: size * 3 / 4 / 4_096 * 4_096)
        try file.write(contentsOf: Data(repeating: 0x5A, count: 4_096 * 4))
        try file.close()
    }

    @Test func aHistoryInUsePassesTheCheck() throws {
        try store.makeIntegrityCheck().run()
        #expect(store.fault == nil)
    }

    @Test func damageBehindTheWritersBackIsFoundAndRescuedByOpeningAgain() throws {
        try damage()
        #expect(store.fault == nil, "the damage was not read yet")
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
