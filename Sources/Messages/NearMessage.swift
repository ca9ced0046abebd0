package import Foundation

/// A peak of a class's score that became no event, as the stream gives it.
package struct NearMessage: WireMessage {
    /// Where a peak was stopped on its way to an event.
    package enum Stage: String, Sendable, Codable, CaseIterable {
        /// The silence gate closed.
        case gate
        /// The smoothed score was too low.
        case threshold
        /// The sound was too short.
        case duration
        /// Too few windows reached the threshold.
        case confirmation
        /// It came too soon after the event before.
        case coolDown = "cooldown"
        /// A class that suppresses this one was on.
        case suppressed
        /// A second model did not agree.
        case secondOpinion = "second_opinion"
        /// The class is switched off.
        case off
    }

    /// The name of the source.
    package var source: String
    /// The name of the model.
    package var model: String
    /// The name of the class, such as `dog_bark`.
    package var className: String
    /// The name of the class for people.
    package var label: String
    /// The end of the window of the peak.
    package var time: Date
    /// The highest smoothed score, 0...1.
    package var peak: Double
    /// The smoothed score at which an event opens.
    package var threshold: Double
    /// Where it was stopped.
    package var stage: Stage
    /// Why, for people, in a line.
    package var reason: String

    /// Creates the message from its parts.
    package init(
        source: String,
        model: String,
        className: String,
        label: String,
        time: Date,
        peak: Double,
        threshold: Double,
        stage: Stage,
        reason: String
    ) {
        self.source = source
        self.model = model
        self.className = className
        self.label = label
        self.time = time
        self.peak = peak
        self.threshold = threshold
        self.stage = stage
        self.reason = reason
    }

    private enum CodingKeys: String, CodingKey {
        case source, model
        case className = "class"
        case label, time, peak, threshold, stage, reason
    }
}
