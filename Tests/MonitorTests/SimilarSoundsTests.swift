import Detection
import EventStore
import Foundation
import Messages
import TestSupport
import Testing

@testable import Monitor

@Suite struct SimilarSoundsTests {
    private static let noon = Date(timeIntervalSince1970: 1_790_000_000)
    private static let model = ModelIdentity(
        name: "m",
        version: "1",
        digest: "d",
        classes: ["dog_bark", "speech"].map {
            ClassIdentity(name: $0, label: $0, isPrivate: $0 == "speech")
        }
    )

    private let home: BacklogHome
    private let store: EventStore
    private var random = SeededNumbers(seed: 5)

    init() throws {
        home = try BacklogHome()
        store = try home.openStore()
    }

    /// The print of a sound: of one kind they differ by some noise.
    private mutating func print(kind: Int, noise: Float = 0.15) throws -> SoundPrint {
        let values = (0..<1_024).map { index -> Float in
            let own: Float = (index * 7 + kind * 11) % 97 < 10 ? 1 : 0
            return own + noise * Float.random(in: 0...1, using: &random)
        }
        let made = SoundPrint(of: values.span)
        return try #require(made)
    }

    private func write(
        _ prints: [(seconds: Double, print: SoundPrint)],
        source: String = "porch",
        model: ModelIdentity = Self.model
    ) throws {
        let blocks = prints.map { seconds, print in
            var block = PrintBlock(start: Self.noon + seconds, windowSeconds: 0.96)
            block.append(print, at: Self.noon + seconds)
            return SoundMeasurement.prints(source: source, model: model.key, block)
        }
        let keys = try store.keys(for: [model], now: Self.noon)
        _ = try store.apply([], measurements: blocks, keys: keys)
    }

    @discardableResult
    private func addEvent(
        _ className: String = "dog_bark",
        at seconds: Double,
        lasting duration: Double = 1,
        model: ModelIdentity = Self.model
    ) throws -> Int64 {
        let id = try store.lastEventID() + 1
        let record = EventRecord(
            id: id,
            source: "porch",
            model: model.key,
            className: className,
            start: Self.noon + seconds,
            end: Self.noon + seconds + duration,
            peakScore: 0.9,
            meanScore: 0.8,
            levelDBFS: -20
        )
        let keys = try store.keys(for: [model], now: Self.noon)
        _ = try store.apply([.ended(record)], keys: keys)
        return id
    }

    private func ask(
        _ event: Int64,
        from: Double = -86_400,
        source: String? = nil,
        limit: Int = 20,
        now: Double = 10_000
    ) throws -> SimilarMessage {
        try SimilarSounds(
            .event(event),
            from: Self.noon + from,
            to: Self.noon + now,
            source: source,
            limit: limit
        ).answer(from: store, now: Self.noon + now)
    }

    private func seconds(_ date: Date) -> Double {
        (date.timeIntervalSince(Self.noon) * 100).rounded() / 100
    }

    @Test mutating func theLikestSoundsComeFirstEachOnceWithItsEvent() throws {
        let event = try addEvent(at: 1_000, lasting: 2)
        let earlier = try addEvent(at: 99.5, lasting: 6)
        for second in 0..<1_500 {
            let isBark = [100, 101, 104, 700, 1_000, 1_001].contains(second)
            try write([
                (Double(second), try print(kind: isBark ? 1 : 2 + second % 5))
            ])
        }
        let answer = try ask(event, limit: 4)
        #expect(answer.modelName == "m" && answer.eventPrints == 2)
        // All but those of the event itself and two seconds around it.
        #expect(answer.comparedPrints == 1_500 - 6)
        #expect(answer.found.count == 4)
        let first = answer.found.prefix(2).sorted { $0.start < $1.start }
        #expect(first.map { seconds($0.start) } == [100, 700])
        #expect(first.map { seconds($0.end) } == [104.96, 700.96])
        #expect(first.map { $0.event?.id } == [earlier, nil])
        #expect(first.allSatisfy { $0.likeness > 0.8 && $0.source == "porch" })
        #expect(answer.found.dropFirst(2).allSatisfy { $0.likeness < 0.75 })
        #expect(answer.found.map(\.likeness) == answer.found.map(\.likeness).sorted(by: >))
        #expect(answer.remarks == ["Prints of 'porch' are kept since 2026-09-21T14:13:20.000Z."])
    }

    @Test mutating func onlyTheTimeAndTheSourceThatAreAskedForAreSearched() throws {
        let event = try addEvent(at: 1_000)
        try write([
            (1_000, try print(kind: 1)), (10, try print(kind: 1)), (900, try print(kind: 1)),
        ])
        try write([(500, try print(kind: 1))], source: "attic")
        #expect(try ask(event).found.count == 3)
        #expect(try ask(event, from: 100).found.map { seconds($0.at) }.sorted() == [500, 900])
        #expect(try ask(event, source: "attic").found.map(\.source) == ["attic"])
        #expect(try ask(event, from: 2_000).found.isEmpty)
        #expect(
            try ask(event, from: 2_000).remarks
                == ["There are no other prints of this time to compare with."]
        )
    }

    @Test mutating func printsOfAnotherNetworkAreNotCompared() throws {
        let event = try addEvent(at: 1_000)
        var trainedAnew = Self.model
        (trainedAnew.version, trainedAnew.digest) = ("2", "e")
        var taught = Self.model
        taught.classes.append(ClassIdentity(name: "kettle", label: "Kettle"))
        try write([(1_000, try print(kind: 1))])
        try write([(10, try print(kind: 1))], model: trainedAnew)
        try write([(20, try print(kind: 1))], model: taught)
        #expect(try ask(event).found.map { seconds($0.at) } == [20])
    }

    @Test mutating func anEventOfAModelWithoutPrintsIsComparedByAnotherModel() throws {
        var alarms = Self.model
        (alarms.name, alarms.digest) = ("alarms", "a")
        let event = try addEvent(at: 1_000, model: alarms)
        try write([(1_000, try print(kind: 1)), (10, try print(kind: 1))])
        let answer = try ask(event)
        #expect(answer.modelName == "m" && answer.found.count == 1)
        #expect(
            answer.remarks.first == "The model 'alarms' gives no prints; compared by those of 'm'."
        )
    }

    @Test mutating func whatHasNoPrintIsAnsweredWithTheReason() throws {
        func reason(_ event: Int64, now: Double = 10_000) throws -> String {
            do {
                _ = try ask(event, now: now)
            } catch ControlError.noPrints(let text) {
                return text
            }
            return ""
        }
        #expect(throws: StoreError.noSuchEvent(id: 77)) { try ask(77) }
        let event = try addEvent(at: 1_000)
        #expect(
            try reason(event).hasPrefix(
                "There is no print of event \(event): none are kept of 'porch'. Set storage.print_days"
            )
        )
        try write([(2_000, try print(kind: 1)), (9_950, try print(kind: 1))])
        #expect(
            try reason(event)
                == "There is no print of event \(event): it was on 2026-09-21T14:30:00.000Z, and "
                + "prints of 'porch' are kept since 2026-09-21T14:46:40.000Z (storage.print_days)."
        )
        let speech = try addEvent("speech", at: 5_000)
        #expect(try reason(speech).contains("its class 'speech' is private"))
        let hidden = try addEvent(at: 5_000)
        #expect(try reason(hidden).contains("a private class was heard at the time"))
        let fresh = try addEvent(at: 9_990)
        #expect(try reason(fresh).contains("Try again soon."))
    }
}
