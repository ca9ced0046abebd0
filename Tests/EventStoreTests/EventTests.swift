import EventStore
import Foundation
import Testing

@Suite("Events in the store")
struct EventTests {
    private let files: TemporaryStore
    private let store: EventStore

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
    }

    @Test func aBegunEventIsFoundOngoingAndAfterItsEndWithEverything() throws {
        var event = EventRecord(
            id: 7,
            source: "porch",
            model: TemporaryStore.model.key,
            className: "dog_bark",
            start: noon(plus: 0.12),
            peakScore: 0.5,
            meanScore: 0.5,
            levelDBFS: -30,
            secondScore: 0.25
        )
        try store.write(entries: [.began(event)])
        #expect(try store.events(matching: EventFilter()).isEmpty)
        var filter = EventFilter()
        filter.includesOngoing = true
        #expect(try store.events(matching: filter).map(\.end) == [nil])
        event.end = noon(plus: 1.37)
        (event.peakScore, event.meanScore, event.levelDBFS) = (0.75, 0.625, -23.5)
        try store.write(entries: [.ended(event)])
        let stored = try #require(try store.event(7))
        #expect(stored.id == 7)
        #expect(stored.source == "porch")
        #expect(stored.className == "dog_bark")
        #expect(stored.label == "Dog bark")
        #expect(stored.isPrivate == false)
        #expect(stored.start == noon(plus: 0.12))
        #expect(stored.end == noon(plus: 1.37))
        #expect(stored.peakScore == 0.75)
        #expect(stored.meanScore == 0.625)
        #expect(stored.levelDBFS == -23.5)
        #expect(stored.secondScore == 0.25)
        #expect(stored.model == "test")
        #expect(stored.clipPath == nil)
        #expect(stored.userLabel == nil)
        #expect(try store.events(matching: EventFilter()) == [stored])
    }

    @Test func theLevelOfDigitalSilenceIsStoredAsNothing() throws {
        let id = try store.addEvent(level: -.infinity)
        #expect(try store.event(id)?.levelDBFS == nil)
    }

    @Test func aMeanThatRoundingPutsAboveOneIsOne() throws {
        let id = try store.addEvent(peak: 1, mean: Float(1).nextUp)
        #expect(try store.event(id)?.meanScore == 1)
    }

    @Test func anEndBeforeTheBeginningBecomesTheBeginning() throws {
        let ids = [
            try store.addEvent(at: 10, lasting: -5), try store.addEvent(at: 20, lasting: nil),
        ]
        let event = EventRecord(
            id: ids[1],
            source: "porch",
            model: TemporaryStore.model.key,
            className: "dog_bark",
            start: noon(plus: 20),
            end: noon,
            peakScore: 1,
            meanScore: 1,
            levelDBFS: -1
        )
        try store.write(entries: [.ended(event)])
        #expect(try ids.map { try store.event($0)?.end } == [noon(plus: 10), noon(plus: 20)])
        #expect(try store.event(77) == nil)
    }

    @Test func anEventOfAnUnknownClassIsRefusedAndTheOthersAreWritten() throws {
        func event(_ id: Int64, _ className: String) -> HistoryEntry {
            .ended(
                EventRecord(
                    id: id,
                    source: "porch",
                    model: TemporaryStore.model.key,
                    className: className,
                    start: noon,
                    end: noon,
                    peakScore: 1,
                    meanScore: 1,
                    levelDBFS: -1
                )
            )
        }
        let applied = try store.write(
            entries: [event(1, "rain"), event(2, "unicorn"), event(3, "rain")]
        )
        #expect(applied.refused == 1)
        #expect(try store.events(matching: EventFilter()).map(\.id) == [1, 3])
    }

    @Test func sinceIsIncludedAndUntilIsNot() throws {
        let ids = try (0..<4).map { try store.addEvent("dog_bark", at: Double($0)) }
        var filter = EventFilter()
        filter.since = noon(plus: 1)
        filter.until = noon(plus: 3)
        #expect(try store.events(matching: filter).map(\.id) == [ids[1], ids[2]])
    }

    @Test func classesSourceAndScoreNarrowTheAnswer() throws {
        let bark = try store.addEvent("dog_bark", at: 0)
        let speech = try store.addEvent("speech", at: 1, peak: 0.5)
        let rain = try store.addEvent("rain", at: 2, source: "garden")
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
        _ = try store.addEvent("dog_bark", at: 0)
        var filter = EventFilter()
        filter.classes = ["unicorn'; DROP TABLE event; --"]
        #expect(try store.events(matching: filter).isEmpty)
        filter = EventFilter()
        filter.source = "nowhere"
        #expect(try store.events(matching: filter).isEmpty)
    }

    @Test func theLimitKeepsTheFirstOfTheOrder() throws {
        let ids = try (0..<5).map { try store.addEvent("dog_bark", at: Double($0)) }
        var filter = EventFilter()
        filter.limit = 2
        #expect(try store.events(matching: filter).map(\.id) == [ids[0], ids[1]])
        filter.order = .newestFirst
        #expect(try store.events(matching: filter).map(\.id) == [ids[4], ids[3]])
        filter.limit = 0
        #expect(try store.events(matching: filter).isEmpty)
    }

    @Test func theLastLabelCountsAndCanBeTakenBack() throws {
        let id = try store.addEvent("dog_bark", at: 0)
        let first = EventLabel(
            className: "fox",
            note: "in the yard",
            labelledAt: noon,
            origin: "page"
        )
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
        var other = TemporaryStore.model
        other.version = "2"
        other.digest = String(repeating: "b", count: 64)
        let old = try store.addEvent()
        let new = try store.addEvent(at: 1, model: other)
        var filter = EventFilter()
        filter.classes = ["dog_bark"]
        #expect(try store.events(matching: filter).map(\.id) == [old, new])
        #expect(try store.classNames() == ["dog_bark", "rain", "speech"])
    }

    @Test func countsAddUpByClass() throws {
        _ = try store.addEvent("dog_bark", at: 0, lasting: 2)
        _ = try store.addEvent("dog_bark", at: 10, lasting: 3)
        _ = try store.addEvent("rain", at: 20, lasting: 4)
        _ = try store.addEvent("rain", at: 4_000, lasting: 4)
        let counts = try store.eventCounts(from: noon, to: noon(plus: 3_600))
        #expect(counts.map(\.className) == ["dog_bark", "rain"])
        #expect(counts.map(\.count) == [2, 1])
        #expect(counts.map(\.soundSeconds) == [5, 4])
        #expect(try store.eventCounts(from: noon, to: noon(plus: 60), source: "x").isEmpty)
    }
}

