/// What was read from a device.
struct PeriodReport: Sendable, Equatable {
    /// The number of frames, above 0.
    var frames: Int
    /// When the first of them was captured, by CLOCK_MONOTONIC in ns, as the device dates it.
    var firstFrameMonotonic: Int64
    /// When the period was read, by CLOCK_MONOTONIC, in ns.
    var readMonotonic: Int64
}
