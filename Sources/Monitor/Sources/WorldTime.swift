package import Foundation
import Realtime

/// The clocks of the world, or those of a test.
package struct WorldTime: Sendable {
    /// How far time has come, and how much of it a thread had the processor.
    package struct ThreadTime: Equatable, Sendable {
        /// Time that has passed while the machine was awake, in seconds.
        package var wallSeconds: Double
        /// The processor time that the thread has had, in seconds.
        package var processorSeconds: Double

        /// Joins the two.
        package init(wallSeconds: Double, processorSeconds: Double) {
            self.wallSeconds = wallSeconds
            self.processorSeconds = processorSeconds
        }
    }

    /// What the wall clock shows.
    package var now: @Sendable () -> Date
    /// How long the machine has been suspended since it was started, in seconds.
    package var suspendedSeconds: @Sendable () -> Double
    /// The times of the calling thread.
    package var threadTime: @Sendable () -> ThreadTime

    /// Joins the clocks.
    package init(
        now: @escaping @Sendable () -> Date,
        suspendedSeconds: @escaping @Sendable () -> Double = { 0 },
        threadTime: @escaping @Sendable () -> ThreadTime = WorldTime.system.threadTime
    ) {
        self.now = now
        self.suspendedSeconds = suspendedSeconds
        self.threadTime = threadTime
    }

    /// The system's.
    package static let system = WorldTime(
        now: { Date() },
        suspendedSeconds: {
            Double(MonotonicClock.bootNow() - MonotonicClock.now()) * 1e-9
        },
        threadTime: {
            ThreadTime(
                wallSeconds: Double(MonotonicClock.now()) * 1e-9,
                processorSeconds: Double(MonotonicClock.threadProcessorNow()) * 1e-9
            )
        }
    )
}

/// When a sample really was at the device, for a source whose dates may run faster than time.
///
/// A microphone's dates are those of the world. A recording that is played ten times as fast is
/// dated by a clock that runs as fast, and its samples come a tenth of that after its beginning.
struct PlaybackTime {
    private let pace: Double
    private var originSeconds: Double?

    /// Creates the value for dates that run so many times as fast as real time, above 0.
    init(pace: Double) {
        self.pace = pace
    }

    /// Begins at the first date, in seconds of any clock; later dates change nothing.
    mutating func begin(at seconds: Double) {
        originSeconds = originSeconds ?? seconds
    }

    /// The real time, by the same clock, of what is dated so.
    func realSeconds(ofDate seconds: Double) -> Double {
        guard let originSeconds else { return seconds }
        return originSeconds + (seconds - originSeconds) / pace
    }
}
