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
