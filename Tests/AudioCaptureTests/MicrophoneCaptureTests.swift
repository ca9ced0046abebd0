import CAllocationCounter
import CLinuxSupport
import Foundation
import Realtime
import Synchronization
import Testing

@testable import AudioCapture

@Suite(.timeLimit(.minutes(15)))
struct MicrophoneCaptureTests {
    @Test func whatTheMicrophoneHearsArrivesCompleteAndInOrder() async throws {
        let world = try MicrophoneWorld.counting()
        let post = try ListeningPost(world)
        post.start()
        #expect(await post.eventually { post.counters.frames >= 16_000 })
        post.capture.stop()

        #expect(Set(post.offsets).count == 1)
        #expect(post.periods.first?.mark.firstSample == 0)
        #expect(post.counters.lostFrames == 0)
        #expect(post.counters.overruns == 0)
        #expect(post.counters.state == .stopped)
        #expect(post.counters.sampleRateHz == 16_000)
        #expect(await post.eventually { !post.reports.isEmpty })
        guard case .opened(let stream, _) = post.reports.first else {
            Issue.record("no opening was reported: \(post.reports)")
            return
        }
        #expect(stream.format == .int32 && stream.channels == 1)
        #expect((1_024...2_048).contains(stream.periodFrames))
        #expect(stream.bufferFrames >= 8_000)
    }

    @Test func timesOfPeriodsAreThoseAtWhichTheWorldSounded() async throws {
        let world = try MicrophoneWorld.counting()
        let post = try ListeningPost(world)
        post.start()
        #expect(await post.eventually { post.counters.frames >= 32_000 })
        post.capture.stop()

        let epoch = try world.value(.epoch)
        let wallOfEpoch = MonotonicClock.wallNow() - MonotonicClock.now() + epoch
        for period in post.periods.suffix(10) {
            let sounded = MicrophoneWorld.worldFrame(period.samples[0]) * 62_500
            #expect(abs(period.mark.monotonicNanoseconds - epoch - sounded) < 20_000_000)
            #expect(abs(period.mark.captureTimeNanoseconds - wallOfEpoch - sounded) < 20_000_000)
        }
    }

    @Test func anOverrunIsCountedAndWhatFollowsIsDatedRight() async throws {
        let world = try MicrophoneWorld.counting()
        let post = try ListeningPost(world)
        post.start()
        #expect(await post.eventually { post.counters.frames >= 8_000 })
        // Stalls, then jumps on by more than a buffer: as when the reader was held up.
        try world.set(.stalls)
        try await Task.sleep(for: .milliseconds(1_500))
        try world.set(.delivers)
        #expect(await post.eventually { post.counters.overruns == 1 })
        #expect(await post.hears(8_000))
        post.capture.stop()

        #expect(try post.timelineShift() < ListeningPost.toleratedFrames)
        // On a machine so busy that the stall lasts 2 s, it counts as absence.
        #expect(post.counters.lostFrames + post.counters.absentFrames > 20_000)
        #expect(post.counters.lastErrno == EPIPE)
        #expect(post.counters.state == .stopped)
    }

    @Test func aShortStallLosesNothing() async throws {
        let world = try MicrophoneWorld.counting()
        let post = try ListeningPost(world)
        post.start()
        #expect(await post.eventually { post.counters.frames >= 8_000 })
        try world.set(.stalls)
        try await Task.sleep(for: .milliseconds(300))
        try world.set(.delivers)
        #expect(await post.hears(24_000))
        post.capture.stop()
        #expect(Set(post.offsets).count == 1)
        #expect(post.counters.lostFrames == 0)
    }

