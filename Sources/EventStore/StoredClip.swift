package import Foundation

/// A clip that the history knows of.
package struct StoredClip: Sendable, Equatable {
    /// The event whose sound it is.
    package var eventID: Int64
    /// Where it is, relative to the folder of clips.
    package var path: String
    /// How long the file is, in bytes.
    package var byteCount: Int64
    /// The onset of the event.
    package var start: Date
    /// The class of the event.
    package var className: String
    /// The peak score of the event, 0...1.
    package var peakScore: Double

    /// Creates the description from its parts.
    package init(
        eventID: Int64,
        path: String,
        byteCount: Int64,
        start: Date,
        className: String,
        peakScore: Double
    ) {
        self.eventID = eventID
        self.path = path
        self.byteCount = byteCount
        self.start = start
        self.className = className
        self.peakScore = peakScore
    }
}
