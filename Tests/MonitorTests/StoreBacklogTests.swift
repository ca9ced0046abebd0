import EventStore
import Foundation
import GRDB
import Testing

@testable import Monitor

@Suite struct StoreBacklogTests {
    private let home = try? BacklogHome()

    private func begun(_ id: Int64) -> HistoryEntry { .began(BacklogHome.event(id)) }
    private func ended(_ id: Int64) -> HistoryEntry { .ended(BacklogHome.event(id, end: 9_000)) }

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
        Thread.sleep(forTimeInterval: 1.1)
        backlog.append(ended(2))
        #expect(backlog.write(to: store) == [ended(2)])
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
        #expect(next.numbers.upcoming == 2)
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
        Thread.sleep(forTimeInterval: 1.1)
        #expect(backlog.write(to: store) == [begun(1)])
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
        event.id = backlog.numbers.take(now: Date())
        #expect(event.id == 3, "nobody knows better yet")
        backlog.append(.began(event))
        backlog.opened(store, wasDamaged: false)
        event.id = 10
        #expect(backlog.write(to: store) == [.began(event)], "shown under its new number")
        #expect(backlog.takeRenumbered().map(\.id) == [10])
        #expect(backlog.numbers.take(now: Date()) == 11)
        #expect(try store.event(3)?.source == "shed")
        #expect(try store.event(10)?.source == "porch")
    }
}
