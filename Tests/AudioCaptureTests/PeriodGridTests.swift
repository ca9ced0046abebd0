import Foundation
import Realtime
import Testing

@testable import AudioCapture

/// Periods that end where windows do.
@Suite(.timeLimit(.minutes(10)))
struct PeriodGridTests {
    /// Windows of 0.975 s, one each 0.48 s, at 16 kHz.
    private static let grid = PeriodGrid(
        seconds: 0.48,
        windowSeconds: 0.975,
        modelRateHz: 16_000
    )
    private static let settings = CaptureSettings(device: "mic", periodGrid: grid)

    @Test(
        arguments: [
            (16_000, 7_680, 240),
            // A resampler holds back a tenth of a second at most: 1.075 s, less two periods.
            (48_000, 23_040, 5_520),
            (44_100, 21_168, 5_072),
        ])
    func thePeriodsAreWholeAndTheFirstOneEndsWithAWindow(
        rateHz: Int,
        period: Int,
        first: Int
    ) throws {
        let frames = try #require(Self.grid.frames(atHz: rateHz))
        #expect(frames.period == period)
        #expect(frames.first == first)
    }

    // No whole number of frames, longer than the ring takes, below the models' rate.
    @Test(arguments: [16_010, 192_000, 8_000])
    func aRateAtWhichPeriodsCannotEndWithTheWindowsHasNone(rateHz: Int) {
        #expect(Self.grid.frames(atHz: rateHz) == nil)
    }

    @Test func aWindowThatEndsWithAPeriodLeavesTheFirstOneWhole() throws {
        let grid = PeriodGrid(seconds: 0.48, windowSeconds: 0.96, modelRateHz: 16_000)
        let frames = try #require(grid.frames(atHz: 16_000))
        #expect(frames.first == frames.period)
    }

    @Test func periodsOfADeviceEndWithTheWindowsAndNoneIsMissing() async throws {
        let world = try MicrophoneWorld.counting()
        let post = try ListeningPost(world, settings: Self.settings)
        post.start()
        #expect(await post.eventually { post.counters.periods >= 5 })
        post.capture.stop()

        let periods = post.periods
        #expect(periods.first?.samples.count == 240)
        #expect(periods.dropFirst().allSatisfy { $0.samples.count == 7_680 })
        #expect(periods.first?.mark.firstSample == 0)
        #expect(Set(post.offsets).count == 1)
        #expect(post.counters.lostFrames == 0)
        let epoch = try world.value(.epoch)
        for period in periods {
            let sounded = MicrophoneWorld.worldFrame(period.samples[0]) * 62_500
            #expect(abs(period.mark.monotonicNanoseconds - epoch - sounded) < 20_000_000)
        }
    }

    @Test func periodsAreBackOnTheGridAfterAnOverrun() async throws {
        let world = try MicrophoneWorld.counting()
        let post = try ListeningPost(world, settings: Self.settings)
        post.start()
        #expect(await post.eventually { post.counters.periods >= 3 })
        try world.set(.overruns)
        #expect(await post.eventually { post.counters.overruns >= 1 })
        try world.set(.delivers)
        let before = post.counters.periods
        #expect(await post.eventually { post.counters.periods >= before + 3 })
        post.capture.stop()

        let lengths = post.periods.map(\.samples.count)
        #expect(Set(lengths) == [240, 7_680])
        // Each stretch without a gap begins with the short one.
        for (before, after) in zip(post.periods, post.periods.dropFirst()) {
            let end = before.mark.firstSample + Int64(before.mark.sampleCount)
            #expect((after.samples.count == 240) == (after.mark.firstSample > end))
        }
        #expect(try post.timelineShift() < ListeningPost.toleratedFrames)
    }

    // A device with room for three periods, and one whose periods are longer.
    @Test(arguments: ["periods_max 3", "period_min 10000"])
    func aDeviceThatCannotKeepToTheGridHasThePeriodsItWouldHaveWithoutOne(
        keys: String
    ) throws {
        let world = try MicrophoneWorld.counting(extraKeys: keys)
        let stream = try MicrophoneCapture.probe(
            Self.settings,
            configuration: world.configuration
        )
        let plain = try MicrophoneCapture.probe(
            CaptureSettings(device: "mic"),
            configuration: world.configuration
        )
        #expect(stream == plain)
        #expect(stream.firstFrames == stream.periodFrames)
    }
}
