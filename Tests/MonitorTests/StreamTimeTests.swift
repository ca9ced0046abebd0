import Detection
import Foundation
import TestSupport
import Testing

@testable import Monitor

@Suite struct StreamClockTests {
    private static let second: Int64 = 1_000_000_000
    private static let wallOffset: Int64 = 1_700_000_000 * second

    /// Feeds periods of 40 ms from a card that runs `ppm` fast, stamped with jitter.
    private func run(
        _ clock: inout StreamClock,
        seconds: Int,
        ppm: Double,
        jitterMilliseconds: Double = 0,
        wallOffset: Int64 = wallOffset
    ) -> [Double] {
        var random = SeededNumbers(seed: 7)
        let trueRate = Double(clock.nominalRateHz) * (1 + ppm * 1e-6)
        let samplesPerPeriod = Int64(clock.nominalRateHz / 25)
        return (0..<seconds * 25).compactMap { period in
            let sample = Int64(period) * samplesPerPeriod
            let jitter = jitterMilliseconds * 1e-3 * Double.random(in: 0..<1, using: &random)
            let time = Int64((Double(sample) / trueRate + jitter) * 1e9)
            return clock.observe(
                sample: SampleTime(sample),
                monotonicNanoseconds: time,
                wallNanoseconds: time + wallOffset
            )
        }
    }

    @Test func aFirstStampDatesTheSamplesAfterIt() {
        var clock = StreamClock(nominalRateHz: 16_000)
        _ = clock.observe(
            sample: SampleTime(1_600),
            monotonicNanoseconds: 5 * Self.second,
            wallNanoseconds: 5 * Self.second + Self.wallOffset
        )
        #expect(abs(clock.wallSeconds(of: SampleTime(17_600)) - 1_700_000_006) < 1e-6)
    }

    @Test(arguments: [-80.0, 0, 35, 120])
    func anHourWithAJitteringCardMeasuresItsDriftWithinFivePPM(ppm: Double) {
        var clock = StreamClock(nominalRateHz: 48_000)
        let steps = run(&clock, seconds: 3_600, ppm: ppm, jitterMilliseconds: 10)
        #expect(steps.isEmpty)
        #expect(abs(clock.driftPPM - ppm) < 5)
    }

    @Test func aDayOnAFastCardDatesTheLastSampleWithinTwentyMilliseconds() {
        var clock = StreamClock(nominalRateHz: 16_000)
        _ = run(&clock, seconds: 86_400, ppm: 100)
        let last = SampleTime(Int64(86_400 - 1) * 16_000)
        let trueSeconds = 1_700_000_000 + last.seconds(atRate: 16_000) / (1 + 100e-6)
        #expect(abs(clock.wallSeconds(of: last) - trueSeconds) < 0.02)
    }

    @Test func aWallClockThatIsSetIsReportedOnceAndDatesWhatComesAfter() {
        var clock = StreamClock(nominalRateHz: 16_000)
        for (index, offset) in [0, 0, 3_600, 3_600].enumerated() {
            let time = Int64(index) * Self.second
            let step = clock.observe(
                sample: SampleTime(Int64(index) * 16_000),
                monotonicNanoseconds: time,
                wallNanoseconds: time + Self.wallOffset + Int64(offset) * Self.second
            )
            #expect(step == (index == 2 ? 3_600 : nil))
        }
        #expect(abs(clock.wallSeconds(of: SampleTime(48_000)) - 1_700_003_603) < 1e-6)
    }

    @Test func aGapThatTheTimelineCountsLeavesLaterDatesRight() {
        var clock = StreamClock(nominalRateHz: 16_000)
        for (sample, seconds) in [(0, 0), (16_000, 1), (16_000 * 61, 61)] {
            _ = clock.observe(
                sample: SampleTime(Int64(sample)),
                monotonicNanoseconds: Int64(seconds) * Self.second,
                wallNanoseconds: Int64(seconds) * Self.second + Self.wallOffset
            )
        }
        #expect(abs(clock.wallSeconds(of: SampleTime(16_000 * 62)) - 1_700_000_062) < 1e-6)
    }
}

@Suite struct EventBeginningsTests {
    private static let second: Int64 = 1_000_000_000

    /// An event from the first to the fourth second of a source of 1,000 Hz.
    private let event = DetectedEvent(
        number: 7,
        classIndex: 0,
        start: SampleTime(1_000),
        end: SampleTime(4_000),
        peakScore: 1,
        meanScore: 1,
        levelDBFS: -20
    )