    @Test(arguments: [2_500, 6_000])
    func aStallThatTheDevicesBufferOutlastsLosesNothing(milliseconds: Int) async throws {
        let world = try MicrophoneWorld.counting(extraKeys: "periods_max 1024")
        let post = try ListeningPost(world)
        post.start()
        #expect(await post.eventually { post.counters.frames >= 8_000 })
        try world.set(.stalls)
        try await Task.sleep(for: .milliseconds(milliseconds))
        try world.set(.delivers)
        #expect(await post.hears(Int64(milliseconds * 16 + 16_000)))
        post.capture.stop()
        #expect(Set(post.offsets).count == 1)
        #expect(post.counters.lostFrames + post.counters.absentFrames == 0)
        #expect(post.counters.signalFault == nil)
    }

    @Test func aFullRingLeavesTheRestInTheDeviceUntilThereIsRoomAgain() async throws {
        let world = try MicrophoneWorld.counting(extraKeys: "periods_max 1024")
        var ring = SampleRing.make(sampleCapacity: 4_096, periodCapacity: 64)
        let capture = try MicrophoneCapture(
            settings: CaptureSettings(device: "mic"),
            producer: ring.takeProducer(),
            configuration: world.configuration
        )
        var consumer = ring.takeConsumer()
        capture.start()
        // Three seconds of a ring that holds a quarter of one.
        try await Task.sleep(for: .seconds(3))
        #expect(capture.counters.ringOverflowFrames == 0)
        var block = [Float](repeating: 0, count: 4_096)
        var next: Int64 = 0
        while next < 64_000 {
            guard consumer.waitForPeriod(timeoutMilliseconds: 30_000) else { break }
            var span = block.mutableSpan
            guard let mark = consumer.nextPeriod(into: &span) else { break }
            #expect(mark.firstSample == next)
            next = mark.firstSample + Int64(mark.sampleCount)
        }
        capture.stop()
        #expect(next >= 64_000)
        #expect(capture.counters.unheardFrames == 0)
    }

    @Test func aPeriodThatIsLongerThanTheRingTakesIsReadInEqualParts() async throws {
        let world = try MicrophoneWorld.counting(
            rateHz: 192_000,
            extraKeys: "period_min 100000"
        )
        let settings = CaptureSettings(device: "mic", requestedRateHz: 192_000)
        let post = try ListeningPost(world, settings: settings)
        post.start()
        #expect(await post.eventually { post.counters.frames >= 400_000 })
        #expect(post.counters.state == .running)
        post.capture.stop()
        let lengths = Set(post.periods.map(\.samples.count))
        #expect(lengths.count == 1 && lengths.allSatisfy { (50_000...65_536).contains($0) })
        #expect(Set(post.offsets).count == 1)
        #expect(post.counters.unheardFrames == 0)
    }

