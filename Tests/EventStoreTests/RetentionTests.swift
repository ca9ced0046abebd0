import Foundation
import GRDB
import Testing

@testable import EventStore

@Suite("Retention")
struct RetentionTests {
    private let files: TemporaryStore
    private let store: EventStore

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
    }

    private func addEvent(day: Int, lasting seconds: Double? = 2) throws -> Int64 {
        try store.addEvent(at: Double(day) * 86_400, lasting: seconds)
    }

    private func addScores(day: Int, hops: Int) throws {
        var block = ScoreBlock(
            start: noon(plus: Double(day) * 86_400),
            hopMicroseconds: 10_000,
            classCount: 3
        )
        for _ in 0..<hops {
            block.append(scores: [0.1, 0.2, 0.3], levelDBFS: -30)
        }
        let model = TemporaryStore.model.key
        try store.write(measurements: [.scores(source: "porch", model: model, block)])
    }

    @Test func oldEventsGoAndTheirCountsStay() throws {
        let old = try (0..<3).map { try addEvent(day: $0) }
        let young = try addEvent(day: 10)
        try store.setClip(
            ofEvent: old[1],
            to: NewClip(
                path: "2026/11/21/2.flac",
                byteCount: 9,
                start: noon,
                seconds: 1,
                sampleRateHz: 16_000
            )
        )
        let now = noon(plus: 12 * 86_400)
        let before = try store.eventCounts(from: noon(plus: -86_400), to: now)
        let report = try store.applyRetention(RetentionPolicy(eventDays: 7), now: now)
        #expect(report.removedEvents == 3)
        #expect(report.orphanedClips == ["2026/11/21/2.flac"])
        #expect(try store.events(matching: EventFilter()).map(\.id) == [young])
        #expect(try store.eventCounts(from: noon(plus: -86_400), to: now) == before)
        #expect(before.map(\.count) == [4])
    }

    @Test func anEventThatGoesOnStays() throws {
        let ongoing = try addEvent(day: 0, lasting: nil)
        let report = try store.applyRetention(
            RetentionPolicy(eventDays: 1),
            now: noon(plus: 50 * 86_400)
        )
        #expect(report == RetentionReport())
        #expect(try store.event(ongoing) != nil)
    }

    @Test func anEventNumberIsNeverUsedAgain() throws {
        let removed = try addEvent(day: 0)
        _ = try store.applyRetention(
            RetentionPolicy(eventDays: 1),
            now: noon(plus: 9 * 86_400)
        )
        #expect(try addEvent(day: 9) > removed)
    }

    @Test func oldCoverageBecomesTotalsAndTheSummaryStaysTheSame() throws {
        for day in 0..<5 {
            let start = noon(plus: Double(day) * 86_400)
            let stretches = [
                CoverageStretch(state: .listening, start: start, end: start + 20_000),
                CoverageStretch(
                    state: .lost,
                    start: start + 20_000,
                    end: start + 20_001,
                    lostSamples: 16_000
                ),
                CoverageStretch(state: .gated, start: start + 20_001, end: start + 86_400),
            ]
            try store.write(entries: stretches.map { .covered(source: "porch", $0) })
        }
        let midnight = noon(plus: -43_200)
        let now = noon(plus: 5 * 86_400)
        let before = try store.coverage(from: midnight, to: now)
        let report = try store.applyRetention(RetentionPolicy(eventDays: 2), now: now)
        #expect(report.foldedCoverageSpans > 0)
        #expect(try store.coverageSpans(from: midnight, to: noon(plus: 86_400)).isEmpty)
        #expect(try store.coverage(from: midnight, to: now) == before)
        let again = try store.applyRetention(RetentionPolicy(eventDays: 2), now: now)
        #expect(again == RetentionReport())
    }

    @Test func oldScoresGoByTheirOwnAge() throws {
        try addScores(day: 0, hops: 10)
        try addScores(day: 5, hops: 10)
        _ = try addEvent(day: 0)
        let report = try store.applyRetention(
            RetentionPolicy(eventDays: 30, scoreDays: 2),
            now: noon(plus: 6 * 86_400)
        )
        #expect(report.removedScoreBlocks == 1)
        #expect(report.removedEvents == 0)
        let left = try store.scoreBlocks(from: noon, to: noon(plus: 9 * 86_400))
        #expect(left.map(\.start) == [noon(plus: 5 * 86_400)])
    }

    @Test func aFullStoreLosesItsOldestScoresFirstAndGivesTheSpaceBack() throws {
        for day in 0..<10 {
            try addScores(day: day, hops: 100_000)
            _ = try addEvent(day: day)
        }
        let sizeBefore = store.size()
        let limit: Int64 = 2_000_000
        #expect(sizeBefore > limit)
        let report = try store.applyRetention(
            RetentionPolicy(maxBytes: limit),
            now: noon(plus: 10 * 86_400)
        )
        #expect(report.removedScoreBlocks >= 5)
        #expect(report.removedEvents == 0)
        #expect(store.size() < limit + 200_000)
        let left = try store.scoreBlocks(from: noon, to: noon(plus: 20 * 86_400))
        #expect(left.last?.start == noon(plus: 9 * 86_400))
    }

    @Test func withoutScoresTheOldestEventsGo() throws {
        for day in 0..<10 {
            _ = try addEvent(day: day)
        }
        let report = try store.applyRetention(
            RetentionPolicy(maxBytes: 1_000),
            now: noon(plus: 10 * 86_400)
        )
        #expect(report.removedEvents == 10)
        #expect(try store.events(matching: EventFilter()).isEmpty)
    }

    @Test func withoutLimitsNothingGoes() throws {
        _ = try addEvent(day: 0)
        let report = try store.applyRetention(
            RetentionPolicy(),
            now: noon(plus: 10_000 * 86_400)
        )
        #expect(report == RetentionReport())
    }
}

