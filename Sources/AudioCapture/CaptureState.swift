/// What a capture is doing now.
package enum CaptureState: UInt8, Sendable {
    /// Not started, or stopped.
    case stopped
    /// Opening the device for the first time.
    case opening
    /// Samples arrive.
    case running
    /// The device is away, or delivers nothing, and is looked for.
    case absent
}
