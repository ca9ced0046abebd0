package import SoundDatasets

/// A detected sound and when it was announced.
package struct FoundSound: Equatable, Sendable {
    /// The sound, as it was finally dated.
    package var sound: LabelledSound
    /// The end of the last sample that was heard when the event was announced, in seconds.
    package var announcedSeconds: Double
    /// The highest smoothed score.
    package var peakScore: Double

    /// Creates the value from its parts.
    package init(sound: LabelledSound, announcedSeconds: Double, peakScore: Double) {
        self.sound = sound
        self.announcedSeconds = announcedSeconds
        self.peakScore = peakScore
    }
}
