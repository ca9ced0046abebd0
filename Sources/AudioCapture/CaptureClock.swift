internal import Realtime

/// The clock by which captured frames are dated, in ns since the machine started.
///
/// It is CLOCK_BOOTTIME, so that a suspended machine's sleep counts as time not listened to.
/// `speed` lets a soak test run a whole day, with the device that delivers it, in minutes.
package struct CaptureClock: Sendable {
    /// Clocks that were read within this time show the same moment.
    private static let simultaneousNanoseconds: Int64 = 1_000_000
    private static let mostReadings = 4

    private let speed: Double
    private let origin: Int64

    /// Creates a clock that runs `speed` times as fast as the system's.
    package init(speed: Double = 1) {
        precondition(speed > 0, "time runs forward")
        self.speed = speed
        origin = MonotonicClock.bootNow()
    }

    /// The time now.
    func now() -> Int64 {
        scaled(MonotonicClock.bootNow())
    }

    /// The time at which CLOCK_MONOTONIC showed `nanoseconds`, within the time awake.
    func time(ofMonotonic nanoseconds: Int64) -> Int64 {
        scaled(nanoseconds + MonotonicClock.bootNow() - MonotonicClock.now())
    }

    /// What CLOCK_BOOTTIME and CLOCK_REALTIME show, or would, at `time`.
    func systemTimes(of time: Int64) -> (boot: Int64, wall: Int64) {
        var boot = MonotonicClock.bootNow()
        var wall = MonotonicClock.wallNow()
        for _ in 0..<Self.mostReadings {
            let after = MonotonicClock.bootNow()
            if after - boot < Self.simultaneousNanoseconds { break }
            // The process stood still between the two: together they would be a wrong date.
            (boot, wall) = (after, MonotonicClock.wallNow())
        }
        let age = Int64(Double(scaled(boot) - time) / speed)
        return (boot - age, wall - age)
    }

    private func scaled(_ boot: Int64) -> Int64 {
        speed == 1 ? boot : origin + Int64(Double(boot - origin) * speed)
    }
}
