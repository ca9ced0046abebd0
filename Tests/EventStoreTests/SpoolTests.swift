import Foundation
import GRDB
import Testing

@testable import EventStore

@Suite("The spool")
struct SpoolTests {
    private let files: TemporaryStore
    private var folder: String { files.folder.path }
    private var path: String { "\(folder)/\(EventSpool.fileName)" }

    init() throws {
        files = try TemporaryStore()
    }

    private func spool(_ folders: [String]? = nil, maxBytes: Int = 1 << 20) -> EventSpool {
        EventSpool(folders: folders ?? [folder], models: [TemporaryStore.model], maxBytes: maxBytes)
    }

    private func event(_ id: Int64, end: Date? = nil) -> EventRecord {
        EventRecord(
            id: id,
            source: "porch",
            model: TemporaryStore.model.key,
            className: "rain",
            start: noon(plus: Double(id)),
            end: end,
            peakScore: 1,
            meanScore: 0.5,
            levelDBFS: -.infinity
        )
    }

    private func begun(_ ids: ClosedRange<Int64>) -> [HistoryEntry] {
        ids.map { .began(event($0)) }
    }

    private func eventIDs(_ store: EventStore) throws -> [Int64] {
        var filter = EventFilter()
        filter.includesOngoing = true
        return try store.events(matching: filter).map(\.id)
    }

    @Test func theChecksumIsTheOneOfPNG() {
        #expect(Checksum.crc32(of: Data("123456789".utf8)) == 0xCBF4_3926)
    }

    @Test func whatIsAppendedIsThereForTheNextRunAndReplayedOnceAndInOrder() throws {
        var first = spool()
        try first.append(begun(1...3))
        try first.append([.ended(event(2, end: noon(plus: 60)))])
        var second = spool()
        #expect(second.count == 4)
        #expect(second.lastEventID == 3)
        try second.append(begun(4...4))

        let store = try files.open()
        _ = try second.replay(into: store, now: noon)
        #expect(second.count == 0)
        #expect(try eventIDs(store) == [1, 2, 3, 4])
        #expect(try store.event(2)?.end == noon(plus: 60))
        #expect(try store.event(2)?.levelDBFS == nil)
        #expect(spool().count == 0, "the file is empty")
        try second.append(begun(5...5))
        _ = try second.replay(into: store, now: noon)
        #expect(try eventIDs(store) == [1, 2, 3, 4, 5])
    }

    @Test func aCrashBetweenTheDatabaseAndTheSpoolRepeatsNothing() throws {
        let stretch = CoverageStretch(
            state: .lost,
            start: noon,
            end: noon(plus: 10),
            lostSamples: 100
        )
        var first = spool()
        try first.append([.covered(source: "porch", stretch)])
        let copy = try #require(FileManager.default.contents(atPath: path))
        let store = try files.open()
        // What replaying does, without what comes after the commit.
        let name = try #require(SpoolRecord(line: copy.split(separator: 10)[0])?.spool)
        _ = try store.apply(
            [.covered(source: "porch", stretch)],
            keys: try store.keys(for: [TemporaryStore.model], now: noon),
            marks: [name: 1]
        )
        var next = spool()
        #expect(next.count == 1)
        _ = try next.replay(into: store, now: noon)
        #expect(next.count == 0)
        #expect(try store.coverage(from: noon, to: noon(plus: 10)).totals.lostSamples == 100)
    }

    @Test func aTailThatACrashCutOffIsToleratedAndWrittenBehind() throws {
        var first = spool()
        try first.append(begun(1...3))
        let whole = try #require(FileManager.default.contents(atPath: path))
        let end = (whole.lastIndex { $0 != 0 } ?? 0) + 1
        for (cut, left) in [(1, 3), (20, 2), (100, 2)] {
            try whole.prefix(end - cut).write(to: URL(fileURLWithPath: path))
            var next = spool()
            #expect(next.count == left)
            #expect(next.damagedLines == 0, "\(cut)")
            try next.append(begun(9...9))
            #expect(spool().count == left + 1)
        }
    }

