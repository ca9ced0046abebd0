import Detection
import Testing

@testable import Monitor

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
        var random = SystemIndependentRandom(seed: 3)
        let period = Self.tone(seconds: 1).prefix(320).map { $0 }
        let start = Int64((Self.noon + 30) * 1e9)
        for index in 0..<(25 * 240) {
            let sample = Int64(index * 320)
            // Stamps jitter by 20 ms; the card runs 80 ppm fast.
            let jitter = Int64(random.nextUnit() * 20e6)
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
