internal import Glibc

/// Why sound cannot be captured; every case says what to do next.
package enum CaptureError: Error, Sendable, Equatable {
    /// No PCM or card has this name.
    case noSuchDevice(device: String)
    /// Another program holds the device.
    case deviceBusy(device: String)
    /// The device exists, but this user has no permission to open it.
    case permissionDenied(device: String)
    /// The sound server that the device leads to does not answer.
    case soundServerUnreachable(device: String)
    /// The device cannot be opened for another reason.
    case cannotOpen(device: String, errno: Int32)
    /// The device was opened, but its set-up failed at `step`.
    case cannotConfigure(device: String, step: String, errno: Int32)
    /// The device delivers no supported sample format.
    case noUsableFormat(device: String)
    /// The chosen channel is not one of the device's.
    case noSuchChannel(device: String, channel: Int, available: Int)
    /// The device came back at another rate than the one the source runs at.
    case rateChanged(device: String, runningHz: Int, offeredHz: Int)
    /// The device went away while it was in use.
    case vanished(device: String, errno: Int32)
    /// The device runs and delivers no samples.
    case deliversNothing(device: String, seconds: Int)
    /// The device reports an overrun each time it is started.
    case keepsOverrunning(device: String)
    /// The program that is to write the samples cannot be started.
    case cannotStart(program: String, errno: Int32)
    /// The program that wrote the samples has ended.
    case programEnded(program: String, ProgramFate)
    /// The program runs and writes no samples; `lastLine` is what it said last, if anything.
    case programStalls(program: String, seconds: Int, lastLine: String)
    /// A setting is out of range.
    case invalidSetting(key: String, found: String, allowed: String)
    /// An ALSA configuration text cannot be parsed.
    case invalidConfiguration(errno: Int32)
}

extension CaptureError: CustomStringConvertible {
    /// One line: what failed, with which value, and what to do next.
    package var description: String {
        switch self {
        case .noSuchDevice(let device):
            "No capture device named '\(device)'. Run 'earwitness devices' to list them."
        case .deviceBusy(let device):
            "Capture device '\(device)' is in use by another program. Stop that program "
                + "('fuser -v /dev/snd/*' names it), or choose a device that can be shared, "
                + "such as 'default'."
        case .permissionDenied(let device):
            "Not permitted to open capture device '\(device)'. Add this user to the group "
                + "'audio' and log in again."
        case .soundServerUnreachable(let device):
            "The sound server behind capture device '\(device)' does not answer. Start it, or "
                + "choose another device with 'earwitness devices'."
        case .cannotOpen(let device, let code):
            "Cannot open capture device '\(device)': \(Self.reason(code)). Run 'earwitness "
                + "doctor' to find out why."
        case .cannotConfigure(let device, let step, let code):
            "Capture device '\(device)' rejects the \(step): \(Self.reason(code)). Use "
                + "'plughw:' instead of 'hw:', or remove sample_rate and channels."
        case .noUsableFormat(let device):
            "Capture device '\(device)' offers no linear PCM format with 16, 24 or 32 bits. "
                + "Use 'plughw:' instead of 'hw:'."
        case .noSuchChannel(let device, let channel, 1):
            "Capture device '\(device)' has no channel \(channel); it has one channel. Remove "
                + "'channel', or set it to 1."
        case .noSuchChannel(let device, let channel, let available):
            "Capture device '\(device)' has no channel \(channel). Choose a channel from 1 to "
                + "\(available), or 'mix'."
        case .rateChanged(let device, let runningHz, let offeredHz):
            "Capture device '\(device)' came back at \(offeredHz) Hz, but the source runs "
                + "at \(runningHz) Hz. Set sample_rate to \(offeredHz), or restart the service."
        case .vanished(let device, let code):
            "Capture device '\(device)' is gone (\(Self.reason(code))). Plug it in again, or start "
                + "its sound server. Earwitness retries at least every 30 s."
        case .deliversNothing(let device, let seconds):
            "Capture device '\(device)' has delivered no samples for \(seconds) s. If this "
                + "continues, unplug it and plug it in again."
        case .keepsOverrunning(let device):
            "Capture device '\(device)' reports an overrun each time it is started. If this "
                + "continues, unplug it and plug it in again."
        case .cannotStart(let program, ENOENT):
            "There is no program '\(program)'. Install it, or give its whole path in 'command'."
        case .cannotStart(let program, let code):
            "Cannot start the program '\(program)': \(Self.reason(code)). Check that this user may "
                + "run it."
        case .programEnded(let program, let fate):
            Self.text(of: fate, program)
        case .programStalls(let program, let seconds, let lastLine):
            "The program '\(program)' has written no sound for \(seconds) s"
                + (lastLine.isEmpty ? "" : " (it said: \(lastLine))")
                + ". Check that what it listens to is on, and that it writes to standard output."
        case .invalidSetting(let key, let found, let allowed):
            "\(key) is \(found); allowed: \(allowed). Correct the configuration."
        case .invalidConfiguration(let code):
            "Cannot read the ALSA configuration: \(Self.reason(code)). 'arecord -L' shows "
                + "where it fails."
        }
    }

    private static func text(of fate: ProgramFate, _ program: String) -> String {
        // OpenSSH ends its lines with a full stop, FFmpeg does not.
        let line = fate.lastLine.hasSuffix(".") ? fate.lastLine.dropLast() : fate.lastLine[...]
        let words = line.isEmpty ? "" : ": \(line)"
        let subject = "The program '\(program)' \(fate.end)"
        if fate.oddBytes > 0 {
            return "\(subject) within a frame: it wrote \(fate.oddBytes) of "
                + "\(fate.bytesPerFrame) bytes\(words). Check that 'format' and 'channels' are what it "
                + "writes."
        }
        let when = fate.hadSound ? "" : " and wrote no sound"
        return "\(subject)\(when)\(words). Correct 'command', or what it listens to."
    }

    /// The system's words for an errno.
    private static func reason(_ code: Int32) -> String {
        unsafe String(cString: strerror(code))
    }

    /// The error for a failed opening of `device`.
    ///
    /// - Parameters:
    ///   - device: The name that was tried.
    ///   - code: A positive errno.
    /// - Returns: What it means for a capture device.
    static func opening(_ device: String, errno code: Int32) -> CaptureError {
        switch code {
        case ENOENT, ENODEV, ENXIO: .noSuchDevice(device: device)
        case EBUSY, EAGAIN: .deviceBusy(device: device)
        case EACCES, EPERM: .permissionDenied(device: device)
        case ECONNREFUSED: .soundServerUnreachable(device: device)
        default: .cannotOpen(device: device, errno: code)
        }
    }

    /// Whether both are the same failure, whatever its duration or errno.
    func isSameKind(as other: CaptureError) -> Bool {
        switch (self, other) {
        case (.deliversNothing, .deliversNothing), (.vanished, .vanished),
            (.programStalls, .programStalls):
            true
        case (.programEnded(_, let fate), .programEnded(_, let otherFate)):
            fate.isSameKind(as: otherFate)
        default: self == other
        }
    }
}