    @Test func aDamagedLineCostsThatLineAndTheFileIsKept() throws {
        var first = spool()
        try first.append(begun(1...5))
        var bytes = try #require(FileManager.default.contents(atPath: path))
        let lines = bytes.split(separator: 10)
        bytes[lines[4].startIndex + 30] ^= 0x40
        try bytes.write(to: URL(fileURLWithPath: path))
        var next = spool()
        #expect(next.damagedLines == 1)
        let store = try files.open()
        _ = try next.replay(into: store, now: noon)
        #expect(try eventIDs(store) == [1, 2, 4, 5])
        let aside = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasPrefix("\(EventSpool.fileName).damaged-") }
        #expect(aside.count == 1)
    }

    @Test func whenOnePlaceIsFullTheNextTakesOverAndTheOrderStays() throws {
        let second = "\(folder)/run"
        try FileManager.default.createDirectory(atPath: second, withIntermediateDirectories: true)
        var spool = spool([folder, second], maxBytes: 2_000)
        for id in 1...12 {
            guard (try? spool.append(begun(Int64(id)...Int64(id)))) != nil else { break }
        }
        #expect(spool.lastEventID == 0)
        #expect(FileManager.default.fileExists(atPath: "\(second)/\(EventSpool.fileName)"))
        let count = spool.count
        let store = try files.open()
        _ = try spool.replay(into: store, now: noon)
        #expect(try eventIDs(store) == Array(1...Int64(count)))
    }

    @Test func aSpoolOfAnotherModelIsReplayedUnderThatModel() throws {
        var first = spool()
        try first.append(begun(1...1))
        var other = TemporaryStore.model
        other.name = "newer"
        other.classes = [ClassIdentity(name: "whale", label: "Whale")]
        var next = EventSpool(folders: [folder], models: [other])
        let store = try files.open()
        #expect(try next.replay(into: store, now: noon).refused == 0)
        #expect(try store.event(1)?.model == "test")
    }

    @Test func aThousandEntriesAreReplayedInSeveralTransactions() throws {
        var spool = spool()
        try spool.append(begun(1...1_234))
        let store = try files.open()
        _ = try spool.replay(into: store, now: noon)
        #expect(try eventIDs(store).count == 1_234)
        let marks = try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM spool_mark") }
        #expect(marks == 0)
    }

    // MARK: - Numbers that are taken

    private func store(with others: ClosedRange<Int64>) throws -> EventStore {
        let store = try files.open()
        let keys = try store.keys(for: [TemporaryStore.model], now: noon)
        let entries = others.map { id in
            var other = event(id, end: noon(plus: 5_000))
            other.source = "shed"
            other.className = "dog_bark"
            return HistoryEntry.ended(other)
        }
        _ = try store.apply(entries, keys: keys)
        return store
    }

    @Test func anEventWhoseNumberBelongsToAnotherGetsANewOneAndTheOtherStaysAsItWas() throws {
        let store = try store(with: 1...3)
        var spool = spool()
        try spool.append([.began(event(2))])
        try spool.append([.ended(event(2, end: noon(plus: 60)))])
        let applied = try spool.replay(into: store, now: noon)
        #expect(applied.renumbered.map(\.id) == [4, 4])
        #expect(applied.renumbered.map(\.isNew) == [true, false])
        #expect(applied.refused == 0)
        #expect(try store.event(2)?.className == "dog_bark")
        #expect(try store.event(2)?.end == noon(plus: 5_000))
        let moved = try #require(try store.event(4))
        #expect(moved.className == "rain" && moved.source == "porch")
        #expect(moved.start == noon(plus: 2) && moved.end == noon(plus: 60))
    }

    @Test func replayingAnEventThatWasRenumberedAgainChangesNothing() throws {
        let store = try store(with: 1...3)
        for _ in 0..<3 {
            var spool = spool()
            try spool.append([.began(event(2)), .ended(event(2, end: noon(plus: 60)))])
            _ = try spool.replay(into: store, now: noon)
        }
        #expect(try eventIDs(store).sorted() == [1, 2, 3, 4])
    }

    @Test func aNewNumberIsNoneThatIsAlreadyGivenToAnEventOnItsWay() throws {
        let store = try store(with: 1...3)
        let keys = try store.keys(for: [TemporaryStore.model], now: noon)
        let applied = try store.apply(
            [.began(event(2)), .began(event(9))],
            keys: keys,
            lastGiven: 9
        )
        #expect(applied.renumbered.map(\.id) == [10])
        #expect(try eventIDs(store).sorted() == [1, 2, 3, 9, 10])
    }
}

