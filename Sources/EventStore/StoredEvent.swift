package import Foundation

/// An event as the history has it.
package struct StoredEvent: Sendable, Equatable {
    /// Its number, never used again for another event.
    package var id: Int64
    /// The name of the source that heard it.
    package var source: String
    /// The name of its class, such as `dog_bark`.
    package var className: String
    /// The name of its class for people, such as "Dog bark".
    package var label: String
    /// Whether its class is private, so that no clip is kept by default.
    package var isPrivate: Bool
    /// The onset.
    package var start: Date
    /// The offset; nil while the sound goes on.
    package var end: Date?
    /// The highest smoothed score, 0...1.
    package var peakScore: Double
    /// The mean of the smoothed scores, 0...1.
    package var meanScore: Double
    /// The level, RMS in dBFS; nil for digital silence.
    package var levelDBFS: Double?
    /// The name of the model that named it.
    package var model: String
    /// The clip, relative to the folder of clips; nil when none is kept.
    package var clipPath: String?
    /// What a user said that it really was; nil if nobody did.
    package var userLabel: EventLabel?
}
