package import Realtime

/// A change in a capture's life, for the log and for coverage.
package enum CaptureReport: Sendable, Equatable {
    /// Samples arrive for the first time.
    case opened(StreamDescription, realtime: PriorityOutcome)
    /// The device is not there, or has gone, or delivers nothing; it is looked for.
    case absent(CaptureError)
    /// Samples arrive again; `missedFrames` of time passed without any.
    case returned(StreamDescription, missedFrames: Int64)
}
