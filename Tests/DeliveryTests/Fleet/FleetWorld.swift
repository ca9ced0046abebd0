import Foundation
import Logging
import Messages
import Settings
import Synchronization
import TestSupport
import Testing

@testable import Delivery

/// The history of a box, in memory.
final class MadeUpHistory: Sendable {
    private struct State {
        var events: [Int64: EventMessage] = [:]
        var stretches: [Int64: FleetStretch] = [:]
    }

    private let state = Mutex(State())

    func put(_ events: EventMessage...) { put(events) }

    func put(_ events: [EventMessage]) {
        state.withLock { state in
            for event in events { state.events[event.id] = event }
        }
    }

    func put(_ stretch: FleetStretch) { state.withLock { $0.stretches[stretch.id] = stretch } }

    func clear() { state.withLock { $0 = State() } }

    private func events(_ isMeant: (EventMessage) -> Bool) -> [EventMessage] {
        state.withLock { $0.events.values.filter(isMeant).sorted { $0.id < $1.id } }
    }

    private func stretches(_ isMeant: (FleetStretch) -> Bool) -> [FleetStretch] {
        state.withLock { $0.stretches.values.filter(isMeant).sorted { $0.id < $1.id } }
    }

    var functions: FleetHistory {
        FleetHistory(
            lastEventID: { self.events { _ in true }.last?.id ?? 0 },
            events: { number, limit in Array(self.events { $0.id > number }.prefix(limit)) },
            numbered: { numbers in self.events { numbers.contains($0.id) } },
            count: { number in self.events { $0.id > number }.count },
            labelled: { date in
                self.events { $0.userLabel?.labelledAt ?? .distantPast > date }
            },
            stretches: { number, limit in
                Array(self.stretches { $0.id > number }.prefix(limit))
            },
            stretchesNumbered: { numbers in self.stretches { numbers.contains($0.id) } }
        )
    }
}

/// A box that ships a made-up history to a real server.
struct FleetWorld {
    let history = MadeUpHistory()
    let outbox = Outbox.inMemory()
    let access: FleetAccess
    let shipper: FleetShipper
    private let folder: TemporaryFolder

    init(
        _ server: PostgresServer,
        box: String = "porch",
        password: String? = nil,
        configure: (inout FleetAccess) -> Void = { _ in }
    ) throws {
        folder = try TemporaryFolder()
        var settings = FleetSettings()
        settings.database = server.connectionString(box)
        settings.passwordFile = try folder.write("\(password ?? box)\n", to: "password")
        var access = try #require(FleetAccess(settings))
        configure(&access)
        self.access = access
        shipper = FleetShipper(
            access: access,
            environment: [:],
            history: history.functions,
            outbox: outbox,
            log: quietLog
        )
    }

    /// What the box's status says of the channel.
    var counts: ChannelCounts? {
        (try? outbox.counts())?.first { $0.channel == FleetShipper.channel }
    }

    /// Why shipping fails.
    func fault() async throws -> FleetFault? {
        do {
            _ = try await shipper.ship(coverage: true)
            return nil
        } catch let fault as FleetFault {
            return fault
        }
    }

    /// Forgets how far shipping has come, as after a crash before that was saved.
    func forgetProgress() throws {
        try outbox.append([], progress: .init(reader: FleetShipper.channel, lastEvent: 0))
    }
}

let quietLog = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
