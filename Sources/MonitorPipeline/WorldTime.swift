package import Foundation
import RealtimeSupport

/// The clocks of the world, or those of a test.
package struct WorldTime: Sendable {
    /// What the wall clock shows.
    package var now: @Sendable () -> Date
    /// How long the machine has been suspended since it was started, in seconds.
    package var suspendedSeconds: @Sendable () -> Double

    /// Joins the clocks.
    package init(
        now: @escaping @Sendable () -> Date,
        suspendedSeconds: @escaping @Sendable () -> Double = { 0 }
    ) {
        self.now = now
        self.suspendedSeconds = suspendedSeconds
    }

    /// The system's.
    package static let system = WorldTime(
        now: { Date() },
        suspendedSeconds: {
            Double(MonotonicClock.bootNow() - MonotonicClock.now()) * 1e-9
        }
    )
}
