import EventStore
import Foundation
import ModelLibrary
import NeuralNetwork
import Platform
import Settings
import TestSupport
import Testing

@testable import Monitor

/// Sounds that are learnt and removed while a source is listened to.
@Suite struct LearntWhileListeningTests {
    private let home: BacklogHome
    private let store: EventStore
    private let model: SoundModel

    private static let noon = Date(timeIntervalSince1970: 1_790_000_000)
    /// A moment within the sound of the chainsaw, which lasts from 43 to 48 s.
    private static let amidChainsaw = 46.0

    init() throws {
        home = try BacklogHome()
        store = try home.openStore()
        model = try ReferenceModel.load()
    }

    /// Something that is heard whenever the gate is open.
    private func sound(_ name: String) throws -> LearntSound {
        let length = try #require(model.embedding?.length)
        return LearntSound(
            name: name,
            label: name.capitalized,
            model: model.name,
            modelDigest: model.digest.description,
            head: LinearHead(weights: [Float](repeating: 0, count: length), bias: 9),
            on: 0.6,
            off: 0.36,
            learntAt: Self.noon,
            examples: ["1.flac"],
            recognised: 1,
            otherWindows: 10,
            mistakenWindows: 0
        )
    }

    private func events(of className: String) throws -> [ClosedRange<Double>] {
        var filter = EventFilter()
        filter.classes = [className]
        filter.order = .oldestFirst
        return try store.events(matching: filter).map { event in
            let (start, end) = (event.start, try #require(event.end))
            return start.timeIntervalSince(Self.noon)...end.timeIntervalSince(Self.noon)
        }
    }

    @Test func aSoundLearntWhileListeningIsHeardFromThenOnAndNoSampleIsLost() async throws {
        let monitor = try OwnedMonitor(world: OwnedWorld(start: Self.noon), store: store)
        monitor.hear(seconds: Self.amidChainsaw)
        try monitor.use(model.adding([sound("hum")]))
        monitor.hearTheRest()
        let condition = await monitor.finish()

        let hums = try events(of: "hum")
        #expect(try #require(hums.first).lowerBound >= Self.amidChainsaw - 0.1)
        #expect(try #require(hums.last).upperBound > 55)
        // The sound that went on is there before and after, without a hole.
        let chainsaws = try events(of: "chainsaw")
        #expect(chainsaws.contains { $0.lowerBound < 44 })
        #expect(chainsaws.contains { $0.upperBound > 47 })

        #expect(condition.lostSamples == 0)
        #expect(condition.windowsLeftOut == 0)
        #expect(condition.capturedSamples == 60 * 16_000)
        let spans = try store.coverageSpans(from: Self.noon, to: Self.noon + 60)
        #expect(spans.allSatisfy { $0.state == .listening || $0.state == .gated })
        for (span, next) in zip(spans, spans.dropFirst()) {
            #expect(abs(next.start.timeIntervalSince(span.end)) < 0.021, "\(span) and \(next)")
        }
        // Scores are stored with the classes that they are of.
        let blocks = try store.scoreBlocks(from: Self.noon, to: Self.noon + 60)
        let count = model.classes.count
        let before = blocks.filter { $0.classCount == count }
        let after = blocks.filter { $0.classCount == count + 1 }
        #expect(before.count + after.count == blocks.count)
        #expect(before.allSatisfy { $0.end <= Self.noon + Self.amidChainsaw + 0.1 })
        #expect(after.allSatisfy { $0.start >= Self.noon + Self.amidChainsaw - 0.1 })
        #expect(!before.isEmpty && !after.isEmpty)
    }

    @Test func aSoundThatIsRemovedWhileListeningEndsAndIsHeardNoMore() async throws {
        let monitor = try OwnedMonitor(world: OwnedWorld(start: Self.noon), store: store)
        try monitor.use(model.adding([sound("hum")]))
        monitor.hear(seconds: Self.amidChainsaw)
        monitor.use(model)
        monitor.hearTheRest()
        await monitor.finish()
        let hums = try events(of: "hum")
        #expect(!hums.isEmpty)
        #expect(hums.allSatisfy { $0.upperBound < Self.amidChainsaw + 0.1 })
        #expect(try !events(of: "chainsaw").filter { $0.upperBound > 47 }.isEmpty)
    }

    @Test func everyEventKeepsANumberAndAnEndOfItsOwnAcrossTheChange() async throws {
        let monitor = try OwnedMonitor(world: OwnedWorld(start: Self.noon), store: store)
        for part in 1...5 {
            monitor.hear(seconds: 10)
            try monitor.use(part % 2 == 0 ? model : model.adding([sound("hum")]))
        }
        monitor.hearTheRest()
        await monitor.finish()
        var filter = EventFilter()
        filter.includesOngoing = true
        let events = try store.events(matching: filter)
        #expect(Set(events.map(\.id)).count == events.count)
        #expect(events.allSatisfy { $0.end != nil })
        let hums = try self.events(of: "hum")
        for (hum, next) in zip(hums, hums.dropFirst()) {
            #expect(hum.upperBound <= next.lowerBound + 0.001)
        }
    }

    @Test func eventsOfWhatWasLearntMeanwhileWaitInTheSpoolForADatabaseThatIsLocked() throws {
        let lock = try DatabaseLock(path: store.path)
        var backlog = home.backlog(for: store)
        backlog.append(.began(BacklogHome.event(1)))
        #expect(backlog.write(to: store).count == 1)
        var learnt = BacklogHome.model
        learnt.classes.append(ClassIdentity(name: "hum", label: "Hum"))
        learnt.learnt = ["hum"]
        backlog.add([learnt])
        var event = BacklogHome.event(2, end: 9_000)
        event.model = learnt.key
        event.className = "hum"
        backlog.append(.ended(event))
        backlog.append(.ended(BacklogHome.event(1, end: 9_000)))
        #expect(backlog.write(to: store).count == 2)
        #expect(backlog.spooledEntries == 3)
        try lock.release()
        // As after a crash: what the spool says of the models is all that is known.
        var next = home.backlog(for: store)
        _ = next.write(to: store)
        #expect(next.refusedEntries == 0)
        #expect(next.spooledEntries == 0)
        #expect(try store.event(1)?.className == "dog_bark")
        #expect(try store.event(2)?.className == "hum")
    }
}
