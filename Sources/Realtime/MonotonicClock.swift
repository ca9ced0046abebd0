internal import CLinuxSupport

/// The system's clocks, in nanoseconds; only `threadProcessorNow` costs a system call.
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

    /// CLOCK_THREAD_CPUTIME_ID: the processor time that the calling thread has had.
    package static func threadProcessorNow() -> Int64 {
        linux_thread_processor_nanoseconds()
    }
}
