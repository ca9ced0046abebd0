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

/// What a detector decided at a hop.
package enum EventTransition: Equatable, Sendable {
    /// A sound has lasted `min_duration_s` and became an event, which is in progress.
    case began(DetectedEvent)
    /// An event that began is over, and nothing that follows will be merged into it.
    case ended(DetectedEvent)
}

/// An event that has begun and that more may still be merged into.
struct OpenEvent: Equatable, Sendable {
    let number: Int
    let start: SampleTime
    /// The end of the last run that is part of it; a run that still goes on is not counted.
    var end: SampleTime
    var scores: ScoreSum
    /// The energy of the blocks since its start that have left the history.
    var forgottenEnergy: EnergySum
    /// The level up to ``end``, known once it rests.
    var levelDBFS: Float = -.infinity
}

/// A peak of a class's score that became no event, and why.
package struct NearMiss: Equatable, Sendable {
    /// What kept a peak from becoming an event.
    package enum Reason: Equatable, Sendable {
        /// The class is not reported.
        case off
        /// The smoothed score did not reach ``ClassRule/on``.
        case threshold
        /// The gate closed; silence counts as a score of 0.
        case gate
        /// Too few of the last windows reached ``ClassRule/on``.
        case confirmation(hits: Int, windows: Int, needed: Int)
        /// The sound was too short.
        case duration(seconds: Double, neededSeconds: Double)
        /// It came too soon after the event before.
        case coolDown(seconds: Double)
        /// A class that suppresses this one was on.
        case suppressed(by: ClassIndex)
        /// A second model did not agree.
        case secondOpinion(score: Float, needed: Float)
    }

    /// The class.
    package var classIndex: ClassIndex
    /// One past the last sample of the window of the peak.
    package var time: SampleTime
    /// The highest smoothed score, 0...1.
    package var peak: Float
    /// The highest score of a single window, 0...1.
    package var windowPeak: Float
    /// The smoothed score at which an event opens.
    package var threshold: Float
    /// Why there is no event.
    package var reason: Reason

    /// Creates the value from its parts.
    package init(
        classIndex: ClassIndex,
        time: SampleTime,
        peak: Float,
        windowPeak: Float,
        threshold: Float,
        reason: Reason
    ) {
        self.classIndex = classIndex
        self.time = time
        self.peak = peak
        self.windowPeak = windowPeak
        self.threshold = threshold
        self.reason = reason
    }
}
