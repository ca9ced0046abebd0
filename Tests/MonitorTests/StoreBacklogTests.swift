import EventStore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Monitor

@Suite struct StoreBacklogTests {
    private let home = try? BacklogHome()

    private func begun(_ id: Int64) -> HistoryEntry { .began(BacklogHome.event(id)) }
    private func ended(_ id: Int64) -> HistoryEntry { .ended(BacklogHome.event(id, end: 9_000)) }

    /// What a backlog writes until the database takes it, which is tried once a second.
    private func written(
        by backlog: inout StoreBacklog,
        to store: EventStore
    ) throws -> [HistoryEntry] {
        let limit = ContinuousClock.now + .seconds(60)
        var entries: [HistoryEntry] = []
        repeat {
            try #require(ContinuousClock.now < limit, "the database is not tried again")
            entries += backlog.write(to: store)
        } while backlog.fault != nil
        return entries
    }

    @Test func whatALockedDatabaseRefusesIsSafeInTheSpoolAndWrittenInOrderWhenItCan() throws {
        let home = try #require(home)
        let store = try home.openStore()
        let lock = try DatabaseLock(path: store.path)
        var backlog = home.backlog(for: store)
        let entries = [begun(1), begun(2), ended(1), begun(3)]
        entries.forEach { backlog.append($0) }
        #expect(backlog.write(to: store) == entries, "durable, because the spool has them")
        #expect(backlog.fault == .locked(path: store.path))
        #expect(backlog.spooledEntries == 4)
        #expect(backlog.waitingEntries == 0)

        try lock.release()
        backlog.append(ended(2))
        #expect(try written(by: &backlog, to: store) == [ended(2)])
        #expect(backlog.fault == nil)
        #expect(backlog.spooledEntries == 0)
        var filter = EventFilter()
        filter.includesOngoing = true
        let events = try store.events(matching: filter)
        #expect(events.map(\.id) == [1, 2, 3])
        #expect(events.map { $0.end != nil } == [true, true, false])
    }

    @Test func whatWasSpooledBeforeACrashIsInTheDatabaseBeforeTheNextStart() throws {
        let home = try #require(home)
        let store = try home.openStore()
        let lock = try DatabaseLock(path: store.path)
        do {
            var backlog = home.backlog(for: store)
            backlog.append(begun(1))
            #expect(backlog.write(to: store).count == 1)
        }
        try lock.release()
        var next = home.backlog(for: store)
        next.append(.started(at: Date(timeIntervalSince1970: 50_000)))
        #expect(next.write(to: store).count == 1)
        #expect(next.recovery?.closedEventIDs == [1])
        #expect(try store.event(1)?.end != nil)
        #expect(next.nextEventID == 2)
    }

    @Test func withoutADatabaseAndASpoolEventsWaitInMemoryAndAreNotShown() throws {
        let home = try #require(home)
        let store = try home.openStore()
        let lock = try DatabaseLock(path: store.path)
        var backlog = home.backlog(for: store, spoolFolders: ["/proc/nowhere"])
        backlog.append(begun(1))
        #expect(backlog.write(to: store).isEmpty)
        #expect(backlog.waitingEntries == 1)
        #expect(backlog.spoolFault != nil)
        try lock.release()
        #expect(try written(by: &backlog, to: store) == [begun(1)])
        #expect(backlog.spoolFault == nil)
    }

    @Test func inMemoryCoverageIsGivenUpBeforeAnyEvent() throws {
        let home = try #require(home)
        var backlog = home.backlog(
            for: EventStore(unopenedAt: home.database),
            spoolFolders: ["/proc/nowhere"]
        )
        let stretch = CoverageStretch(
            state: .gated,
            start: Date(timeIntervalSince1970: 0),
            end: Date(timeIntervalSince1970: 10)
        )
        for id in 0..<15_000 {
            backlog.append(begun(Int64(id)))
            backlog.append(.covered(source: "porch", stretch))
        }
        #expect(backlog.droppedItems >= 9_999)
        #expect(backlog.waitingEntries + backlog.droppedItems == 30_000)
        #expect(backlog.waitingEntries >= 15_000, "all events")
    }

