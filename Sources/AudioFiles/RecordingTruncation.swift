/// What is missing at the end of a recording that stops early.
package struct RecordingTruncation: Equatable, Sendable {
    /// The recording's path.
    package var path: String

    /// How long the sound lasts that was read.
    package var readSeconds: Double

    /// How long the header says it lasts, where it says so.
    package var declaredSeconds: Double?

    /// One line for the user: what is missing and what that means.
    package var message: String {
        let read = Self.rounded(readSeconds)
        guard let declaredSeconds else {
            return "'\(path)' ends in the middle: \(read) s were read. Copy it again if there "
                + "should be more."
        }
        return "'\(path)' ends in the middle: \(read) s of \(Self.rounded(declaredSeconds)) s "
            + "were read. Copy it again for the rest."
    }

    private static func rounded(_ seconds: Double) -> Double {
        (seconds * 1_000).rounded() / 1_000
    }
}
