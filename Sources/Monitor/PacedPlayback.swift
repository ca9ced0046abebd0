import AudioCapture
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
