import EventStore
import Foundation
import Testing

@Suite("Coverage in the store")
struct CoverageTests {
    private let files: TemporaryStore
    private let store: EventStore

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
        try store.name(sources: "porch")
    }

    private func record(
        _ state: CoverageState,
        _ start: Double,
        _ end: Double,
        lost: Int64 = 0,
        reason: String? = nil,
        source: String = "porch"
    ) throws {
        let stretch = CoverageStretch(
            state: state,
            start: noon(plus: start),
            end: noon(plus: end),
            lostSamples: lost,
            reason: reason
        )
        try store.write(entries: [.covered(source: source, stretch)])
    }

    private func spans(from: Double = -1e6, to: Double = 1e6) throws -> [CoverageStretch] {
        try store.coverageSpans(from: noon(plus: from), to: noon(plus: to))
    }

    @Test func checkpointsOfOneStateAreOneSpan() throws {
        for step in 0..<10 {
            try record(.listening, Double(step) * 10, Double(step + 1) * 10)
        }
        let spans = try spans()
        #expect(spans.count == 1)
        #expect(spans.first?.start == noon)
        #expect(spans.first?.end == noon(plus: 100))
    }

    @Test func gapsOfRoundingAreClosedAndRealOnesAreNot() throws {
        try record(.listening, 0, 10)
        try record(.listening, 10.015, 20)
        try record(.gated, 20.01, 30)
        try record(.listening, 29.99, 40)
        try record(.listening, 40.5, 50)
        let spans = try spans()
        #expect(spans.map(\.state) == [.listening, .gated, .listening, .listening])
        #expect(spans.map(\.start) == [0, 20, 30, 40.5].map(noon(plus:)))
        #expect(spans.map(\.end) == [20, 30, 40, 50].map(noon(plus:)))
    }

    @Test func anotherReasonIsAnotherSpan() throws {
        try record(.absent, 0, 10, reason: "unplugged")
        try record(.absent, 10, 20, reason: "busy")
        #expect(try spans().map(\.reason) == ["unplugged", "busy"])
    }

    @Test func lostSamplesAreCountedEvenWhenTheyTakeNoTime() throws {
        try record(.listening, 0, 10)
        try record(.lost, 10, 10, lost: 5)
        try record(.listening, 10, 20)
        try record(.lost, 20, 21, lost: 16_000)
        let totals = try store.coverage(from: noon, to: noon(plus: 21)).totals
        #expect(totals.lostSamples == 16_005)
        #expect(totals.seconds == [.listening: 20, .lost: 1])
    }

    @Test func spansAreCutAtMidnightAndCountedWhole() throws {
        try record(.listening, 0, 50_000)
        try record(.listening, 50_000, 200_000)
        let spans = try spans()
        #expect(spans.map(\.start) == [0, 43_200, 129_600].map(noon(plus:)))
        let summary = try store.coverage(from: noon, to: noon(plus: 200_000))
        #expect(summary.totals.seconds == [.listening: 200_000])
        #expect(summary.totals.listenedFraction == 1)
    }

    @Test func theSummarySaysHowMuchOfTheTimeAskedForWasListenedTo() throws {
        try record(.listening, 0, 40)
        try record(.gated, 40, 80)
        try record(.absent, 80, 90, reason: "unplugged")
        let summary = try store.coverage(from: noon(plus: 20), to: noon(plus: 120))
        #expect(summary.totals.askedSeconds == 100)
        #expect(summary.totals.seconds == [.listening: 20, .gated: 40, .absent: 10])
        #expect(summary.totals.unknownSeconds == 30)
        #expect(summary.totals.listenedSeconds == 60)
        #expect(summary.totals.listenedFraction == 0.6)
    }

    @Test func withoutABeginningTheSummaryBeginsWhenTheSourceWasFirstSeen() throws {
        try record(.listening, 0, 50)
        let summary = try store.coverage(from: nil, to: noon(plus: 100))
        #expect(summary.from == noon)
        #expect(summary.totals.listenedFraction == 0.5)
    }

    @Test func noTimeAskedForIsNoFraction() throws {
        let summary = try store.coverage(from: noon, to: noon)
        #expect(summary.totals.listenedFraction == nil)
    }

    @Test func allSourcesAddUpAndOneCanBeNamed() throws {
        try record(.listening, 0, 100)
        try record(.absent, 0, 100, source: "garden")
        let both = try store.coverage(from: noon, to: noon(plus: 100))
        #expect(both.sources.map(\.name) == ["garden", "porch"])
        #expect(both.totals.listenedFraction == 0.5)
        let one = try store.coverage(from: noon, to: noon(plus: 100), source: "porch")
        #expect(one.totals.listenedFraction == 1)
        let none = try store.coverage(from: noon, to: noon(plus: 100), source: "cellar")
        #expect(none.sources.isEmpty)
    }

    @Test func aSourceThatIsNoLongerUsedDoesNotCount() throws {
        try record(.listening, 0, 100)
        try record(.stopped, 0, 100, source: "garden")
        let summary = try store.coverage(from: noon, to: noon(plus: 100))
        #expect(summary.sources.map(\.name) == ["porch"])
    }

    @Test func whileEverythingWasStoppedAllSourcesCount() throws {
        try record(.stopped, 0, 100)
        let summary = try store.coverage(from: noon, to: noon(plus: 100))
        #expect(summary.totals.listenedFraction == 0)
        #expect(summary.sources.map(\.name) == ["porch"])
    }

    @Test func aClockThatJumpsBackCountsNoMomentTwice() throws {
        try record(.listening, 0, 100)
        try record(.listening, 40, 50)
        try record(.listening, 50, 60)
        try record(.listening, 60, 160)
        let totals = try store.coverage(from: noon, to: noon(plus: 160)).totals
        #expect(totals.seconds == [.listening: 160])
        #expect(try spans().count == 2)
    }
}

