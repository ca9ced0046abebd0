import Foundation
import Logging
import Messages
import Settings
import Synchronization
import TestSupport
import Testing

@testable import Delivery

/// The history of a test, which can be out of reach.
private final class TestHistory: Sendable {
    struct Unreachable: Error {}

    let events = Mutex<[EventMessage]>([])
    let isReachable = Mutex(true)

    func add(_ event: EventMessage) {
        events.withLock { events in
            events.removeAll { $0.id == event.id }
            events.append(event)
        }
    }

    var source: EventHistory {
        EventHistory(
            after: { number, _ in try self.read { $0.id > number } },
            numbered: { numbers in try self.read { numbers.contains($0.id) } }
        )
    }

    private func read(_ isMeant: (EventMessage) -> Bool) throws -> [EventMessage] {
        guard isReachable.withLock({ $0 }) else { throw Unreachable() }
        return events.withLock { $0.filter(isMeant).sorted { $0.id < $1.id } }
    }
}

@Suite struct RuleEngineTests {
    private let folder: TemporaryFolder
    private let history = TestHistory()
    private let began = Date() - 100

    init() throws {
        folder = try TemporaryFolder()
    }

    /// An engine that goes on with what is saved in the folder.
    private func engine(_ yaml: String) async throws -> (RuleEngine, Outbox) {
        let outbox = Outbox.open(inFolder: folder.path).outbox
        let began = began
        let engine = RuleEngine(
            outbox: outbox,
            history: history.source,
            now: { began + 50 },
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        await engine.apply(["bark": try ruleSettings(yaml)])
        return (engine, outbox)
    }

    private let yaml = """
        when: {class: dog_bark}
        then: [{command: [/bin/true]}, {publish: {topic: 'house/{{class}}'}}]
        """

    private func keys(_ outbox: Outbox, in channel: String = "bark/command") throws -> [String] {
        var keys: [String] = []
        while let message = try outbox.next(channel: channel, now: began) {
            keys.append(message.key.split(separator: "/").prefix(2).joined(separator: "/"))
            try outbox.delivered(message.id, now: began)
        }
        return keys
    }

    /// A status by which time passes.
    private var tick: LiveMessage {
        .status(
            StatusMessage(
                version: "0",
                started: began,
                uptimeSeconds: 1,
                models: [],
                database: DatabaseStatusMessage(path: "", sizeBytes: 0),
                sources: [
                    SourceStatusMessage(name: "porch", device: "default", state: .listening)
                ]
            )
        )
    }

    @Test func anEventBecomesAMessageForEachReceiver() async throws {
        let (engine, outbox) = try await engine(yaml)
        await engine.receive(tick)
        await engine.receive(.event(event(7, at: began + 60, lasting: nil)))
        await engine.receive(.event(event(7, at: began + 60)))
        #expect(try keys(outbox) == ["event/7"])
        let published = try #require(try outbox.next(channel: "mqtt", now: began))
        #expect(published.key.hasPrefix("bark/event/7/"))
        let request = try JSONDecoder().decode(PublishRequest.self, from: published.payload)
        #expect(request.topic == "house/dog_bark")
        #expect(request.payload.hasPrefix(#"{"rule":"bark","reason":"event""#))
    }

    @Test func anEngineWithoutRulesFollowsNothingUntilThereAreSome() async throws {
        let engine = RuleEngine(
            outbox: Outbox.open(inFolder: folder.path).outbox,
            history: history.source,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let (follows, following) = AsyncStream.makeStream(of: Int.self)
        let rules = ["bark": try ruleSettings(yaml)]
        await engine.apply([:])
        let work = Task {
            await engine.run {
                following.yield(1)
                return AsyncStream { _ in }
            }
            following.finish()
        }
        await engine.apply([:])
        await engine.apply(rules)
        var count = 0
        for await _ in follows {
            count += 1
            work.cancel()
        }
        await work.value
        #expect(count == 1)
    }

    @Test func eventsMissedWhileTheServiceWasDownAreReadFromTheHistoryOnce() async throws {
        do {
            let (engine, _) = try await engine(yaml)
            await engine.receive(tick)
            let first = event(1, at: began + 60, lasting: nil)
            history.add(first)
            await engine.receive(.event(first))
        }
        // Killed here. The first ends and two more come meanwhile.
        history.add(event(1, at: began + 60))
        history.add(event(2, at: began + 70))
        history.add(event(3, "speech", at: began + 80))
        let (engine, outbox) = try await engine(yaml)
        await engine.receive(tick)
        await engine.receive(.event(event(2, at: began + 70)))
        await engine.receive(.event(event(4, at: began + 90)))
        #expect(try keys(outbox) == ["event/1", "event/2", "event/4"])
    }

    @Test func whileTheHistoryIsOutOfReachEventsAreToldAndNoneIsToldAgain() async throws {
        history.isReachable.withLock { $0 = false }
        let (engine, outbox) = try await engine(yaml)
        await engine.receive(tick)
        for id in [5, 6] as [Int64] {
            let heard = event(id, at: began + 60 + Double(id))
            history.add(heard)
            await engine.receive(.event(heard))
        }
        #expect(try keys(outbox) == ["event/5", "event/6"])
        // Killed, and something had been missed before.
        history.add(event(4, at: began + 61))
        history.isReachable.withLock { $0 = true }
        let (next, reopened) = try await self.engine(yaml)
        await next.receive(tick)
        #expect(try keys(reopened) == ["event/4"])
    }

    @Test func aRuleThatIsChangedBeginsAnewAndOthersGoOn() async throws {
        let counting = "{when: {count: 2, within: 1m}, then: [{command: [/bin/true]}]}"
        let (first, outbox) = try await engine(counting)
        await first.receive(tick)
        await first.receive(.event(event(1, at: began + 60)))
        await first.apply(["bark": try ruleSettings(counting)])
        await first.receive(.event(event(2, at: began + 61)))
        #expect(try keys(outbox) == ["event/2"])
        await first.receive(.event(event(3, at: began + 62)))
        let changed = counting.replacing("1m", with: "2m")
        await first.apply(["bark": try ruleSettings(changed)])
        await first.receive(.event(event(4, at: began + 63)))
        #expect(try keys(outbox).isEmpty)
    }
}
