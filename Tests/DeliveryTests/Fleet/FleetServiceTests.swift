import Foundation
import Logging
import Messages
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Delivery

/// The service of a box at a real PostgreSQL server.
@Suite(
    .serialized,
    .enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.whyLeftOut))
)
struct FleetServiceTests {
    private let start = Date(timeIntervalSince1970: 1_795_737_600)

    /// Runs a service for as long as the body takes, then ends it as the program does.
    ///
    /// - Parameters:
    ///   - world: The box.
    ///   - body: Uses it; what it publishes is in the history first.
    /// - Throws: What the body throws.
    private func run(
        _ world: FleetWorld,
        _ body: (FleetService, _ publish: (EventMessage) -> Void) async throws -> Void
    ) async throws {
        let feed = MadeUpFeed()
        let service = FleetService(
            world.shipper,
            backoff: Backoff(first: 0.1, longest: 0.3),
            follow: { feed.follow() },
            log: quietLog
        )
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [service], logger: quietLog)
        )
        let running = Task { try await group.run() }
        let result: Result<Void, any Error>
        do {
            try await body(service) { event in
                world.history.put(event)
                feed.publish(.event(event))
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        feed.end()
        await group.triggerGracefulShutdown()
        try await running.value
        try result.get()
    }

    private func numbers(_ server: PostgresServer) async throws -> [Int] {
        // In the order in which they came.
        try await server.query("SELECT event_id FROM fleet.event ORDER BY received_utc, event_id")
            .split(separator: "\n").compactMap { Int($0) }
    }

    @Test func eventsOfATimeWithoutAServerArriveOnceEachInTheirOrder() async throws {
        let server = try await PostgresServer()
        let world = try FleetWorld(server)
        try await run(world) { service, publish in
            for id in 1...20 { publish(event(Int64(id), at: start + Double(id))) }
            try await wait(until: "the first events") { try await numbers(server).count == 20 }
            try await server.stop()
            for id in 21...1_060 { publish(event(Int64(id), at: start + Double(id))) }
            try await wait(until: "they wait") {
                service.condition.waiting == 1_040 && service.condition.fault != nil
            }
            try await server.start()
            try await wait(until: "all are there") { try await numbers(server).count == 1_060 }
            try await wait(until: "nothing is wrong") { service.condition.fault == nil }
            #expect(try await numbers(server) == Array(1...1_060))
            #expect(service.condition.waiting == 0)
        }
        #expect(world.counts?.delivered == 1_060)
    }

    @Test func anEventArrivesSoonAfterItWasHeard() async throws {
        let server = try await PostgresServer()
        let world = try FleetWorld(server)
        try await run(world) { _, publish in
            publish(event(1, at: start))
            try await wait(until: "the first") { try await numbers(server) == [1] }
            let began = ContinuousClock.now
            publish(event(2, at: start + 1))
            try await wait(until: "the second") { try await numbers(server) == [1, 2] }
            #expect(ContinuousClock.now - began < .seconds(10), "not only once a minute")
        }
    }

    @Test func whatCameLastIsShippedWhenTheServiceEnds() async throws {
        let server = try await PostgresServer()
        let world = try FleetWorld(server)
        try await run(world) { _, publish in
            publish(event(1, at: start))
            try await wait(until: "the first") { try await numbers(server) == [1] }
            for id in 2...9 { publish(event(Int64(id), at: start + Double(id))) }
        }
        #expect(try await numbers(server) == Array(1...9))
    }

    @Test func aServerThatHangsDoesNotHoldUpTheEndOfTheService() async throws {
        let server = try await PostgresServer()
        let world = try FleetWorld(server)
        var end = ContinuousClock.now
        server.signal(SIGSTOP)
        try await run(world) { _, publish in
            publish(event(1, at: start))
            try await Task.sleep(for: .seconds(1))
            end = .now
        }
        #expect(ContinuousClock.now - end < .seconds(8))
        server.signal(SIGCONT)
    }

    @Test func anIdleConnectionIsGivenBack() async throws {
        let server = try await PostgresServer()
        let world = try FleetWorld(server)
        let connections = """
            SELECT count(*) FROM pg_stat_activity WHERE application_name = 'earwitness'
            """
        try await run(world) { _, publish in
            publish(event(1, at: start))
            try await wait(until: "it is connected") { try await server.query(connections) == "1" }
            try await wait(until: "it is not") { try await server.query(connections) == "0" }
            publish(event(2, at: start))
            try await wait(until: "it is again") { try await numbers(server) == [1, 2] }
        }
    }
}

/// What a monitor of a test publishes.
private final class MadeUpFeed: Sendable {
    private struct State {
        var followers: [AsyncStream<LiveMessage>.Continuation] = []
        var hasEnded = false
    }

    private let state = Mutex(State())

    func follow() -> AsyncStream<LiveMessage> {
        let (stream, continuation) = AsyncStream.makeStream(of: LiveMessage.self)
        let hasEnded = state.withLock { state in
            state.followers.append(continuation)
            return state.hasEnded
        }
        if hasEnded { continuation.finish() }
        return stream
    }

    func publish(_ message: LiveMessage) {
        for follower in state.withLock({ $0.followers }) { follower.yield(message) }
    }

    func end() {
        let followers = state.withLock { state in
            state.hasEnded = true
            return state.followers
        }
        for follower in followers { follower.finish() }
    }
}
