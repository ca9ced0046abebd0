/// When the sound of an event was at the device, in seconds of `CLOCK_BOOTTIME`, which nobody sets.
package struct EventArrival: Sendable, Equatable {
    /// The end of the first window that holds the event's first sample.
    package var firstWindowEnd: Double
    /// The end of the window at which the event was decided upon.
    package var decidingWindowEnd: Double
}
