internal import CLinuxSupport

/// The system's clocks, in nanoseconds; reading them costs no system call.
package enum MonotonicClock {
    /// CLOCK_MONOTONIC: never steps, stands still while the machine is suspended.
    package static func now() -> Int64 {
        linux_monotonic_nanoseconds()
    }

    /// CLOCK_BOOTTIME: as CLOCK_MONOTONIC, but goes on while the machine is suspended.
    package static func bootNow() -> Int64 {
        linux_boottime_nanoseconds()
    }

    /// CLOCK_REALTIME: ns since 1970 in UTC; steps when the clock is set.
    package static func wallNow() -> Int64 {
        linux_realtime_nanoseconds()
    }
}
