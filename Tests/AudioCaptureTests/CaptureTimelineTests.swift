import TestSupport
import Testing

@testable import AudioCapture

@Suite
struct CaptureTimelineTests {
    private static let rateHz = 16_000
    private static let periodFrames = 640
    private static let periodNanoseconds: Int64 = 40_000_000

    @Test func periodsThatFollowEachOtherLeaveNoGap() {
        var timeline = CaptureTimeline(rateHz: Self.rateHz)
        for index in 0..<100 {
            let position = timeline.append(
                frames: Self.periodFrames,
                at: Int64(index) * Self.periodNanoseconds
            )
            #expect(position.firstSample == Int64(index * Self.periodFrames))
            #expect(position.missedBefore == 0)
            #expect(abs(position.time - Int64(index) * Self.periodNanoseconds) < 1_000)
        }
    }

    @Test func timeThatPassedBeforeARestartIsMissing() {
        var timeline = CaptureTimeline(rateHz: Self.rateHz)
        _ = timeline.append(frames: Self.periodFrames, at: 0)
        let position = timeline.resume(frames: Self.periodFrames, at: 10_000_000_000)
        #expect(position.firstSample == 160_000)
        #expect(position.missedBefore == 160_000 - 640)
        #expect(position.time == 10_000_000_000)
        let next = timeline.append(frames: Self.periodFrames, at: 10_040_000_000)
        #expect(next.firstSample == 160_640)
    }

    @Test func aRestartThatSeemsToHappenInThePastMovesNothingBack() {
        var timeline = CaptureTimeline(rateHz: Self.rateHz)
        _ = timeline.append(frames: Self.periodFrames, at: 1_000_000_000)
        let position = timeline.resume(frames: Self.periodFrames, at: 1_000_000_000)
        #expect(position.firstSample == 640)
        #expect(position.missedBefore == 0)
    }

    @Test(arguments: [-400.0, -30, 0, 30, 400])
    func driftIsMeasuredThroughJitterAndTimesAreSmoothed(ppm: Double) {
        var timeline = CaptureTimeline(rateHz: Self.rateHz)
        var random = SeededNumbers(seed: 1)
        let truePeriod = Double(Self.periodNanoseconds) / (1 + ppm * 1e-6)
        var largestError: Int64 = 0
        // Ten minutes with up to 8 ms of delay in each measurement.
        for index in 0..<15_000 {
            let captured = Int64(Double(index) * truePeriod)
            let delay = Int64.random(in: 0...8_000_000, using: &random)
            let position = timeline.append(frames: Self.periodFrames, at: captured + delay)
            #expect(position.missedBefore == 0)
            if index > 1_500 {
                largestError = max(largestError, abs(position.time - captured - 4_000_000))
            }
        }
        #expect(abs(timeline.driftPPM - ppm) < 5)
        #expect(largestError < 1_000_000)
    }

    @Test func samplesThatVanishWithoutAWordAreCountedOnceTheyStayAway() {
        var timeline = CaptureTimeline(rateHz: Self.rateHz)
        var missed: Int64 = 0
        var last = CaptureTimeline.Position(firstSample: 0, time: 0, missedBefore: 0)
        for index in 0..<200 {
            // From period 100 on, everything comes 300 ms later.
            let late: Int64 = index < 100 ? 0 : 300_000_000
            last = timeline.append(
                frames: Self.periodFrames,
                at: Int64(index) * Self.periodNanoseconds + late
            )
            missed += last.missedBefore
        }
        #expect(abs(missed - 4_800) <= 1)
        #expect(abs(last.firstSample - 199 * 640 - 4_800) <= 1)
    }

    @Test func aServerThatCatchesUpSlowlyHasLostNothing() {
        var timeline = CaptureTimeline(rateHz: Self.rateHz)
        var last = CaptureTimeline.Position(firstSample: 0, time: 0, missedBefore: 0)
        for index in 0..<400 {
            // Two seconds late at period 100, and 20 ms less at each that follows.
            let late: Int64 = index < 100 ? 0 : max(0, 2_000 - Int64(index - 100) * 20) * 1_000_000
            last = timeline.append(
                frames: Self.periodFrames,
                at: Int64(index) * Self.periodNanoseconds + late
            )
            #expect(last.missedBefore == 0)
        }
        #expect(last.firstSample == 399 * 640)
        #expect(abs(last.time - 399 * Self.periodNanoseconds) < 20_000_000)
    }

    /// The process stood still; what was captured meanwhile is read at once, and the sound server
    /// tells only in part how much that is: the rest is still on its way.
    @Test(arguments: [0.1, 0.5, 2, 4, 6, 10, 20, 30], [0, 0.2, 0.8, 1])
    func whatIsReadInABurstAfterAStallIsDatedAsItWasCaptured(
        seconds: Double,
        toldShare: Double
    ) {
        var timeline = CaptureTimeline(rateHz: Self.rateHz)
        let stall = Int64(seconds * 1e9)
        let held = Int(seconds * 1e3) / 40
        for index in 0..<(2_000 + held) {
            let captured = Int64(index) * Self.periodNanoseconds
            let isLate = (100..<100 + held).contains(index)
            let resumed = 100 * Self.periodNanoseconds + stall
            // What was told first, then what came after it.
            let isTold = Double(index - 100) < toldShare * Double(held)
            let untold = isTold ? Int64((1 - toldShare) * Double(stall)) : 0
            let position = timeline.append(
                frames: Self.periodFrames,
                at: isLate ? captured + untold : captured,
                readAt: isLate ? resumed : captured + Self.periodNanoseconds
            )
            #expect(position.missedBefore == 0)
            #expect(abs(position.time - captured) < 20_000_000)
            guard position.missedBefore == 0 else { return }
        }
    }

    @Test func oneLateWakeUpIsNoLoss() {
        var timeline = CaptureTimeline(rateHz: Self.rateHz)
        for index in 0..<200 {
            let late: Int64 = (100..<115).contains(index) ? 400_000_000 : 0
            let position = timeline.append(
                frames: Self.periodFrames,
                at: Int64(index) * Self.periodNanoseconds + late
            )
            #expect(position.missedBefore == 0)
        }
    }

    @Test func aFirstPeriodThatWasDatedLateIsCorrectedByThoseThatFollow() {
        var timeline = CaptureTimeline(rateHz: Self.rateHz)
        _ = timeline.append(frames: Self.periodFrames, at: 500_000_000)
        var last = CaptureTimeline.Position(firstSample: 0, time: 0, missedBefore: 0)
        for index in 1..<100 {
            last = timeline.append(
                frames: Self.periodFrames,
                at: Int64(index) * Self.periodNanoseconds
            )
            #expect(last.missedBefore == 0)
        }
        #expect(abs(last.time - 99 * Self.periodNanoseconds) < 1_000_000)
        #expect(last.firstSample == 99 * 640)
    }
}
