package import Foundation

/// What is known of an event when it is over.
package struct EventEnding: Sendable, Equatable {
    /// The offset; taken as the onset if it lies before it.
    package var end: Date
    /// The highest smoothed score, 0...1.
    package var peakScore: Float
    /// The mean of the smoothed scores over the event, 0...1.
    package var meanScore: Float
    /// The level over the event, RMS in dBFS; digital silence (-inf) is stored as NULL.
    package var levelDBFS: Float

    /// Creates the ending from its parts.
    package init(end: Date, peakScore: Float, meanScore: Float, levelDBFS: Float) {
        self.end = end
        self.peakScore = peakScore
        self.meanScore = meanScore
        self.levelDBFS = levelDBFS
    }
}
