import AudioCapture
import AudioFiles
import Detection
@preconcurrency import Glibc
import Realtime
import Synchronization

/// Plays samples that are already there into a ring at the pace of a microphone.
///
/// The other end of the ring can't tell it from a sound card: periods of 40 ms, each with the time
/// at which its first sample would have been at the device.
final class PacedPlayback: SampleFeed {
    /// Fills an array with the next samples, mono ±1, at most as many as it is asked for; none at
    /// the end.
    typealias Source = @Sendable (_ upTo: Int, _ samples: inout [Float]) throws -> Void

    /// What is played.
    let format: FeedFormat?
    let waitsForAnalysis = true
    let pace: Double
    /// A recording is what it is.
    let fault: String? = nil
    /// It has no floor of its own.
    let learntFloor: LearntFloor? = nil
    let clippedSamples: Int64 = 0
    /// A recording is always there.
    let absence: String? = nil
    let mayCatchUp = false

    private let thread: DedicatedThread
    private let progress = Progress()

    /// What the playing thread and its owner share.
    private final class Progress: Sendable {
        let isStopped = Atomic(false)
        let ending = Mutex<FeedEnding?>(nil)
    }

    private static let periodsPerSecond = 25

    /// Makes a playback ready.
    ///
    /// - Parameters:
    ///   - sampleRateHz: The rate in Hz.
    ///   - detail: What is played, for people.
    ///   - pace: How many times as fast as real time, above 0.
    ///   - producer: The ring's writing end.
    ///   - source: Where the samples come from.
    init(
        sampleRateHz: Int,
        detail: String,
        pace: Double = 1,
        producer: consuming SampleProducer,
        source: @escaping Source
    ) {
        self.pace = pace
        format = FeedFormat(
            rateHz: sampleRateHz,
            channels: 1,
            isRealtime: nil,
            detail: detail
        )
        let writer = PlaybackWriter(
            sampleRateHz: sampleRateHz,
            framesPerPeriod: min(
                sampleRateHz / Self.periodsPerSecond,
                SampleRing.longestPeriod
            ),
            pace: pace,
            producer: producer
        )
        let progress = progress
        thread = DedicatedThread(name: "playback", priority: .normal) {
            var ending = FeedEnding.complete
            do {
                try writer.play(
                    source,
                    until: { progress.isStopped.load(ordering: .acquiring) }
                )
            } catch {
                ending = .failed(reason: "\(error)")
            }
            progress.ending.withLock { $0 = ending }
        }
    }

    func start() {
        thread.start()
    }

    func stop() {
        progress.isStopped.store(true, ordering: .releasing)
        thread.join()
    }

    var ending: FeedEnding? { progress.ending.withLock { $0 } }
}

extension PacedPlayback {
    /// Plays a recording once; one of which a part is missing fails at its end.
    ///
    /// - Throws: When the file is not a recording, or has no such channel.
    convenience init(
        recording path: String,
        channel: RecordingChannel = .mix,
        pace: Double = 1,
        producer: consuming SampleProducer
    ) throws {
        let reader = try RecordingReader(path: path, channel: channel)
        // Only the playing thread uses the reader; the lock satisfies the compiler.
        let playing = Mutex(reader)
        self.init(
            sampleRateHz: reader.sampleRateHz,
            detail: "recording \(path)",
            pace: pace,
            producer: producer
        ) { count, samples in
            try playing.withLock { reader in
                guard try reader.readMono(into: &samples, upTo: count) == 0 else { return }
                if let truncation = reader.truncation {
                    throw RecordingError.incomplete(truncation)
                }
            }
        }
    }

    /// Plays the demo recording over and over.
    ///
    /// - Parameters:
    ///   - pace: How many times as fast as real time.
    ///   - producer: The ring's writing end.
    /// - Throws: `RecordingError` if the libraries here cannot decode it.
    convenience init(demoAtPace pace: Double, producer: consuming SampleProducer) throws {
        let first = try DemoRecording.open()
        let rateHz = first.sampleRateHz
        let seconds = first.durationSeconds ?? 0
        let playing = Mutex(first)
        self.init(
            sampleRateHz: rateHz,
            detail: "demo recording of \(Int(seconds)) s",
            pace: pace,
            producer: producer
        ) { count, samples in
            try playing.withLock { reader in
                guard try reader.readMono(into: &samples, upTo: count) == 0 else { return }
                reader = try DemoRecording.open()
                _ = try reader.readMono(into: &samples, upTo: count)
            }
        }
    }
}

/// The playing thread's own state: the writing end of the ring and the place in the recording.
///
/// Sendable unchecked: made on one thread and then used by the playback thread alone.
final class PlaybackWriter: @unchecked Sendable {
    private let sampleRateHz: Int
    private let framesPerPeriod: Int
    private let pace: Double
    private var producer: SampleProducer
    private var position: Int64 = 0

    private static let retryNanoseconds: Int64 = 2_000_000

    /// Takes over the writing end of a ring.
    ///
    /// - Parameters:
    ///   - sampleRateHz: The rate of what is played, in Hz.
    ///   - framesPerPeriod: The length of a period.
    ///   - pace: How many times as fast as real time it is played.
    ///   - producer: The writing end.
    init(
        sampleRateHz: Int,
        framesPerPeriod: Int,
        pace: Double,
        producer: consuming SampleProducer
    ) {
        producer.allocate(sampleRateHz: sampleRateHz, periodFrames: framesPerPeriod)
        self.framesPerPeriod = framesPerPeriod
        self.sampleRateHz = sampleRateHz
        self.pace = pace
        self.producer = producer
    }

    /// Plays the source to its end, or until told to stop.
    ///
    /// Played faster than real time, it is dated by a clock that runs as fast.
    ///
    /// A full ring makes it wait: what is played from a file is not lost as a microphone's would be.
    func play(
        _ source: PacedPlayback.Source,
        until isStopped: () -> Bool
    ) throws {
        let began = Self.now(CLOCK_MONOTONIC)
        let wallOffset = Self.now(CLOCK_REALTIME) - began
        let bootOffset = Self.now(CLOCK_BOOTTIME) - began
        var period: [Float] = []
        while !isStopped() {
            period.removeAll(keepingCapacity: true)
            try source(framesPerPeriod, &period)
            guard !period.isEmpty else { return }
            let due = began + Int64(Double(nanoseconds(of: position + Int64(period.count))) / pace)
            guard Self.sleep(until: due, unless: isStopped) else { return }
            let captured = began + nanoseconds(of: position)
            let mark = PeriodMark(
                firstSample: position,
                sampleCount: period.count,
                captureTimeNanoseconds: captured + wallOffset,
                monotonicNanoseconds: captured + bootOffset
            )
            while !producer.write(period.span, mark: mark) {
                let retry = Self.now(CLOCK_MONOTONIC) + Self.retryNanoseconds
                guard Self.sleep(until: retry, unless: isStopped) else { return }
            }
            position += Int64(period.count)
        }
    }

    private func nanoseconds(of samples: Int64) -> Int64 {
        let (seconds, rest) = samples.quotientAndRemainder(dividingBy: Int64(sampleRateHz))
        return seconds * 1_000_000_000 + rest * 1_000_000_000 / Int64(sampleRateHz)
    }

    private static func now(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Sleeps until a moment of the monotonic clock; false if it was told to stop meanwhile.
    private static func sleep(until due: Int64, unless isStopped: () -> Bool) -> Bool {
        var time = timespec(tv_sec: Int(due / 1_000_000_000), tv_nsec: Int(due % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {
            guard !isStopped() else { return false }
        }
        return !isStopped()
    }
}
