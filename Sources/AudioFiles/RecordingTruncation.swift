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
            return "'\(path)' ends in the middle: \(read) were read. Copy it again if there "
                + "should be more."
        case (.endsEarly, let declared?):
            return "'\(path)' ends in the middle: \(read) of \(Self.rounded(declared)) s "
                + "were read. Copy it again for the rest."
        case (.damaged, let declared):
            let whole = declared.map { " of \(Self.rounded($0)) s" } ?? ""
            return "'\(path)' is damaged: \(read)\(whole) were read, and some in between could not "
                + "be decoded. Copy it again."
        case (.goesOn(let reason), _):
            return "'\(path)' goes on behind the \(read) that were read, but what follows can't be "
                + "read (\(reason)). Convert it to WAV, FLAC, Ogg or MP3."
        }
    }

    private static func rounded(_ seconds: Double) -> Double {
        (seconds * 1_000).rounded() / 1_000
    }
}
