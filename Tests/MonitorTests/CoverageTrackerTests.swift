import EventStore
import Foundation
import Testing

@testable import Monitor

@Suite struct CoverageTrackerTests {
    private func date(_ seconds: Double) -> Date { Date(timeIntervalSince1970: seconds) }

    @Test func stretchesOfOneStateAreHandedOutAsOneSpanWhenItChanges() {
        var tracker = CoverageTracker()
        #expect(tracker.append(.listening, from: date(0), to: date(1)).isEmpty)
        #expect(tracker.append(.listening, from: date(1), to: date(2)).isEmpty)
        let spans = tracker.append(.gated, from: date(2), to: date(3))
        #expect(spans.map(\.state) == [.listening])
        #expect(spans.first?.start == date(0))
        #expect(spans.first?.end == date(2))
        #expect(tracker.flush().map(\.state) == [.gated])
        #expect(tracker.flush().isEmpty)
    }

    @Test func aLongStretchIsHandedOutBeforeItEndsSoThatACrashForgetsLittle() {
        var tracker = CoverageTracker(checkpointSeconds: 10)
        let spans = (0..<25).flatMap { second in
            tracker.append(.gated, from: date(Double(second)), to: date(Double(second + 1)))
        }
        #expect(spans.map(\.end) == [date(10), date(20)])
    }

    @Test func lostSamplesOfOneSpanAreAddedUp() {
        var tracker = CoverageTracker()
        _ = tracker.append(.lost, from: date(0), to: date(1), lostSamples: 16_000)
        _ = tracker.append(.lost, from: date(1), to: date(1.5), lostSamples: 8_000)
        #expect(tracker.flush().first?.lostSamples == 24_000)
    }

    @Test func aHoleBetweenTwoStretchesIsSaidToBeLost() {
        var tracker = CoverageTracker()
        _ = tracker.append(.gated, from: date(0), to: date(1))
        let spans = tracker.append(.gated, from: date(5), to: date(6)) + tracker.flush()
        #expect(spans.map(\.state) == [.gated, .lost, .gated])
        #expect(spans.map(\.start) == [date(0), date(1), date(5)])
        #expect(spans.map(\.end) == [date(1), date(5), date(6)])
    }

    @Test func theTimeUntilTheFirstSampleIsStopped() {
        var tracker = CoverageTracker(start: date(10))
        let spans = tracker.append(.listening, from: date(12), to: date(13)) + tracker.flush()
        #expect(spans.map(\.state) == [.stopped, .listening])
        #expect(spans.first?.start == date(10))
        #expect(spans.first?.reason == "starting")
    }

    @Test func timeThatAClockSetForwardSkippedIsAbsentAndSaysWhy() {
        var tracker = CoverageTracker()
        _ = tracker.append(.listening, from: date(0), to: date(1))
        tracker.stepClock(bySeconds: 3_600)
        let spans = tracker.append(.listening, from: date(3_601), to: date(3_602)) + tracker.flush()
        #expect(spans.map(\.state) == [.listening, .absent, .listening])
        #expect(spans[1].reason?.contains("set forward by 3600.0 s") == true)
    }

    @Test func afterAClockWasSetBackTimeIsCountedAgainAndNothingIsAHole() {
        var tracker = CoverageTracker()
        _ = tracker.append(.listening, from: date(5_000), to: date(5_001))
        tracker.stepClock(bySeconds: -4_000)
        let spans = tracker.append(.listening, from: date(1_001), to: date(1_002)) + tracker.flush()
        #expect(spans.map(\.start) == [date(5_000), date(1_001)])
        #expect(spans.map(\.state) == [.listening, .listening])
    }
}

@Suite struct IntegrityScheduleTests {
    private let start = ContinuousClock.now
    private let day = Duration.seconds(86_400)

    @Test func aHistoryIsLookedAtOnceAnIntervalAtAQuietMoment() {
        var schedule = IntegritySchedule(now: start)
        #expect(!schedule.isDue(at: start + day - .seconds(1), every: day, isQuiet: true))
        #expect(schedule.isDue(at: start + day, every: day, isQuiet: true))
        schedule.restart(at: start + day)
        #expect(!schedule.isDue(at: start + day + .seconds(1), every: day, isQuiet: true))
    }

    @Test func whereItIsNeverQuietItIsLookedAtTwoHoursLater() {
        let schedule = IntegritySchedule(now: start)
        #expect(!schedule.isDue(at: start + day + .seconds(7_199), every: day, isQuiet: false))
        #expect(schedule.isDue(at: start + day + .seconds(7_200), every: day, isQuiet: false))
    }

    @Test func withoutAnIntervalItIsNeverLookedAt() {
        let schedule = IntegritySchedule(now: start)
        #expect(!schedule.isDue(at: start + day * 1_000, every: nil, isQuiet: true))
    }
}

@Suite struct ChoreScheduleTests {
    private let start = ContinuousClock.now

    /// How often each chore is done in a time, with a look at the schedule every so often.
    private func counts(seconds: Int, step: Duration) -> [Chore: Int] {
        var schedule = ChoreSchedule(at: start)
        var counts: [Chore: Int] = [:]
        var now = start
        while now < start + .seconds(seconds) {
            for chore in schedule.removeDue(at: now) { counts[chore, default: 0] += 1 }
            now += step
        }
        return counts
    }

    @Test func everyChoreIsDoneAsOftenAsItsIntervalSays() {
        let counts = counts(seconds: 7_200, step: .milliseconds(1_001))
        #expect((7_150...7_200).contains(counts[.retryHistory] ?? 0))
        #expect((1_400...1_440).contains(counts[.publishStatus] ?? 0))
        #expect((2...3).contains(counts[.applyRetention] ?? 0))
        #expect((10...12).contains(counts[.saveNoiseFloors] ?? 0))
    }

    @Test func withLongPausesWhileAllIsWellChoresAreDoneAtEachLookAtLeast() {
        let counts = counts(seconds: 7_200, step: ChoreSchedule.pause(isHistoryBehind: false))
        #expect(counts[.retryHistory] == 1_440)
        #expect(counts[.publishStatus] == 1_440)
        #expect(counts[.applyRetention] == 2)
        #expect(ChoreSchedule.pause(isHistoryBehind: true) == .seconds(1))
    }

    @Test func whatTheStartLeavesIsDoneLaterAndTheOrderIsThatOfTheList() {
        var schedule = ChoreSchedule(at: start)
        let later: [Chore] = [.saveNoiseFloors, .returnFreeMemory]
        #expect(schedule.removeDue(at: start) == Chore.allCases.filter { !later.contains($0) })
        #expect(schedule.removeDue(at: start).isEmpty)
        #expect(schedule.removeDue(at: start + .seconds(60)).contains(.returnFreeMemory))
        #expect(!schedule.removeDue(at: start + .seconds(300)).contains(.returnFreeMemory))
    }

    @Test func aLongPauseIsNotMadeUpFor() {
        var schedule = ChoreSchedule(at: start)
        _ = schedule.removeDue(at: start)
        #expect(schedule.removeDue(at: start + .seconds(100_000)) == Chore.allCases)
        #expect(schedule.removeDue(at: start + .seconds(100_000)).isEmpty)
    }
}
