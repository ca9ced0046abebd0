package import Foundation

/// A clip that was written, to be noted with its event.
package struct NewClip: Sendable, Equatable {
    /// Where it is, relative to the folder of clips.
    package var path: String
    /// The length of the file, in bytes.
    package var byteCount: Int64
    /// The moment of its first sample.
    package var start: Date
    /// How long it sounds, in seconds.
    package var seconds: Double
    /// Samples per second.
    package var sampleRateHz: Int
    /// How much of it is silence in place of lost samples, in seconds.
    package var lostSeconds: Double
    /// How much of it is silence in place of private sound, in seconds.
    package var privateSeconds: Double
    /// Whether it ends before the event does, because clips have a greatest length.
    package var isCutShort: Bool

    /// Creates the description from its parts.
    package init(
        path: String,
        byteCount: Int64,
        start: Date,
        seconds: Double,
        sampleRateHz: Int,
        lostSeconds: Double = 0,
        privateSeconds: Double = 0,
        isCutShort: Bool = false
    ) {
        self.path = path
        self.byteCount = byteCount
        self.start = start
        self.seconds = seconds
        self.sampleRateHz = sampleRateHz
        self.lostSeconds = lostSeconds
        self.privateSeconds = privateSeconds
        self.isCutShort = isCutShort
    }
}