    @Test func theRingOfAFastDeviceHoldsItsTime() async throws {
        let world = try MicrophoneWorld.counting(rateHz: 384_000)
        var ring = SampleRing.make(seconds: 2)
        let capture = try MicrophoneCapture(
            settings: CaptureSettings(device: "mic", requestedRateHz: 384_000),
            producer: ring.takeProducer(),
            configuration: world.configuration
        )
        let consumer = ring.takeConsumer()
        capture.start()
        #expect(
            await ListeningPost.eventually { capture.counters.frames >= 2 * 384_000 }
        )
        capture.stop()
        #expect(capture.counters.ringOverflowFrames == 0)
        let waiting = consumer.waitingPeriods
        #expect(waiting * 38_400 >= 700_000)
    }

    @Test func channelsThatCancelEachOtherInTheMixAreAFault() async throws {
        // Half a minute of a stereo cable whose second channel is wired the wrong way round.
        let frames = (0..<1 << 16).flatMap { frame -> [Int32] in
            let sample = Int32((frame * 7_919) % 64 - 32) << 22
            return [sample, -sample]
        }
        let world = try MicrophoneWorld(
            content: frames.withUnsafeBytes { Data($0) },
            channels: 2,
            extraKeys: "speed 10.0"
        )
        let post = try ListeningPost(world, clock: CaptureClock(speed: 10))
        post.start()
        #expect(await post.eventually { post.counters.signalFault == .cancelledMix })
        post.capture.stop()

        let settings = CaptureSettings(device: "mic", channel: .only(1))
        let one = try ListeningPost(world, settings: settings, clock: CaptureClock(speed: 10))
        one.start()
        #expect(await one.eventually { one.counters.frames >= 40 * 16_000 })
        #expect(one.counters.signalFault == nil)
        one.capture.stop()
    }

    @Test func samplesThatADeviceLosesSilentlyAreNoticedByTheirTimes() async throws {
        let world = try MicrophoneWorld.counting()
        let post = try ListeningPost(world)
        post.start()
        #expect(await post.eventually { post.counters.frames >= 32_000 })
        try world.set(.silentlyLost, 4_000)
        #expect(await post.eventually { post.counters.lostFrames > 0 })
        #expect(await post.hears(4_000))
        post.capture.stop()
        #expect(abs(post.counters.lostFrames - 4_000) < ListeningPost.toleratedFrames)
        #expect(try post.timelineShift() < ListeningPost.toleratedFrames)
    }

    /// As a plugin in whose buffer more waited than it can count.
    @Test func aDeviceThatDeliversLaterByItsBufferIsStartedAnew() async throws {
        let world = try MicrophoneWorld.counting()
        let post = try ListeningPost(world)
        post.start()
        #expect(await post.eventually { post.counters.frames >= 16_000 })
        #expect(try world.value(.starts) == 1)
        try world.set(.silentlyLost, 20_000)
        #expect(try await post.eventually { try world.value(.starts) == 2 })
        #expect(await post.hears(16_000))
        post.capture.stop()
        #expect(abs(post.counters.lostFrames - 20_000) < 2 * ListeningPost.toleratedFrames)
        #expect(try post.timelineShift() < ListeningPost.toleratedFrames)
        #expect(post.counters.state == .stopped)
    }

    @Test func aDeviceThatDeliversOnlyZerosIsAFaultUntilItHearsAgain() async throws {
        // Six seconds of zeros, then something to hear.
        let frames = (0..<Int32(1 << 18)).map { $0 < 96_000 ? 0 : ($0 % 64) << 20 }
        let world = try MicrophoneWorld(content: frames.withUnsafeBytes { Data($0) })
        let post = try ListeningPost(world)
        post.start()
        #expect(await post.eventually { post.counters.signalFault == .digitalZeros })
        #expect(await post.eventually { post.counters.signalFault == nil })
        post.capture.stop()
        #expect(post.counters.periods > 0)
    }

    @Test func aWorldThatRunsTenTimesFasterIsDatedByAClockThatDoes() async throws {
        let world = try MicrophoneWorld.counting(extraKeys: "speed 10.0")
        let post = try ListeningPost(world, clock: CaptureClock(speed: 10))
        post.start()
        #expect(await post.eventually { post.counters.frames >= 64_000 })
        try world.set(.gone)
        #expect(await post.eventually { post.counters.state == .absent })
        try world.set(.delivers)
        #expect(await post.eventually { post.counters.state == .running })
        #expect(await post.hears(64_000))
        post.capture.stop()
        // The first quick retry comes after 0.25 s: 2.5 s of this world.
        #expect(post.counters.absentFrames > 30_000)
        #expect(try post.timelineShift() < 10 * ListeningPost.toleratedFrames)
    }

    @Test func aConsumerThatIsTooSlowLosesWholePeriodsWhichAreCounted() async throws {
        let world = try MicrophoneWorld.counting()
        var ring = SampleRing.make(sampleCapacity: 4_096, periodCapacity: 64)
        let capture = try MicrophoneCapture(
            settings: CaptureSettings(device: "mic"),
            producer: ring.takeProducer(),
            counters: CaptureCounters(),
            configuration: world.configuration,
            clock: CaptureClock()
        )
        let consumer = ring.takeConsumer()
        capture.start()
        #expect(await ListeningPost.eventually { capture.counters.frames >= 16_000 })
        capture.stop()
        let kept = Int64(consumer.waitingPeriods) * 1_600
        #expect(kept == 3_200)
        #expect(capture.counters.ringOverflowFrames == capture.counters.frames - kept)
        #expect(capture.counters.unheardFrames == capture.counters.ringOverflowFrames)
    }

    @Test(
        arguments: [
            MicrophoneWorld.Mode.delivers, .stalls, .mute, .gone, .overruns, .suspended, .broken,
        ])
    func stoppingReturnsPromptlyWhateverTheDeviceDoes(mode: MicrophoneWorld.Mode) async throws {
        let world = try MicrophoneWorld.counting()
        let post = try ListeningPost(world)
        post.start()
        #expect(await post.eventually { post.counters.frames > 0 })
        if mode == .gone { try world.set(.openErrno, Int64(ENODEV)) }
        try world.set(mode)
        try await Task.sleep(for: .milliseconds(1_300))
        let begin = MonotonicClock.now()
        post.capture.stop()
        #expect(MonotonicClock.now() - begin < 1_000_000_000)
        #expect(post.counters.state == .stopped)
        #expect(try world.value(.openNow) == 0)
    }
}

