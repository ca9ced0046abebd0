import Foundation
import Realtime
import Testing

@testable import AudioCapture

/// A running capture and a thread that keeps everything it delivers.
final class ListeningPost: @unchecked Sendable {
    // `consumer` and `block` belong to the keeping thread; `lock` protects `kept` and `isHeldUp`.
    struct Period: Sendable {
        var mark: PeriodMark
        var samples: [Float]
    }

    let capture: MicrophoneCapture
    var counters: CaptureCounters { capture.counters }
    private var consumer: SampleConsumer
    private var block = [Float](repeating: 0, count: 96_000)
    private let lock = NSLock()
    private var kept: [Period] = []
    private var reported: [CaptureReport] = []

    convenience init(
        _ world: MicrophoneWorld,
        settings: CaptureSettings = CaptureSettings(device: "mic"),
        clock: CaptureClock = CaptureClock()
    ) throws {
        try self.init(world.configuration, settings: settings, clock: clock)
    }

    init(
        _ configuration: ALSAConfiguration,
        settings: CaptureSettings = CaptureSettings(device: "mic"),
        clock: CaptureClock = CaptureClock()
    ) throws {
        var ring = SampleRing.make(sampleCapacity: 1 << 18, periodCapacity: 1 << 10)
        capture = try MicrophoneCapture(
            settings: settings,
            producer: ring.takeProducer(),
            counters: CaptureCounters(),
            configuration: configuration,
            clock: clock
        )
        consumer = ring.takeConsumer()
    }

    /// Starts the capture and the thread that keeps.
    func start() {
        let keeper = DedicatedThread(name: "keeper", priority: .normal) { [self] in keep() }
        keeper.start()
        Task { [self] in
            for await report in capture.reports {
                lock.withLock { reported.append(report) }
            }
        }
        capture.start()
    }

    // Arrays of their own are handed out: the thread sanitizer does not see the counts of references
    // by which Swift decides whether an array that was handed out may be changed in place.

    /// What was delivered so far.
    var periods: [Period] {
        lock.withLock { kept.map { $0 } }
    }

    /// What was reported so far.
    var reports: [CaptureReport] {
        lock.withLock { reported.map { $0 } }
    }

    /// For each sample so far: its position on the timeline less the world frame that it is.
    ///
    /// Constant where all that was lost is accounted for.
    var offsets: [Int64] {
        periods.flatMap { period in
            period.samples.enumerated().map { index, sample in
                period.mark.firstSample + Int64(index) - MicrophoneWorld.worldFrame(sample)
            }
        }
    }

    /// What the timeline may be off after a gap: far less than a hop, more than a scheduler's mood
    /// on a busy machine.
    static let toleratedFrames: Int64 = 480

    /// By how many frames the timeline is off after all that happened.
    func timelineShift() throws -> Int64 {
        let offsets = offsets
        return abs(try #require(offsets.first) - #require(offsets.last))
    }

    /// Waits until so many more frames were delivered.
    func hears(_ frames: Int64) async -> Bool {
        let wanted = counters.frames + frames
        return await eventually { counters.frames >= wanted }
    }

    /// Waits until `condition` holds.
    ///
    /// The limits of all tests are several times what is needed on a machine with nothing else to do.
    func eventually(
        seconds: Double = 60,
        _ condition: () throws -> Bool
    ) async rethrows -> Bool {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            if try condition() { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return try condition()
    }

    private func keep() {
        while !consumer.isFinished {
            _ = consumer.waitForPeriod(timeoutMilliseconds: 200)
            while true {
                var span = block.mutableSpan
                guard let mark = consumer.nextPeriod(into: &span) else { break }
                let period = Period(mark: mark, samples: Array(block.prefix(mark.sampleCount)))
                lock.withLock { kept.append(period) }
            }
        }
    }
}
