import EventStore
import Foundation
import GRDB
import Testing

@testable import MonitorPipeline

@Suite struct StoreBacklogTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("ew-backlog-\(UUID().uuidString)")

    private func openStore() throws -> (store: EventStore, sourceID: Int64, classID: Int64) {
        let path = folder.appendingPathComponent("events.sqlite").path
        var options = StoreOptions()
        options.busyTimeoutSeconds = 0.1
        let store = try EventStore(path: path, options: options)
        let model = try store.register(
            ModelIdentity(
                name: "m",
                version: "1",
                digest: "d",
                classes: [ClassIdentity(name: "dog_bark", label: "Dog bark")]
            )
        )
        return (store, try store.sourceID(named: "porch"), model.classIDs[0])
    }

    private func event(_ sourceID: Int64, _ classID: Int64, at seconds: Double) -> NewEvent {
        NewEvent(
            sourceID: sourceID,
            classID: classID,
            start: Date(timeIntervalSince1970: seconds),
            peakScore: 0.9,
            meanScore: 0.8,
            levelDBFS: -20
        )
    }

    @Test func whatALockedDatabaseRefusesWaitsAndIsWrittenInOrderWhenItCan() throws {
        let (store, sourceID, classID) = try openStore()
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: store.path, configuration: configuration)
        var backlog = StoreBacklog()
        try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        for number in 0..<3 {
            backlog.append(
                .begin(
                    EventPlace(source: 0, model: 0, number: number),
                    event(sourceID, classID, at: Double(number))
                )
            )
        }
        backlog.append(
            .finish(
                EventPlace(source: 0, model: 0, number: 1),
                EventEnding(
                    end: Date(timeIntervalSince1970: 9),
                    peakScore: 1,
                    meanScore: 1,
                    levelDBFS: -10
                )
            )
        )
        #expect(backlog.write(to: store).isEmpty)
        #expect(backlog.fault == .locked(path: store.path))
        #expect(backlog.count == 4)

        try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
        #expect(backlog.write(to: store).count == 4)
        #expect(backlog.fault == nil)
        #expect(backlog.count == 0)
        var filter = EventFilter()
        filter.includesOngoing = true
        let events = try store.events(matching: filter)
        #expect(events.map(\.start.timeIntervalSince1970) == [0, 1, 2])
        #expect(events.map { $0.end != nil } == [false, true, false])
    }
}
