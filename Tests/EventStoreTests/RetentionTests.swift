import EventStore
import Foundation
import Testing

@Suite("Retention")
struct RetentionTests {
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

    private func addEvent(day: Int, lasting seconds: Double? = 2) throws -> Int64 {
        let start = noon(plus: Double(day) * 86_400)
        return try store.begin(
            NewEvent(
                sourceID: source,
                classID: model.classIDs[0],
                start: start,
                end: seconds.map(start.addingTimeInterval),
                peakScore: 1,
                meanScore: 1,
                levelDBFS: -10
            )
        )
    }

    private func addScores(day: Int, hops: Int) throws {
        var block = ScoreBlock(
            sourceID: source,
            modelID: model.modelID,
            start: noon(plus: Double(day) * 86_400),
            hopMicroseconds: 10_000,
            classCount: 3
        )
        for _ in 0..<hops {
            block.append(scores: [0.1, 0.2, 0.3], levelDBFS: -30)
        }
        try store.append(block)
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
            try store.record([
                CoverageSpan(
                    sourceID: source,
                    state: .listening,
                    start: start,
                    end: start + 20_000
                ),
                CoverageSpan(
                    sourceID: source,
                    state: .lost,
                    start: start + 20_000,
                    end: start + 20_001,
                    lostSamples: 16_000
                ),
                CoverageSpan(
                    sourceID: source,
                    state: .gated,
                    start: start + 20_001,
                    end: start + 86_400
                ),
            ])
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
