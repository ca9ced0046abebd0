import EventStore
import Foundation
import Testing

@Suite("Events in the store")
struct EventTests {
    private let files: TemporaryStore
    private let store: EventStore
    private let source: Int64
    private let model: RegisteredModel

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
        source = try store.sourceID(named: "porch", device: "plughw:CARD=Mic", now: noon)
        model = try store.register(files.model, now: noon)
    }

    private func add(
        _ classIndex: Int,
        at seconds: Double,
        lasting duration: Double? = 1,
        peak: Float = 0.9,
        source other: Int64? = nil
    ) throws -> Int64 {
        try store.begin(
            NewEvent(
                sourceID: other ?? source,
                classID: model.classIDs[classIndex],
                start: noon(plus: seconds),
                end: duration.map { noon(plus: seconds + $0) },
                peakScore: peak,
                meanScore: peak / 2,
                levelDBFS: -20
            )
        )
    }

    @Test func aBegunEventIsFoundOngoingAndAfterItsEndWithEverything() throws {
        let id = try store.begin(
            NewEvent(
                sourceID: source,
                classID: model.classIDs[0],
                start: noon(plus: 0.12),
                peakScore: 0.5,
                meanScore: 0.5,
                levelDBFS: -30
            )
        )
        #expect(try store.events(matching: EventFilter()).isEmpty)
        var filter = EventFilter()
        filter.includesOngoing = true
        #expect(try store.events(matching: filter).map(\.end) == [nil])
        try store.finish(
            id,
            with: EventEnding(
                end: noon(plus: 1.37),
                peakScore: 0.75,
                meanScore: 0.625,
                levelDBFS: -23.5
            )
        )
        let event = try #require(try store.event(id))
        #expect(event.id == id)
        #expect(event.source == "porch")
        #expect(event.className == "dog_bark")
        #expect(event.label == "Dog bark")
        #expect(event.isPrivate == false)
        #expect(event.start == noon(plus: 0.12))
        #expect(event.end == noon(plus: 1.37))
        #expect(event.peakScore == 0.75)
        #expect(event.meanScore == 0.625)
        #expect(event.levelDBFS == -23.5)
        #expect(event.model == "test")
        #expect(event.clipPath == nil)
        #expect(event.userLabel == nil)
        #expect(try store.events(matching: EventFilter()) == [event])
    }

    @Test func theLevelOfDigitalSilenceIsStoredAsNothing() throws {
        let id = try store.begin(
            NewEvent(
                sourceID: source,
                classID: model.classIDs[0],
                start: noon,
                end: noon,
                peakScore: 1,
                meanScore: 1,
                levelDBFS: -.infinity
            )
        )
        #expect(try store.event(id)?.levelDBFS == nil)
    }

    @Test func aMeanThatRoundingPutsAboveOneIsOne() throws {
        let id = try store.begin(
            NewEvent(
                sourceID: source,
                classID: model.classIDs[0],
                start: noon,
                end: noon,
                peakScore: 1,
                meanScore: Float(1).nextUp,
                levelDBFS: -10
            )
        )
        #expect(try store.event(id)?.meanScore == 1)
    }

    @Test func anEndBeforeTheBeginningBecomesTheBeginning() throws {
        let id = try add(0, at: 10, lasting: nil)
        try store.finish(
            id,
            with: EventEnding(end: noon, peakScore: 1, meanScore: 1, levelDBFS: -1)
        )
        #expect(try store.event(id)?.end == noon(plus: 10))
    }

    @Test func finishingAnEventThatIsGoneSaysSo() throws {
        #expect(throws: StoreError.noSuchEvent(id: 77)) {
            try store.finish(
                77,
                with: EventEnding(end: noon, peakScore: 1, meanScore: 1, levelDBFS: -1)
            )
        }
        #expect(try store.event(77) == nil)
    }

    @Test func sinceIsIncludedAndUntilIsNot() throws {
        let ids = try (0..<4).map { try add(0, at: Double($0)) }
        var filter = EventFilter()
        filter.since = noon(plus: 1)
        filter.until = noon(plus: 3)
        #expect(try store.events(matching: filter).map(\.id) == [ids[1], ids[2]])
    }

    @Test func classesSourceAndScoreNarrowTheAnswer() throws {
        let garden = try store.sourceID(named: "garden", now: noon)
        let bark = try add(0, at: 0)
        let speech = try add(1, at: 1, peak: 0.5)
        let rain = try add(2, at: 2, source: garden)
        var filter = EventFilter()
        filter.classes = ["dog_bark", "rain"]
        #expect(try store.events(matching: filter).map(\.id) == [bark, rain])
        filter.source = "garden"
        #expect(try store.events(matching: filter).map(\.id) == [rain])
        filter = EventFilter()
        filter.minScore = 0.6
        #expect(try store.events(matching: filter).map(\.id) == [bark, rain])
        filter.minScore = 0.5
        #expect(try store.events(matching: filter).map(\.id) == [bark, speech, rain])
    }

    @Test func unknownNamesMatchNothing() throws {
        _ = try add(0, at: 0)
        var filter = EventFilter()
        filter.classes = ["unicorn'; DROP TABLE event; --"]
        #expect(try store.events(matching: filter).isEmpty)
        filter = EventFilter()
        filter.source = "nowhere"
        #expect(try store.events(matching: filter).isEmpty)
    }

    @Test func theLimitKeepsTheFirstOfTheOrder() throws {
        let ids = try (0..<5).map { try add(0, at: Double($0)) }
        var filter = EventFilter()
        filter.limit = 2
        #expect(try store.events(matching: filter).map(\.id) == [ids[0], ids[1]])
        filter.order = .newestFirst
        #expect(try store.events(matching: filter).map(\.id) == [ids[4], ids[3]])
        filter.limit = 0
        #expect(try store.events(matching: filter).isEmpty)
    }

    @Test func theLastLabelCountsAndCanBeTakenBack() throws {
        let id = try add(0, at: 0)
        let first = EventLabel(className: "fox", note: "in the yard", labelledAt: noon)
        let second = EventLabel(className: nil, labelledAt: noon(plus: 60))
        try store.setLabel(id, to: first)
        #expect(try store.event(id)?.userLabel == first)
        try store.setLabel(id, to: second)
        #expect(try store.event(id)?.userLabel == second)
        try store.setLabel(id, to: nil)
        #expect(try store.event(id)?.userLabel == nil)
        #expect(throws: StoreError.noSuchEvent(id: 5_000)) {
            try store.setLabel(5_000, to: first)
        }
    }

    @Test func eventsOfSeveralModelsAnswerToTheSameClassName() throws {
        var other = files.model
        other.version = "2"
        other.digest = String(repeating: "b", count: 64)
        let newer = try store.register(other, now: noon)
        #expect(newer.modelID != model.modelID)
        let old = try add(0, at: 0)
        let new = try store.begin(
            NewEvent(
                sourceID: source,
                classID: newer.classIDs[0],
                start: noon(plus: 1),
                end: noon(plus: 2),
                peakScore: 1,
                meanScore: 1,
                levelDBFS: -10
            )
        )
        var filter = EventFilter()
        filter.classes = ["dog_bark"]
        #expect(try store.events(matching: filter).map(\.id) == [old, new])
        #expect(try store.classNames() == ["dog_bark", "rain", "speech"])
    }

    @Test func countsAddUpByClass() throws {
        _ = try add(0, at: 0, lasting: 2)
        _ = try add(0, at: 10, lasting: 3)
        _ = try add(2, at: 20, lasting: 4)
        _ = try add(2, at: 4_000, lasting: 4)
        let counts = try store.eventCounts(from: noon, to: noon(plus: 3_600))
        #expect(counts.map(\.className) == ["dog_bark", "rain"])
        #expect(counts.map(\.count) == [2, 1])
        #expect(counts.map(\.soundSeconds) == [5, 4])
        #expect(try store.eventCounts(from: noon, to: noon(plus: 60), source: "x").isEmpty)
    }
}
