/// One sound of one class, with a beginning and an end on its source's timeline.
package struct DetectedEvent: Equatable, Sendable {
    /// Counts the events of one detector from 0, so that its end can be matched to its beginning.
    package var number: Int

    /// The class; the one after the model's last is that of unknown sounds.
    package var classIndex: ClassIndex

    /// The first sample of the sound.
    package var start: SampleTime

    /// One past the last sample of the sound; for an event in progress, the end so far.
    package var end: SampleTime

    /// The highest smoothed score, 0...1.
    package var peakScore: Float

    /// The mean of the smoothed scores over the event, 0...1.
    package var meanScore: Float

    /// The level over the event, RMS in dBFS.
    package var levelDBFS: Float

    /// The score of a second model that was asked whether it agrees, 0...1; nil: none was.
    package var secondScore: Float?

    /// Creates the event from its parts.
    package init(
        number: Int,
        classIndex: ClassIndex,
        start: SampleTime,
        end: SampleTime,
        peakScore: Float,
        meanScore: Float,
        levelDBFS: Float,
        secondScore: Float? = nil
    ) {
        self.number = number
        self.classIndex = classIndex
        self.start = start
        self.end = end
        self.peakScore = peakScore
        self.meanScore = meanScore
        self.levelDBFS = levelDBFS
        self.secondScore = secondScore
    }
}