@Suite("The numbers of events")
struct EventNumbersTests {
    private let files: TemporaryStore

    init() throws {
        files = try TemporaryStore()
    }

    @Test func numbersFollowThoseOfTheDatabase() {
        var numbers = EventNumbers(folder: files.folder.path)
        numbers.raise(pastDatabase: 41)
        #expect(numbers.allocate(now: noon) == 42)
        #expect(numbers.allocate(now: noon) == 43)
        numbers.raise(past: 10)
        #expect(numbers.allocate(now: noon) == 44)
    }

    @Test func withoutADatabaseNoNumberIsGivenThatAnEarlierRunMayHaveGiven() {
        var first = EventNumbers(folder: files.folder.path)
        first.raise(pastDatabase: 0)
        let given = (0..<250).map { _ in first.allocate(now: noon) }
        #expect(given == Array(1...250))
        var second = EventNumbers(folder: files.folder.path)
        #expect(second.allocate(now: noon) > 250)
    }

    @Test func afterDamageNumbersBeginBehindAllThatMayHaveBeenLost() {
        var first = EventNumbers(folder: files.folder.path)
        first.raise(pastDatabase: 500)
        _ = first.allocate(now: noon)
        var second = EventNumbers(folder: files.folder.path)
        second.raise(pastDatabase: 120)
        second.raisePastPromise()
        #expect(second.allocate(now: noon) > 501)
    }

    @Test func whenNothingIsKnownNumbersBeginWhereNoHistoryCounts() {
        var numbers = EventNumbers(folder: "/proc/nowhere")
        #expect(numbers.allocate(now: noon) == Int64(noon.timeIntervalSince1970))
    }

    @Test func anEmptySpoolSaysNothingOfTheDatabase() {
        var first = EventNumbers(folder: files.folder.path)
        first.raise(pastDatabase: 40)
        _ = first.allocate(now: noon)
        var second = EventNumbers(folder: files.folder.path)
        second.raise(past: 0)
        #expect(second.allocate(now: noon) == 142)
    }

    @Test func anOlderDatabaseIsKnownByThePromiseAndNoNumberIsGivenTwice() {
        var first = EventNumbers(folder: files.folder.path)
        first.raise(pastDatabase: 500)
        let last = (0..<30).map { _ in first.allocate(now: noon) }.last ?? 0
        var restored = EventNumbers(folder: files.folder.path)
        restored.raise(pastDatabase: 40)
        #expect(restored.allocate(now: noon) > last)
    }

    @Test func aRestartSkipsNoNumbers() {
        var first = EventNumbers(folder: files.folder.path)
        first.raise(pastDatabase: 500)
        _ = first.allocate(now: noon)
        var second = EventNumbers(folder: files.folder.path)
        second.raise(pastDatabase: 501)
        #expect(second.allocate(now: noon) == 502)
    }

    @Test(arguments: [
        "", "\0\0\0\0", "many", "-5\n", "9223372036854775807\n", "18446744073709551616\n",
    ])
    func aDamagedPromisePromisesNothing(content: String) throws {
        let path = files.folder.appendingPathComponent(EventNumbers.fileName)
        try Data(content.utf8).write(to: path)
        #expect(EventNumbers.damage(inFolder: files.folder.path) != nil)
        var numbers = EventNumbers(folder: files.folder.path)
        numbers.raise(pastDatabase: 7)
        #expect(numbers.allocate(now: noon) == 8)
    }

    @Test func aDatabaseWhoseNumbersAreUsedUpDoesNotStopTheService() {
        var numbers = EventNumbers(folder: files.folder.path)
        numbers.raise(pastDatabase: .max)
        #expect(numbers.allocate(now: noon) == 1)
    }
}