// Serialised: there is one counter. In sanitizer builds, which bring an allocator of their own,
// there is nothing to count and nothing is expected of it.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct CaptureThreadAllocationTests {
    @Test func theCaptureThreadNeverAllocatesWhileSamplesArrive() async throws {
        let world = try MicrophoneWorld.counting(rateHz: 48_000)
        let settings = CaptureSettings(device: "mic", requestedRateHz: 48_000)
        let post = try ListeningPost(world, settings: settings)
        post.start()
        #expect(await post.eventually { post.counters.periods >= 5 })
        let thread = try #require(post.capture.threadID)

        allocation_counter_watch(thread)
        let periodsBefore = post.counters.periods
        #expect(await post.eventually { post.counters.periods >= periodsBefore + 50 })
        let allocations = allocation_counter_allocations()
        let releases = allocation_counter_releases()
        allocation_counter_watch(0)
        post.capture.stop()
        #expect(allocations == 0)
        #expect(releases == 0)
    }

    @Test func theCaptureThreadNeverAllocatesWhileAProgramWritesAndTalks() async throws {
        let words = [
            "sh", "-c", "while echo hello >&2; do head -c 19200 /dev/zero; sleep 0.09; done",
        ]
        let settings = CaptureSettings(
            device: "sh",
            program: ProgramCommand(words: words, format: .int16),
            requestedRateHz: 48_000,
            channels: 2
        )
        let post = try ListeningPost(ALSAConfiguration(text: ""), settings: settings)
        post.start()
        #expect(await post.eventually { post.counters.periods >= 5 })
        let thread = try #require(post.capture.threadID)

        allocation_counter_watch(thread)
        let periodsBefore = post.counters.periods
        #expect(await post.eventually { post.counters.periods >= periodsBefore + 30 })
        let allocations = allocation_counter_allocations()
        let releases = allocation_counter_releases()
        allocation_counter_watch(0)
        post.capture.stop()
        #expect(allocations == 0)
        #expect(releases == 0)
    }

    @Test func theCounterSeesAnAllocation() {
        let seen = Atomic<Int64>(0)
        let thread = DedicatedThread(name: "allocates", priority: .normal) {
            allocation_counter_watch(linux_thread_id())
            let array = [Int](repeating: 1, count: Int(linux_thread_id()))
            seen.store(
                allocation_counter_allocations() * Int64(array[0]),
                ordering: .releasing
            )
            allocation_counter_watch(0)
        }
        thread.start()
        thread.join()
        let count = seen.load(ordering: .acquiring)
        #expect(count > 0 || !allocation_counter_works())
    }
}
