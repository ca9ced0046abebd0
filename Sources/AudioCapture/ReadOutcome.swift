/// What one attempt to read a period came to.
enum ReadOutcome: Sendable, Equatable {
    /// Frames are in the device's buffer for them.
    case period(PeriodReport)
    /// Nothing to read within the time, though the device says that it runs.
    case nothing
    /// The device's buffer ran over: it has stopped and must be started again.
    case overrun
    /// The device was suspended with the machine.
    case suspended
    /// The device has gone, with this errno.
    case gone(errno: Int32)
}
