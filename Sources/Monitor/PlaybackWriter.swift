@preconcurrency import Glibc
import Realtime

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