    @Test func anEntryThatTheDatabaseCannotTakeHoldsUpNoOther() throws {
        let home = try #require(home)
        let store = try home.openStore()
        var backlog = home.backlog(for: store)
        var alien = BacklogHome.event(1)
        alien.className = "no_such_class"
        backlog.append(.began(alien))
        backlog.append(begun(2))
        #expect(backlog.write(to: store).count == 2)
        #expect(backlog.refusedEntries == 1)
        #expect(try store.event(2) != nil)
    }

    @Test func numbersGivenBeforeTheHistoryCouldBeReadAreExchangedForFreeOnes() throws {
        let home = try #require(home)
        let store = try home.openStore()
        // The promise is older than the database, as after a copy was brought back.
        try Data("2\n".utf8).write(
            to: URL(fileURLWithPath: "\(home.folder)/\(EventNumbers.fileName)")
        )
        let keys = try store.keys(for: [BacklogHome.model], sources: [("shed", nil)], now: Date())
        _ = try store.apply(
            (1...9).map { (id: Int64) -> HistoryEntry in
                var other = BacklogHome.event(id, end: 9_000)
                other.source = "shed"
                return .ended(other)
            },
            keys: keys
        )
        let unopened = EventStore(unopenedAt: home.database)
        var backlog = home.backlog(for: unopened)
        var event = BacklogHome.event(100)
        event.id = backlog.allocateEventID(now: Date())
        #expect(event.id == 3, "nobody knows better yet")
        backlog.append(.began(event))
        backlog.reopen(store, wasDamaged: false)
        event.id = 10
        #expect(backlog.write(to: store) == [.began(event)], "shown under its new number")
        #expect(backlog.removeRenumbered().map(\.id) == [10])
        #expect(backlog.allocateEventID(now: Date()) == 11)
        #expect(try store.event(3)?.source == "shed")
        #expect(try store.event(10)?.source == "porch")
    }
}

/// A folder for one test's database and spool.
final class BacklogHome {
    private let home: TemporaryFolder
    var folder: String { home.path }
    var database: String { "\(folder)/events.sqlite" }

    static let model = ModelIdentity(
        name: "m",
        version: "1",
        digest: "d",
        classes: [ClassIdentity(name: "dog_bark", label: "Dog bark")]
    )

    init() throws {
        home = try TemporaryFolder()
    }

    func openStore() throws -> EventStore {
        var options = StoreOptions()
        options.busyTimeoutSeconds = 0.05
        let store = EventStore(unopenedAt: database, options: options)
        _ = try store.open()
        return store
    }

    func backlog(for store: EventStore, spoolFolders: [String]? = nil) -> StoreBacklog {
        var backlog = StoreBacklog(
            models: [Self.model],
            sources: [("porch", nil)],
            spool: EventSpool(folders: spoolFolders ?? [folder], models: [Self.model]),
            numbers: EventNumbers(folder: folder),
            grace: .zero
        )
        if store.fault == nil { backlog.open(store) }
        return backlog
    }

    static func event(_ id: Int64, end: Double? = nil) -> EventRecord {
        EventRecord(
            id: id,
            source: "porch",
            model: model.key,
            className: "dog_bark",
            start: Date(timeIntervalSince1970: Double(id)),
            end: end.map { Date(timeIntervalSince1970: $0) },
            peakScore: 0.9,
            meanScore: 0.8,
            levelDBFS: -20
        )
    }
}

/// Another program that has begun to write and does not come to an end.
struct DatabaseLock {
    private let connection: DatabaseQueue

    init(path: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        connection = try DatabaseQueue(path: path, configuration: configuration)
        try connection.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
    }

    func release() throws {
        try connection.inDatabase { try $0.execute(sql: "ROLLBACK") }
    }
}
