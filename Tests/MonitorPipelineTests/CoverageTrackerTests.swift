import EventStore
import Foundation
import Testing

@testable import MonitorPipeline

@Suite struct CoverageTrackerTests {
    private func date(_ seconds: Double) -> Date { Date(timeIntervalSince1970: seconds) }

    @Test func stretchesOfOneStateAreHandedOutAsOneSpanWhenItChanges() {
        var tracker = CoverageTracker(sourceID: 7)
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
        var tracker = CoverageTracker(sourceID: 7, checkpointSeconds: 10)
        let spans = (0..<25).flatMap { second in
            tracker.note(.gated, from: date(Double(second)), to: date(Double(second + 1)))
        }
        #expect(spans.map(\.end) == [date(10), date(20)])
    }

    @Test func lostSamplesOfOneSpanAreAddedUp() {
        var tracker = CoverageTracker(sourceID: 7)
        _ = tracker.note(.lost, from: date(0), to: date(1), lostSamples: 16_000)
        _ = tracker.note(.lost, from: date(1), to: date(1.5), lostSamples: 8_000)
        #expect(tracker.flush().first?.lostSamples == 24_000)
    }

    @Test func aHoleBetweenTwoStretchesStaysAHole() {
        var tracker = CoverageTracker(sourceID: 7)
        _ = tracker.note(.gated, from: date(0), to: date(1))
        let spans = tracker.note(.gated, from: date(5), to: date(6))
        #expect(spans.first?.end == date(1))
    }
}
