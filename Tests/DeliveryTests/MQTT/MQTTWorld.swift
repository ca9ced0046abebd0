import Foundation
import Logging
import Messages
import ServiceLifecycle
import Settings
import Synchronization
import TestSupport
import Testing

@testable import Delivery

/// Waits until a condition holds; records an issue if it never does.
func wait(
    until what: String,
    seconds: Double = 30,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("waited \(seconds) s in vain: \(what)")
            throw CancellationError()
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// What a service of a test publishes: a history, a feed and thresholds, all in memory.
final class MadeUpMonitor: Sendable {
    private struct State {
        var events: [Int64: EventMessage] = [:]
        var followers: [AsyncStream<LiveMessage>.Continuation] = []
        var hasEnded = false
        var thresholds = ["dog_bark", "rain", "thunder"].map { name in
            ThresholdMessage(
                className: name,
                label: name.replacing("_", with: " ").capitalized,
                model: "household-2",
                on: 0.8,
                off: 0.5,
                isReported: name != "thunder",
                origin: "model"
            )
        }
    }

    private let state = Mutex(State())

    /// After every service of these tests has begun.
    private static let firstOnset = Date(
        timeIntervalSince1970: (Date().timeIntervalSince1970 + 3_600).rounded()
    )

    /// An event that begins, or is over after a second; it is in the history before it is published.
    @discardableResult
    func publish(_ id: Int64, _ className: String = "dog_bark", isOver: Bool = true) -> EventMessage
    {
        let start = Self.firstOnset + Double(id)
        let event = EventMessage(
            id: id,
            source: "porch",
            className: className,
            label: className.replacing("_", with: " ").capitalized,
            start: start,
            end: isOver ? start + 1 : nil,
            peakScore: 0.9,
            meanScore: 0.8,
            levelDBFS: -20,
            model: "household-2"
        )
        state.withLock { $0.events[id] = event }
        send(.event(event))
        return event
    }

    func send(_ message: LiveMessage) {
        for follower in state.withLock({ $0.followers }) { follower.yield(message) }
    }

    func end() {
        let followers = state.withLock { state in
            state.hasEnded = true
            return state.followers
        }
        for follower in followers { follower.finish() }
    }

    var lastEventID: Int64 { state.withLock { $0.events.keys.max() ?? 0 } }

    func events(_ range: ClosedRange<Int64>) -> [EventMessage] {
        state.withLock { state in
            state.events.filter { range.contains($0.key) }.map(\.value).sorted { $0.id < $1.id }
        }
    }

    var thresholds: [ThresholdMessage] { state.withLock { $0.thresholds } }

    var status: StatusMessage {
        StatusMessage(
            version: "0.1.0",
            started: Date(timeIntervalSince1970: 1_795_176_000),
            uptimeSeconds: 42,
            models: [ModelStatusMessage(name: "household-2", version: "1", classCount: 3)],
            database: DatabaseStatusMessage(path: "/s/events.sqlite", sizeBytes: 4_096),
            sources: [
                SourceStatusMessage(
                    name: "porch",
                    device: "hw:1",
                    models: ["household-2"],
                    state: .listening
                )
            ],
            ongoing: state.withLock { $0.events.values.filter { $0.end == nil } }
        )
    }

    /// The monitor as the service reaches it.
    var functions: MQTTMonitor {
        MQTTMonitor(
            status: { self.status },
            thresholds: { self.thresholds },
            setThreshold: { try self.set($0, $2) },
            follow: {
                let (stream, continuation) = AsyncStream.makeStream(of: LiveMessage.self)
                let hasEnded = self.state.withLock { state in
                    state.followers.append(continuation)
                    return state.hasEnded
                }
                if hasEnded { continuation.finish() }
                return stream
            }
        )
    }

    private func set(_ name: String, _ change: ThresholdChange) throws -> ThresholdMessage {
        try state.withLock { state in
            guard let index = state.thresholds.firstIndex(where: { $0.className == name }) else {
                throw ControlError.unknownClass(name: name, known: [])
            }
            if let on = change.on { state.thresholds[index].on = on }
            if let isReported = change.isReported {
                state.thresholds[index].isReported = isReported
            }
            return state.thresholds[index]
        }
    }
}

/// A service that publishes what a made-up monitor says.
struct MQTTWorld {
    let monitor: MadeUpMonitor
    let outbox: Outbox
    let service: MQTTService

    /// Runs a service for as long as the body takes, then ends it as the program does.
    ///
    /// - Parameters:
    ///   - port: The broker's port.
    ///   - monitor: What is published.
    ///   - outbox: Where events wait.
    ///   - configure: Changes the settings.
    ///   - body: Uses it.
    /// - Throws: What the body throws.
    static func run(
        port: UInt16,
        monitor: MadeUpMonitor = MadeUpMonitor(),
        outbox: Outbox = .inMemory(),
        configure: (inout MQTTSettings) -> Void = { _ in },
        _ body: (MQTTWorld) async throws -> Void
    ) async throws {
        var settings = MQTTSettings()
        settings.broker = BrokerAddress(host: "127.0.0.1", port: Int(port))
        settings.topic = "home/box"
        settings.levelSeconds = 1
        configure(&settings)
        var log = Logger(label: "test")
        log.logLevel = .critical
        let made = MQTTService(
            settings,
            host: "box",
            outbox: outbox,
            lastEventID: { monitor.lastEventID },
            storedEvents: { monitor.events($0) },
            monitor: monitor.functions,
            environment: [:],
            firstDelaySeconds: 0.1,
            log: log
        )
        let service = try #require(made)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [service], logger: log)
        )
        let running = Task { try await group.run() }
        let result: Result<Void, any Error>
        do {
            try await body(MQTTWorld(monitor: monitor, outbox: outbox, service: service))
            result = .success(())
        } catch {
            result = .failure(error)
        }
        monitor.end()
        await group.triggerGracefulShutdown()
        try await running.value
        try result.get()
    }

    func waitUntilConnected() async throws {
        try await wait(until: "the broker is connected") { service.status.isConnected }
    }
}
