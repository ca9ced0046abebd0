import Foundation
import Realtime
import Testing

@testable import AudioCapture

/// Devices that go, hang, sleep or are not there yet, and come back.
@Suite(.timeLimit(.minutes(15)))
struct DeviceAbsenceTests {
    @Test(arguments: [MicrophoneWorld.Mode.stalls, .mute])
    func aDeviceThatDeliversNothingIsReportedWithinSecondsAndComesBack(
        mode: MicrophoneWorld.Mode
    ) async throws {
        let world = try MicrophoneWorld.counting()
        let post = try ListeningPost(world)
        post.start()
        #expect(await post.eventually { post.counters.frames >= 8_000 })
        try world.set(mode)
        #expect(await post.eventually(seconds: 6) { post.counters.state == .absent })
        #expect(
            await post.eventually {
                post.reports.last == .absent(.deliversNothing(device: "mic", seconds: 2))
            }
        )
        try world.set(.delivers)
        #expect(await post.eventually { post.counters.state == .running })
        #expect(await post.hears(8_000))
        post.capture.stop()
        #expect(try post.timelineShift() < ListeningPost.toleratedFrames)
    }

    @Test(arguments: [MicrophoneWorld.Mode.gone, .broken])
    func aDeviceThatGoesIsLookedForAndItsAbsenceAdvancesTheTimeline(
        mode: MicrophoneWorld.Mode
    ) async throws {
        let world = try MicrophoneWorld.counting()
        let post = try ListeningPost(world)
        post.start()
        #expect(await post.eventually { post.counters.frames >= 8_000 })
        try world.set(.openErrno, Int64(ENODEV))
        try world.set(mode)
        #expect(await post.eventually { post.counters.state == .absent })
        try await Task.sleep(for: .seconds(1))
        try world.set(.delivers)
        try world.set(.openErrno, 0)
        #expect(await post.eventually { post.counters.state == .running })
        #expect(await post.hears(8_000))
        post.capture.stop()

        #expect(try post.timelineShift() < ListeningPost.toleratedFrames)
        #expect(post.counters.absentFrames > 16_000)
        #expect(post.counters.reopens >= 1)
        #expect(try world.value(.openNow) == 0)
        #expect(await post.eventually { post.reports.last?.isReturn == true })
        guard case .returned(let stream, let missed) = post.reports.last else { return }
        #expect(stream.rateHz == 16_000)
        #expect(missed == post.counters.absentFrames)
    }

    @Test func aDeviceThatAlwaysOverrunsIsGivenPausesAndReportedAndRecovers() async throws {
        let world = try MicrophoneWorld.counting()
        let post = try ListeningPost(world)
        post.start()
        #expect(await post.eventually { post.counters.frames >= 8_000 })
        try world.set(.overruns)
        let startsBefore = try world.value(.starts)
        let begin = MonotonicClock.now()
        try await Task.sleep(for: .seconds(3))
        let starts = try world.value(.starts) - startsBefore
        let seconds = Double(MonotonicClock.now() - begin) * 1e-9
        #expect(Double(starts) / seconds < 15)
        #expect(post.counters.state == .absent)
        #expect(
            await post.eventually {
                post.reports.last == .absent(.keepsOverrunning(device: "mic"))
            }
        )
        try world.set(.delivers)
        #expect(await post.eventually { post.counters.state == .running })
        post.capture.stop()
    }

    @Test func aSuspendedDeviceIsResumedAndTheSleepIsLostTime() async throws {
        let world = try MicrophoneWorld.counting()
        let post = try ListeningPost(world)
        post.start()
        #expect(await post.eventually { post.counters.frames >= 8_000 })
        try world.set(.suspended)
        try await Task.sleep(for: .seconds(1))
        try world.set(.delivers)
        #expect(await post.hears(8_000))
        post.capture.stop()
        #expect(try post.timelineShift() < ListeningPost.toleratedFrames)
        #expect(post.counters.suspends == 1)
        #expect(post.counters.lostFrames + post.counters.absentFrames > 12_000)
    }

    @Test func aDeviceThatIsNotThereAtFirstIsLookedForToo() async throws {
        let world = try MicrophoneWorld.counting()
        try world.set(.openErrno, Int64(ENODEV))
        let post = try ListeningPost(world)
        post.start()
        #expect(await post.eventually { post.counters.state == .absent })
        #expect(post.counters.sampleRateHz == 0)
        try world.set(.openErrno, 0)
        #expect(await post.eventually { post.counters.frames > 0 })
        post.capture.stop()
        #expect(await post.eventually { post.reports.count == 2 })
        #expect(post.reports.first == .absent(.noSuchDevice(device: "mic")))
        guard case .opened = post.reports.last else {
            Issue.record("no opening was reported: \(post.reports)")
            return
        }
        #expect(post.periods.first?.mark.firstSample == 0)
    }

    @Test func aDeviceThatReturnsAtAnotherRateIsResampledByALSA() async throws {
        let world = try MicrophoneWorld.counting(
            otherDevices: """
                pcm.plug {
                    @args [ SLAVE ]
                    @args.SLAVE { type string }
                    type plug
                    slave.pcm $SLAVE
                }
                """
        )
        let post = try ListeningPost(world)
        post.start()
        #expect(await post.eventually { post.counters.frames >= 8_000 })
        try world.set(.rate, 48_000)
        try world.set(.openErrno, Int64(ENODEV))
        try world.set(.gone)
        #expect(await post.eventually { post.counters.state == .absent })
        try world.set(.delivers)
        try world.set(.openErrno, 0)
        #expect(await post.eventually { post.counters.state == .running })
        post.capture.stop()
        #expect(await post.eventually { post.reports.last?.isReturn == true })
        guard case .returned(let stream, _) = post.reports.last else { return }
        #expect(stream.rateHz == 16_000)
    }

    @Test func aDeviceThatReturnsAtAnotherRateAndCannotBeResampledIsRefused() async throws {
        let world = try MicrophoneWorld.counting()
        let post = try ListeningPost(world)
        post.start()
        #expect(await post.eventually { post.counters.frames >= 8_000 })
        try world.set(.rate, 48_000)
        try world.set(.gone)
        #expect(await post.eventually { post.counters.state == .absent })
        try world.set(.delivers)
        let refusal = CaptureError.rateChanged(
            device: "mic",
            runningHz: 16_000,
            offeredHz: 48_000
        )
        #expect(await post.eventually { post.reports.last == .absent(refusal) })
        post.capture.stop()
    }
}

extension CaptureReport {
    fileprivate var isReturn: Bool {
        if case .returned = self { true } else { false }
    }
}

@Suite
struct BackoffTests {
    @Test func anAbsentDeviceIsTriedQuicklyAtFirstAndNeverMoreThanThirtySecondsApart() {
        var backoff = ReopenBackoff()
        let waits = (0..<10).map { _ in backoff.nextMilliseconds() }
        #expect(
            waits == [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]
        )
        backoff.reset()
        #expect(backoff.nextMilliseconds() == 250)
    }

    @Test func anOverrunIsRestartedAtOnceAndOneThatRepeatsWithPauses() {
        var backoff = RestartBackoff()
        let pauses = (0..<10).map { _ in backoff.nextMilliseconds() }
        #expect(pauses == [0, 5, 10, 20, 40, 80, 160, 320, 640, nil])
        backoff.reset()
        #expect(backoff.nextMilliseconds() == 0)
    }
}
