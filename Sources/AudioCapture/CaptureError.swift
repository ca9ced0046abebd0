/// Why sound cannot be captured; every case says what to do next.
package enum CaptureError: Error, Sendable, Equatable {
    /// No PCM or card has this name.
    case noSuchDevice(device: String)
    /// Another program holds the device.
    case deviceBusy(device: String)
    /// The device exists and this user may not open it.
    case permissionDenied(device: String)
    /// The sound server that the device leads to does not answer.
    case soundServerUnreachable(device: String)
    /// The device cannot be opened for another reason.
    case cannotOpen(device: String, errno: Int32)
    /// The device was opened and refuses to be set up; `step` names what it refused.
    case cannotConfigure(device: String, step: String, errno: Int32)
    /// The device delivers none of the sample formats that are understood.
    case noUsableFormat(device: String)
    /// The chosen channel is not one of the device's.
    case noSuchChannel(device: String, channel: Int, available: Int)
    /// The device came back at another rate than the one the source runs at.
    case rateChanged(device: String, runningHz: Int, offeredHz: Int)
    /// The device went away while it was listened to.
    case vanished(device: String, errno: Int32)
    /// The device runs and delivers no samples.
    case deliversNothing(device: String, seconds: Int)
    /// The device reports an overrun each time it is started.
    case keepsOverrunning(device: String)
    /// A setting is out of range.
    case invalidSetting(key: String, found: String, allowed: String)
    /// An ALSA configuration text cannot be parsed.
    case invalidConfiguration(errno: Int32)
}
