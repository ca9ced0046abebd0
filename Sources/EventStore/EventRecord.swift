package import Foundation

/// An event as it goes into the history: with the names of its source and class, so that it can
/// wait outside of the database.
package struct EventRecord: Sendable, Equatable, Codable {
    /// Its number, given by the only writer; never used again for another event.
    package var id: Int64
    /// The name of the source that heard it.
    package var source: String
    /// The model that named it, by ``ModelIdentity/key``.
    package var model: String
    /// The name of its class, such as `dog_bark`.
    package var className: String
    /// The onset.
    package var start: Date
    /// The offset; nil while the sound goes on.
    package var end: Date?
    /// The highest smoothed score so far, 0...1.
    package var peakScore: Float
    /// The mean of the smoothed scores so far, 0...1.
    package var meanScore: Float
    /// The level so far, RMS in dBFS; nil for digital silence.
    package var levelDBFS: Float?

    /// Creates the record from its parts; a level that is not finite is digital silence.
    package init(
        id: Int64 = 0,
        source: String,
        model: String,
        className: String,
        start: Date,
        end: Date? = nil,
        peakScore: Float,
        meanScore: Float,
        levelDBFS: Float
    ) {
        self.id = id
        self.source = source
        self.model = model
        self.className = className
        self.start = start
        self.end = end
        self.peakScore = peakScore
        self.meanScore = meanScore
        self.levelDBFS = levelDBFS.isFinite ? levelDBFS : nil
    }
}
