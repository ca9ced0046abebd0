package import Foundation

/// An event to be written: at its beginning, or whole.
package struct NewEvent: Sendable, Equatable {
    /// The row of the source that heard it.
    package var sourceID: Int64
    /// The row of its class, from ``RegisteredModel/classIDs``.
    package var classID: Int64
    /// The onset.
    package var start: Date
    /// The offset; nil while the sound goes on.
    package var end: Date?
    /// The highest smoothed score so far, 0...1.
    package var peakScore: Float
    /// The mean of the smoothed scores so far, 0...1.
    package var meanScore: Float
    /// The level so far, RMS in dBFS; digital silence (-inf) is stored as NULL.
    package var levelDBFS: Float

    /// Creates the event from its parts.
    package init(
        sourceID: Int64,
        classID: Int64,
        start: Date,
        end: Date? = nil,
        peakScore: Float,
        meanScore: Float,
        levelDBFS: Float
    ) {
        self.sourceID = sourceID
        self.classID = classID
        self.start = start
        self.end = end
        self.peakScore = peakScore
        self.meanScore = meanScore
        self.levelDBFS = levelDBFS
    }
}