    /// A clock at whose second second the wall clock is set by a number of seconds.
    private func clock(setBy step: Int64) -> StreamClock {
        var clock = StreamClock(nominalRateHz: 1_000)
        for second in Int64(0)...5 {
            let wall = 100 + second + (second >= 2 ? step : 0)
            _ = clock.observe(
                sample: SampleTime(second * 1_000),
                monotonicNanoseconds: second * Self.second,
                wallNanoseconds: wall * Self.second
            )
        }
        return clock
    }

    @Test(arguments: [-3_600, 0, 3_600] as [Int64])
    func anEventLastsAsLongAsItsSamplesWhateverTheWallClockWasSetTo(step: Int64) {
        var beginnings = EventBeginnings()
        let start = Date(timeIntervalSince1970: 101)
        beginnings.insert(event, ofModel: 1, at: start)
        let end = beginnings.removeEnd(of: event, ofModel: 1, datedBy: clock(setBy: step))
        #expect(abs(end.timeIntervalSince(start) - 3) < 0.01)
    }

    @Test func eventsOfTwoModelsWithOneNumberAreToldApart() {
        var beginnings = EventBeginnings()
        beginnings.insert(event, ofModel: 0, at: Date(timeIntervalSince1970: 101))
        beginnings.insert(event, ofModel: 1, at: Date(timeIntervalSince1970: 501))
        let end = beginnings.removeEnd(of: event, ofModel: 1, datedBy: clock(setBy: 0))
        #expect(abs(end.timeIntervalSince1970 - 504) < 0.01)
    }
}

@Suite struct PlaybackTimeTests {
    @Test func datesThatRunTenTimesAsFastArePackedIntoATenthOfTheTime() {
        var time = PlaybackTime(pace: 10)
        time.begin(at: 100)
        #expect(time.realSeconds(ofDate: 100) == 100)
        #expect(time.realSeconds(ofDate: 150) == 105)
    }

    @Test func onlyTheFirstDateIsTheBeginning() {
        var time = PlaybackTime(pace: 2)
        time.begin(at: 100)
        time.begin(at: 200)
        #expect(time.realSeconds(ofDate: 200) == 150)
    }

    @Test func theDatesOfADeviceAreThoseOfTheWorld() {
        var time = PlaybackTime(pace: 1)
        time.begin(at: 3)
        #expect(time.realSeconds(ofDate: 1_234.5) == 1_234.5)
    }
}

@Suite struct MinuteMeterTests {
    private static let rateHz = 8_000
    /// 2026-11-20T12:00:00Z, a whole minute.
    private static let noon = 1_795_176_000.0

    /// A tone that gets louder once a second, so that every second has another level.
    private static func tone(seconds: Int) -> [Float] {
        (0..<seconds * rateHz).map { index in
            let amplitude = 0.01 + 0.005 * Float(index / rateHz % 50)
            return index % 8 < 4 ? amplitude : -amplitude
        }
    }

    private static func minutes(
        of samples: [Float],
        clock: StreamClock,
        chunk: Int
    ) -> [SoundMinute] {
        var meter = MinuteMeter(sampleRateHz: rateHz)
        var minutes: [SoundMinute] = []
        for start in stride(from: 0, to: samples.count, by: chunk) {
            let end = min(start + chunk, samples.count)
            let piece = samples.span.extracting(start..<end)
            meter.process(piece, clock: clock, appendingTo: &minutes)
        }
        meter.cut(clock: clock, appendingTo: &minutes)
        return minutes
    }

    @Test func minutesAreThoseOfTheClock() {
        let clock = StreamClock(nominalRateHz: Self.rateHz, startingAt: Self.noon + 42.5)
        let minutes = Self.minutes(of: Self.tone(seconds: 100), clock: clock, chunk: 320)
        #expect(minutes.map(\.startSeconds) == [Self.noon, Self.noon + 60, Self.noon + 120])
        #expect(minutes.map(\.measuredSeconds) == [17.5, 60, 22.5])
        #expect(minutes.allSatisfy { $0.sampleRateHz == Self.rateHz })
        #expect(minutes.map(\.statistics.measuredSamples) == [140_000, 480_000, 180_000])
    }

    @Test func piecesOfAnySizeGiveTheSameMinutes() {
        let clock = StreamClock(nominalRateHz: Self.rateHz, startingAt: Self.noon + 58.98765)
        let samples = Self.tone(seconds: 63)
        let whole = Self.minutes(of: samples, clock: clock, chunk: samples.count)
        #expect(whole.count == 3)
        for chunk in [1, 77, 800, 4_096] {
            #expect(Self.minutes(of: samples, clock: clock, chunk: chunk) == whole)
        }
    }

