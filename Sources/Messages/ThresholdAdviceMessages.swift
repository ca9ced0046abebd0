package import Foundation

/// Which threshold of a class would have kept few enough wrong events, as far as labels tell.
package struct ThresholdAdviceMessage: WireMessage {
    /// What the answer is.
    package enum Verdict: String, Codable, Sendable {
        /// Another threshold would have.
        case suggested
        /// The one in force has.
        case inForce = "in_force"
        /// Too few events have labels to tell.
        case tooFewLabels = "too_few_labels"
        /// No threshold would have.
        case noThreshold = "none"
        /// There are no scores of the time.
        case noScores = "no_scores"
    }

    /// The name of the class.
    package var className: String
    /// The name of the model whose class it is.
    package var modelName: String
    /// The beginning of the time.
    package var from: Date
    /// Its end.
    package var to: Date
    /// How long at least one source was listened to with scores, in seconds.
    package var listenedSeconds: Double
    /// How many wrong events a week are allowed.
    package var maxFalseAlarmsPerWeek: Double
    /// What the answer is.
    package var verdict: Verdict
    /// The suggested threshold, that in force if it does; nil if there is none.
    package var on: Double?
    /// Whether the 95 % interval of wrong events a week is within what is allowed, too.
    package var isSure: Bool
    /// The events by the threshold in force.
    package var inForce: KeptEventsMessage
    /// The events by the suggested threshold, or by the highest that was tried if none does; nil where
    /// none was tried.
    package var suggested: KeptEventsMessage?
    /// What to know about the answer, a line each.
    package var remarks: [String]

    /// Joins the parts.
    package init(
        className: String,
        modelName: String,
        from: Date,
        to: Date,
        listenedSeconds: Double,
        maxFalseAlarmsPerWeek: Double,
        verdict: Verdict,
        inForce: KeptEventsMessage,
        remarks: [String]
    ) {
        self.className = className
        self.modelName = modelName
        self.from = from
        self.to = to
        self.listenedSeconds = listenedSeconds
        self.maxFalseAlarmsPerWeek = maxFalseAlarmsPerWeek
        self.verdict = verdict
        self.inForce = inForce
        self.remarks = remarks
        (on, isSure, suggested) = (nil, false, nil)
    }

    private enum CodingKeys: String, CodingKey {
        case className = "class"
        case modelName = "model"
        case from, to
        case listenedSeconds = "listened_s"
        case maxFalseAlarmsPerWeek = "max_false_alarms_per_week"
        case verdict, on
        case isSure = "sure"
        case inForce = "in_force"
        case suggested, remarks
    }
}

/// What a threshold keeps of the past, and how much of that is wrong.
package struct KeptEventsMessage: WireMessage {
    /// The smoothed score at which an event opens, 0...1.
    package var on: Double
    /// The number of events.
    package var events: Int
    /// How many of them have a label that says they are right.
    package var right: Int
    /// How many of them have a label that says they are something else, or false alarms.
    package var wrong: Int
    /// How many of them have no label.
    package var unlabelled: Int
    /// How many sounds of the class labels tell of.
    package var knownSounds: Int
    /// How many of these are in an event.
    package var knownSoundsKept: Int
    /// The 95 % interval of the share of sounds that are kept, its lower end, 0...1.
    package var keptShareLow: Double
    /// Its upper end.
    package var keptShareHigh: Double
    /// Wrong events a week, if unlabelled ones are wrong as often as labelled ones.
    package var wrongPerWeek: Double
    /// The lower end of its 95 % interval.
    package var wrongPerWeekLow: Double
    /// The upper end of its 95 % interval.
    package var wrongPerWeekHigh: Double
    /// Wrong events a week, if all unlabelled ones are right.
    package var wrongPerWeekIfUnlabelledRight: Double
    /// Wrong events a week, if all unlabelled ones are wrong.
    package var wrongPerWeekIfUnlabelledWrong: Double

    /// Begins with a threshold that keeps nothing.
    package init(on: Double) {
        self.on = on
        (events, right, wrong, unlabelled) = (0, 0, 0, 0)
        (knownSounds, knownSoundsKept, keptShareLow, keptShareHigh) = (0, 0, 0, 1)
        (wrongPerWeek, wrongPerWeekLow, wrongPerWeekHigh) = (0, 0, 0)
        (wrongPerWeekIfUnlabelledRight, wrongPerWeekIfUnlabelledWrong) = (0, 0)
    }

    private enum CodingKeys: String, CodingKey {
        case on, events, right, wrong, unlabelled
        case knownSounds = "known_sounds"
        case knownSoundsKept = "known_sounds_kept"
        case keptShareLow = "kept_share_low"
        case keptShareHigh = "kept_share_high"
        case wrongPerWeek = "wrong_per_week"
        case wrongPerWeekLow = "wrong_per_week_low"
        case wrongPerWeekHigh = "wrong_per_week_high"
        case wrongPerWeekIfUnlabelledRight = "wrong_per_week_if_unlabelled_right"
        case wrongPerWeekIfUnlabelledWrong = "wrong_per_week_if_unlabelled_wrong"
    }
}