@Suite("Opening a store that was not closed in good order")
struct RecoveryTests {
    private let files: TemporaryStore
    private let store: EventStore

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
        try store.name(sources: "porch")
    }

    /// Writes the entry with which a run begins.
    private func start(at date: Date) throws -> RecoveryReport {
        try #require(try store.write(entries: [.started(at: date)]).recovery)
    }

    @Test func anEventLeftOpenIsClosedWhereCoverageEndsAndTheRestIsStopped() throws {
        #expect(try start(at: noon) == RecoveryReport())
        let stretch = CoverageStretch(state: .listening, start: noon, end: noon(plus: 60))
        try store.write(entries: [.covered(source: "porch", stretch)])
        let event = try store.addEvent(at: 55, lasting: nil)
        let report = try start(at: noon(plus: 160))
        #expect(report.closedEventIDs == [event])
        #expect(report.stoppedSeconds == 100)
        #expect(try store.event(event)?.end == noon(plus: 60))
        let totals = try store.coverage(from: noon, to: noon(plus: 160)).totals
        #expect(totals.seconds == [.listening: 60, .stopped: 100])
        #expect(totals.unknownSeconds == 0)
    }

    @Test func anEventBegunAfterTheLastCheckpointIsClosedAtItsBeginning() throws {
        let event = try store.addEvent(at: 5, lasting: nil)
        _ = try start(at: noon(plus: 10))
        #expect(try store.event(event)?.end == noon(plus: 5))
    }

    @Test func aClockThatIsBehindIsRecordedAsAStepBack() throws {
        let report = try start(at: noon(plus: -3_600))
        #expect(report.stoppedSeconds == 0)
        #expect(report.clockBehindSeconds == 3_600)
        #expect(
            try store.clockSteps() == [
                ClockStep(date: noon(plus: -3_600), seconds: -3_600, firstEventID: 1)
            ]
        )
    }

    @Test func aLongStopIsAccountedForDayByDay() throws {
        let later = noon(plus: 30 * 86_400)
        _ = try start(at: later)
        let totals = try store.coverage(from: noon, to: later).totals
        #expect(totals.seconds == [.stopped: 30 * 86_400])
    }
}
