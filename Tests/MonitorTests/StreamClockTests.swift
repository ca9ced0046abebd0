import Detection
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
        var random = SystemIndependentRandom(seed: 7)
        let trueRate = Double(clock.nominalRateHz) * (1 + ppm * 1e-6)
        let samplesPerPeriod = Int64(clock.nominalRateHz / 25)
        return (0..<seconds * 25).compactMap { period in
            let sample = Int64(period) * samplesPerPeriod
            let jitter = jitterMilliseconds * 1e-3 * random.nextUnit()
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