@Suite("Clips in the history")
struct ClipTests {
    private let files: TemporaryStore
    private let store: EventStore

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
        try store.name(sources: "porch")
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
        let late = try store.addEvent("dog_bark", at: 100)
        let early = try store.addEvent("speech", at: 50)
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
        let id = try store.addEvent("dog_bark", at: 0)
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
        let today = try store.addEvent("dog_bark", at: 2 * day, peak: 0.1)
        let certain = try store.addEvent("dog_bark", at: 0, peak: 0.99)
        let doubtful = try store.addEvent("dog_bark", at: 3_600, peak: 0.6)
        let speech = try store.addEvent("speech", at: 10, peak: 0.7)
        for id in [today, certain, doubtful, speech] {
            try store.setClip(ofEvent: id, to: clip("\(id)"))
        }
        let order = try store.clips(.mostExpendableFirst).map(\.eventID)
        #expect(order == [doubtful, speech, certain, today])
        let dogs = try store.clips(.mostExpendableFirst, ofClass: "dog_bark", limit: 2)
        #expect(dogs.map(\.eventID) == [doubtful, certain])
        #expect(try store.clips(before: noon(plus: 10)).map(\.eventID) == [certain])
    }

    @Test func clipsOfLabelledEventsGoLast() throws {
        let labelled = try store.addEvent("dog_bark", at: 0, peak: 0.5)
        let newer = try store.addEvent("dog_bark", at: 86_400, peak: 0.9)
        for id in [labelled, newer] { try store.setClip(ofEvent: id, to: clip("\(id)")) }
        #expect(try store.clips(.mostExpendableFirst).map(\.eventID) == [labelled, newer])
        try store.setLabel(labelled, to: EventLabel(className: "dog_bark", labelledAt: noon))
        #expect(try store.clips(.mostExpendableFirst).map(\.eventID) == [newer, labelled])
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

@Suite("A store without space")
struct FullDiskTests {
    @Test func aWriteThatDoesNotFitIsRefusedAndLeavesEverythingElse() throws {
        let files = try TemporaryStore()
        let store = try files.open()
        _ = try store.addEvent()
        let pages = try store.write { database in
            try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        }
        try store.write { database in
            try database.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
        }
        var block = ScoreBlock(
            start: noon,
            hopMicroseconds: 10_000,
            classCount: 3
        )
        for _ in 0..<100_000 {
            block.append(scores: [0.1, 0.2, 0.3], levelDBFS: -30)
        }
        #expect(throws: StoreError.diskFull(path: files.path)) {
            try store.write(measurements: [
                .scores(source: "porch", model: TemporaryStore.model.key, block)
            ])
        }
        let event = try store.addEvent(at: 10)
        #expect(try store.event(event) != nil)
        #expect(try store.scoreBlocks(from: noon, to: noon(plus: 9_999)).isEmpty)
    }
}
