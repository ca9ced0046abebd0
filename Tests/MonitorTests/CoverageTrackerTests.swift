import EventStore
import Foundation
import Testing

@testable import Monitor

@Suite struct CoverageTrackerTests {
    private func date(_ seconds: Double) -> Date { Date(timeIntervalSince1970: seconds) }

    @Test func stretchesOfOneStateAreHandedOutAsOneSpanWhenItChanges() {
        var tracker = CoverageTracker()
        #expect(tracker.note(.listening, from: date(0), to: date(1)).isEmpty)
        #expect(tracker.note(.listening, from: date(1), to: date(2)).isEmpty)
        let spans = tracker.note(.gated, from: date(2), to: date(3))
        #expect(spans.map(\.state) == [.listening])
        #expect(spans.first?.start == date(0))
        #expect(spans.first?.end == date(2))
        #expect(tracker.flush().map(\.state) == [.gated])
        #expect(tracker.flush().isEmpty)
    }

    @Test func aLongStretchIsHandedOutBeforeItEndsSoThatACrashForgetsLittle() {
        var tracker = CoverageTracker(checkpointSeconds: 10)
        let spans = (0..<25).flatMap { second in
            tracker.note(.gated, from: date(Double(second)), to: date(Double(second + 1)))
        }
        #expect(spans.map(\.end) == [date(10), date(20)])
    }

    @Test func lostSamplesOfOneSpanAreAddedUp() {
        var tracker = CoverageTracker()
        _ = tracker.note(.lost, from: date(0), to: date(1), lostSamples: 16_000)
        _ = tracker.note(.lost, from: date(1), to: date(1.5), lostSamples: 8_000)
        #expect(tracker.flush().first?.lostSamples == 24_000)
    }

    @Test func aHoleBetweenTwoStretchesIsSaidToBeLost() {
        var tracker = CoverageTracker()
        _ = tracker.note(.gated, from: date(0), to: date(1))
        let spans = tracker.note(.gated, from: date(5), to: date(6)) + tracker.flush()
        #expect(spans.map(\.state) == [.gated, .lost, .gated])
        #expect(spans.map(\.start) == [date(0), date(1), date(5)])
        #expect(spans.map(\.end) == [date(1), date(5), date(6)])
    }

    @Test func theTimeUntilTheFirstSampleIsStopped() {
        var tracker = CoverageTracker(start: date(10))
        let spans = tracker.note(.listening, from: date(12), to: date(13)) + tracker.flush()
        #expect(spans.map(\.state) == [.stopped, .listening])
        #expect(spans.first?.start == date(10))
        #expect(spans.first?.reason == "starting")
    }

    @Test func timeThatAClockSetForwardSkippedIsAbsentAndSaysWhy() {
        var tracker = CoverageTracker()
        _ = tracker.note(.listening, from: date(0), to: date(1))
        tracker.clockStepped(bySeconds: 3_600)
        let spans = tracker.note(.listening, from: date(3_601), to: date(3_602)) + tracker.flush()
        #expect(spans.map(\.state) == [.listening, .absent, .listening])
        #expect(spans[1].reason?.contains("set forward by 3600.0 s") == true)
    }

    @Test func afterAClockWasSetBackTimeIsCountedAgainAndNothingIsAHole() {
        var tracker = CoverageTracker()
        _ = tracker.note(.listening, from: date(5_000), to: date(5_001))
        tracker.clockStepped(bySeconds: -4_000)
        let spans = tracker.note(.listening, from: date(1_001), to: date(1_002)) + tracker.flush()
        #expect(spans.map(\.start) == [date(5_000), date(1_001)])
        #expect(spans.map(\.state) == [.listening, .listening])
    }
}
