/// Why a recording could not be read or written, with what to do next.
package enum RecordingError: Error, Equatable, CustomStringConvertible {
    /// No file has this path.
    case notFound(path: String)
    /// This user has no permission to read or write the file.
    case notPermitted(path: String)
    /// The path names a folder, a device or a pipe.
    case notAFile(path: String, kind: String)
    /// The file is empty, or has a header and no samples.
    case empty(path: String)
    /// The file's format cannot be read.
    case notAudio(path: String, reason: String)
    /// The file is of a format that only FFmpeg's libraries read, and they are missing.
    case needsFFmpeg(path: String, format: String, advice: String)
    /// The file's rate is outside what can be analysed.
    case unsupportedRate(path: String, rateHz: Int, supportedHz: ClosedRange<Int>)
    /// The file has fewer channels than the one asked for, which is counted from 1.
    case noSuchChannel(path: String, channel: Int, channelCount: Int)
    /// The file contains a sample that is NaN or infinite.
    case notFinite(path: String, seconds: Double)
    /// A part of the recording is missing, where all of it is needed.
    case incomplete(RecordingTruncation)
    /// Reading failed in the device or the file system.
    case unreadable(path: String, reason: String)
    /// The output cannot be made.
    case cannotCreate(path: String, reason: String)
    /// Writing failed after the output was made.
    case unwritable(path: String, reason: String)

    package var description: String {
        switch self {
        case .notFound(let path):
            "No recording at '\(path)'. Check the path."
        case .notPermitted(let path):
            "Not permitted to open '\(path)'. Change its permissions, or run as a user "
                + "who can read it."
        case .notAFile(let path, let kind):
            "'\(path)' is \(kind), not a recording. Give a WAV, FLAC, Ogg or MP3 file."
        case .empty(let path):
            "'\(path)' contains no audio. Record or copy it again."
        case .notAudio(let path, let reason):
            "Cannot read '\(path)' as a recording (\(reason)). "
                + "Convert it to WAV, FLAC, Ogg or MP3."
        case .needsFFmpeg(let path, let format, let advice):
            "'\(path)' is \(format), which only FFmpeg's libraries read: \(advice)."
        case .unsupportedRate(let path, let rate, let supported):
            "'\(path)' has a sample rate of \(rate) Hz; supported: \(supported.lowerBound) to "
                + "\(supported.upperBound) Hz. Resample it."
        case .noSuchChannel(let path, let channel, let count):
            "'\(path)' has no channel \(channel). Use --channel 1 to \(count), or --channel mix."
        case .notFinite(let path, let seconds):
            "'\(path)' contains a NaN or infinite sample at "
                + "\(Self.rounded(seconds)) s. Export it again from the program that made it."
        case .incomplete(let truncation):
            truncation.message
        case .unreadable(let path, let reason):
            "Reading '\(path)' failed: \(reason). Check the disk and copy the file again."
        case .cannotCreate(let path, let reason):
            "Cannot create '\(path)': \(reason). Choose another path or format."
        case .unwritable(let path, let reason):
            "Writing '\(path)' failed: \(reason). Free some space, or choose another path."
        }
    }

    /// Why a later stream of the same file can't be read, in brief.
    var reason: String {
        switch self {
        case .notAudio(_, let reason): reason
        case .unsupportedRate(_, let rate, _): "its sample rate is \(rate) Hz"
        case .noSuchChannel(_, let channel, let count):
            "it has \(count) channel(s), no channel \(channel)"
        default: description
        }
    }

    /// The exit code (sysexits) of a command that fails for this reason.
    package var exitCode: Int32 {
        switch self {
        case .notFound: 66
        case .notPermitted: 77
        case .notAFile, .empty, .notAudio, .needsFFmpeg, .unsupportedRate, .noSuchChannel,
            .notFinite, .incomplete:
            65
        case .unreadable, .unwritable: 74
        case .cannotCreate: 73
        }
    }

    /// Seconds with three decimals, for messages.
    private static func rounded(_ seconds: Double) -> Double {
        (seconds * 1_000).rounded() / 1_000
    }
}

/// What is missing of a recording that is read in part: its end, or something in between.
package struct RecordingTruncation: Equatable, Sendable {
    /// What happened to the recording.
    package enum Kind: Equatable, Sendable {
        /// The end is missing.
        case endsEarly
        /// Something in between could not be decoded.
        case damaged
        /// What follows the sound that was read is another stream, which can't be read.
        case goesOn(reason: String)
    }

    /// The recording's path.
    package var path: String

    /// How long the sound lasts that was read.
    package var readSeconds: Double

    /// How long the header says it lasts, where it says so.
    package var declaredSeconds: Double?

    /// What happened to the recording.
    package var kind = Kind.endsEarly

    /// One line for the user: what is missing and what that means.
    package var message: String {
        let read = "\(Self.rounded(readSeconds)) s"
        switch (kind, declaredSeconds) {
        case (.endsEarly, nil):
            return "'\(path)' is truncated: \(read) were read. Copy it again if there "
                + "should be more."
        case (.endsEarly, let declared?):
            return "'\(path)' is truncated: \(read) of \(Self.rounded(declared)) s "
                + "were read. Copy it again for the rest."
        case (.damaged, let declared):
            let whole = declared.map { " of \(Self.rounded($0)) s" } ?? ""
            return "'\(path)' is damaged: \(read)\(whole) were read, with parts that could not be "
                + "decoded. Copy it again."
        case (.goesOn(let reason), _):
            return "'\(path)' has more data after the \(read) that were read, but it cannot be "
                + "decoded (\(reason)). Convert it to WAV, FLAC, Ogg or MP3."
        }
    }

    private static func rounded(_ seconds: Double) -> Double {
        (seconds * 1_000).rounded() / 1_000
    }
}
