import Foundation
import GRDB
import Testing

@testable import EventStore

@Suite("Clips in the history")
struct ClipTests {
    private let files: TemporaryStore
    private let store: EventStore
    private let source: Int64
    private let model: RegisteredModel

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
        source = try store.sourceID(named: "porch", now: noon)
        model = try store.register(files.model, now: noon)
    }

    private func add(_ index: Int, at seconds: Double, score: Float = 0.9) throws -> Int64 {
        try store.begin(
            NewEvent(
                sourceID: source,
                classID: model.classIDs[index],
                start: noon(plus: seconds),
                end: noon(plus: seconds + 1),
                peakScore: score,
                meanScore: score,
                levelDBFS: -20
            )
        )
    }

    private func clip(_ name: String, bytes: Int64 = 1_000) -> NewClip {
        NewClip(
            path: "2026/11/20/\(name).flac",
            byteCount: bytes,
            start: noon(plus: -2),
            seconds: 5.25,
            sampleRateHz: 16_000,
            lostSeconds: 0.125,
            privateSeconds: 1,
            isCutShort: true
        )
    }

    @Test func clipsAreListedOldestFirstUntilTheyAreGone() throws {
        let late = try add(0, at: 100)
        let early = try add(1, at: 50)
        try store.setClip(ofEvent: late, to: clip("1"))
        try store.setClip(ofEvent: early, to: clip("2", bytes: 2_000))
        let clips = try store.clips()
        #expect(clips.map(\.eventID) == [early, late])
        #expect(clips.map(\.byteCount) == [2_000, 1_000])
        #expect(clips.map(\.className) == ["speech", "dog_bark"])
        #expect(try store.event(late)?.clipPath == "2026/11/20/1.flac")
        try store.clearClips(ofEvents: [late, 4_711], because: .expired)
        #expect(try store.clips().map(\.eventID) == [early])
        #expect(try store.event(late)?.clipPath == nil)
        #expect(try store.clipAbsence(ofEvent: late) == .expired)
        #expect(try store.clipAbsence(ofEvent: early) == nil)
        #expect(try store.clipAbsence(ofEvent: 4_711) == nil)
    }

    @Test func whatAClipIsStandsBesideItsEventAndGoesWithIt() throws {
        let id = try add(0, at: 0)
        try store.setClip(ofEvent: id, to: clip("1"))
        let row = try store.read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT * FROM clip WHERE event_id = ?",
                arguments: [id]
            )
        }
        #expect(row?["start_utc_ms"] == noon(plus: -2).utcMilliseconds)
        #expect(row?["length_ms"] == 5_250)
        #expect(row?["sample_rate_hz"] == 16_000)
        #expect(row?["lost_ms"] == 125)
        #expect(row?["private_ms"] == 1_000)
        #expect(row?["is_cut_short"] == 1)
        #expect(row?["gone"] as String? == nil)
        let report = try store.applyRetention(
            RetentionPolicy(eventDays: 1),
            now: noon(plus: 10 * 86_400)
        )
        #expect(report.orphanedClips == ["2026/11/20/1.flac"])
        let left = try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM clip") }
        #expect(left == 0)
    }

    @Test func theMostExpendableAreTheOldestDaysLeastCertain() throws {
        let day = 86_400.0
        let today = try add(0, at: 2 * day, score: 0.1)
        let certain = try add(0, at: 0, score: 0.99)
        let doubtful = try add(0, at: 3_600, score: 0.6)
        let speech = try add(1, at: 10, score: 0.7)
        for id in [today, certain, doubtful, speech] {
            try store.setClip(ofEvent: id, to: clip("\(id)"))
        }
        let order = try store.clips(.mostExpendableFirst).map(\.eventID)
        #expect(order == [doubtful, speech, certain, today])
        let dogs = try store.clips(.mostExpendableFirst, ofClass: "dog_bark", limit: 2)
        #expect(dogs.map(\.eventID) == [doubtful, certain])
        #expect(try store.clips(before: noon(plus: 10)).map(\.eventID) == [certain])
    }

    @Test func aClipOfAnEventThatIsGoneIsRefused() throws {
        #expect(throws: StoreError.noSuchEvent(id: 5_000)) {
            try store.setClip(ofEvent: 5_000, to: clip("1"))
        }
        #expect(try store.clips().isEmpty)
    }

    @Test func theHistoryKnowsWhenItBegan() throws {
        #expect(try store.birth() == noon)
    }
}