@Suite("Sources and models in the store")
struct RegistrationTests {
    private let files: TemporaryStore
    private let store: EventStore

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
    }

    @Test func aSourceKeepsItsRowWhenItsDeviceChanges() throws {
        func row(_ name: String, _ device: String?) throws -> Int64? {
            try store.keys(for: [], sources: [(name, device)], now: noon).sourceIDs[name]
        }
        let first = try row("porch", "hw:1")
        #expect(try row("porch", "hw:2") == first)
        #expect(try row("garden", nil) != first)
        #expect(try store.sourceNames() == ["garden", "porch"])
    }

    @Test func theSameModelKeepsItsRowsAndTakesNewLabels() throws {
        let first = try store.keys(for: [TemporaryStore.model], now: noon)
        var relabelled = TemporaryStore.model
        relabelled.classes[0].label = "Barking"
        #expect(try store.keys(for: [relabelled], now: noon) == first)
        let event = try store.addEvent(model: relabelled)
        #expect(try store.event(event)?.label == "Barking")
    }

    @Test func anotherListOfClassesIsAnotherModel() throws {
        func row(_ model: ModelIdentity) throws -> HistoryKeys.Model? {
            try store.keys(for: [model], now: noon).models[model.key]
        }
        let first = try #require(try row(TemporaryStore.model))
        var longer = TemporaryStore.model
        longer.classes.append(ClassIdentity(name: "siren", label: "Siren"))
        let second = try #require(try row(longer))
        #expect(second.id != first.id)
        #expect(second.classIDs.count == 4)
        #expect(try row(TemporaryStore.model) == first)
    }
}