    @Test func recordingWithoutATimeHasMinutesOfItsOwn() {
        let clock = StreamClock(nominalRateHz: Self.rateHz, startingAt: 0)
        let minutes = Self.minutes(of: Self.tone(seconds: 61), clock: clock, chunk: 1_000)
        #expect(minutes.map(\.startSeconds) == [0, 60])
        #expect(minutes.map(\.measuredSeconds) == [60, 1])
    }

    @Test func lostTimeIsNotMeasured() throws {
        let clock = StreamClock(nominalRateHz: Self.rateHz, startingAt: Self.noon)
        var meter = MinuteMeter(sampleRateHz: Self.rateHz)
        var minutes: [SoundMinute] = []
        let ten = Self.tone(seconds: 10)
        meter.process(ten.span, clock: clock, appendingTo: &minutes)
        // Ten seconds are lost within the minute, then the rest of it and half of the next.
        meter.skip(to: SampleTime(20 * 8_000), clock: clock, appendingTo: &minutes)
        meter.process(ten.span, clock: clock, appendingTo: &minutes)
        #expect(minutes.isEmpty)
        meter.skip(to: SampleTime(90 * 8_000), clock: clock, appendingTo: &minutes)
        #expect(minutes.map(\.measuredSeconds) == [20])
        meter.process(ten.span, clock: clock, appendingTo: &minutes)
        meter.cut(clock: clock, appendingTo: &minutes)
        #expect(minutes.map(\.startSeconds) == [Self.noon, Self.noon + 60])
        #expect(minutes.map(\.measuredSeconds) == [20, 10])
    }

    @Test func correctionsOfTheClockByMillisecondsSplitNoMinute() throws {
        var clock = StreamClock(nominalRateHz: Self.rateHz)
        var meter = MinuteMeter(sampleRateHz: Self.rateHz)
        var minutes: [SoundMinute] = []
        var random = SeededNumbers(seed: 3)
        let period = Self.tone(seconds: 1).prefix(320).map { $0 }
        let start = Int64((Self.noon + 30) * 1e9)
        for index in 0..<(25 * 240) {
            let sample = Int64(index * 320)
            // Stamps jitter by 20 ms; the card runs 80 ppm fast.
            let jitter = Int64(Double.random(in: 0..<1, using: &random) * 20e6)
            let time = Int64(Double(sample) / 8_000 / 1.00008 * 1e9) + jitter
            _ = clock.observe(
                sample: SampleTime(sample),
                monotonicNanoseconds: time,
                wallNanoseconds: start + time
            )
            meter.process(period.span, clock: clock, appendingTo: &minutes)
        }
        meter.cut(clock: clock, appendingTo: &minutes)
        #expect(minutes.map { Int($0.startSeconds - Self.noon) } == [0, 60, 120, 180, 240])
        for minute in minutes.dropFirst().dropLast() {
            #expect(minute.measuredSeconds == 60)
        }
    }

    @Test func clockThatIsSetBackGivesTheMinuteInTwoParts() {
        var meter = MinuteMeter(sampleRateHz: Self.rateHz)
        var minutes: [SoundMinute] = []
        let ten = Self.tone(seconds: 10)
        let before = StreamClock(nominalRateHz: Self.rateHz, startingAt: Self.noon + 40)
        meter.process(ten.span, clock: before, appendingTo: &minutes)
        let after = StreamClock(nominalRateHz: Self.rateHz, startingAt: Self.noon + 20)
        meter.cut(clock: after, appendingTo: &minutes)
        meter.process(ten.span, clock: after, appendingTo: &minutes)
        meter.cut(clock: after, appendingTo: &minutes)
        #expect(minutes.map(\.startSeconds) == [Self.noon, Self.noon])
        #expect(minutes.map(\.measuredSeconds) == [10, 10])
    }

    @Test func minuteThatIsOverIsToldThoughNothingComes() {
        let clock = StreamClock(nominalRateHz: Self.rateHz, startingAt: Self.noon + 50)
        var meter = MinuteMeter(sampleRateHz: Self.rateHz)
        var minutes: [SoundMinute] = []
        let five = Self.tone(seconds: 5)
        meter.process(five.span, clock: clock, appendingTo: &minutes)
        meter.expire(at: Self.noon + 61, clock: clock, appendingTo: &minutes)
        #expect(minutes.isEmpty)
        meter.expire(at: Self.noon + 66, clock: clock, appendingTo: &minutes)
        #expect(minutes.map(\.measuredSeconds) == [5])
        meter.expire(at: Self.noon + 700, clock: clock, appendingTo: &minutes)
        #expect(minutes.count == 1)
    }
}
