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
